package clinic

import "maps"

// A note that answers a form has a document's parts in the form's order, and
// what the form does not ask at its end. Its words are therefore compared line
// by line: the words of each line of the document stand in the note in their
// order, wherever the line itself has gone, and no word stands there less often
// than in the document.

// found returns how many of a source's ordered words stand in a carrier.
func (m *measurer) found(s *source, in carrier) int {
	if !in.form {
		return m.common(s.ordered, in.words)
	}
	n := 0
	for _, line := range s.lines {
		n += m.common(line, in.words)
	}
	return n
}

// lostInForm returns how many words of the source are not in a note that
// answers a form. Names gives the spelling of a word.
func (m *measurer) lostInForm(s *source, text []word, names []string) int {
	torn := 0
	for _, line := range s.lines {
		torn += m.lostInOrder(line, text, names)
	}
	return max(torn, rarer(s.ordered, text, names)) + missingLabels(s, text)
}

// rarer counts the words that text has less often than want, which finds a line
// that stood twice and is there once. Where words are merely split otherwise,
// and their letters are all there, nothing is missing.
func rarer(want, text []word, names []string) int {
	left := map[word]int{}
	for _, w := range text {
		left[w]++
	}
	missing := 0
	for _, w := range want {
		if left[w]--; left[w] < 0 {
			missing++
		}
	}
	if missing == 0 || sameLetters(want, text, names) {
		return 0
	}
	return missing
}

// sameLetters says that text has every letter and digit of want, as often.
func sameLetters(want, text []word, names []string) bool {
	have := map[rune]int{}
	for _, r := range spell(text, names) {
		have[r]++
	}
	for _, r := range spell(want, names) {
		have[r]--
	}
	for n := range maps.Values(have) {
		if n < 0 {
			return false
		}
	}
	return true
}
