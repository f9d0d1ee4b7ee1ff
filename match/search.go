package match

import (
	"regexp"
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
	rest, _ = takeAges(rest)
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

// LastNames returns parts of the words that a last name may contain: the last
// word's first, then the first word's, then those between. Cliniko's search is
// for a part of the last name, and nobody says whether it folds accents
// (reference sheet §8), so what is asked for is the part that every way of
// writing the word has in common: this package compares.
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
	for _, n := range names {
		if t := carryover.NewText(common(n)); len(out) < maxSearches && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// shortest is the length of the shortest part worth asking for, in letters:
// below it a register answers with half of its people.
const shortest = 4

// common is the longest run of plain letters that all ways of writing a word
// share: Nguy of Nguyễn, Brien of O'Brien and OBrien, Donald of McDonald and
// Macdonald, ller of Müller and Mueller. Too short a run is the word itself.
func common(word string) string {
	best := ""
	for _, run := range plainRun.FindAllString(prefixes.ReplaceAllString(word, "$1"), -1) {
		for _, part := range vowelPair.Split(run, -1) {
			if len(part) > len(best) {
				best = part
			}
		}
	}
	if len(best) < shortest {
		return word
	}
	return best
}

var (
	plainRun  = regexp.MustCompile(`[A-Za-z]+`)
	vowelPair = regexp.MustCompile(`(?i)[aou]e`) // may stand for ä, ö, ü
	prefixes  = regexp.MustCompile(`^(?:(?i:ma?c)|O)([A-Z])|^(?i:ma?c)`)
)

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
