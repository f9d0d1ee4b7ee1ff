package web

import (
	"fmt"
	"time"
)

// Times are shown in the practice's zone, as they are written in Australia.

// when writes a moment: Tue 3 Nov, 9:34 am; the year only when it is not this one.
func (s *Server) when(t time.Time) string {
	if t.IsZero() {
		return "not known"
	}
	layout := "Mon 2 Jan, " + clockLayout
	if t = t.In(s.Zone); t.Year() != time.Now().In(s.Zone).Year() {
		layout = "Mon 2 Jan 2006, " + clockLayout
	}
	return t.Format(layout)
}

// clockLayout keeps the hour and am or pm on one line.
const clockLayout = "3:04\u00a0pm"

// clock writes the time of day: 9:34 am.
func (s *Server) clock(t time.Time) string {
	if t.IsZero() {
		return "not known"
	}
	return t.In(s.Zone).Format(clockLayout)
}

// day writes a day: Tuesday 3 November 2026.
func (s *Server) day(t time.Time) string { return t.In(s.Zone).Format("Monday 2 January 2006") }

// span writes from when to when.
func (s *Server) span(from, to time.Time) string {
	if to.IsZero() {
		return s.clock(from)
	}
	return s.clock(from) + " – " + s.clock(to)
}

// stamp writes a moment for machines, in the datetime of a time element.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// since says how long something has lasted.
func since(t time.Time) string {
	if t.IsZero() {
		return "not known"
	}
	switch d := time.Since(t); {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return plural(int(d.Minutes()), "minute")
	case d < 48*time.Hour:
		return plural(int(d.Hours()), "hour")
	default:
		return plural(int(d.Hours()/24), "day")
	}
}

// midnight is the beginning of t's day in the practice's zone.
func (s *Server) midnight(t time.Time) time.Time {
	y, m, d := t.In(s.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, s.Zone)
}

// daysOn is midnight so many days later: a day is not always 24 hours long.
func (s *Server) daysOn(midnight time.Time, n int) time.Time {
	y, m, d := midnight.In(s.Zone).Date()
	return time.Date(y, m, d+n, 0, 0, 0, 0, s.Zone)
}

// parseDay reads YYYY-MM-DD as a day of the practice.
func (s *Server) parseDay(text string) (time.Time, error) {
	t, err := time.ParseInLocation(time.DateOnly, text, s.Zone)
	if err != nil {
		return t, fmt.Errorf("not a day: %w", badRequest("That is not a day.", "Write it as YYYY-MM-DD, or choose one from the calendar."))
	}
	return t, nil
}
