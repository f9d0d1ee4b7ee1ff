package match

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// The tables of names; names/README.md says where they come from.
var (
	//go:embed names/nicknames.txt
	nicknameLines string
	//go:embed names/respelt.txt
	respeltLines string
	//go:embed names/respelt_last.txt
	respeltLastLines string
	//go:embed names/last_common.txt
	commonLastLines string
	//go:embed names/given_english.txt
	englishLines string
	//go:embed names/given_more.txt
	moreLines string
)

// nameTables are the embedded files, read once.
type nameTables struct {
	short   map[string][]string // a given name's short forms
	long    map[string][]string // a short form's given names
	respelt map[string][]int    // the lines of respelt.txt a name stands in
	lasts   map[string][]int    // the lines of respelt_last.txt a name stands in
	rows    [][]string          // the lines of respelt.txt
	given   map[string]bool     // given names that are names of their own
	common  map[string]bool     // last names that many people have
}

var tables = sync.OnceValue(func() nameTables {
	t := nameTables{
		short: map[string][]string{}, long: map[string][]string{},
		respelt: map[string][]int{}, lasts: map[string][]int{}, given: map[string]bool{}, common: map[string]bool{},
	}
	for _, words := range lines(nicknameLines) {
		for _, w := range words[1:] {
			t.short[words[0]] = append(t.short[words[0]], w)
			t.long[w] = append(t.long[w], words[0])
		}
		t.addGiven(words)
	}
	t.rows = lines(respeltLines)
	for i, words := range t.rows {
		for _, w := range words {
			t.respelt[w] = append(t.respelt[w], i)
		}
		t.addGiven(words)
	}
	for i, words := range lines(respeltLastLines) {
		for _, w := range words {
			t.lasts[w] = append(t.lasts[w], i)
		}
	}
	for _, words := range lines(commonLastLines) {
		for _, w := range words {
			t.common[w] = true
		}
	}
	for _, words := range slices.Concat(lines(englishLines), lines(moreLines)) {
		t.addGiven(words)
	}
	return t
})

func (t nameTables) addGiven(words []string) {
	for _, w := range words {
		t.given[w] = true
	}
}

// lines splits a table into its lines' words, without comments.
func lines(table string) [][]string {
	var out [][]string
	for l := range strings.Lines(table) {
		if words := strings.Fields(l); len(words) > 0 && !strings.HasPrefix(l, "#") {
			out = append(out, words)
		}
	}
	return out
}

// nickname says whether one of two given names is a short form of the other,
// in whatever spelling: Cait is short for Caitlyn as for Caitlin, and Vickie is
// Vicki.
func nickname(a, b string) bool {
	return bothShort(a, b) || shortFor(a, b) || shortFor(b, a)
}

// shortFor says that short stands for long, or for another spelling of long.
func shortFor(short, long string) bool {
	t := tables()
	for _, row := range t.respelt[long] {
		if slices.ContainsFunc(t.rows[row], func(other string) bool { return shortens(short, other) }) {
			return true
		}
	}
	return shortens(short, long)
}

// shortens says that short stands for long: by the table, by clipping, or with
// a pet ending.
func shortens(short, long string) bool {
	return slices.ContainsFunc(tables().short[long], func(s string) bool { return sameSound(s, short) }) ||
		clipped(short, long) || petName(short, long)
}

// clipped says that short is the beginning of long and no full name of its own:
// three letters or more up to a consonant, as Nat is for Nathan and Tahl for
// Tahlia. What ends in a vowel is rather a name: Eli is not Eliza.
func clipped(short, long string) bool {
	return len(short) >= 3 && len(long)-len(short) >= 2 && strings.HasPrefix(long, short) &&
		!strings.ContainsRune("aeiou", rune(short[len(short)-1])) && (!isGiven(short) || len(tables().long[short]) > 0 && !isGiven(long))
}

// petName says that pet is a name, or a short form of it, with the ending that
// Australians put to names: Bretty, Craigie, Gavo. An ending can also make
// another name (Carl and Carly), so what is a given name itself is none. A name of
// more syllables loses the rest: Bridgie. An o there makes a man's name of a
// woman's (Stefano, Stefania), so it only lengthens.
func petName(pet, name string) bool {
	if isGiven(pet) {
		return false
	}
	for _, end := range []string{"ie", "ey", "y", "i", "o"} {
		stem, ok := strings.CutSuffix(pet, end)
		if !ok || len(stem) < 3 || strings.ContainsRune("aeiou", rune(stem[len(stem)-1])) {
			continue
		}
		fits := func(w string) bool { return undouble(w) == undouble(stem) }
		if fits(name) && end != "i" || end != "o" && len(stem) >= 4 && len(name) >= len(stem)+2 && strings.HasPrefix(name, stem) || slices.ContainsFunc(tables().short[name], fits) {
			return true
		}
	}
	return false
}

// bothShort says that both are short for one name and one begins with the
// other: Sam and Sammy.
func bothShort(a, b string) bool {
	short, long := a, b
	if len(short) > len(long) {
		short, long = long, short
	}
	t := tables()
	return len(short) >= 2 && strings.HasPrefix(long, short) &&
		slices.ContainsFunc(t.long[short], func(full string) bool { return slices.Contains(t.short[full], long) })
}

// shareShort says whether two given names could be called the same: both have
// a short form in common, or both are short for the same name.
func shareShort(a, b string) bool {
	t := tables()
	meet := func(x, y []string) bool {
		return slices.ContainsFunc(x, func(w string) bool { return slices.Contains(y, w) })
	}
	return meet(t.short[a], t.short[b]) || meet(t.long[a], t.long[b])
}

// respelt says whether two given names are one name in two spellings.
func respelt(a, b string) bool {
	if sameSound(a, b) && (!isGiven(a) || !isGiven(b) || hardC(undouble(a)) == hardC(undouble(b))) {
		return true // of two names that are each their own, the table says it
	}
	t := tables()
	return slices.ContainsFunc(t.respelt[a], func(i int) bool { return slices.Contains(t.respelt[b], i) })
}

// lastRespelt says whether two last names are one name in two spellings.
func lastRespelt(a, b string) bool {
	t := tables()
	return sameSound(a, b) || slices.ContainsFunc(t.lasts[a], func(i int) bool { return slices.Contains(t.lasts[b], i) })
}

// isCommonLast says that many people have a last name.
func isCommonLast(w string) bool { return tables().common[w] }

// isGiven says whether a word is known as a given name.
func isGiven(w string) bool { return tables().given[w] }
