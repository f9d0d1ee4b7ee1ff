package web

import (
	"net/http"
	"slices"
	"time"

	"carryover/internal/desk"
)

// A todayView is the page that people begin with: does anything need me?
type todayView struct {
	staff
	Status  desk.Status
	Day     dayCount
	Waiting int
	Oldest  time.Time
	Recent  []desk.Item
	Drawing drawing
	Minutes drawing
	Days    []dayCount // what both draw, the latest first
	Whole   bool       // the practice's alarms and practitioners are shown
	Now     time.Time
}

// drawnDays is how far the drawing goes back.
const drawnDays = 28

// today shows how things stand.
func (s *Server) today(w http.ResponseWriter, r *http.Request) error {
	own := s.own(r)
	v := todayView{staff: s.staff(r), Whole: own == "", Now: time.Now()}
	var err error
	if v.Status, err = s.Desk.Status(r.Context()); err != nil {
		return err
	}
	stands, err := s.Desk.Standing(r.Context(), own)
	if err != nil {
		return err
	}
	v.Waiting, v.Oldest = stands.Held, stands.Oldest
	days, err := s.days(r.Context(), s.daysOn(s.midnight(v.Now), 1-drawnDays), drawnDays, own)
	if err != nil {
		return err
	}
	v.Day, v.Drawing, v.Minutes = days[drawnDays-1], draw(days), drawMinutes(days)
	slices.Reverse(days)
	v.Days = days
	v.Recent, err = s.Desk.List(r.Context(), desk.ListRequest{Practitioner: own, Limit: 8, Actor: s.actor(r)})
	if err != nil {
		return err
	}
	s.Render(w, r, http.StatusOK, "today", v)
	return nil
}
