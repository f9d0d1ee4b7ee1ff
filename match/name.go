package match

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"carryover"
)

// maxName bounds work on hostile names; a real one is far shorter.
const maxName = 400

// maxWord is the longest word worth a search.
const maxWord = 60

// titles are no part of a name.
var titles = map[string]bool{
	"mr": true, "mrs": true, "ms": true, "miss": true, "mx": true, "master": true,
	"dr": true, "prof": true, "professor": true, "rev": true, "sir": true, "dame": true,
}

// special letters that Unicode does not take apart.
var letters = strings.NewReplacer("ø", "o", "đ", "d", "ł", "l", "ß", "ss", "æ", "ae", "œ", "oe", "ð", "d", "þ", "th", "ı", "i")

// parts folds a name into comparable words: lower case, no accents, no
// titles, apostrophes dropped (O'Brien is obrien), hyphens part words.
func parts(name carryover.Text) []string {
	s := name.Reveal()
	if r := []rune(s); len(r) > maxName {
		s = string(r[:maxName])
	}
	strip := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	if folded, _, err := transform.String(strip, s); err == nil {
		s = folded
	}
	s = letters.Replace(strings.ToLower(s))
	s = strings.NewReplacer("'", "", "’", "", "ʼ", "", "`", "").Replace(s)
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.DeleteFunc(words, func(w string) bool { return titles[w] })
}

// Words returns a name folded as this package compares it: one person typed in
// two ways, one list of words.
func Words(name carryover.Text) []string { return parts(name) }

// compareName compares a claimed name with every name the person's records
// hold. It agrees only on a whole first (or preferred) and last name, in
// either order; a part of the name cannot tell; anything else differs.
func compareName(claim carryover.Text, p person) carryover.Finding {
	said := parts(claim)
	if len(said) == 0 {
		return carryover.Finding{Outcome: carryover.Absent}
	}
	best := carryover.Finding{Outcome: carryover.Differs}
	for _, rec := range p.records {
		first, last, pref := parts(rec.FirstName), parts(rec.LastName), parts(rec.PreferredName)
		if len(first)+len(last) == 0 {
			continue // merged and archived rows may have lost their names
		}
		switch {
		case whole(said, first, last):
			return carryover.Finding{Outcome: carryover.Agrees}
		case whole(said, pref, last):
			best = carryover.Finding{Outcome: carryover.Agrees, Note: "preferred name"}
		case best.Outcome == carryover.Differs && within(said, first, last, pref):
			best = carryover.Finding{Outcome: carryover.CannotTell, Note: "a part of the name"}
		}
	}
	return best
}

// whole says whether said is first and last in either order; middle names
// between or after the first name neither decide nor veto.
func whole(said, first, last []string) bool {
	if len(first) == 0 || len(last) == 0 || len(said) < len(first)+len(last) {
		return false
	}
	inOrder := slices.Equal(said[:len(first)], first) && slices.Equal(said[len(said)-len(last):], last)
	swapped := slices.Equal(said[:len(last)], last) && slices.Equal(said[len(last):len(last)+len(first)], first)
	return inOrder || swapped
}

// within says whether every word said is a word of the person's names.
func within(said []string, names ...[]string) bool {
	for _, w := range said {
		if !slices.ContainsFunc(names, func(n []string) bool { return slices.Contains(n, w) }) {
			return false
		}
	}
	return true
}

// compareBirth compares birth dates. Where the surviving record has none, a
// record that was merged into it may speak.
func compareBirth(claim carryover.Date, p person) carryover.Finding {
	known := p.survivor.BirthDate
	for _, rec := range p.records {
		if known.IsZero() {
			known = rec.BirthDate
		}
	}
	switch {
	case claim.IsZero() || known.IsZero():
		return carryover.Finding{Outcome: carryover.Absent}
	case claim == known:
		return carryover.Finding{Outcome: carryover.Agrees}
	}
	return carryover.Finding{Outcome: carryover.Differs}
}

func compareSex(claim, known carryover.Sex) carryover.Finding {
	switch {
	case claim == carryover.SexUnknown || known == carryover.SexUnknown:
		return carryover.Finding{Outcome: carryover.Absent}
	case claim == known:
		return carryover.Finding{Outcome: carryover.Agrees}
	}
	return carryover.Finding{Outcome: carryover.CannotTell}
}

// LastNames returns what to search a register's last names for: the words of
// a claimed name that may be one, the last word first, then the first word for
// "Surname, First". They keep their accents, since nobody says whether
// Cliniko's search folds them (reference sheet §8); this package compares.
func LastNames(claim carryover.Text) []carryover.Text {
	words := strings.FieldsFunc(claim.Reveal(), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\'' && r != '’' && r != '-'
	})
	words = slices.DeleteFunc(words, func(w string) bool {
		return titles[strings.ToLower(w)] || len([]rune(w)) < 2 || len([]rune(w)) > maxWord
	})
	switch len(words) {
	case 0:
		return nil
	case 1:
		return []carryover.Text{carryover.NewText(words[0])}
	}
	return []carryover.Text{carryover.NewText(words[len(words)-1]), carryover.NewText(words[0])}
}
