package web

import (
	"net/http"
	"time"

	"carryover"
	"carryover/internal/desk"
)

// A balanceView is one day on which every document is somewhere, and the weeks
// around it.
type balanceView struct {
	staff
	Day          dayCount
	Weeks        [][]dayCount
	Items        []desk.Item
	Cut          bool // more documents than the list shows
	Before, Next string
}

// The calendar's size, and how many of a day's documents are listed.
const (
	calendarWeeks = 5
	listedOfDay   = 300
)

// balance shows a day: today, or the one that the address names.
func (s *Server) balance(w http.ResponseWriter, r *http.Request) error {
	day := s.midnight(time.Now())
	if named := r.PathValue("day"); named != "" {
		var err error
		if day, err = s.parseDay(named); err != nil {
			return badRequest("That is not a day.", "Choose one from the calendar.")
		}
	}
	own := s.own(r)
	v := balanceView{staff: s.staff(r)}
	days, err := s.days(r.Context(), day, 1, own)
	if err != nil {
		return err
	}
	v.Day = days[0]
	if v.Weeks, err = s.weeks(r, day, own); err != nil {
		return err
	}
	seen, err := s.Desk.Seen(r.Context(), day, s.daysOn(day, 1), own)
	if err != nil {
		return err
	}
	if v.Cut = len(seen) > listedOfDay; v.Cut {
		seen = seen[:listedOfDay]
	}
	ids := make([]carryover.VersionID, 0, len(seen))
	for _, one := range seen {
		ids = append(ids, one.Version)
	}
	if v.Items, err = s.Desk.Items(r.Context(), ids); err != nil {
		return err
	}
	v.Before = s.daysOn(day, -1).Format(time.DateOnly)
	if next := s.daysOn(day, 1); !next.After(time.Now()) {
		v.Next = next.Format(time.DateOnly)
	}
	s.Render(w, r, http.StatusOK, "balance", v)
	return nil
}

// weeks are the calendar: whole weeks from Monday, the last of them the day's or
// this one, whichever ends later within the calendar.
func (s *Server) weeks(r *http.Request, day time.Time, own carryover.PractitionerID) ([][]dayCount, error) {
	last := s.midnight(time.Now())
	if s.daysOn(day, 7*(calendarWeeks-1)).Before(last) {
		last = s.daysOn(day, 14)
	}
	monday := s.daysOn(last, -((int(last.Weekday()) + 6) % 7))
	all, err := s.days(r.Context(), s.daysOn(monday, -7*(calendarWeeks-1)), 7*calendarWeeks, own)
	if err != nil {
		return nil, err
	}
	var weeks [][]dayCount
	for i := range all {
		all[i].Chosen = all[i].Day.Equal(day)
		if i%7 == 0 {
			weeks = append(weeks, all[i:i+7])
		}
	}
	return weeks, nil
}
