package ledger_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
	"carryover/ledger"
)

// TestMoveFollowsTheRoad tries every pair of states and compares what happens
// with what the vocabulary says.
func TestMoveFollowsTheRoad(t *testing.T) {
	l, ctx := open(t), t.Context()
	// A version is planted at each state, so that a pair does not depend on the
	// way there. It has a delivery where the state needs one.
	stop := ledger.ErrConflict + " planned"
	try := func(id carryover.VersionID, from, to carryover.State) (err error) {
		_ = l.Update(ctx, func(tx *ledger.Tx) error {
			if _, e := tx.ExecContext(ctx, "UPDATE version SET state = $1 WHERE id = $2", from, id); e != nil {
				return e
			}
			if _, e := tx.ExecContext(ctx, "UPDATE delivery SET state = $1, note = 'n1' WHERE version = $2", from, id); e != nil {
				return e
			}
			err = tx.Move(ctx, id, from, to, carryover.OneClue, time.Time{}, after(time.Minute))
			return stop // undo everything
		})
		return err
	}
	bare, sent := addVersion(t, l, "d1", "words"), addVersion(t, l, "d2", "words")
	makeReady(t, l, sent)
	send(t, l, sent, "HD-AAAAAAAA-AAAA")
	needsDelivery := map[carryover.State]bool{
		carryover.Sending: true, carryover.InDoubt: true, carryover.Filed: true,
		carryover.Proven: true, carryover.Refused: true, carryover.Undone: true,
	}
	for _, from := range carryover.States {
		for _, to := range carryover.States {
			want := from.CanBecome(to) && to != carryover.Undone // only MoveDelivery knows when the note was gone
			if err := try(sent, from, to); (err == nil) != want {
				t.Errorf("Move(%s, %s) with a delivery = %v, want an error: %v", from, to, err, !want)
			}
			want = from.CanBecome(to) && !needsDelivery[to]
			if err := try(bare, from, to); (err == nil) != want {
				t.Errorf("Move(%s, %s) without a delivery = %v, want an error: %v", from, to, err, !want)
			}
		}
	}
}

func TestMove(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := addVersion(t, l, "d1", "words")
	before := version(t, l, id)
	update(t, l, func(tx *ledger.Tx) error {
		return tx.Move(ctx, id, carryover.Seen, carryover.Held, carryover.OneClue, after(24*time.Hour), after(time.Minute))
	})
	want := before
	want.State, want.Reason, want.Due = carryover.Held, carryover.OneClue, after(24*time.Hour)
	want.ChangedAt, want.UpdatedAt, want.Revision = after(time.Minute), after(time.Minute), before.Revision+1
	if diff := cmp.Diff(want, version(t, l, id)); diff != "" {
		t.Errorf("after Move (-want +got):\n%s", diff)
	}
	move(t, l, id, carryover.Held, carryover.Ripe, "", after(2*time.Minute))
	if v := version(t, l, id); v.Reason != carryover.NoReason || !v.Due.Equal(after(2*time.Minute)) {
		t.Errorf("after the next Move reason %q, due %v, want none, and at once", v.Reason, v.Due)
	}
}

func TestMoveRefuses(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := addVersion(t, l, "d1", "words")
	for _, c := range []struct {
		what     string
		from, to carryover.State
		reason   carryover.Reason
		want     carryover.Kind
	}{
		{"from where it is not", carryover.Ripe, carryover.Ready, "", ledger.ErrConflict},
		{"from where it is not, off the road", carryover.Proven, carryover.Seen, "", ledger.ErrConflict},
		{"off the road", carryover.Seen, carryover.Proven, "", carryover.ErrInvalid},
		{"to no state", carryover.Seen, "gone", "", carryover.ErrInvalid},
		{"to Held without a reason", carryover.Seen, carryover.Held, "", carryover.ErrInvalid},
		{"to Skipped without a reason", carryover.Seen, carryover.Skipped, "", carryover.ErrInvalid},
		{"for a reason outside the list", carryover.Seen, carryover.Held, "Mr Quokka was not in the room", carryover.ErrInvalid},
	} {
		refused(t, l, c.want, "Move "+c.what, func(tx *ledger.Tx) error {
			return tx.Move(ctx, id, c.from, c.to, c.reason, time.Time{}, after(time.Minute))
		})
	}
	move(t, l, id, carryover.Seen, carryover.Dismissed, "", after(time.Minute))
	if v := version(t, l, id); v.Reason != carryover.ByPerson || !v.Due.IsZero() {
		t.Errorf("dismissed for %q, due %v, want %q, never", v.Reason, v.Due, carryover.ByPerson)
	}
}

func TestPostpone(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := addVersion(t, l, "d1", "words")
	postpone := func(s carryover.State, due time.Time) func(*ledger.Tx) error {
		return func(tx *ledger.Tx) error { return tx.Postpone(ctx, id, s, due, after(time.Minute)) }
	}
	update(t, l, postpone(carryover.Seen, after(time.Hour)))
	if v := version(t, l, id); !v.Due.Equal(after(time.Hour)) || !v.ChangedAt.Equal(monday) {
		t.Errorf("after Postpone due %v, changed %v, want in an hour, unchanged", v.Due, v.ChangedAt)
	}
	update(t, l, postpone(carryover.Seen, time.Time{}))
	if v := version(t, l, id); !v.Due.Equal(after(time.Minute)) {
		t.Errorf("Postpone to never of a version that moves by itself: due %v, want now", v.Due)
	}
	refused(t, l, ledger.ErrConflict, "Postpone where it is not", postpone(carryover.Ripe, monday))
}

func TestDue(t *testing.T) {
	l, ctx := open(t), t.Context()
	dues := map[carryover.DocumentID]time.Duration{"late": 3 * time.Minute, "soon": time.Minute, "later": 2 * time.Minute, "held": 0}
	for d, wait := range dues {
		id := addVersion(t, l, d, "words")
		update(t, l, func(tx *ledger.Tx) error { return tx.Postpone(ctx, id, carryover.Seen, after(wait), monday) })
		if d == "held" {
			move(t, l, id, carryover.Seen, carryover.Held, carryover.Rivals, monday)
		}
	}
	due := func(s carryover.State, now time.Time, limit int) (names []carryover.DocumentID) {
		view(t, l, func(tx *ledger.Tx) error {
			vs, err := tx.Due(ctx, s, now, limit)
			for _, v := range vs {
				names = append(names, v.Document)
			}
			return err
		})
		return names
	}
	for _, c := range []struct {
		state carryover.State
		now   time.Time
		limit int
		want  []carryover.DocumentID
	}{
		{carryover.Seen, monday, 0, nil},
		{carryover.Seen, after(time.Minute), 0, []carryover.DocumentID{"soon"}},
		{carryover.Seen, after(time.Hour), 0, []carryover.DocumentID{"soon", "later", "late"}},
		{carryover.Seen, after(time.Hour), 2, []carryover.DocumentID{"soon", "later"}},
		{carryover.Held, after(time.Hour), 0, nil}, // waits for a person, however long
	} {
		if diff := cmp.Diff(c.want, due(c.state, c.now, c.limit)); diff != "" {
			t.Errorf("Due(%s, %v, %d) (-want +got):\n%s", c.state, c.now, c.limit, diff)
		}
	}
	view(t, l, func(tx *ledger.Tx) error {
		next, ok, err := tx.NextDue(ctx, carryover.Held, carryover.Seen, carryover.Ripe)
		if !ok || !next.Equal(after(time.Minute)) {
			t.Errorf("NextDue = %v, %v, want the soonest", next, ok)
		}
		_, none, err2 := tx.NextDue(ctx, carryover.Held, carryover.Ripe)
		if none {
			t.Error("NextDue where nothing is due = true, want false")
		}
		return firstError(err, err2)
	})
}
