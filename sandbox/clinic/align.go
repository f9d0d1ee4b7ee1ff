package clinic

import (
	"math/bits"
	"strings"
)

// A measurer finds how many words of one text stand in another in the same
// order. It keeps its scratch space between calls and so belongs to one
// goroutine at a time.
type measurer struct {
	slot  []int32    // by word: 1 + the place of its row in rows; 0: the word is not in the pattern
	used  []word     // the words whose slot is set
	rows  [][]uint64 // by place: at which positions of the pattern the word stands
	state []uint64
}

// common returns the length of the longest common subsequence of pattern and
// text. It is the bit-parallel method of Crochemore and others (2001): 64
// positions of the pattern in one addition, so that a whole day of notes can be
// compared each time somebody asks.
func (m *measurer) common(pattern, text []word) int {
	size := (len(pattern) + 63) / 64
	m.prepare(pattern, size)
	defer m.forget()
	for _, w := range text {
		if int(w) >= len(m.slot) || m.slot[w] == 0 {
			continue
		}
		row := m.rows[m.slot[w]-1]
		var carry uint64
		for i, v := range m.state {
			var sum uint64
			sum, carry = bits.Add64(v, v&row[i], carry)
			m.state[i] = sum | v&^row[i]
		}
	}
	ones := 0
	for i, v := range m.state {
		if left := len(pattern) - i*64; left < 64 {
			v &= 1<<left - 1
		}
		ones += bits.OnesCount64(v)
	}
	return len(pattern) - ones
}

func (m *measurer) prepare(pattern []word, size int) {
	m.state = m.state[:0]
	for range size {
		m.state = append(m.state, ^uint64(0))
	}
	for i, w := range pattern {
		for int(w) >= len(m.slot) {
			m.slot = append(m.slot, make([]int32, 1+len(m.slot))...)
		}
		if m.slot[w] == 0 {
			m.used = append(m.used, w)
			m.slot[w] = int32(len(m.used))
			if len(m.rows) < len(m.used) {
				m.rows = append(m.rows, nil)
			}
			m.rows[len(m.used)-1] = append(m.rows[len(m.used)-1][:0], make([]uint64, size)...)
		}
		m.rows[m.slot[w]-1][i/64] |= 1 << (i % 64)
	}
}

func (m *measurer) forget() {
	for _, w := range m.used {
		m.slot[w] = 0
	}
	m.used = m.used[:0]
}

// lost returns how many words of the source are not in the text: the ordered
// ones in their order, labels anywhere. Names gives the spelling of a word.
func (m *measurer) lost(s *source, text []word, names []string) int {
	return m.lostInOrder(s.ordered, text, names) + missingLabels(s, text)
}

// missingLabels counts the labels for which text has no occurrence left once
// the ordered words have had theirs.
func missingLabels(s *source, text []word) int {
	if len(s.labels) == 0 {
		return 0
	}
	left := map[word]int{}
	for _, w := range text {
		left[w]++
	}
	for _, w := range s.ordered {
		left[w]--
	}
	missing := 0
	for _, w := range s.labels {
		if left[w]--; left[w] < 0 {
			missing++
		}
	}
	return missing
}

// lostInOrder counts the words of want that are not in text in order. Where a
// stretch of want is missing but its letters stand in the corresponding stretch
// of text, run together or split otherwise, nothing is lost.
func (m *measurer) lostInOrder(want, text []word, names []string) int {
	if m.common(want, text) == len(want) {
		return 0
	}
	want, text = withoutCommonEnds(want, text)
	if len(want)*len(text) > mostCells {
		return len(want) - m.common(want, text)
	}
	lost, i, j := 0, 0, 0
	for _, pair := range append(alignment(want, text), [2]int{len(want), len(text)}) {
		gap := want[i:pair[0]]
		if len(gap) > 0 && !strings.Contains(spell(text[j:pair[1]], names), spell(gap, names)) {
			lost += len(gap)
		}
		i, j = pair[0]+1, pair[1]+1
	}
	return lost
}

// mostCells bounds the table of alignment to some 64 MB; beyond it words that
// are merely split otherwise count as lost.
const mostCells = 16 << 20

// withoutCommonEnds cuts off what both texts begin and end with.
func withoutCommonEnds(a, b []word) (restA, restB []word) {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return a, b
}

func spell(ws []word, names []string) string {
	var b strings.Builder
	for _, w := range ws {
		b.WriteString(names[w])
	}
	return b.String()
}

// alignment returns the pairs of places that a longest common subsequence
// joins. It takes time and space in proportion to both lengths, and is asked
// only about texts that differ.
func alignment(a, b []word) [][2]int {
	width := len(b) + 1
	best := make([]int32, (len(a)+1)*width) // best[i*width+j]: of a[i:] and b[j:]
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			at := i*width + j
			if a[i] == b[j] {
				best[at] = best[at+width+1] + 1
			} else {
				best[at] = max(best[at+width], best[at+1])
			}
		}
	}
	var pairs [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			pairs = append(pairs, [2]int{i, j})
			i, j = i+1, j+1
		case best[(i+1)*width+j] >= best[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}
