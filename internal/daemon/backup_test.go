package daemon_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"carryover"
	"carryover/internal/config"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/sandbox"
)

// TestBackupFilesNothingTwice: a backup without text is written in the middle of
// the day, while notes are being filed. The day goes on, Heidi loses a session
// with a document that is held, and the ledger is put back. Whatever was filed
// since is found; what is open is read again; the words that Heidi lost are told
// to be gone; nothing is sent a second time.
func TestBackupFilesNothingTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("a clinic's day takes ten seconds")
	}
	t.Parallel()
	o := slowDay(33, 8*time.Second)
	session := newcomer(t, o.Practice)
	o.Practice.Sessions = append(o.Practice.Sessions, session)
	d := newDay(t, o)
	cfg := d.load()
	r := d.start(cfg)
	lost := carryover.SessionID(session.ID)
	mark := carryover.DocumentMark(lost, carryover.DocumentID(session.Documents[0].ID))
	d.until(90*time.Second, "the newcomer's document to be held", func() bool {
		shown, err := r.Desk().Show(t.Context(), desk.ShowRequest{ID: mark, Actor: desk.Command(0)})
		return err == nil && shown.State == string(carryover.Held)
	})
	file := filepath.Join(d.dir, "backup.db")
	made, err := r.Desk().Backup(t.Context(), desk.BackupRequest{Path: file, Actor: desk.Command(0)})
	if err != nil || made.Documents == 0 {
		t.Fatalf("Backup in the middle of the day = %+v, %v", made, err)
	}
	d.untilSettled(r)
	r.stopped()
	d.inspect(cfg)
	posts, all := d.posts(), d.shown(cfg)

	if err := d.Heidi.DeleteSession(session.ID); err != nil {
		t.Fatal(err)
	}
	restored, err := desk.Restore(t.Context(), desk.RestoreRequest{
		File: file, Ledger: cfg.LedgerPath(), KeyFile: cfg.MasterKeyFile, Replace: true, Actor: desk.Command(0),
	})
	if err != nil || restored.Open == 0 || restored.Without == 0 {
		t.Fatalf("Restore = %+v, %v, want open sessions and texts left out", restored, err)
	}
	d.forgot = true
	r = d.start(cfg)
	d.untilSettled(r)
	d.until(30*time.Second, "the mark of the restore to go", func() bool { return !d.marked(cfg) })
	r.stopped()
	if again := d.posts(); again != posts {
		t.Errorf("a restored ledger sent %d more notes, want none", again-posts)
	}
	d.inspect(cfg)
	d.books(cfg, func(ctx context.Context, tx *ledger.Tx) error {
		of, err := tx.CurrentVersions(ctx, lost)
		if err != nil || len(of) != 1 || of[0].State != carryover.Held || of[0].Reason != carryover.TextGone {
			t.Errorf("the document of the lost session is %+v, %v, want it held as %q", of, err, carryover.TextGone)
		}
		wordless, err := tx.WithoutText(ctx)
		if err != nil {
			return err
		}
		for _, id := range wordless { // one was deleted in Heidi before the backup, perhaps
			v, err := tx.Version(ctx, id)
			if err != nil {
				return err
			}
			if v.State != carryover.Held || v.Reason != carryover.TextGone {
				t.Errorf("version %s has no text and is %s (%s), want it held as %q", id, v.State, v.Reason, carryover.TextGone)
			}
		}
		return nil
	})
	now := d.shown(cfg)
	for id := range all {
		if _, ok := now[id]; !ok {
			t.Errorf("document %s was there before the restore and is not accounted for", id)
		}
	}
}

// shown is every document that the ledger knows.
func (d *clinicDay) shown(cfg *config.Config) map[string]carryover.State {
	d.t.Helper()
	out := map[string]carryover.State{}
	d.books(cfg, func(ctx context.Context, tx *ledger.Tx) error {
		all, err := tx.List(ctx, ledger.Filter{})
		for _, v := range all {
			out[string(v.Session)+"/"+string(v.Document)] = v.State
		}
		return err
	})
	return out
}

// newcomer is a session of somebody whom Cliniko does not know, so that its one
// document is held all day.
func newcomer(t *testing.T, p *sandbox.Practice) sandbox.Session {
	t.Helper()
	for _, s := range p.Sessions {
		if s.Case != "name_dob" || len(s.Documents) == 0 {
			continue
		}
		s.ID, s.PatientName, s.PatientDOB, s.Belongs = "271828182845904523536028747135266249778", "Zerelda Quambush", "1971-05-23", ""
		one := s.Documents[0]
		one.ID, one.Stages = "64b0000000000000000000e2", []sandbox.Stage{{Text: "Walk for half an hour every day."}}
		one.Expect, one.Why = "held", "nobody is registered under this name"
		s.Documents, s.ConsultNote = []sandbox.Document{one}, nil
		s.EHRProvider, s.EHRPatientID, s.EHRApptID = "", "", ""
		return s
	}
	t.Fatal("the practice has no ordinary session")
	return sandbox.Session{}
}

// marked says whether the ledger still carries the mark of a restore.
func (d *clinicDay) marked(cfg *config.Config) (is bool) {
	d.t.Helper()
	d.peek(cfg, func(ctx context.Context, tx *ledger.Tx) error {
		at, _, err := tx.Setting(ctx, ledger.SettingRestored)
		is = at != ""
		return err
	})
	return is
}

// peek reads the ledger while the daemon may be at work.
func (d *clinicDay) peek(cfg *config.Config, look func(ctx context.Context, tx *ledger.Tx) error) {
	d.t.Helper()
	ctx := d.t.Context()
	master, err := ledger.ReadKeyFile(cfg.MasterKeyFile)
	if err != nil {
		d.t.Fatal(err)
	}
	l, err := ledger.Open(ctx, ledger.Config{Path: cfg.LedgerPath(), MasterKey: master, ReadOnly: true})
	if err != nil {
		d.t.Fatal(err)
	}
	err = l.View(ctx, func(tx *ledger.Tx) error { return look(ctx, tx) })
	if err = errors.Join(err, l.Close()); err != nil {
		d.t.Fatal(err)
	}
}
