package desk

import (
	"errors"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

// TestAdminLink asks for links over the socket and uses them: only the newest
// works, once, and nobody but who asked for it learns its secret.
func TestAdminLink(t *testing.T) {
	tb := newTable(t)
	c := serve(t, t.TempDir(), tb.Local)
	ctx := t.Context()
	before := time.Now()
	old, err := c.AdminLink(ctx, AdminLinkRequest{Actor: "cli:0000"})
	if err != nil || len(old.Code) != 26 {
		t.Fatalf("AdminLink = a code of %d signs, %v, want 26", len(old.Code), err)
	}
	if least, most := before.Add(adminLinkFor-time.Second), time.Now().Add(adminLinkFor); old.Expires.Before(least) || old.Expires.After(most) {
		t.Errorf("it expires at %v, want %v from now", old.Expires, adminLinkFor)
	}
	link, err := c.AdminLink(ctx, AdminLinkRequest{})
	if err != nil {
		t.Fatal(err)
	}
	use := func(code string) (id carryover.PersonID, err error) {
		err = tb.Ledger.Update(ctx, func(tx *ledger.Tx) (err error) {
			id, err = tx.UseLink(ctx, carryover.NewSecret(code), time.Now())
			return err
		})
		return id, err
	}
	if _, err := use(old.Code); !errors.Is(err, carryover.ErrGone) {
		t.Errorf("the link before the last = %v, want %q", err, carryover.ErrGone)
	}
	if id, err := use(link.Code); err != nil || id != ledger.NewAdmin {
		t.Errorf("the link = %q, %v, want a new admin", id, err)
	}
	if _, err := use(link.Code); !errors.Is(err, carryover.ErrGone) {
		t.Errorf("the link a second time = %v, want %q", err, carryover.ErrGone)
	}
	a, err := c.Audit(ctx, AuditRequest{Export: true})
	if err != nil || strings.Count(a.Export, `"link_made"`) != 2 || strings.Count(a.Export, me) < 2 {
		t.Errorf("the chain has %d links of %s, %v, want 2", strings.Count(a.Export, `"link_made"`), me, err)
	}
	if strings.Contains(a.Export, link.Code) {
		t.Error("the chain holds a link's secret")
	}
}

// TestRestoringSignsEverybodyOut: what a backup holds of links and sessions may
// have been ended since.
func TestRestoringSignsEverybodyOut(t *testing.T) {
	tb := newTable(t)
	link, err := tb.AdminLink(t.Context(), AdminLinkRequest{Actor: me})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := markRestored(t.Context(), tb.Ledger, me, time.Now(), &RestoreResult{}); err != nil {
		t.Fatal(err)
	}
	err = tb.Ledger.Update(t.Context(), func(tx *ledger.Tx) error {
		_, err := tx.UseLink(t.Context(), carryover.NewSecret(link.Code), time.Now())
		return err
	})
	if !errors.Is(err, carryover.ErrGone) {
		t.Errorf("a link from before the restore = %v, want %q", err, carryover.ErrGone)
	}
}
