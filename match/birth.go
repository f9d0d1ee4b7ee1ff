package match

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"carryover"
)

// oldest is the age in years above which a birth date is a mistake or a
// placeholder (1900-01-01) and not a person's.
const oldest = 120

// birthFit is how a claimed birth date compares with a record's.
type birthFit int

// The outcomes, from worst to best.
const (
	birthFar    birthFit = iota // another date: a contradiction
	birthSilent                 // one side or both say nothing
	birthSlip                   // one slip apart: shown, proves nothing
	birthSame
)

// compareBirth compares what a session says of a birth date, in its field and
// in the name, with one record's. Two different claims contradict each other,
// so none is believed. A date whose century was not said proves nothing alone,
// like a slip, and contradicts when it is the record's in neither.
func compareBirth(said saidDates, known carryover.Date, now time.Time) (birthFit, string) {
	switch {
	case said.none() || known.IsZero():
		return birthSilent, ""
	case said.twice():
		return birthFar, "two birth dates were said"
	case len(said.born) == 0 && slices.Contains(said.either, known):
		return birthSlip, "the century was not said"
	case len(said.born) == 0:
		return birthFar, ""
	}
	fit, note := compareDates(said.born[0], known)
	if fit == birthSame && implausible(known, now) {
		fit, note = birthSlip, "not a likely birth date"
	}
	return fit, note
}

// compareDates tells a slip from another date. One slip is day and month
// exchanged, one digit changed, or two neighbouring digits exchanged; anything
// further apart is another date.
func compareDates(said, known carryover.Date) (birthFit, string) {
	a, b := said.Reveal(), known.Reveal()
	switch {
	case a == b:
		return birthSame, ""
	case len(a) != len("2006-01-02") || len(b) != len("2006-01-02"):
		return birthFar, ""
	case a[:4] == b[:4] && a[5:7] == b[8:] && a[8:] == b[5:7]:
		return birthSlip, "day and month swapped"
	case oneDigit(a, b):
		return birthSlip, "one digit differs"
	case neighbours(a[:4]+a[5:7]+a[8:], b[:4]+b[5:7]+b[8:]), neighbours(a[8:]+a[5:7]+a[:4], b[8:]+b[5:7]+b[:4]):
		return birthSlip, "two digits swapped"
	}
	return birthFar, ""
}

func oneDigit(a, b string) bool {
	differ := 0
	for i := range len(a) {
		if a[i] != b[i] {
			differ++
		}
	}
	return differ == 1
}

func neighbours(a, b string) bool {
	for i := range len(a) - 1 {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
}

// implausible says that a date cannot be a living patient's birth date.
func implausible(d carryover.Date, now time.Time) bool {
	t, err := time.Parse(time.DateOnly, d.Reveal())
	if err != nil || now.IsZero() {
		return err != nil
	}
	return t.After(now.AddDate(0, 0, 1)) || t.Before(now.AddDate(-oldest, 0, 0))
}

// newYear says that a date is 1 January, which registers fill in when only the
// year is known: many people share it, so it proves less than another day.
func newYear(claims []carryover.Date) bool {
	return slices.ContainsFunc(claims, func(d carryover.Date) bool {
		s := d.Reveal()
		return len(s) == len("2006-01-02") && s[5:] == "01-01"
	})
}

// turned is a date with day and month exchanged, if that is a date and another
// one.
func turned(d carryover.Date) (carryover.Date, bool) {
	s := d.Reveal()
	if len(s) != len("2006-01-02") || s[5:7] == s[8:] {
		return carryover.Date{}, false
	}
	t, err := carryover.ParseDate(s[:4] + "-" + s[8:] + "-" + s[5:7])
	return t, err == nil
}

// readDate makes a date of digits. Where only the other order makes a date
// (08/25/1990), that order is taken.
func readDate(year, month, day string) (carryover.Date, bool) {
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	if m > 12 && d <= 12 {
		m, d = d, m
	}
	date, err := carryover.ParseDate(fmt.Sprintf("%s-%02d-%02d", year, m, d))
	return date, err == nil && !date.IsZero()
}

func itoa(n int) string { return strconv.Itoa(n) }
