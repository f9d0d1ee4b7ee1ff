package match

import (
	"slices"
	"strings"
)

// Two written words can be one name in another spelling, or one name with a
// slip of the finger. The two are kept apart: a spelling is harmless, a slip
// may be somebody else (Jayden is no slip for Hayden). There are no phonetic
// keys here, because they make exactly that mistake.

// respellings are changes that leave a name sounding the same. A pair may
// differ by one of them, not by two: Kelly and Keely, Hallie and Haley are two
// changes apart and two names.
var respellings = []func(string) string{
	undouble,
	digraphs.Replace,
	hardC,
	dropSilentH,
	ending,
	umlaut,
}

var (
	digraphs = strings.NewReplacer("ph", "f", "ck", "k")
	umlauts  = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u")
)

// sameSound says whether two words differ by one change of spelling at most.
func sameSound(a, b string) bool {
	if a == b {
		return true
	}
	if len(a) < 4 || len(b) < 4 { // Ali and Aly, Jo and Joe: too short to tell
		return min(len(a), len(b)) >= 3 && undouble(a) == undouble(b)
	}
	return slices.ContainsFunc(respellings, func(change func(string) string) bool { return change(a) == change(b) })
}

// undouble writes double consonants once: Callum, Calum. Vowels stay, since
// Keely is not Kely.
func undouble(w string) string {
	var b strings.Builder
	for i := range len(w) {
		if i > 0 && w[i] == w[i-1] && !strings.ContainsRune("aeiou", rune(w[i])) {
			continue
		}
		b.WriteByte(w[i])
	}
	return b.String()
}

// hardC writes k for a c that is spoken so: Erica, Erika.
func hardC(w string) string {
	out := []byte(w)
	for i, c := range out {
		if c == 'c' && (i+1 == len(out) || !strings.ContainsRune("eiyh", rune(out[i+1]))) {
			out[i] = 'k'
		}
	}
	return string(out)
}

// dropSilentH leaves out an h between a vowel and a consonant or the end:
// Sarah, Tahlia.
func dropSilentH(w string) string {
	vowel := func(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }
	var b strings.Builder
	for i := range len(w) {
		if w[i] == 'h' && i > 0 && vowel(w[i-1]) && (i+1 == len(w) || !vowel(w[i+1])) {
			continue
		}
		b.WriteByte(w[i])
	}
	return b.String()
}

// ending writes -y for the ways of writing that sound: Hayley, Haylee.
func ending(w string) string {
	for _, e := range []string{"eigh", "ie", "ee", "ey", "i"} {
		if rest, ok := strings.CutSuffix(w, e); ok && len(rest) >= 3 {
			return rest + "y"
		}
	}
	return w
}

// umlaut writes a vowel for the two letters that stand for one with an umlaut:
// Mueller is Müller, which fold has made Muller.
func umlaut(w string) string { return umlauts.Replace(w) }

// edits counts insertions, deletions, changes and swaps of neighbours between
// two words, letters counted as runes. It gives up above most.
func edits(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); d > most || -d > most || max(len(x), len(y)) > 64 {
		return most + 1
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			change := 1
			if x[i] == y[j] {
				change = 0
			}
			row[j+1] = min(last[j]+change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}

// slip says whether said looks like a slip of the finger for known: one edit,
// in words long enough, that leaves the first letter alone (rhyming names are
// siblings' names) and does not change a vowel at the end (Paul and Paula,
// Alessandro and Alessandra).
func slip(said, known string) bool {
	if said == "" || known == "" || said[0] != known[0] || edits(said, known, 1) != 1 {
		return false
	}
	swapped := len(said) == len(known) && letterBag(said) == letterBag(known)
	if swapped {
		return len(said) >= 3
	}
	if min(len(said), len(known)) < 4 || max(len(said), len(known)) < 5 {
		return false
	}
	a, b := said[len(said)-1], known[len(known)-1]
	vowel := func(c byte) bool { return strings.IndexByte("aeiouy", c) >= 0 }
	return a == b || (!vowel(a) && !vowel(b))
}

// garbled is wider than slip: one edit in four letters or two in six. It is
// for where the birth date and a click have already said who it is, and keeps
// out what differs in nothing but the ending, because that is how a brother's
// and a sister's name differ (Stefano and Stefania).
func garbled(said, known string) bool {
	short, long := min(len(said), len(known)), max(len(said), len(known))
	switch {
	case short < 4 || said[0] != known[0] || beginning(said) == beginning(known):
		return false
	case short >= 5 && long >= 6:
		return edits(said, known, 2) <= 2
	}
	return edits(said, known, 1) == 1
}

// beginning is a word without the vowels at its end, double letters once.
func beginning(w string) string { return strings.TrimRight(undouble(w), "aeiouy") }

// longSlip is slip for last names, where a vowel at the end is no other sex
// (Green and Greene) and a long name has room for two slips.
func longSlip(a, b string) bool {
	short, long := a, b
	if len(short) > len(long) {
		short, long = long, short
	}
	switch {
	case short == "" || short[0] != long[0]:
		return false
	case len(short) >= 8:
		return edits(a, b, 2) <= 2
	case len(short) >= 5:
		return edits(a, b, 1) <= 1
	}
	return len(short) == 4 && len(long) == 5 && edits(a, b, 1) <= 1
}

// letterBag is a word's letters in order of the alphabet.
func letterBag(w string) string {
	b := []byte(w)
	slices.Sort(b)
	return string(b)
}
