package ledger_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
	"carryover/ledger"
)

// fill makes ten documents a minute apart: one in three held, the rest seen;
// document d0 has an older, superseded version and d3 an older one that is held.
func fill(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	ctx := t.Context()
	addVersion(t, l, "d0", "first words")
	addVersion(t, l, "d3", "first words")
	for i := range 10 {
		now := after(time.Duration(i+1) * time.Minute)
		id := carryover.DocumentID(fmt.Sprintf("d%d", i))
		update(t, l, func(tx *ledger.Tx) error {
			older, err := tx.VersionsOf(ctx, "s1", id)
			if err != nil {
				return err
			}
			for _, v := range older {
				to := map[carryover.DocumentID]carryover.State{"d0": carryover.Superseded, "d3": carryover.Held}[id]
				if err := tx.Move(ctx, v.ID, carryover.Seen, to, carryover.LaterVersion, time.Time{}, now); err != nil {
					return err
				}
			}
			p := carryover.PractitionerID([]string{"41", "42"}[i%2])
			v, err := tx.AddVersion(ctx, letter(id, "words"), ledger.Version{FirstSeen: now, Practitioner: p})
			if err != nil || i%3 != 0 {
				return err
			}
			return tx.Move(ctx, v, carryover.Seen, carryover.Held, carryover.Rivals, time.Time{}, now)
		})
	}
}

func TestList(t *testing.T) {
	l, ctx := open(t), t.Context()
	fill(t, l)
	list := func(f ledger.Filter) (names []string) {
		t.Helper()
		view(t, l, func(tx *ledger.Tx) error {
			vs, err := tx.List(ctx, f)
			for _, v := range vs {
				names = append(names, fmt.Sprintf("%s.%d", v.Document, v.Number))
			}
			return err
		})
		return names
	}
	for _, c := range []struct {
		name   string
		filter ledger.Filter
		want   []string
	}{
		{"everything", ledger.Filter{}, []string{"d9.1", "d8.1", "d7.1", "d6.1", "d5.1", "d4.1", "d3.2", "d2.1", "d1.1", "d0.2", "d3.1"}},
		{"held", ledger.Filter{States: []carryover.State{carryover.Held}}, []string{"d9.1", "d6.1", "d3.2", "d0.2", "d3.1"}},
		{"superseded", ledger.Filter{States: []carryover.State{carryover.Superseded}}, nil},
		{"superseded, older too", ledger.Filter{States: []carryover.State{carryover.Superseded}, OlderToo: true}, []string{"d0.1"}},
		{"one practitioner's", ledger.Filter{Practitioner: "42", States: []carryover.State{carryover.Held}}, []string{"d9.1", "d3.2"}},
		{"since", ledger.Filter{Since: after(8 * time.Minute)}, []string{"d9.1", "d8.1", "d7.1"}},
		{"at most", ledger.Filter{Limit: 2}, []string{"d9.1", "d8.1"}},
	} {
		if diff := cmp.Diff(c.want, list(c.filter)); diff != "" {
			t.Errorf("List: %s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestListPages reads page after page and finds every row once.
func TestListPages(t *testing.T) {
	l, ctx := open(t), t.Context()
	fill(t, l)
	view(t, l, func(tx *ledger.Tx) error {
		whole, err := tx.List(ctx, ledger.Filter{OlderToo: true})
		if err != nil {
			return err
		}
		var paged []ledger.Version
		for f := (ledger.Filter{OlderToo: true, Limit: 5}); ; f.After = paged[len(paged)-1].ID {
			page, err := tx.List(ctx, f)
			if err != nil {
				return err
			}
			if len(page) == 0 {
				break
			}
			paged = append(paged, page...)
		}
		if diff := cmp.Diff(whole, paged); diff != "" || len(paged) != 12 {
			t.Errorf("%d rows in pages, want the 12 of the whole list (-want +got):\n%s", len(paged), diff)
		}
		return nil
	})
}

// TestCounts: the sum is the number of documents, however many versions and
// deliveries they have.
func TestCounts(t *testing.T) {
	l, ctx := open(t), t.Context()
	fill(t, l)
	view(t, l, func(tx *ledger.Tx) error {
		got, err := tx.Counts(ctx)
		if diff := cmp.Diff(map[carryover.State]int{carryover.Seen: 6, carryover.Held: 4}, got); diff != "" {
			t.Errorf("Counts (-want +got):\n%s", diff)
		}
		return err
	})
}

func TestNewestRow(t *testing.T) {
	l, ctx := open(t), t.Context()
	newest := func() (at time.Time) {
		view(t, l, func(tx *ledger.Tx) (err error) {
			at, err = tx.NewestRow(ctx)
			return err
		})
		return at
	}
	if got := newest(); !got.IsZero() {
		t.Errorf("NewestRow of an empty ledger = %v, want the zero time", got)
	}
	id := addVersion(t, l, "d1", "words")
	if got := newest(); !got.Equal(monday) {
		t.Errorf("NewestRow = %v, want %v", got, monday)
	}
	move(t, l, id, carryover.Seen, carryover.Ripe, "", after(time.Hour))
	if got := newest(); !got.Equal(after(time.Hour)) {
		t.Errorf("NewestRow after a move = %v, want the move's time", got)
	}
}

func TestPractitioners(t *testing.T) {
	l, ctx := open(t), t.Context()
	p := ledger.Practitioner{
		ID: "41", UserID: "1041", LastPoll: monday, LastFullPass: after(-time.Hour), NextPoll: after(time.Minute), NewestFirst: true,
	}
	get := func() (got ledger.Practitioner) {
		view(t, l, func(tx *ledger.Tx) (err error) {
			got, err = tx.Practitioner(ctx, "41")
			return err
		})
		return got
	}
	save := func() {
		update(t, l, func(tx *ledger.Tx) error { return tx.SavePractitioner(ctx, p) })
	}
	save()
	if diff := cmp.Diff(p, get()); diff != "" {
		t.Errorf("Practitioner (-want +got):\n%s", diff)
	}
	update(t, l, func(tx *ledger.Tx) error { return tx.Pause(ctx, "41", ledger.PausedKeyRefused, monday) })
	update(t, l, func(tx *ledger.Tx) error { return tx.Pause(ctx, "41", ledger.PausedClockOff, after(time.Hour)) })
	p.LastPoll = after(time.Minute)
	save()
	want := p
	want.PausedAt, want.PauseReason = monday, ledger.PausedKeyRefused
	if diff := cmp.Diff(want, get()); diff != "" {
		t.Errorf("Practitioner, paused twice and saved (-want +got):\n%s", diff)
	}
	update(t, l, func(tx *ledger.Tx) error { return tx.Unpause(ctx, "41") })
	if diff := cmp.Diff(p, get()); diff != "" {
		t.Errorf("Practitioner after Unpause (-want +got):\n%s", diff)
	}
	view(t, l, func(tx *ledger.Tx) error {
		all, err := tx.Practitioners(ctx)
		if diff := cmp.Diff([]ledger.Practitioner{p}, all); diff != "" {
			t.Errorf("Practitioners (-want +got):\n%s", diff)
		}
		return err
	})
	for what, f := range map[string]func(*ledger.Tx) error{
		"Practitioner": func(tx *ledger.Tx) error { _, err := tx.Practitioner(ctx, "none"); return err },
		"Pause":        func(tx *ledger.Tx) error { return tx.Pause(ctx, "none", ledger.PausedByPerson, monday) },
		"Unpause":      func(tx *ledger.Tx) error { return tx.Unpause(ctx, "none") },
	} {
		refused(t, l, carryover.ErrGone, what+" of nobody", f)
	}
	refused(t, l, carryover.ErrInvalid, "Pause for a reason outside the list", func(tx *ledger.Tx) error {
		return tx.Pause(ctx, "41", "Dr Quokka is on leave", monday)
	})
}

func TestSettings(t *testing.T) {
	l, ctx := open(t), t.Context()
	for _, value := range []string{"yes", "", "no"} {
		update(t, l, func(tx *ledger.Tx) error { return tx.SetSetting(ctx, "paused", value) })
		view(t, l, func(tx *ledger.Tx) error {
			got, ok, err := tx.Setting(ctx, "paused")
			if got != value || !ok {
				t.Errorf("Setting = %q, %v, want %q", got, ok, value)
			}
			return err
		})
	}
	refused(t, l, carryover.ErrInvalid, "SetSetting of the digest key", func(tx *ledger.Tx) error {
		return tx.SetSetting(ctx, "digest_key", "mine")
	})
}

// TestIDsSortByTime is what List's pages and the order of deliveries rest on.
func TestIDsSortByTime(t *testing.T) {
	l, ctx := open(t), t.Context()
	addVersion(t, l, "d0", "words")
	var ids []carryover.VersionID
	for i, wait := range []time.Duration{time.Microsecond, 2 * time.Microsecond, 900 * time.Microsecond, time.Millisecond, time.Hour, 20 * 365 * 24 * time.Hour} {
		update(t, l, func(tx *ledger.Tx) error {
			id, err := tx.AddVersion(ctx, letter(carryover.DocumentID(fmt.Sprintf("d%d", i+1)), "words"), ledger.Version{FirstSeen: after(wait)})
			ids = append(ids, id)
			return err
		})
	}
	if !slices.IsSorted(ids) {
		t.Errorf("ids made one after the other are %v, want them in order", ids)
	}
	if id := ids[0]; len(id) != 36 || id[14] != '7' {
		t.Errorf("id = %s, want a UUID of version 7", id)
	}
}
