package heidisim

import "slices"

// An agenda holds what the clinic's day still has in store, in the order in
// which it happens. Nothing runs in the background: the server catches up
// before it answers, so that an answer depends on the share of the day alone
// and not on how often anybody asked.
type agenda struct {
	due []entry
}

// An entry happens once the share at of the day has passed.
type entry struct {
	at    float64
	apply func()
}

// add puts apply after everything due at or before the same share.
func (a *agenda) add(at float64, apply func()) {
	i, _ := slices.BinarySearchFunc(a.due, at, func(e entry, at float64) int {
		if e.at <= at {
			return -1
		}
		return 1
	})
	a.due = slices.Insert(a.due, i, entry{at, apply})
}

// run applies what is due at share, in order. Entries may not add to the
// agenda.
func (a *agenda) run(share float64) {
	n := 0
	for n < len(a.due) && a.due[n].at <= share {
		a.due[n].apply()
		n++
	}
	a.due = slices.Delete(a.due, 0, n)
}
