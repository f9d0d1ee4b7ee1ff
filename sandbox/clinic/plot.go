package clinic

import (
	"fmt"
	"slices"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// A Plot is a day with a purpose: a practice, the reasons for which its
// documents may be held, and what people do in Cliniko while the day passes.
// Adversary and Slips make them.
type Plot struct {
	Practice *sandbox.Practice
	// Reasons are, by session, for which reasons its documents may be held: the
	// words of carryover.Reason. Right for the wrong reason is wrong: a reviewer
	// believes what the hold says. A session without an entry expects no hold.
	Reasons map[string][]string
	// Happenings are done in this order.
	Happenings []Happening
}

// A Happening is one thing that somebody does to the register or the diary
// while documents are on the road.
type Happening struct {
	At   float64 // share of the day
	What string  // merge, archive, rename, born or cancel
	Of   string  // the patient's or the appointment's id
	With string  // merge: the survivor's id; rename: the new last name; born: the new birth date
}

// do does it in Cliniko's own pages.
func (h Happening) do(s *clinikosim.Server) error {
	switch h.What {
	case "merge":
		return s.MergePatients(h.Of, h.With)
	case "archive":
		return s.ArchivePatient(h.Of)
	case "rename":
		return s.EditPatient(h.Of, func(p *sandbox.Patient) { p.LastName = h.With })
	case "born":
		return s.EditPatient(h.Of, func(p *sandbox.Patient) { p.BirthDate = h.With })
	case "cancel":
		return s.CancelAppointment(h.Of)
	}
	return fmt.Errorf("happening %q: want merge, archive, rename, born or cancel", h.What)
}

// looks is how many times a day the clinic looks whether something is to
// happen; between two looks less of the day passes than between two stages of
// a growing document.
const looks = 400

// play does what the plot says when its time comes, until the clinic closes.
func (c *Clinic) play(happenings []Happening) {
	wait := time.NewTicker(min(time.Minute, max(time.Millisecond, c.Clock.Pace()/looks)))
	defer wait.Stop()
	for _, h := range happenings {
		for !c.Clock.Begun() || c.Clock.Share() < h.At {
			select {
			case <-c.closed:
				return
			case <-wait.C:
			}
		}
		if err := h.do(c.Cliniko); err != nil {
			c.log.Error("what was to happen did not", "what", h.What, "err", err)
			continue
		}
		c.happened.Add(1)
	}
}

// Happened returns how many of the plot's happenings have been done.
func (c *Clinic) Happened() int { return int(c.happened.Load()) }

// inOrder sorts happenings by time.
func inOrder(all []Happening) []Happening {
	slices.SortStableFunc(all, func(a, b Happening) int {
		switch {
		case a.At < b.At:
			return -1
		case a.At > b.At:
			return 1
		}
		return 0
	})
	return all
}
