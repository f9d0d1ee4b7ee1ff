package desk

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// TestBackupThatCannotBeEntered: a backup that the chain does not know of is not
// made.
func TestBackupThatCannotBeEntered(t *testing.T) {
	tb, _, _ := newKept(t)
	tb.held(carryover.OneClue, probable(patient))
	tb.update(func(tx *ledger.Tx) error {
		_, err := tx.ExecContext(t.Context(), `CREATE TRIGGER full BEFORE INSERT ON audit WHEN NEW.action = 'backed_up'
			BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`)
		return err
	})
	dir := t.TempDir()
	if _, err := tb.Backup(t.Context(), BackupRequest{Path: filepath.Join(dir, "monday.db"), Actor: somebody}); err == nil {
		t.Error("Backup that could not be entered = nil")
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%v are there, want no file that nobody can account for", left)
	}
}

// TestBackupsToOneName: they share the name of what is unfinished. One of them
// is made, whole, and the others are refused.
func TestBackupsToOneName(t *testing.T) {
	tb, _, _ := newKept(t)
	tb.held(carryover.OneClue, probable(patient))
	path := filepath.Join(t.TempDir(), "monday.db")
	const many = 6
	errs := make([]error, many)
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() { _, errs[i] = tb.Backup(t.Context(), BackupRequest{Path: path, Actor: somebody}) })
	}
	all.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else if !errors.Is(err, carryover.ErrRefused) || !strings.Contains(carryover.HintOf(err), "Choose another name") {
			t.Errorf("Backup to a name that is taken = %v, want a refusal", err)
		}
	}
	if made != 1 {
		t.Errorf("%d backups were made under one name, want 1", made)
	}
	var out BackupResult
	if err := tb.readBack(t.Context(), path, &out); err != nil || out.Documents != 1 {
		t.Errorf("the backup that has the name = %+v, %v, want it whole", out, err)
	}
}

// TestRestoreKeepsHeads: the head of the chain that was there goes before the
// copy comes, and stays readable beside the ledger that it belongs to.
func TestRestoreKeepsHeads(t *testing.T) {
	tb, path, keyFile := newKept(t)
	tb.held(carryover.OneClue, probable(patient))
	ctx, file := t.Context(), filepath.Join(t.TempDir(), "backup.db")
	if _, err := tb.Backup(ctx, BackupRequest{Path: file, Actor: somebody}); err != nil {
		t.Fatal(err)
	}
	verified, err := tb.Audit(ctx, AuditRequest{})
	if err != nil || !verified.NoHead {
		t.Errorf("Audit without a head beside the ledger = %+v, %v, want it said", verified, err)
	}
	head := audit.Head{N: 77, MAC: []byte("of a longer chain")}
	if err := errors.Join(audit.WriteHead(filepath.Join(tb.Data, headName), head), tb.Ledger.Close()); err != nil {
		t.Fatal(err)
	}
	heads := func() []string {
		t.Helper()
		all, err := filepath.Glob(filepath.Join(tb.Data, "audit-*.head"))
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	for i, lost := range []bool{false, true} { // the ledger that was there
		if lost {
			if err := errors.Join(os.Remove(path), audit.WriteHead(filepath.Join(tb.Data, headName), head), os.Remove(heads()[0])); err != nil {
				t.Fatal(err)
			}
		}
		out, err := Restore(ctx, RestoreRequest{File: file, Ledger: path, KeyFile: keyFile, Replace: !lost, Actor: somebody})
		if err != nil {
			t.Fatalf("Restore = %v", err)
		}
		kept := heads()
		if len(kept) != 1 {
			t.Fatalf("restore %d: heads kept: %v, want the one that was there", i, kept)
		}
		if h, err := audit.ReadHead(kept[0]); err != nil || h.N != head.N {
			t.Errorf("restore %d: the head that is kept = %+v, %v, want that of entry %d", i, h, err, head.N)
		}
		if !lost && strings.TrimPrefix(filepath.Base(out.Kept), "ledger") != strings.TrimPrefix(strings.TrimSuffix(filepath.Base(kept[0]), ".head"), "audit")+".db" {
			t.Errorf("the head is kept as %s, the ledger as %s", kept[0], out.Kept)
		}
		d, done, err := Open(ctx, path, keyFile)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := d.Audit(ctx, AuditRequest{}); err != nil || r.NoHead || r.HeadN != out.HeadN {
			t.Errorf("Audit after restore %d = %+v, %v, want entry %d and its head", i, r, err, out.HeadN)
		}
		if err := done(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestExportAboutWhoWasChosen: a person chose a record, or an author, and changed
// it before anything was filed; a move to another record came to nothing. An
// export about them shows it all the same.
func TestExportAboutWhoWasChosen(t *testing.T) {
	tb, _, _ := newKept(t)
	ctx := t.Context()
	v := tb.held(carryover.OneClue, probable(patient))
	moved, _ := tb.filed()
	shown, err := tb.Show(ctx, ShowRequest{ID: string(v.ID), Actor: somebody})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tb.Release(ctx, ReleaseRequest{ID: string(v.ID), Patient: "50", Digest: shown.Digest, Actor: somebody}); err != nil {
		t.Fatal(err)
	}
	tb.update(func(tx *ledger.Tx) error {
		return errors.Join(
			tx.Decide(ctx, v.ID, carryover.Match{Grade: carryover.Certain, Patient: patient}, author, true, time.Now()),
			tb.enter(ctx, tx, v.Session, audit.Entry{Actor: somebody, Action: audit.Released, Subject: string(v.ID), Note: choiceNote("51", "72")}))
	})
	if _, err := tb.Move(ctx, MoveRequest{ID: string(moved.ID), Patient: "777", Actor: somebody}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		who  AuditRequest
		want carryover.VersionID
	}{
		{AuditRequest{Patient: "50"}, v.ID},
		{AuditRequest{Patient: "51"}, v.ID},
		{AuditRequest{Patient: "777"}, moved.ID},
		{AuditRequest{Practitioner: "72"}, v.ID},
		{AuditRequest{Patient: "5"}, ""},
		{AuditRequest{Patient: "77"}, ""},
		{AuditRequest{Practitioner: "2"}, ""},
	} {
		tt.who.Export, tt.who.Actor = true, somebody
		got, err := tb.Audit(ctx, tt.who)
		if err != nil {
			t.Fatal(err)
		}
		if (got.Lines > 0) != (tt.want != "") || !strings.Contains(got.Export, string(tt.want)) {
			t.Errorf("about patient %q, practitioner %q: %d entries, want those about %q", tt.who.Patient, tt.who.Practitioner, got.Lines, tt.want)
		}
	}
}
