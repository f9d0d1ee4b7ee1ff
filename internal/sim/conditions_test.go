package sim

import (
	"time"

	"carryover"
)

// What a world has from its beginning to its end meets every state that a
// document of it goes through: how the APIs answer their open questions, the
// rate limits, the day on which the clocks change.

// conditions names what holds in a world throughout.
func (w *World) conditions() (names []string) {
	h, c := w.faults.Heidi, w.faults.Cliniko
	for _, one := range []struct {
		name  string
		holds bool
	}{
		{"listings lag", c.ListLag > 0},
		{"notes keep div and br alone", c.DivBrOnly},
		{"notes lose strict tags", c.StrictTags},
		{"notes keep newlines", c.KeepNewlines},
		{"archiving moves no stamp", c.QuietStamps},
		{"archived lose their names", c.StripArchived},
		{"searches leak archived", c.ArchivedLeak},
		{"merged notes stay", c.NotesStayOnMerge},
		{"ids are numbers", c.IDsAsNumbers},
		{"cancelled bookings are gone", c.NoCancelledBooking},
		{"pages shift", h.DuplicateItems},
		{"updated_at is frozen", !h.EditMovesUpdatedAt},
		{"pages of five", h.PageSizeCap == 5},
		{"order " + h.Order, h.Order != ""},
		{"listing " + h.Listing, h.Listing != ""},
		{"stamps " + h.Timestamps, h.Timestamps != ""},
		{"files beside notes", w.faults.Files},
		{"polled often", w.faults.Poll > 0 && w.faults.Poll < usualPoll},
	} {
		if one.holds {
			names = append(names, "while "+one.name)
		}
	}
	return names
}

// fromWorld counts what held throughout, once for each state of each document,
// and the day on which the clocks changed.
func (s *Sometimes) fromWorld(w *World) {
	names := w.conditions()
	for _, stays := range w.oracle.life {
		for _, stay := range stays {
			for _, name := range names {
				s.add(stay.state, name)
			}
			if w.clocksChange(stay.from) {
				s.add(stay.state, "on the day the clocks change")
			}
		}
	}
	if len(w.oracle.life) > 0 { // what is seen first makes no event
		for _, name := range names {
			s.add(carryover.Seen, name)
		}
	}
}

// clocksChange says that a moment is on a day of 23 or 25 hours at the practice.
func (w *World) clocksChange(at time.Time) bool {
	at = at.In(w.script.first.Location())
	y, m, d := at.Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, at.Location())
	return midnight.AddDate(0, 0, 1).Sub(midnight) != 24*time.Hour
}
