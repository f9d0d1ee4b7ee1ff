package match

import (
	"slices"
	"strings"
)

// Last names change their form more than first names do: halves are left out,
// particles come and go, and whoever comes along is typed behind them.

// lastRelation compares a claimed last name with a known one.
func lastRelation(said, known []string) lastFit {
	if len(said) == 0 || len(known) == 0 {
		return lastOther
	}
	a, b := strings.Join(said, ""), strings.Join(known, "")
	if a == b {
		return lastSame
	}
	if canonical(a) == canonical(b) {
		return lastSame
	}
	if len([]rune(a)) == 1 {
		if strings.HasPrefix(b, a) {
			return lastInitial
		}
		return lastOther
	}
	if halfLast(stem(said), stem(known)) {
		return lastHalf
	}
	if !mayBeNear(a, b) {
		return lastOther
	}
	switch {
	case lastRespelt(a, b), slip(a, b), longSlip(a, b):
		return lastSlip
	case len(a) >= 5 && len(b) >= 5 && edits(a, b, 2) <= 2, len(a) >= 3 && len(b) >= 3 && edits(a, b, 1) <= 1:
		return lastCould
	}
	return lastOther
}

// mayBeNear is a cheap look before the dear ones: near words begin alike, but
// for c and k, f and ph, or a first letter that alone is wrong.
func mayBeNear(a, b string) bool {
	if d := len(a) - len(b); d > 3 || -d > 3 {
		return false
	}
	return a[0] == b[0] || a[1:] == b[1:] || strings.IndexByte("ckfp", a[0]) >= 0 && strings.IndexByte("ckfp", b[0]) >= 0
}

// halfLast says that two last names differ by a particle, or that one is a
// half of the other: Hathaway for Hathaway-Kotal, and the other way round.
func halfLast(said, known []string) bool {
	if slices.Equal(said, known) {
		return true
	}
	short, long := said, known
	if len(short) > len(long) {
		short, long = long, short
	}
	if len(short) == len(long) || len(strings.Join(short, "")) < 2 {
		return false
	}
	begins, ends := slices.Equal(short, long[:len(short)]), slices.Equal(short, long[len(long)-len(short):])
	switch {
	case !begins && !ends:
		return false
	case len(said) <= len(known):
		return !slices.ContainsFunc(known, func(w string) bool { return spent[w] })
	}
	surplus := said[len(known):]
	if !begins {
		surplus = said[:len(said)-len(known)]
	}
	return len(surplus) == 1 && !noLastName(surplus[0])
}

// noLastName says that a word beside a last name is rather something else than
// the other half of it: a relative, a remark, another first name.
func noLastName(w string) bool {
	return len([]rune(w)) < 2 || isChatter(w) || kinWord.MatchString(w) || roles[w] || isGiven(w)
}

// roles are words for people who come along, or speak for somebody.
var roles = set("nok", "dtr", "grandma", "grandpa", "granny", "nanna", "nana", "pop", "friend", "cousin", "sibling", "niece", "nephew",
	"fiance", "fiancee", "boyfriend", "girlfriend", "hubby", "ex", "lawyer", "solicitor", "employer", "boss", "manager", "neighbour",
	"not", "wrong", "swapped", "instead", "show", "only", "via", "per", "for", "plus", "cancelled", "dna", "rebook")

// spent are words that a practice writes behind a name when the record is not
// to be used any more: no half of a double name.
var spent = set("deceased", "duplicate", "dup", "dupe", "use", "merge", "merged", "archive", "archived", "inactive", "old", "wrong", "error")

// canonical writes Mac and Mc, Saint and St, and umlauts one way.
func canonical(w string) string {
	if rest, ok := strings.CutPrefix(w, "mac"); ok && len(rest) >= 3 {
		w = "mc" + rest
	}
	if rest, ok := strings.CutPrefix(w, "saint"); ok && len(rest) >= 3 {
		w = "st" + rest
	}
	return umlaut(w)
}
