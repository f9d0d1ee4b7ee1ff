package desk

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
	"carryover/alarm"
	"carryover/audit"
	"carryover/internal/seal"
	"carryover/ledger"
)

const (
	somebody = "cli:1000"
	author   = carryover.PractitionerID("71")
	patient  = carryover.PatientID("501")
)

// A table is a desk on a real ledger with versions to decide about.
type table struct {
	t *testing.T
	*Local
	sessions int
}

func newTable(t *testing.T) *table {
	t.Helper()
	l, err := ledger.Open(t.Context(), ledger.Config{
		Path: filepath.Join(t.TempDir(), "data", "ledger.db"), MasterKey: seal.NewMasterKey(), Lock: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	tb := &table{t: t, Local: &Local{Ledger: l, Chain: audit.Log{Keys: l.Keys()}}}
	t.Cleanup(func() {
		tb.sound()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	tb.update(func(tx *ledger.Tx) error {
		return tx.SavePractitioner(t.Context(), ledger.Practitioner{ID: author, UserID: "9"})
	})
	return tb
}

// sound checks what must hold after every test: the ledger's own invariants
// and an unbroken audit chain.
func (tb *table) sound() {
	tb.t.Helper()
	ctx := context.Background()
	err := tb.Ledger.View(ctx, func(tx *ledger.Tx) error {
		bad, err := tx.Check(ctx)
		for _, b := range bad {
			tb.t.Errorf("ledger: %s", b)
		}
		if err != nil {
			return err
		}
		_, err = tb.Chain.Verify(ctx, tx, nil)
		return err
	})
	if err != nil {
		tb.t.Errorf("check the ledger: %v", err)
	}
}

func (tb *table) update(f func(*ledger.Tx) error) {
	tb.t.Helper()
	if err := tb.Ledger.Update(context.Background(), f); err != nil {
		tb.t.Fatal(err)
	}
}

// now is a moment for rows; it moves on so that ids differ in time.
func (tb *table) now() time.Time { return time.Now().UTC() }

// seen puts a document of a new session into the ledger.
func (tb *table) seen(text string) ledger.Version {
	tb.t.Helper()
	tb.sessions++
	s := carryover.Session{
		ID: carryover.SessionID(strings.Repeat("2", 37) + string(rune('0'+tb.sessions))), Practitioner: author,
		Title: carryover.NewText("Titus Canarytitle"), StartedAt: tb.now().Add(-time.Hour),
		Claim: carryover.PatientClaim{Name: carryover.NewText("Cana Canaryname")},
	}
	return tb.again(s, text)
}

// again adds a version of the session's document.
func (tb *table) again(s carryover.Session, text string) (v ledger.Version) {
	tb.t.Helper()
	ctx := context.Background()
	tb.update(func(tx *ledger.Tx) error {
		if err := tx.SaveSession(ctx, s, []byte("evidence"), tb.now(), tb.now()); err != nil {
			return err
		}
		id, err := tx.AddVersion(ctx, carryover.Document{
			Session: s.ID, ID: "d1", Name: carryover.NewText("Letter about Canaryname"), Content: carryover.NewText(text),
		}, ledger.Version{
			FirstSeen: tb.now(), Reads: 1, ContentDigest: tb.Ledger.Keys().Digest("content", text), EvidenceDigest: []byte("evidence"), Practitioner: author,
		})
		if err != nil {
			return err
		}
		v, err = tx.Version(ctx, id)
		return err
	})
	return v
}

// held puts a document on hold for a reason, with the match that led there.
func (tb *table) held(why carryover.Reason, m *carryover.Match) ledger.Version {
	tb.t.Helper()
	v := tb.seen("A letter.")
	tb.move(v.ID, carryover.Ripe, carryover.NoReason)
	if m != nil {
		tb.update(func(tx *ledger.Tx) error {
			return tx.Decide(context.Background(), v.ID, *m, author, false, tb.now())
		})
	}
	return tb.move(v.ID, carryover.Held, why)
}

// move takes a version to a state and returns it as it is then.
func (tb *table) move(id carryover.VersionID, to carryover.State, why carryover.Reason) (v ledger.Version) {
	tb.t.Helper()
	ctx := context.Background()
	tb.update(func(tx *ledger.Tx) (err error) {
		if v, err = tx.Version(ctx, id); err != nil {
			return err
		}
		if err := tx.Move(ctx, id, v.State, to, why, time.Time{}, tb.now()); err != nil {
			return err
		}
		v, err = tx.Version(ctx, id)
		return err
	})
	return v
}

// sent takes a held version with a patient through a delivery to a state.
func (tb *table) sent(v ledger.Version, states ...carryover.State) carryover.DeliveryID {
	tb.t.Helper()
	ctx := context.Background()
	var id carryover.DeliveryID
	tb.update(func(tx *ledger.Tx) (err error) {
		id, err = tx.AddDelivery(ctx, ledger.Delivery{
			Version: v.ID, Patient: patient, Practitioner: author, Destination: carryover.ToTreatmentNote,
			Reference: carryover.NewReference(v.Session, v.Document, carryover.NewText("A letter."), carryover.ToTreatmentNote, 1),
		})
		if err != nil {
			return err
		}
		from := v.State
		for _, to := range states {
			if to == carryover.Sending {
				if _, err := tx.StartAttempt(ctx, id, tb.now()); err != nil {
					return err
				}
			} else if from == carryover.Sending {
				outcome := ledger.Done
				if to == carryover.InDoubt {
					outcome = ledger.InDoubt
				} else if to != carryover.Filed {
					outcome = ledger.NotDone
				}
				if err := tx.EndAttempt(ctx, ledger.Attempt{Delivery: id, Number: 1, AnsweredAt: tb.now(), Outcome: outcome}); err != nil {
					return err
				}
			}
			err := tx.MoveDelivery(ctx, id, from, to, func(d *ledger.Delivery) {
				switch to {
				case carryover.Sending:
					d.IntentAt = tb.now()
				case carryover.Filed:
					d.Note, d.FiledAt = "9001", tb.now()
				case carryover.Held:
					d.Reason = carryover.StillInDoubt
					if d.Note != "" {
						d.Reason = carryover.NotProven
					}
				}
			}, tb.now())
			if err != nil {
				return err
			}
			from = to
		}
		return nil
	})
	return id
}

// actions returns what the chain says about a version, oldest first.
func (tb *table) actions(id carryover.VersionID) []string {
	tb.t.Helper()
	d, err := tb.Show(context.Background(), ShowRequest{ID: string(id)})
	if err != nil {
		tb.t.Fatal(err)
	}
	var out []string
	for _, e := range d.History {
		out = append(out, e.Actor+" "+e.Action)
	}
	return out
}

// probable is a match that names one likely patient.
func probable(ids ...carryover.PatientID) *carryover.Match {
	m := &carryover.Match{Grade: carryover.Probable, Reason: carryover.OneClue}
	for _, id := range ids {
		m.Candidates = append(m.Candidates, carryover.Candidate{
			Patient: id, Grade: carryover.Probable, Findings: []carryover.Finding{{Field: "name", Outcome: carryover.Agrees}},
		})
	}
	return m
}

func TestStatus(t *testing.T) {
	tb := newTable(t)
	tb.seen("One.")
	first := tb.held(carryover.OneClue, probable(patient))
	tb.held(carryover.Rivals, probable("501", "502"))
	tb.update(func(tx *ledger.Tx) error {
		_, err := alarm.Raise(t.Context(), tx, alarm.LinkGone, string(author), tb.now())
		return err
	})
	got, err := tb.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.Documents != 3 || got.Held != 2 || got.Counts["seen"] != 1 || got.Counts["held"] != 2 {
		t.Errorf("Status() = %d documents, %d held, counts %v, want 3, 2, 1 seen and 2 held", got.Documents, got.Held, got.Counts)
	}
	if !got.OldestHeld.Equal(first.ChangedAt) {
		t.Errorf("Status().OldestHeld = %v, want %v", got.OldestHeld, first.ChangedAt)
	}
	if len(got.Alarms) != 1 || got.Alarms[0].Sentence == "" || got.Alarms[0].NextStep == "" {
		t.Errorf("Status().Alarms = %+v, want one with a sentence and a next step", got.Alarms)
	}
	if len(got.Practitioners) != 1 || got.Practitioners[0].ID != string(author) {
		t.Errorf("Status().Practitioners = %+v, want practitioner %s", got.Practitioners, author)
	}
}

func TestHeldIsOldestFirstAndWithoutNames(t *testing.T) {
	tb := newTable(t)
	a := tb.held(carryover.OneClue, probable(patient))
	b := tb.held(carryover.NoCandidate, nil)
	got, err := tb.Held(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].ID != string(a.ID) || got[1].ID != string(b.ID) {
		t.Fatalf("Held() = %+v, want %s then %s", got, a.ID, b.ID)
	}
	if got[0].Name != "" || got[0].Sentence != carryover.OneClue.Sentence() {
		t.Errorf("Held()[0] = %+v, want no name and the sentence of one_clue", got[0])
	}
	if got := tb.actions(a.ID); len(got) != 0 {
		t.Errorf("Held() left entries %v, want none", got)
	}
	named, err := tb.List(t.Context(), ListRequest{States: forPerson, Names: true, Actor: somebody})
	if err != nil {
		t.Fatal(err)
	}
	if len(named) != 2 || named[0].Name != "Letter about Canaryname" {
		t.Errorf("List(names) = %+v, want the documents' names", named)
	}
	if d := cmp.Diff([]string{somebody + " shown_names"}, tb.actions(a.ID)); d != "" {
		t.Errorf("entries after List(names) (-want +got):\n%s", d)
	}
}

func TestShowRevealsOnlyWhatIsAskedFor(t *testing.T) {
	tb := newTable(t)
	v := tb.held(carryover.OneClue, probable(patient))
	for _, tt := range []struct {
		name        string
		ask         ShowRequest
		text, names bool
		entries     []string
	}{
		{"nothing", ShowRequest{}, false, false, nil},
		{"text", ShowRequest{Text: true}, true, false, []string{somebody + " viewed"}},
		{"names", ShowRequest{Names: true}, false, true, []string{somebody + " shown_names"}},
		{"both", ShowRequest{Text: true, Names: true}, true, true, []string{somebody + " viewed", somebody + " shown_names"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := tb.actions(v.ID)
			tt.ask.ID, tt.ask.Actor = string(v.ID), somebody
			got, err := tb.Show(t.Context(), tt.ask)
			if err != nil {
				t.Fatal(err)
			}
			if (got.Text != "") != tt.text || (got.Claim != nil) != tt.names || (got.Name != "") != tt.names {
				t.Errorf("Show = text %q, name %q, claim %v, want text %t and names %t", got.Text, got.Name, got.Claim, tt.text, tt.names)
			}
			if got.Grade != "probable" || len(got.Candidates) != 1 || got.Candidates[0].Findings[0].Field != "name" || got.Sealed != "kept" {
				t.Errorf("Show = %+v, want the evidence and a kept text", got)
			}
			if d := cmp.Diff(append(before, tt.entries...), tb.actions(v.ID)); d != "" {
				t.Errorf("entries (-want +got):\n%s", d)
			}
		})
	}
}

func TestFind(t *testing.T) {
	tb := newTable(t)
	a := tb.held(carryover.OneClue, probable(patient))
	tb.held(carryover.OneClue, probable(patient))
	tb.update(func(tx *ledger.Tx) error {
		return tx.Decide(t.Context(), a.ID, *probable(patient), author, false, tb.now())
	})
	mark := carryover.DocumentMark(a.Session, a.Document)
	ready := tb.readied(a)
	delivery := tb.sent(ready, carryover.Sending, carryover.Filed)
	ref := carryover.NewReference(a.Session, a.Document, carryover.NewText("A letter."), carryover.ToTreatmentNote, 1)
	for _, tt := range []struct{ name, id string }{
		{"version", string(a.ID)},
		{"delivery", string(delivery)},
		{"reference", string(ref)},
		{"reference in small letters", strings.ToLower(string(ref))},
		{"mark", mark},
		{"beginning of a mark", mark[:7]},
		{"with blanks", "  " + mark + "\n"},
	} {
		got, err := tb.Show(t.Context(), ShowRequest{ID: tt.id})
		if err != nil || got.ID != string(a.ID) {
			t.Errorf("Show(%s) = %q, %v, want %s", tt.name, got.ID, err, a.ID)
		}
	}
	for _, tt := range []struct{ name, id string }{
		{"too short", "HD-"},
		{"nothing like it", "HD-99999999"},
		{"fits both", string(a.ID)[:6]},
		{"a name", "Cana Canaryname"},
		{"empty", ""},
		{"long", strings.Repeat("a", 200)},
	} {
		_, err := tb.Show(t.Context(), ShowRequest{ID: tt.id})
		if !errors.Is(err, ErrUnknown) || carryover.HintOf(err) == "" {
			t.Errorf("Show(%s) = %v, want ErrUnknown with a hint", tt.name, err)
		}
		if strings.Contains(err.Error(), "Canaryname") {
			t.Errorf("Show(%s) = %v: repeats what was typed", tt.name, err)
		}
	}
}

// readied releases a held version.
func (tb *table) readied(v ledger.Version) ledger.Version {
	tb.t.Helper()
	ctx := context.Background()
	if _, err := tb.Release(ctx, ReleaseRequest{ID: string(v.ID), Patient: patient, Actor: somebody}); err != nil {
		tb.t.Fatal(err)
	}
	tb.update(func(tx *ledger.Tx) (err error) {
		v, err = tx.Version(ctx, v.ID)
		return err
	})
	return v
}
