package ledger_test

import (
	"slices"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

// TestPagesOfList walks lists page by page in both orders: the pages together
// are the whole list, and HowMany is its length.
func TestPagesOfList(t *testing.T) {
	t.Parallel()
	l, ctx := open(t), t.Context()
	fill(t, l)
	list := func(f ledger.Filter) (all []carryover.VersionID, many int) {
		t.Helper()
		view(t, l, func(tx *ledger.Tx) error {
			vs, err := tx.List(ctx, f)
			for _, v := range vs {
				all = append(all, v.ID)
			}
			if err == nil {
				many, err = tx.HowMany(ctx, f)
			}
			return err
		})
		return all, many
	}
	for _, f := range []ledger.Filter{
		{},
		{States: []carryover.State{carryover.Held, carryover.Refused}},
		{States: []carryover.State{carryover.Held}, Practitioner: "42"},
		{OlderToo: true},
		{Since: after(3 * time.Minute), Before: after(8 * time.Minute)},
		{Since: after(time.Hour)},
	} {
		whole, many := list(f)
		if many != len(whole) {
			t.Errorf("HowMany(%+v) = %d, want %d", f, many, len(whole))
		}
		for _, oldestFirst := range []bool{false, true} {
			f.OldestFirst, f.After, f.Limit = oldestFirst, "", 2
			var paged []carryover.VersionID
			for range len(whole) + 1 {
				page, _ := list(f)
				if len(page) > 2 {
					t.Fatalf("List(%+v) = %d versions, want no more than 2", f, len(page))
				}
				if len(page) == 0 {
					break
				}
				paged, f.After = append(paged, page...), page[len(page)-1]
			}
			want := slices.Clone(whole)
			if oldestFirst {
				slices.Reverse(want)
			}
			if !slices.Equal(paged, want) {
				t.Errorf("pages of %+v:\n got %v\nwant %v", f, paged, want)
			}
		}
	}
	from, _ := list(ledger.Filter{OldestFirst: true})
	f := ledger.Filter{OldestFirst: true, After: from[3]}
	if _, many := list(f); many != len(from)-4 {
		t.Errorf("HowMany after the fourth of %d = %d, want %d", len(from), many, len(from)-4)
	}
}
