package match

import (
	"slices"
	"strings"
)

// firstFit is how a claimed first name compares.
type firstFit int

// The fits of a first name, from worst to best.
const (
	firstOther   firstFit = iota
	firstCould            // near: a twin could be called so
	firstGarbled          // near, no name of its own, and no name of a brother or sister
	firstAbsent           // none was said
	firstInitial          // the right letter
	firstSlip             // one slip, and no name of its own
	firstHalf             // one half of a double name
	firstShort            // a short form
	firstSpelt            // another spelling of the same sound
	firstSame             // the first or the preferred name
)

// lastFit is how a claimed last name compares.
type lastFit int

// The fits of a last name, from worst to best.
const (
	lastOther   lastFit = iota
	lastCould           // near: a cousin by marriage, or two slips
	lastInitial         // the right letter
	lastSlip            // one slip, or another spelling
	lastHalf            // one half of a double name, or no particle
	lastSame
)

// nameTable says what a first and a last name come to together; the note is
// what a reviewer reads. Two weaknesses do not add up to a whole name.
var nameTable = []struct {
	first []firstFit
	last  []lastFit
	fit   nameFit
	note  string
}{
	{[]firstFit{firstSame}, []lastFit{lastSame}, nameWhole, ""},
	{[]firstFit{firstSpelt}, []lastFit{lastSame}, nameAkin, "another spelling"},
	{[]firstFit{firstShort}, []lastFit{lastSame}, nameAkin, "a short form"},
	{[]firstFit{firstSame}, []lastFit{lastHalf}, nameSlip, "half of a double name"},
	{[]firstFit{firstHalf}, []lastFit{lastSame}, nameSlip, "half of a double name"},
	{[]firstFit{firstSame}, []lastFit{lastSlip}, nameSlip, "a slip in the last name"},
	{[]firstFit{firstSlip}, []lastFit{lastSame}, nameSlip, "a slip in the first name"},
	{[]firstFit{firstShort, firstSpelt}, []lastFit{lastSlip, lastHalf}, namePart, "first and last name both near"},
	{[]firstFit{firstSlip}, []lastFit{lastSlip, lastHalf}, namePart, "first and last name both near"},
	{[]firstFit{firstInitial}, []lastFit{lastSame}, nameMost, "an initial"},
	{[]firstFit{firstSame}, []lastFit{lastInitial}, nameMost, "an initial"},
	{[]firstFit{firstInitial}, []lastFit{lastHalf, lastSlip, lastInitial}, namePart, "an initial"},
	{[]firstFit{firstShort, firstSpelt}, []lastFit{lastInitial}, namePart, "an initial"},
	{[]firstFit{firstAbsent}, []lastFit{lastSame}, namePart, "last name only"},
	{[]firstFit{firstShort, firstSpelt, firstSlip}, []lastFit{lastCould}, namePart, "first and last name both near"},
	{[]firstFit{firstGarbled}, []lastFit{lastSame}, namePart, "a first name that is near"},
	{[]firstFit{firstGarbled}, []lastFit{lastHalf, lastSlip}, nameCould, "a first name that is near"},
	{[]firstFit{firstCould}, []lastFit{lastSame, lastHalf, lastSlip}, nameCould, "a first name that is near"},
	{[]firstFit{firstHalf}, []lastFit{lastSlip, lastHalf}, nameCould, "half of the first name, and near the last"},
	{[]firstFit{firstSame, firstHalf}, []lastFit{lastCould}, nameCould, "a last name that is near"},
}

// pair looks a first and a last name up in nameTable.
func pair(first firstFit, last lastFit) fitted {
	for _, row := range nameTable {
		if slices.Contains(row.first, first) && slices.Contains(row.last, last) {
			return fitted{fit: row.fit, note: row.note, initialed: first == firstSame && last == lastInitial}
		}
	}
	return fitted{fit: nameOther}
}

// firstFit compares a claimed first name, and what was said between it and the
// last name, with every first name of a person.
func (n naming) firstFit(said, middle []string, own func(string) bool) firstFit {
	best := firstOther
	for _, known := range n.firsts {
		if f := firstRelation(said, middle, known, own); f > best {
			best = f
		}
	}
	return best
}

// firstRelation compares one claimed first name with one known first name.
func firstRelation(said, middle, known []string, own func(string) bool) firstFit {
	a, b := strings.Join(said, ""), strings.Join(known, "")
	switch {
	case a == "" || b == "":
		return firstOther
	case a == b && openers[a] && len(middle) > 0:
		return firstCould
	case a == b:
		return firstSame
	case len([]rune(a)) == 1:
		if strings.HasPrefix(b, a) {
			return firstInitial
		}
		return firstOther
	case !near(a, b):
		return halfOf(said, middle, known)
	case len(said) > 1 || len(known) > 1:
		return max(firstCould, halfOf(said, middle, known)) // words written together prove nothing
	case respelt(a, b):
		return firstSpelt
	case nickname(a, b):
		return firstShort
	case !own(a) && slip(a, b):
		return firstSlip
	case !own(a) && garbled(a, b):
		return firstGarbled
	}
	return firstCould
}

// halfOf recognises one half of a double first name (Anna for Anna-Lee). When
// a middle name was said that is not the other half, it is a sister's name:
// Hui Min is not Hui Ling.
func halfOf(said, middle, known []string) firstFit {
	if len(known) < 2 || len(said) >= len(known) {
		return firstOther
	}
	switch {
	case !slices.Equal(said, known[:len(said)]):
		return firstOther // the second word alone is rather another person's first: Ling for Hui Ling
	case len(middle) == 0:
		return firstHalf
	case strings.HasPrefix(strings.Join(known[len(said):], ""), middle[0]):
		return firstHalf // an initial, or the other half
	case len(middle) == 1 && len(middle[0]) == 1 && len(known[0]) > 3:
		return firstHalf // another middle initial neither decides nor vetoes
	}
	return firstCould
}

// openers begin names and are none alone: Abdul Aziz and Abdul Karim, Thi Lan
// and Thi Mai are different people, of whom a record may hold the first word.
var openers = set("abdul", "abdel", "abd", "abu", "thi", "van")

// near says that two first names could be taken for one another, by whatever
// way: it is deliberately wide, because it decides who counts as a rival.
func near(a, b string) bool {
	short, long := a, b
	if len(short) > len(long) {
		short, long = long, short
	}
	switch {
	case len(short) >= 3 && strings.Contains(long, short):
		return true
	case short[0] == long[0] && len(short) >= 2 && short[1] == long[1]:
		return true
	case edits(a, b, 2) <= min(2, len(short)-2):
		return true
	}
	return nickname(a, b) || shareShort(a, b) || respelt(a, b)
}
