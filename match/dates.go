package match

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"carryover"
)

// Birth dates are written into names and documents as Australians write them,
// day first, or ISO, or with the month in letters; and often with two digits
// for the year.

// saidDates are the birth dates that stood in a text.
type saidDates struct {
	born []carryover.Date
	// either are the two readings of a date whose century nobody can know: a
	// person of five or of a hundred and five. At most one such date is kept.
	either []carryover.Date
}

// none says that no birth date was said.
func (s saidDates) none() bool { return len(s.born) == 0 && len(s.either) == 0 }

// all are all readings, for searches.
func (s saidDates) all() []carryover.Date { return slices.Concat(s.born, s.either) }

// twice says that two birth dates were said that differ.
func (s saidDates) twice() bool {
	for _, d := range s.born {
		if d != s.born[0] || len(s.either) > 0 && !slices.Contains(s.either, d) {
			return true
		}
	}
	return false
}

const label = `(?i)(\b(?:dob|d\.\s?o\.\s?b\.?|born|date of birth)[\s:*]*)?`

var (
	dayFirst = regexp.MustCompile(label + `\b(\d{1,2}) ?[/.\-] ?(\d{1,2}) ?[/.\-] ?(\d{4})\b`)
	yearLast = regexp.MustCompile(label + `\b(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})\b`)
	dense    = regexp.MustCompile(strings.TrimSuffix(label, "?") + `(\d{2})(\d{2})(\d{4})\b`) // asks for a label: it may be a number
	spoken   = regexp.MustCompile(label + `\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+(\d{4})\b`)
	american = regexp.MustCompile(label + `\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b`)
	// Two digits: 3/4/61. With the month in letters a label is asked for,
	// because "3 Nov 10" may be a time of the day.
	shortYear   = regexp.MustCompile(label + `\b(\d{1,2})(?:/(\d{1,2})/|\.(\d{1,2})\.|-(\d{1,2})-)'?(\d{2})\b`)
	shortSpoken = regexp.MustCompile(strings.TrimSuffix(label, "?") + `(\d{1,2})(?:st|nd|rd|th)?\s+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+'?(\d{2})\b`)
	months      = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
)

// takeDates takes birth dates out of a text that was written at that time; the
// zero time is any time. What is no date stays away from the rest as well: it
// is no name.
func takeDates(s string, now time.Time) (rest string, said saidDates) {
	take := func(re *regexp.Regexp, read func(m []string) (carryover.Date, bool)) {
		s = re.ReplaceAllStringFunc(s, func(found string) string {
			d, ok := read(re.FindStringSubmatch(found))
			if !ok {
				return found // 31/04/1953 says something, and nobody knows what
			}
			said.born = append(said.born, d)
			return " "
		})
	}
	take(yearLast, func(m []string) (carryover.Date, bool) { return readDate(m[2], m[3], m[4]) })
	take(dayFirst, func(m []string) (carryover.Date, bool) { return readDate(m[4], m[3], m[2]) })
	take(dense, func(m []string) (carryover.Date, bool) { return readDate(m[4], m[3], m[2]) })
	take(american, func(m []string) (carryover.Date, bool) { return readDate(m[4], monthOf(m[2]), m[3]) })
	take(spoken, func(m []string) (carryover.Date, bool) { return readDate(m[4], monthOf(m[3]), m[2]) })

	short := func(found, label, day, month, year string) string {
		readings, visit := centuries(day, month, year, now)
		switch {
		case visit && label == "":
			return " " // the day of the visit, not of a birth
		case len(readings) == 1:
			said.born = append(said.born, readings[0])
		case len(readings) > 1 && len(said.either) > 0 && !slices.Equal(readings, said.either):
			said.born = append(said.born, readings...) // two dates, whatever the centuries
		case len(readings) > 1:
			said.either = readings
		}
		return " "
	}
	s = shortYear.ReplaceAllStringFunc(s, func(found string) string {
		m := shortYear.FindStringSubmatch(found)
		return short(found, m[1], m[2], m[3]+m[4]+m[5], m[6])
	})
	s = shortSpoken.ReplaceAllStringFunc(s, func(found string) string {
		m := shortSpoken.FindStringSubmatch(found)
		return short(found, m[1], m[2], monthOf(m[3]), m[4])
	})
	return s, said
}

// dateLike finds what may be a birth date, or a part of one, in a form that
// takeDates does not read: a year, three numbers, a month in letters beside a
// number, six or eight digits, a label. Nobody knows what it says, so it holds.
var dateLike = regexp.MustCompile(`(?i)(?:^|\D)(?:19|20)\d\d(?:\D|$)` +
	`|(?:^|\D)\d{1,2}[^\pL\d]{1,5}(?:\d{1,2}|[ivx]{1,4})[^\pL\d]{1,5}'?\d{2,4}(?:\D|$)` +
	`|\d(?:st|nd|rd|th)?[^\pL\d]{0,3}(?:of )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}[^\pL\d]{0,3}\d` +
	`|(?:^|\D)(?:\d{6}|\d{8})(?:\D|$)` +
	`|\b(?:dob|d\.?o\.?b|yob|born|b\.)[^\pL\d]{0,4}\d`)

func monthOf(name string) string { return itoa(slices.Index(months, strings.ToLower(name)) + 1) }

// oldestPatient is the age in years up to which a year of two digits is read as
// the last century's: 3/4/19 is a child in 2026, since hardly anybody is 107.
const oldestPatient = 105

// centuries are the birth dates that a year of two digits can mean at that
// time: not in the future, and nobody older than oldestPatient. visit says that
// it can be the day of a visit, within a year of now.
func centuries(day, month, year string, now time.Time) (readings []carryover.Date, visit bool) {
	for _, century := range []string{"19", "20"} {
		d, ok := readDate(century+year, month, day)
		if !ok {
			continue
		}
		t, err := time.Parse(time.DateOnly, d.Reveal())
		if err != nil {
			continue
		}
		if now.IsZero() || !t.After(now.AddDate(0, 0, 1)) && t.After(now.AddDate(-oldestPatient-1, 0, 0)) {
			readings = append(readings, d)
		}
		visit = visit || !now.IsZero() && t.After(now.AddDate(-1, 0, 0)) && t.Before(now.AddDate(1, 0, 0))
	}
	return readings, visit
}
