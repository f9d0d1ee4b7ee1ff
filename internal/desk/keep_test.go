package desk

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"golang.org/x/sys/unix"

	"carryover"
	"carryover/audit"
	"carryover/internal/seal"
	"carryover/ledger"
)

// newKept is a table whose ledger and key are in files, as a practice's are.
func newKept(t *testing.T) (tb *table, path, keyFile string) {
	t.Helper()
	dir := t.TempDir()
	path, keyFile = filepath.Join(dir, "data", "ledger.db"), filepath.Join(dir, "master.key")
	if err := seal.WriteMasterKey(keyFile); err != nil {
		t.Fatal(err)
	}
	d, done, err := Open(t.Context(), path, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = done() })
	tb = &table{t: t, Local: d}
	tb.update(func(tx *ledger.Tx) error {
		return tx.SavePractitioner(t.Context(), ledger.Practitioner{ID: author, UserID: "9"})
	})
	return tb, path, keyFile
}

func TestBackupOverTheSocket(t *testing.T) {
	tb, _, keyFile := newKept(t)
	v := tb.held(carryover.OneClue, probable(patient))
	c, ctx, out := serve(t, t.TempDir(), tb.Local), t.Context(), t.TempDir()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	plain, err := c.Backup(ctx, BackupRequest{Path: filepath.Join(out, "plain.db"), Actor: "cli:0000"})
	if err != nil || plain.Documents != 1 || plain.Text || plain.Encrypted || plain.Bytes == 0 {
		t.Fatalf("Backup = %+v, %v, want one document without text", plain, err)
	}
	whole, err := c.Backup(ctx, BackupRequest{Path: filepath.Join(out, "whole.age"), Text: true, To: id.Recipient().String()})
	if err != nil || !whole.Text || !whole.Encrypted || whole.Entries != plain.Entries+1 {
		t.Fatalf("Backup with text = %+v, %v, want the entry of the first one in it", whole, err)
	}
	for name, r := range map[string]BackupRequest{
		"text for nobody":      {Path: filepath.Join(out, "x"), Text: true},
		"no public key":        {Path: filepath.Join(out, "x"), To: id.String()},
		"a file that is there": {Path: filepath.Join(out, "plain.db")},
		"no whole path":        {Path: "x.db"},
	} {
		_, err := c.Backup(ctx, r)
		if err == nil || carryover.HintOf(err) == "" || strings.Contains(err.Error()+carryover.HintOf(err), id.String()) {
			t.Errorf("Backup to %s = %v, hint %q, want a refusal that repeats no key", name, err, carryover.HintOf(err))
		}
	}
	for _, name := range []string{"plain.db", "whole.age"} {
		st, err := os.Stat(filepath.Join(out, name))
		if err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v, want mode 0600", name, st.Mode(), err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(tb.Data, ".copy-*")); len(left) != 0 {
		t.Errorf("%v are left in the data folder", left)
	}
	var actors []string
	tb.entries(t, func(e audit.Entry) {
		if e.Action == audit.BackedUp {
			actors = append(actors, e.Actor+" "+e.Note)
		}
	})
	if got, want := strings.Join(actors, ", "), me+" without_text, "+me+" with_text"; got != want {
		t.Errorf("the chain says %s, want %s", got, want)
	}

	identity := filepath.Join(out, "identity.txt")
	if err := os.WriteFile(identity, []byte(id.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]BackupResult{"plain": plain, "whole": whole} {
		into := filepath.Join(t.TempDir(), "data", "ledger.db")
		r := RestoreRequest{File: b.File, Ledger: into, KeyFile: keyFile, Identity: identity, Actor: somebody}
		got, err := Restore(ctx, r)
		if err != nil || got.Entries != b.Entries+2 || got.Open != 1 || (got.Without == 1) == b.Text {
			t.Fatalf("Restore of the %s one = %+v, %v", name, got, err)
		}
		d, done, err := Open(ctx, into, keyFile)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := d.Show(ctx, ShowRequest{ID: string(v.ID), Text: true, Actor: somebody})
		if err != nil || (shown.Text != "") != b.Text {
			t.Errorf("Show in the %s one = %+v, %v", name, shown, err)
		}
		head, err := audit.ReadHead(filepath.Join(filepath.Dir(into), headName))
		if err != nil || head.N != got.HeadN {
			t.Errorf("head beside the restored ledger = %+v, %v, want entry %d", head, err, got.HeadN)
		}
		if err := done(); err != nil {
			t.Error(err)
		}
	}
}

// entries calls f for each entry of the chain.
func (tb *table) entries(t *testing.T, f func(audit.Entry)) {
	t.Helper()
	if err := tb.Ledger.View(t.Context(), func(tx *ledger.Tx) error {
		_, err := tb.Chain.Export(t.Context(), tx, new(bytes.Buffer), func(e audit.Entry) bool {
			f(e)
			return true
		})
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestRestoreFindsAForgedChain: a backup whose chain was altered takes no
// ledger's place.
func TestRestoreFindsAForgedChain(t *testing.T) {
	tb, _, keyFile := newKept(t)
	tb.held(carryover.OneClue, probable(patient))
	ctx := t.Context()
	if _, err := tb.Pause(ctx, PauseRequest{On: true, Actor: somebody}); err != nil {
		t.Fatal(err)
	}
	tb.update(func(tx *ledger.Tx) error {
		_, err := tx.ExecContext(ctx, "DROP TRIGGER audit_no_update; UPDATE audit SET actor = 'cli:0' WHERE action = 'paused'")
		return err
	})
	file := filepath.Join(t.TempDir(), "forged.db")
	if _, err := tb.Backup(ctx, BackupRequest{Path: file, Actor: somebody}); !isBroken(err) {
		t.Errorf("Backup of a forged chain = %v, want it broken", err)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a backup that is not whole is left: %v", err)
	}
	if err := tb.Ledger.CopyTo(ctx, file, true); err != nil {
		t.Fatal(err)
	}
	into := filepath.Join(t.TempDir(), "data", "ledger.db")
	if _, err := Restore(ctx, RestoreRequest{File: file, Ledger: into, KeyFile: keyFile, Actor: somebody}); !isBroken(err) {
		t.Errorf("Restore of a forged chain = %v, want it broken", err)
	}
	if _, err := os.Stat(into); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it took the ledger's place: %v", err)
	}
}

func isBroken(err error) bool {
	_, ok := errors.AsType[*audit.BrokenError](err)
	return ok
}

// TestRestoreBesideADaemon: the daemon would go on writing into the file that
// was set aside.
func TestRestoreBesideADaemon(t *testing.T) {
	tb, path, keyFile := newKept(t)
	file := filepath.Join(t.TempDir(), "backup.db")
	if err := tb.Ledger.CopyTo(t.Context(), file, false); err != nil {
		t.Fatal(err)
	}
	serve(t, tb.Data, tb.Local)
	_, err := Restore(t.Context(), RestoreRequest{File: file, Ledger: path, KeyFile: keyFile, Replace: true, Actor: somebody})
	if !errors.Is(err, carryover.ErrRefused) || !strings.Contains(carryover.HintOf(err), "Stop") {
		t.Errorf("Restore beside a daemon = %v, want a refusal", err)
	}
}

func TestRekeyOverTheSocket(t *testing.T) {
	tb, path, keyFile := newKept(t)
	v := tb.held(carryover.OneClue, probable(patient))
	c, ctx := serve(t, t.TempDir(), tb.Local), t.Context()
	digest := tb.Ledger.Keys().Digest("a", "b")
	before, err := os.ReadFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	done, err := c.Rekey(ctx, RekeyRequest{Actor: "cli:0000"})
	if err != nil || done.Items == 0 || done.KeyFile != keyFile || done.Rename {
		t.Fatalf("Rekey = %+v, %v", done, err)
	}
	kept, err := os.ReadFile(done.OldKey)
	now, err2 := os.ReadFile(keyFile)
	if err != nil || err2 != nil || !bytes.Equal(kept, before) || bytes.Equal(now, before) {
		t.Errorf("the key files are not as they should be: %v, %v", err, err2)
	}
	for _, f := range []string{keyFile, done.OldKey} {
		if st, err := os.Stat(f); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, want 0600", filepath.Base(f), st.Mode())
		}
	}
	if _, err := os.Stat(seal.NextFile(keyFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the new key is still beside the old one: %v", err)
	}
	// The daemon goes on: it reads what was sealed, and seals.
	if shown, err := c.Show(ctx, ShowRequest{ID: string(v.ID), Text: true}); err != nil || shown.Text != "A letter." {
		t.Errorf("Show after Rekey = %+v, %v", shown, err)
	}
	tb.held(carryover.OneClue, probable(patient))
	if _, err := c.Rekey(ctx, RekeyRequest{}); err != nil { // twice within a second
		t.Fatalf("Rekey again = %v", err)
	}
	who := ""
	tb.entries(t, func(e audit.Entry) {
		if e.Action == audit.KeyChanged {
			who += e.Actor + " "
		}
	})
	if who != me+" "+me+" " {
		t.Errorf("the chain names %q for the changes of the key, want %s twice", who, me)
	}
	if keys, _ := filepath.Glob(keyFile + ".old-*"); len(keys) != 2 {
		t.Errorf("old keys kept: %v, want both", keys)
	}
	tb.sound()
	if err := tb.Ledger.Close(); err != nil {
		t.Fatal(err)
	}
	d, closed, err := Open(ctx, path, keyFile)
	if err != nil {
		t.Fatalf("Open with the newest key = %v", err)
	}
	if !bytes.Equal(digest, d.Ledger.Keys().Digest("a", "b")) {
		t.Error("digests changed with the key: every document would look new")
	}
	if err := closed(); err != nil {
		t.Error(err)
	}
	if _, _, err := Open(ctx, path, done.OldKey); !errors.Is(err, carryover.ErrUnauthorized) {
		t.Errorf("Open with the old key = %v, want %v", err, carryover.ErrUnauthorized)
	}
}

func TestRekeyWithoutAPlaceForTheKey(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root writes to every folder")
	}
	tb, _, keyFile := newKept(t)
	if err := os.Chmod(filepath.Dir(keyFile), 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Dir(keyFile), 0o700) })
	if _, err := tb.Rekey(t.Context(), RekeyRequest{Actor: somebody}); !strings.Contains(carryover.HintOf(err), "--new-key") {
		t.Errorf("Rekey beside a key that cannot be replaced = %v, want a hint to name another file", err)
	}
}

// TestExportAboutSomebody: an export about a patient or a practitioner has what
// is about their documents, and nothing else.
func TestExportAboutSomebody(t *testing.T) {
	tb, _, _ := newKept(t)
	mine, other := tb.held(carryover.OneClue, probable(patient)), tb.held(carryover.OneClue, probable("502"))
	ctx := t.Context()
	for v, to := range map[carryover.VersionID]carryover.PatientID{mine.ID: patient, other.ID: "502"} {
		shown, err := tb.Show(ctx, ShowRequest{ID: string(v), Names: true, Actor: somebody})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tb.Release(ctx, ReleaseRequest{ID: string(v), Patient: to, Digest: shown.Digest, Actor: somebody}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tb.Pause(ctx, PauseRequest{On: true, Practitioner: author, Actor: somebody}); err != nil {
		t.Fatal(err)
	}
	all := func(r AuditRequest) (subjects map[string]int) {
		t.Helper()
		r.Export, r.Actor = true, somebody
		got, err := tb.Audit(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		subjects = map[string]int{}
		in := json.NewDecoder(strings.NewReader(got.Export))
		for in.More() {
			var e struct {
				N       int64
				Subject string
			}
			if err := in.Decode(&e); err != nil {
				t.Fatal(err)
			}
			if e.N > 0 {
				subjects[e.Subject]++
			}
		}
		return subjects
	}
	if got := all(AuditRequest{Patient: patient}); len(got) != 1 || got[string(mine.ID)] < 2 {
		t.Errorf("about the patient: %v, want the entries of %s alone", got, mine.ID)
	}
	if got := all(AuditRequest{Practitioner: author}); got[string(mine.ID)] == 0 || got[string(other.ID)] == 0 || got[string(author)] != 1 {
		t.Errorf("about the practitioner: %v, want both documents and the pause", got)
	}
	if got := all(AuditRequest{Practitioner: "72"}); len(got) != 0 {
		t.Errorf("about somebody else: %v, want nothing", got)
	}
	if got := all(AuditRequest{Patient: patient, To: time.Now().Add(-time.Hour)}); len(got) != 0 {
		t.Errorf("before anything happened: %v, want nothing", got)
	}
	if got := all(AuditRequest{From: time.Now().Add(-time.Hour), To: time.Now().Add(time.Hour)}); len(got) < 3 {
		t.Errorf("of the last hour: %v, want everything", got)
	}
}

// TestSocketIsBornPrivate is not parallel: the umask is the process's.
func TestSocketIsBornPrivate(t *testing.T) {
	old := unix.Umask(0)
	defer unix.Umask(old)
	path := filepath.Join(t.TempDir(), "s")
	l, err := bindPrivate(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("a socket just bound has mode %v, want 0600", st.Mode())
	}
}
