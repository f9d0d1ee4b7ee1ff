package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

// inHand is an engine that knows what somebody did to notes, and the register.
type inHand struct {
	byHand
	there bool
	touch string
	fails error
}

func (e *inHand) Examine(context.Context, carryover.DeliveryID) (bool, string, error) {
	return e.there, e.touch, e.fails
}

func (e *inHand) PatientsByID(_ context.Context, ids []carryover.PatientID) ([]carryover.Patient, error) {
	var out []carryover.Patient
	for _, id := range ids {
		switch id {
		case "600":
			out = append(out, carryover.Patient{ID: id, ArchivedAt: time.Unix(1, 0)})
		case "601":
			out = append(out, carryover.Patient{ID: id, ArchivedAt: time.Unix(1, 0), MergedInto: "777"})
		case "777":
			out = append(out, carryover.Patient{ID: id})
		}
	}
	return out, nil
}

// filed puts a proven document into the ledger.
func (tb *table) filed() (ledger.Version, carryover.DeliveryID) {
	tb.t.Helper()
	v := tb.readied(tb.held(carryover.OneClue, probable(patient)))
	return v, tb.sent(v, carryover.Sending, carryover.Filed, carryover.Proven)
}

// TestUndoSaysWhatWillHappen over the socket, before anything does.
func TestUndoSaysWhatWillHappen(t *testing.T) {
	for _, tt := range []struct {
		name   string
		engine *inHand
		will   string
		says   string
	}{
		{"untouched", &inHand{there: true}, WillArchive, "it is archived"},
		{"finalised", &inHand{there: true, touch: "finalised"}, WillByHand, "it is finalised. A person has to remove it"},
		{"put elsewhere", &inHand{there: true, touch: "another_record"}, WillByHand, "remove it from the record that it is in now"},
		{"gone already", &inHand{}, WillNothing, "is not in the record of patient 501 any more"},
		{"Cliniko does not answer", &inHand{fails: errors.New("no")}, WillSee, "is read first"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tb := newTable(t)
			v, _ := tb.filed()
			tt.engine.table, tb.Engine = tb, tt.engine
			tb.update(func(tx *ledger.Tx) error {
				return tx.SetSetting(t.Context(), settingPages, "https://x.au3.cliniko.com")
			})
			c := serve(t, t.TempDir(), tb.Local)
			r, err := c.Undo(t.Context(), UndoRequest{ID: string(v.ID), DryRun: true})
			if err != nil || r.Will != tt.will || len(r.Says) != 1 || !strings.Contains(r.Says[0], tt.says) || r.Address != "https://x.au3.cliniko.com/patients/501" {
				t.Errorf("Undo(dry run) = %+v, %v; want %s and %q", r, err, tt.will, tt.says)
			}
			tb.update(func(tx *ledger.Tx) error {
				if open, err := tx.OpenReversals(t.Context()); len(open) != 0 || err != nil {
					t.Errorf("a dry run left %+v, %v", open, err)
				}
				return nil
			})
			r, err = c.Move(t.Context(), MoveRequest{ID: string(v.ID), Patient: "777"})
			if err != nil || r.State != "asked" || r.Into != "777" || len(r.Says) != 2 || tt.engine.woken != 1 {
				t.Errorf("Move = %+v, %v; want it asked for, and the daemon woken", r, err)
			}
			if got := tb.actions(v.ID); !slices.Contains(got, me+" move_asked") {
				t.Errorf("entries %v, want that %s asked", got, me)
			}
		})
	}
}

func TestMoveChecksTheOtherRecord(t *testing.T) {
	tb := newTable(t)
	v, _ := tb.filed()
	tb.Engine = &inHand{there: true}
	for id, want := range map[carryover.PatientID]string{
		"600": "archived", "601": "merged", "999": "no patient with that id", "501": "already", "Quokka": "not a patient's id", "": "not a patient's id",
	} {
		_, err := tb.Move(t.Context(), MoveRequest{ID: string(v.ID), Patient: id, Actor: somebody})
		if err == nil || !strings.Contains(err.Error(), want) || carryover.HintOf(err) == "" || strings.Contains(err.Error(), "Quokka") {
			t.Errorf("Move to %q = %v, want %q with a hint", id, err, want)
		}
	}
}

// TestUndoMeansWhichFiling: a reference means that very filing, anything else the
// latest that is in Cliniko.
func TestUndoMeansWhichFiling(t *testing.T) {
	tb := newTable(t)
	first, d := tb.filed()
	later := tb.again(carryover.Session{ID: first.Session, Practitioner: author}, "A letter, changed.")
	tb.move(later.ID, carryover.Held, carryover.LaterVersion)
	for _, id := range []string{markOf(first), string(later.ID), string(d)} {
		r, err := tb.Undo(t.Context(), UndoRequest{ID: id, DryRun: true, Actor: somebody})
		if err != nil || r.Of != string(d) {
			t.Errorf("Undo(%s) = %+v, %v; want the filing %s", id, r, err, d)
		}
	}
	if _, err := tb.Move(t.Context(), MoveRequest{ID: markOf(first), Patient: "777", Actor: somebody}); err == nil || !strings.Contains(err.Error(), "other words") {
		t.Errorf("Move with a later version = %v, want a refusal: it has other words", err)
	}
}

// TestUndoIsNotAskedTwice, and what is under way is not asked for otherwise.
func TestUndoIsNotAskedTwice(t *testing.T) {
	tb := newTable(t)
	v, d := tb.filed()
	for range 2 {
		if r, err := tb.Undo(t.Context(), UndoRequest{ID: string(v.ID), Actor: somebody}); err != nil || r.State != "asked" {
			t.Fatalf("Undo = %+v, %v", r, err)
		}
	}
	if got := tb.actions(v.ID); slices.Index(got, somebody+" undo_asked") != len(got)-1 {
		t.Errorf("entries %v, want the question once", got)
	}
	if _, err := tb.Move(t.Context(), MoveRequest{ID: string(v.ID), Patient: "777", Actor: somebody}); err == nil || !strings.Contains(err.Error(), "in another way") {
		t.Errorf("Move while it is undone = %v, want a refusal", err)
	}
	shown, err := tb.Show(t.Context(), ShowRequest{ID: string(d)})
	if b := shown.Deliveries[0].TakenBack; err != nil || b == nil || b.State != "asked" || b.VisibleFrom.IsZero() || !b.VisibleTo.IsZero() {
		t.Errorf("Show = %+v, %v; want since when it can be seen, and no end", b, err)
	}
}

func TestUndoOfALeaver(t *testing.T) {
	tb := newTable(t)
	v, _ := tb.filed()
	tb.Practitioners = []carryover.PractitionerID{"72"}
	if _, err := tb.Undo(t.Context(), UndoRequest{ID: string(v.ID), Actor: somebody}); err == nil || !strings.Contains(carryover.HintOf(err), "71") {
		t.Errorf("Undo without its author's key = %v, want a refusal that names the practitioner", err)
	}
}
