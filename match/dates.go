package match

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

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
	unread bool // there stood what may be a birth date, in a form that is not read
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

// A dateForm is one way of writing a birth date. Its groups: label, day, month
// or name (a month in letters), year (of two digits or four), and between and
// again, which must be the same sign.
type dateForm struct {
	example string
	form    *regexp.Regexp
	hour    bool // a year of two digits may be the hour of a visit
}

const (
	label = `(?i)(?P<label>\b(?:dob|d\.?\s?o\.?\s?b\.?|born|date of birth)[\s:*=-]*)?`
	// apart is what stands between the parts of a date whose year has four
	// digits: with such a year, three numbers are nothing else.
	apart   = `[^\pL\d]{1,5}`
	between = `(?P<between>[/.\-_])`
	again   = `(?P<again>[/.\-_])`
	touch   = `[^\pL\d]{0,3}` // around a month in letters nothing need stand
	ordinal = `(?:st|nd|rd|th)?`
	inWords = `(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)`
	sexMark = `(?: ?[mf]\b)?` // 18/04/1953M
	day     = `(?P<day>\d{1,2})`
	month   = `(?P<month>\d{1,2})`
)

// dateForms in the order in which they are tried.
var dateForms = []dateForm{
	{"18/04/1953, 18 04 1953", regexp.MustCompile(label + day + apart + month + apart + `(?P<year>\d{4})` + sexMark), false},
	{"1953-04-18, 1953 04 18", regexp.MustCompile(label + `(?P<year>\d{4}) ?[/.\-_ ] ?` + month + ` ?[/.\-_ ] ?` + day + sexMark), false},
	{"18041953", regexp.MustCompile(label + `(?P<day>\d{2})(?P<month>\d{2})(?P<year>(?:19|20)\d{2})` + sexMark), false},
	{"19530418", regexp.MustCompile(label + `(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})` + sexMark), false},
	{"Apr 18, 1953", regexp.MustCompile(label + inWords + touch + day + ordinal + apart + `(?P<year>\d{4})` + sexMark), false},
	{"18 April 1953, 18Apr1953", regexp.MustCompile(label + day + ordinal + touch + `(?:of )?` + inWords + touch + `(?P<year>\d{4})` + sexMark), false},
	{"18/4/53, 18.4.'53", regexp.MustCompile(label + day + between + month + again + `'?(?P<year>\d{2})` + sexMark), false},
	{"18 Apr 53, 18-Apr-'53", regexp.MustCompile(label + day + ordinal + touch + `(?:of )?` + inWords + touch + `(?P<year>\d{2})` + sexMark), true},
}

// unread finds what may be a birth date, or a part of one, that no dateForm
// reads. Nobody knows what it says, so it holds.
var unread = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`(?:^|\D)(?:19|20)\d\d(?:\D|$)`, // a year: (1953), 04/1953, 31/04/1953
	`(?:^|\D)\d{1,2}[^\pL\d]{1,5}(?:\d{1,2}|[ivx]{1,4})[^\pL\d]{1,5}'?\d{2,4}(?:\D|$)`, // three numbers: 18 4 53, 18/IV/53
	`\d` + ordinal + touch + `(?:of )?` + inMonth + `[a-z]{0,6}` + touch + `\d{1,4}`,   // 3 Nov 10, 31 Apr 53
	`\b` + inMonth + `[a-z]{0,6}[^\pL\d]{1,3}(?:3[2-9]|[4-9]\d)(?:\D|$)`,               // Apr 53, which is no day and no hour
	`(?:^|[^\pL\d/.])\d{1,2}(?:/\d{1,2}|\.(?:0[1-9]|1[0-2]))(?:[^\d/.]|$)`,             // 18/04, 18.04; but C5/6 is a part of a spine
	`(?:^|\D)(?:\d{6}|\d{8})(?:\D|$)`,                                                  // 180453
	`\b(?:dob|d\.?o\.?b|yob|born|b\.)[^\pL\d]{0,4}\d`,                                  // a label
}, "|"))

const inMonth = `(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)`

// takeDates takes birth dates out of a text that was written at that time; the
// zero time is any time. What is no date stays away from the rest as well: it
// is no name.
func takeDates(s string, now time.Time) (rest string, said saidDates) {
	s = oneDash.Replace(norm.NFKC.String(s)) // 18–04–1953, and digits of full width
	for _, f := range dateForms {
		s = f.take(s, now, &said)
	}
	said.unread = unread.MatchString(s)
	return unread.ReplaceAllString(s, " "), said
}

var oneDash = strings.NewReplacer("‐", "-", "‒", "-", "–", "-", "—", "-", "−", "-", "’", "'", "‘", "'")

// take moves the dates of one form from s to said.
func (f dateForm) take(s string, now time.Time, said *saidDates) string {
	var rest strings.Builder
	from := 0
	for _, at := range f.form.FindAllStringSubmatchIndex(s, -1) {
		group := func(name string) string {
			if i := f.form.SubexpIndex(name); i >= 0 && at[2*i] >= 0 {
				return s[at[2*i]:at[2*i+1]]
			}
			return ""
		}
		if !standsAlone(s, at[0], at[1]) || !f.read(group, now, said) {
			continue
		}
		rest.WriteString(s[from:at[0]] + " ")
		from = at[1]
	}
	return rest.String() + s[from:]
}

// standsAlone says that s[from:to] is not the middle of a longer number or of
// a longer row of numbers.
func standsAlone(s string, from, to int) bool {
	digit := func(i int) bool { return i >= 0 && i < len(s) && '0' <= s[i] && s[i] <= '9' }
	inRow := from > 0 && strings.IndexByte("/.-_", s[from-1]) >= 0 && digit(from-2)
	return !digit(from-1) && !digit(to) && !inRow
}

// read adds one date to said; false when it is none.
func (f dateForm) read(group func(string) string, now time.Time, said *saidDates) bool {
	month, year := group("month"), group("year")
	if name := group("name"); name != "" {
		month = monthOf(name)
	}
	switch {
	case group("between") != group("again"):
		return false // 3/4-61 is a fraction and a number
	case len(year) == 4:
		d, ok := readDate(year, month, group("day"))
		if ok {
			said.born = append(said.born, d)
		}
		return ok
	case f.hour && group("label") == "" && year < "24":
		return false
	}
	readings, visit := centuries(group("day"), month, year, now)
	switch {
	case visit && group("label") == "": // the day of the visit, not of a birth
	case len(readings) == 0:
		return false
	case len(readings) == 1:
		said.born = append(said.born, readings[0])
	case len(said.either) > 0 && !slices.Equal(readings, said.either):
		said.born = append(said.born, readings...) // two dates, whatever the centuries
	default:
		said.either = readings
	}
	return true
}

var months = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// monthOf is the number of a month in letters.
func monthOf(name string) string { return itoa(slices.Index(months, strings.ToLower(name[:3])) + 1) }

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
