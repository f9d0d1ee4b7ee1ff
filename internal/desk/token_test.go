package desk

import (
	"errors"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

// TestTokens makes, uses and revokes tokens over the socket: the chain names who
// did it, and holds no secret.
func TestTokens(t *testing.T) {
	tb := newTable(t)
	c := serve(t, t.TempDir(), tb.Local)
	ctx := t.Context()
	made, err := c.MakeToken(ctx, TokenRequest{Scope: carryover.ScopeCarry, Name: carryover.NewText("make"), Actor: "cli:0000"})
	if err != nil || made.Name != "make" || !made.Live {
		t.Fatalf("MakeToken = %+v, %v", made.Token, err)
	}
	for range 3 { // the chain has no entry for each
		got, err := tb.Bearer(ctx, carryover.NewSecret(made.Secret))
		if err != nil || got.ID != made.ID || got.Scope != "carry" {
			t.Fatalf("Bearer = %+v, %v, want %s", got, err, made.ID)
		}
	}
	if all, err := c.Tokens(ctx); err != nil || len(all) != 1 || all[0].Used.IsZero() {
		t.Errorf("Tokens = %+v, %v, want one that was used", all, err)
	}
	if _, err := c.RevokeToken(ctx, RevokeRequest{ID: carryover.TokenID(made.ID)}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.RevokeToken(ctx, RevokeRequest{ID: carryover.TokenID(made.ID)}); !errors.Is(err, carryover.ErrRefused) {
		t.Errorf("a second RevokeToken = %v, want %v", err, carryover.ErrRefused)
	}
	tb.aged()
	for range 3 {
		if got, err := tb.Bearer(ctx, carryover.NewSecret(made.Secret)); !errors.Is(err, ErrNoToken) {
			t.Errorf("Bearer of a revoked token = %+v, %v, want ErrNoToken", got, err)
		}
	}
	if _, err := tb.Bearer(ctx, carryover.Secret{}); !errors.Is(err, ErrNoToken) || !errors.Is(err, carryover.ErrUnauthorized) {
		t.Errorf("Bearer of nothing = %v, want ErrNoToken", err)
	}
	a, err := c.Audit(ctx, AuditRequest{Export: true})
	if err != nil {
		t.Fatal(err)
	}
	for action, want := range map[string]int{"token_made": 1, "token_revoked": 1, "token_refused": 1} {
		if n := strings.Count(a.Export, `"`+action+`"`); n != want {
			t.Errorf("the chain has %d entries of %s, want %d", n, action, want)
		}
	}
	if strings.Contains(a.Export, made.Secret) || strings.Contains(a.Export, `"make"`) || strings.Contains(a.Export, "cli:0000") {
		t.Error("the chain holds a token's secret or name, or an actor that a request claimed")
	}
}

// aged puts the last use of every token back, so that the next one is noted.
func (tb *table) aged() {
	tb.update(func(tx *ledger.Tx) error {
		_, err := tx.ExecContext(tb.t.Context(), "UPDATE token SET used_at = used_at - 3600000000")
		return err
	})
}

func TestTokensThatCannotBeMade(t *testing.T) {
	tb := newTable(t)
	for name, r := range map[string]TokenRequest{
		"no scope":        {},
		"another scope":   {Scope: "everything"},
		"a novel":         {Scope: carryover.ScopeCarry, Name: carryover.NewText(strings.Repeat("é", maxTokenName+1))},
		"already expired": {Scope: carryover.ScopeCarry, Expires: time.Now().Add(-time.Minute)},
	} {
		r.Actor = me
		if _, err := tb.MakeToken(t.Context(), r); !errors.Is(err, carryover.ErrInvalid) {
			t.Errorf("%s: MakeToken = %v, want %v", name, err, carryover.ErrInvalid)
		}
	}
}

// TestRestoringRevokesTokens: what a backup holds of tokens may have been revoked
// since.
func TestRestoringRevokesTokens(t *testing.T) {
	tb := newTable(t)
	made, err := tb.MakeToken(t.Context(), TokenRequest{Scope: carryover.ScopeCarry, Actor: me})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := markRestored(t.Context(), tb.Ledger, me, time.Now(), &RestoreResult{}); err != nil {
		t.Fatal(err)
	}
	if got, err := tb.Bearer(t.Context(), carryover.NewSecret(made.Secret)); !errors.Is(err, ErrNoToken) {
		t.Errorf("Bearer of a token from before the restore = %+v, %v, want ErrNoToken", got, err)
	}
}
