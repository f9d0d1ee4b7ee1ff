package ledger_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"carryover"
	"carryover/internal/seal"
	"carryover/ledger"
)

// TestAnyRoad takes steps at random, legal and illegal ones, as a pipeline with
// bugs would. After every step the ledger's own invariants hold, the counts add
// up to the documents ever seen, and a refused step has changed nothing.
func TestAnyRoad(t *testing.T) {
	if testing.Short() {
		t.Skip("a hundred random roads take some seconds")
	}
	dir, key, runs := t.TempDir(), seal.NewMasterKey(), 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		l, err := ledger.Open(rt.Context(), ledger.Config{Path: filepath.Join(dir, fmt.Sprint(runs), "ledger.db"), MasterKey: key})
		if err != nil {
			rt.Fatalf("Open: %v", err)
		}
		defer l.Close()
		w := &walk{T: rt, l: l, session: "s1", documents: map[carryover.DocumentID]bool{}}
		w.update(func(tx *ledger.Tx) error {
			return tx.SaveSession(rt.Context(), carryover.Session{ID: w.session, Practitioner: "41"}, nil, monday, monday)
		})
		rt.Repeat(map[string]func(*rapid.T){
			"":                  w.invariants,
			"a new text":        w.newText,
			"move a version":    w.moveVersion,
			"decide":            w.decide,
			"start a delivery":  w.addDelivery,
			"move a delivery":   w.moveDelivery,
			"end an attempt":    w.endAttempt,
			"destroy the text":  w.destroy,
			"touch and go away": w.touch,
			// Steps that lead on are three in twelve, or most roads would end early.
			"go on": w.goOn, "go on.": w.goOn, "go on..": w.goOn,
		})
	})
}

// A walk is one random road and what it has made so far.
type walk struct {
	*rapid.T
	l          *ledger.Ledger
	session    carryover.SessionID
	documents  map[carryover.DocumentID]bool
	versions   []carryover.VersionID
	deliveries []carryover.DeliveryID
	notes      int
	now        time.Duration
}

// update runs a step; a refusal is part of the game, anything else is not.
func (w *walk) update(f func(*ledger.Tx) error) bool {
	err := w.l.Update(w.Context(), f)
	if err != nil && !errors.Is(err, ledger.ErrConflict) && !errors.Is(err, carryover.ErrInvalid) {
		w.Fatalf("Update: %v", err)
	}
	return err == nil
}

func (w *walk) tick() time.Time {
	w.now += time.Second
	return after(w.now)
}

func (w *walk) invariants(rt *rapid.T) {
	err := w.l.View(rt.Context(), func(tx *ledger.Tx) error {
		findings, err := tx.Check(rt.Context())
		for _, f := range findings {
			rt.Errorf("Check: %s", f)
		}
		current, err2 := tx.CurrentVersions(rt.Context(), w.session)
		if len(current) != len(w.documents) {
			rt.Errorf("%d documents have a newest version, want all %d", len(current), len(w.documents))
		}
		return errors.Join(err, err2)
	})
	if err != nil {
		rt.Fatal(err)
	}
}

func (w *walk) newText(rt *rapid.T) {
	d := carryover.Document{Session: w.session, ID: rapid.SampledFrom([]carryover.DocumentID{"a", "b", "c"}).Draw(rt, "document")}
	now := w.tick()
	var id carryover.VersionID
	if w.update(func(tx *ledger.Tx) (err error) {
		old, err := tx.VersionsOf(rt.Context(), d.Session, d.ID)
		if err != nil {
			return err
		}
		for _, v := range old {
			if v.Newest && v.Delivery == "" && v.State.CanBecome(carryover.Superseded) {
				if err := tx.Move(rt.Context(), v.ID, v.State, carryover.Superseded, "", time.Time{}, now); err != nil {
					return err
				}
			}
		}
		id, err = tx.AddVersion(rt.Context(), d, ledger.Version{FirstSeen: now})
		return err
	}) {
		w.versions = append(w.versions, id)
		w.documents[d.ID] = true
	}
}

func (w *walk) someVersion(rt *rapid.T) carryover.VersionID {
	if len(w.versions) == 0 {
		rt.Skip("no version yet")
	}
	return rapid.SampledFrom(w.versions).Draw(rt, "version")
}

func (w *walk) someDelivery(rt *rapid.T) carryover.DeliveryID {
	if len(w.deliveries) == 0 {
		rt.Skip("no delivery yet")
	}
	return rapid.SampledFrom(w.deliveries).Draw(rt, "delivery")
}

// next draws a state, mostly one that the road leads to.
func next(rt *rapid.T, from carryover.State) carryover.State {
	legal := slices.DeleteFunc(slices.Clone(carryover.States), func(s carryover.State) bool { return !from.CanBecome(s) })
	if len(legal) == 0 || rapid.IntRange(0, 9).Draw(rt, "stray") == 0 {
		legal = carryover.States
	}
	return rapid.SampledFrom(legal).Draw(rt, "to")
}

func (w *walk) moveVersion(rt *rapid.T) {
	id, now := w.someVersion(rt), w.tick()
	w.update(func(tx *ledger.Tx) error {
		v, err := tx.Version(rt.Context(), id)
		if err != nil {
			return err
		}
		to := next(rt, v.State)
		// What the pipeline never does: a later step of an older version, and
		// the delivery's steps without the delivery.
		if !v.Newest && (to == carryover.Ripe || to == carryover.Ready || to == carryover.Seen) || v.Delivery != "" && to == carryover.Filed || to == carryover.Sending || to == carryover.InDoubt {
			return carryover.ErrInvalid
		}
		if as, err := tx.Attempts(rt.Context(), v.Delivery); err != nil || len(as) > 0 && as[len(as)-1].Outcome == ledger.NoOutcome {
			return errors.Join(err, carryover.ErrInvalid)
		}
		return tx.Move(rt.Context(), id, v.State, to, carryover.OneClue, time.Time{}, now)
	})
}

// goOn takes some version one step further on the way that all should go.
func (w *walk) goOn(rt *rapid.T) {
	ctx, id, now := rt.Context(), w.someVersion(rt), w.tick()
	w.update(func(tx *ledger.Tx) error {
		v, err := tx.Version(ctx, id)
		if err != nil || !v.Newest {
			return err
		}
		switch v.State {
		case carryover.Seen, carryover.Held, carryover.Skipped:
			return tx.Move(ctx, id, v.State, carryover.Ripe, "", time.Time{}, now)
		case carryover.Ripe:
			err := tx.Decide(ctx, id, carryover.Match{Grade: carryover.Certain, Patient: "7"}, "41", false, now)
			return errors.Join(err, tx.Move(ctx, id, carryover.Ripe, carryover.Ready, "", time.Time{}, now))
		case carryover.Ready:
			d, err := tx.AddDelivery(ctx, ledger.Delivery{Version: id, Reference: "HD-AAAAAAAA-AAAA", State: carryover.Sending, IntentAt: now})
			if err == nil {
				w.deliveries = append(w.deliveries, d)
				_, err = tx.StartAttempt(ctx, d, now)
			}
			return err
		case carryover.Sending:
			as, err := tx.Attempts(ctx, v.Delivery)
			if err != nil {
				return err
			}
			w.notes++
			err = tx.EndAttempt(ctx, ledger.Attempt{Delivery: v.Delivery, Number: len(as), AnsweredAt: now, Outcome: ledger.Done})
			return errors.Join(err, tx.MoveDelivery(ctx, v.Delivery, carryover.Sending, carryover.Filed, func(d *ledger.Delivery) {
				d.Note = carryover.NoteID(fmt.Sprint("n", w.notes))
			}, now))
		case carryover.Filed:
			return tx.MoveDelivery(ctx, v.Delivery, carryover.Filed, carryover.Proven, nil, now)
		case carryover.Proven:
			return tx.MoveDelivery(ctx, v.Delivery, carryover.Proven, carryover.Undone, func(d *ledger.Delivery) { d.ArchivedAt = now }, now)
		case carryover.Undone:
			return tx.Move(ctx, id, carryover.Undone, carryover.Ready, "", time.Time{}, now)
		}
		return nil
	})
}

func (w *walk) decide(rt *rapid.T) {
	id, now := w.someVersion(rt), w.tick()
	m := carryover.Match{
		Grade:   rapid.SampledFrom([]carryover.Grade{carryover.CertainlyNot, carryover.Probable, carryover.Certain, carryover.Certain}).Draw(rt, "grade"),
		Patient: rapid.SampledFrom([]carryover.PatientID{"", "7", "8"}).Draw(rt, "patient"),
	}
	w.update(func(tx *ledger.Tx) error {
		return tx.Decide(rt.Context(), id, m, "41", rapid.Bool().Draw(rt, "by a person"), now)
	})
}

func (w *walk) addDelivery(rt *rapid.T) {
	id, now := w.someVersion(rt), w.tick()
	d := ledger.Delivery{Version: id, Reference: "HD-AAAAAAAA-AAAA", IntentAt: now}
	if rapid.Bool().Draw(rt, "send at once") {
		d.State = carryover.Sending
	}
	if w.update(func(tx *ledger.Tx) (err error) {
		if d.ID, err = tx.AddDelivery(rt.Context(), d); err == nil && d.State == carryover.Sending {
			_, err = tx.StartAttempt(rt.Context(), d.ID, now)
		} else if v, e := tx.Version(rt.Context(), id); err == nil && (e != nil || v.State != carryover.Ready) {
			err = carryover.ErrInvalid // a delivery begins at Ready
		}
		return err
	}) {
		w.deliveries = append(w.deliveries, d.ID)
	}
}

func (w *walk) moveDelivery(rt *rapid.T) {
	id, now := w.someDelivery(rt), w.tick()
	w.update(func(tx *ledger.Tx) error {
		d, err := tx.Delivery(rt.Context(), id)
		if err != nil {
			return err
		}
		v, err := tx.Version(rt.Context(), d.Version)
		if err != nil {
			return err
		}
		to := next(rt, d.State)
		if v.Delivery != id && to != carryover.Undone && to != carryover.Held {
			return carryover.ErrInvalid // an earlier delivery is at most undone
		}
		if as, err := tx.Attempts(rt.Context(), id); err != nil || len(as) > 0 && as[len(as)-1].Outcome == ledger.NoOutcome && to != carryover.InDoubt {
			return errors.Join(err, carryover.ErrInvalid)
		}
		err = tx.MoveDelivery(rt.Context(), id, d.State, to, func(d *ledger.Delivery) {
			if to == carryover.Filed && d.Note == "" {
				w.notes++
				d.Note = carryover.NoteID(fmt.Sprint("n", w.notes))
			}
			if d.Reason = carryover.NotProven; to == carryover.Undone {
				d.ArchivedAt = now
			}
		}, now)
		if err == nil && to == carryover.Sending {
			_, err = tx.StartAttempt(rt.Context(), id, now)
		}
		return err
	})
}

func (w *walk) endAttempt(rt *rapid.T) {
	id := w.someDelivery(rt)
	a := ledger.Attempt{Delivery: id, Number: rapid.IntRange(1, 3).Draw(rt, "number"), AnsweredAt: w.tick()}
	a.Outcome = rapid.SampledFrom([]ledger.Outcome{ledger.Done, ledger.NotDone, ledger.InDoubt, ledger.Adopted, ledger.Absent, "maybe"}).Draw(rt, "outcome")
	w.update(func(tx *ledger.Tx) error { return tx.EndAttempt(rt.Context(), a) })
}

func (w *walk) destroy(rt *rapid.T) {
	id := w.someVersion(rt)
	w.update(func(tx *ledger.Tx) error { return tx.Destroy(rt.Context(), string(id)) })
}

func (w *walk) touch(rt *rapid.T) {
	id := w.someVersion(rt)
	w.update(func(tx *ledger.Tx) error {
		v, err := tx.Version(rt.Context(), id)
		if err != nil {
			return err
		}
		if err := tx.MarkDocumentGone(rt.Context(), v.Session, v.Document, w.tick()); err != nil {
			return err
		}
		return tx.TouchVersion(rt.Context(), id, w.tick())
	})
}
