package crash

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// judge compares what is in Cliniko with what really happened and with what the
// ledger says. It returns how many documents wait for a person because they were
// in doubt twice, which two kills can bring about and is right.
func (l *lane) judge() (asked int) {
	l.t.Helper()
	truth := l.Truth()
	s := truth.Summary
	if s.Duplicates+s.WrongPatient+s.WrongAuthor+s.FiledButHeld+s.WordsLost+s.Unreferenced != 0 || s.NotesInCliniko == 0 {
		b, _ := json.Marshal(s)
		l.t.Errorf("the clinic's books: %s", b)
	}
	l.books(l.data(), filepath.Join(l.dir, "secrets", "master.key"), true, func(ctx context.Context, tx *ledger.Tx) error {
		newest, err := tx.List(ctx, ledger.Filter{})
		if err != nil {
			return err
		}
		at := map[string]ledger.Version{}
		for _, v := range newest {
			if v.Newest {
				at[string(v.Session)+"/"+string(v.Document)] = v
			}
			if v.State.Waiting() && v.State != carryover.Seen {
				l.t.Errorf("document %s is left in %s", v.Document, v.State)
			}
		}
		for _, d := range truth.Documents {
			v, seen := at[d.SessionID+"/"+d.DocumentID]
			switch twice, err := inDoubtTwice(ctx, tx, v); {
			case err != nil:
				return err
			case twice:
				asked++
			case !seen && !l.passedBy(d.SessionID, d.DocumentID):
				l.t.Errorf("document %s (%s) is not in the ledger", d.DocumentID, d.Case)
			case d.Expect == "proven" && len(d.Notes)+len(d.Attachments) != 1:
				l.t.Errorf("document %s (%s) is carried by notes %v and files %v, want one; the ledger has it %s (%s)",
					d.DocumentID, d.Case, d.Notes, d.Attachments, v.State, v.Reason)
			case seen && !slices.Contains(ends[d.Expect], v.State):
				l.t.Errorf("document %s (%s) is %s (%s), want %s", d.DocumentID, d.Case, v.State, v.Reason, d.Expect)
			}
		}
		return nil
	})
	return asked
}

// ends are the ledger's words for what the truth expects.
var ends = map[string][]carryover.State{
	"proven":  {carryover.Proven},
	"held":    {carryover.Held, carryover.Dismissed},
	"skipped": {carryover.Skipped},
	"waiting": {carryover.Seen},
	"either":  {carryover.Proven, carryover.Held},
	undone:    {carryover.Undone},
	byHand:    {carryover.Held},
}

// inDoubtTwice says that a version is held because two of its requests were lost.
func inDoubtTwice(ctx context.Context, tx *ledger.Tx, v ledger.Version) (bool, error) {
	if v.State != carryover.Held || v.Reason != carryover.StillInDoubt {
		return false, nil
	}
	attempts, err := tx.Attempts(ctx, v.Delivery)
	lost := 0
	for _, a := range attempts {
		if slices.Contains([]ledger.Outcome{ledger.InDoubt, ledger.LostAtRestart, ledger.Absent}, a.Outcome) {
			lost++
		}
	}
	return lost >= 2, err
}

// passedBy says that a document came and went, as it can between two lives.
func (l *lane) passedBy(session, document string) bool {
	for _, d := range l.Heidi.Documents() {
		if d.SessionID == session && d.DocumentID == document {
			return d.Gone
		}
	}
	return false
}

// dead looks at what a killed child has left, in a copy, so that the next life
// finds it as it lies: the file is whole, its rows agree, the chain verifies
// against the head beside it, and each text is kept or destroyed, never half;
// kept says that the texts of what is on its way are in it.
func (l *lane) dead(kept bool) {
	l.t.Helper()
	copied := l.t.TempDir()
	for _, name := range []string{"ledger.db", "ledger.db-wal", "audit.head"} {
		l.copyFile(filepath.Join(l.data(), name), filepath.Join(copied, name))
	}
	l.books(copied, l.keysCopied(copied), kept, nil)
}

// backedUp looks at a backup as at what a killed child has left: one that has its
// name is whole, whatever happened to whoever asked for it.
func (l *lane) backedUp() {
	l.t.Helper()
	copied := l.t.TempDir()
	l.copyFile(l.backup(), filepath.Join(copied, "ledger.db"))
	l.books(copied, l.keysCopied(copied), false, func(ctx context.Context, tx *ledger.Tx) error {
		all, err := tx.List(ctx, ledger.Filter{})
		if err == nil && len(all) == 0 {
			l.t.Error("a backup has its name and no document in it")
		}
		return err
	})
}

// keysCopied copies the key file, and the next one if a change was begun, because
// opening a ledger may finish that.
func (l *lane) keysCopied(to string) (file string) {
	l.t.Helper()
	for _, name := range []string{"master.key", "master.key.new"} {
		l.copyFile(filepath.Join(l.dir, "secrets", name), filepath.Join(to, name))
	}
	return filepath.Join(to, "master.key")
}

// copyFile copies a file, if it is there.
func (l *lane) copyFile(from, to string) {
	l.t.Helper()
	b, err := os.ReadFile(from)
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		l.t.Fatal(err)
	}
}

// books opens the ledger of a child that has ended, checks it, and gives it to look;
// kept says that the texts of what is on its way are in it.
func (l *lane) books(folder, key string, kept bool, look func(context.Context, *ledger.Tx) error) {
	l.t.Helper()
	ctx := l.t.Context()
	led, err := ledger.OpenWithKeyFile(ctx, ledger.Config{Path: filepath.Join(folder, "ledger.db"), Lock: true}, key)
	if err != nil {
		l.t.Fatalf("open the ledger after a kill: %v", err)
	}
	defer func() { _ = led.Close() }()
	head, err := audit.ReadHead(filepath.Join(folder, "audit.head"))
	known := &head
	if errors.Is(err, os.ErrNotExist) {
		known = nil
	} else if err != nil {
		l.t.Errorf("the head of the audit chain: %v", err)
	}
	if err := led.View(ctx, func(tx *ledger.Tx) error {
		whole(ctx, l.t, tx, kept)
		if _, err := (audit.Log{Keys: led.Keys()}).Verify(ctx, tx, known); err != nil {
			l.t.Errorf("audit chain: %v", err)
		}
		if look == nil {
			return nil
		}
		return look(ctx, tx)
	}); err != nil {
		l.t.Error(err)
	}
}

// whole checks the file, the rows and the sealed texts; kept says that the texts of
// what is on its way must be there, which a backup leaves out.
func whole(ctx context.Context, t *testing.T, tx *ledger.Tx, kept bool) {
	t.Helper()
	verdict := ""
	if err := tx.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity_check = %q, %v, want ok", verdict, err)
	}
	faults, err := tx.Check(ctx)
	if err != nil {
		t.Error(err)
	}
	for _, f := range faults {
		t.Errorf("ledger: %s", f)
	}
	half := 0
	if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM sealed WHERE (length(wrapped_key) = 0) <> (length(ciphertext) = 0)").Scan(&half); err != nil || half > 0 {
		t.Errorf("%d sealed texts are destroyed by half, %v", half, err)
	}
	all, err := tx.List(ctx, ledger.Filter{OlderToo: true})
	if err != nil {
		t.Error(err)
	}
	for _, v := range all {
		_, err := tx.Content(ctx, v.ID)
		gone := errors.Is(err, carryover.ErrGone)
		switch {
		case err != nil && !gone:
			t.Errorf("the text of version %s (%s) does not open: %v", v.ID, v.State, err)
		case gone && kept && slices.Contains([]carryover.State{carryover.Seen, carryover.Ripe, carryover.Held, carryover.Ready, carryover.Sending, carryover.InDoubt, carryover.Filed}, v.State):
			t.Errorf("the text of version %s is gone while it is %s (%s)", v.ID, v.State, v.Reason)
		case !gone && v.State == carryover.Proven:
			t.Errorf("the text of version %s is kept although it is proven", v.ID)
		}
	}
}
