package match

import (
	"slices"
	"strings"
	"unicode"

	"carryover"
)

// Searches is what to ask a register for, besides the records that ids and
// bookings name.
type Searches struct {
	// BirthDates to search for exactly: what the session says, in its field or
	// in the name, and the same with day and month exchanged, since a namesake
	// born on that day is a rival.
	BirthDates []carryover.Date
	// LastNames are words that a last name may contain.
	LastNames []carryover.Text
}

// maxWord is the longest word worth a search, in runes.
const maxWord = 60

// maxSearches bounds the searches by name for one session.
const maxSearches = 4

// PlanSearches says what to search for. Ask for all of it, unless Enough says
// after the birth dates that no name search can change the answer.
func PlanSearches(s carryover.Session) Searches {
	rest, said := takeDates(s.Claim.Name.Reveal(), s.StartedAt)
	born := said.all()
	if !s.Claim.BirthDate.IsZero() {
		born = append(born, s.Claim.BirthDate)
	}
	var out Searches
	for _, d := range born {
		if !slices.Contains(out.BirthDates, d) {
			out.BirthDates = append(out.BirthDates, d)
		}
		if t, ok := turned(d); ok && !slices.Contains(out.BirthDates, t) {
			out.BirthDates = append(out.BirthDates, t)
		}
	}
	out.LastNames = LastNames(carryover.NewText(rest))
	return out
}

// LastNames returns the words of a claimed name that a last name may contain:
// the last word first, then the first, then those between. They keep their
// accents, since nobody says whether Cliniko's search folds them (reference
// sheet §8); this package compares.
func LastNames(claim carryover.Text) []carryover.Text {
	raw := claim.Reveal()
	if r := []rune(raw); len(r) > maxName {
		raw = string(r[:maxName])
	}
	words := strings.FieldsFunc(raw, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune(apostrophes, r)
	})
	var names []string
	for i, w := range words {
		low, inside := plain(w), i > 0 && i < len(words)-1
		n := len([]rune(w))
		// A particle or a remark at either end may be the last name: Le, Du, Hand.
		if titles[low] || inside && (particles[low] || chatter[low]) || n < 2 || n > maxWord || slices.Contains(names, w) {
			continue
		}
		names = append(names, w)
	}
	if len(names) > 1 { // the last word, then the first, then the rest
		last := len(names) - 1
		names = append([]string{names[last], names[0]}, names[1:last]...)
	}
	var out []carryover.Text
	for _, n := range names[:min(len(names), maxSearches)] {
		out = append(out, carryover.NewText(n))
	}
	return out
}

// Enough says that m, decided on what ids, bookings and birth dates found, can
// not be changed by a search by name: the whole name and the birth date agree,
// and everybody with that birth date was among the candidates. Whoever else a
// last name would find was born on another day.
func Enough(m carryover.Match) bool {
	if m.Grade != carryover.Certain || len(m.Candidates) == 0 {
		return false
	}
	whole, born := false, false
	for _, f := range m.Candidates[0].Findings {
		whole = whole || f.Field == "name" && f.Outcome == carryover.Agrees && f.Note == ""
		born = born || f.Field == "birth_date" && f.Outcome == carryover.Agrees
	}
	return whole && born
}
