package fill

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"carryover"
	"carryover/render/tree"
)

// longestText is the longest one-line answer and the longest choice that is
// given; longestAnswer the longest paragraph (reference sheet §14.5, §16: no
// maximum is stated for notes, these are those of forms and of 2022). Both in
// characters.
const (
	longestText   = 255
	longestAnswer = 10_000
)

func (q *question) isChoice() bool {
	return q.from.Type == carryover.CheckboxQuestion || q.from.Type == carryover.RadioQuestion
}

func (q *question) takesBlocks() bool { return q.from.Type == carryover.ParagraphQuestion }

// take answers a question that takes one value. It returns false, and leaves
// the question as it was, when the value is not plainly an answer to it.
func (q *question) take(value []tree.Span) bool {
	switch {
	case q.done, slices.ContainsFunc(value, altered):
		return false
	case q.from.Type == carryover.TextQuestion:
		return q.write(value)
	case q.from.Type == carryover.DateQuestion:
		return q.date(plain(value))
	case q.isChoice():
		return q.choose(marksOf(value))
	}
	return false
}

// altered says that words do not mean what they spell: struck out, they are
// taken back; raised or lowered, they are no plain number.
func altered(s tree.Span) bool {
	return s.Has(tree.Struck) || s.Has(tree.Raised) || s.Has(tree.Lowered)
}

// write answers a one-line question. A sign that a text answer may show as
// markup (§14.5) is no answer to it, and neither is what needs its marks.
func (q *question) write(value []tree.Span) bool {
	for _, s := range value {
		if s.Break || s.Box != tree.NoBox || s.Has(tree.Struck) || s.Has(tree.Raised) || s.Has(tree.Lowered) || s.Address != "" {
			return false
		}
	}
	words := plain(value)
	if q.done || words == "" || utf8.RuneCountInString(words) > longestText || strings.ContainsAny(words, "<>&") {
		return false
	}
	q.answer.Answer, q.done = carryover.NewText(words), true
	return true
}

// dayForms are how a day is written in Australia, the day first. Two-digit
// years are no date: nobody can tell the century.
var dayForms = []string{
	"2/1/2006", "2.1.2006", "2-1-2006", "2006-01-02",
	"2 January 2006", "2 Jan 2006", "Monday 2 January 2006", "Monday, 2 January 2006", "Mon 2 Jan 2006",
}

// date answers a date question with a whole date and nothing else.
func (q *question) date(words string) bool {
	words = strings.Join(strings.Fields(words), " ")
	for _, form := range dayForms {
		if t, err := time.Parse(form, words); err == nil {
			if strings.HasPrefix(form, "Mon") && !strings.EqualFold(words[:3], t.Weekday().String()[:3]) {
				return false // the weekday is another day's: one of the two is wrong
			}
			q.answer.Answer, q.done = carryover.NewText(t.Format(time.DateOnly)), true
			return true
		}
	}
	return false
}

// A mark is one thing that a document says about choices: words, and whether a
// box before them is ticked. bare: there was no box.
type mark struct {
	words  string
	ticked bool
	bare   bool
}

// marksOf reads "☐ Yes ☑ No", or words without boxes.
func marksOf(value []tree.Span) []mark {
	value = boxes(value)
	if !slices.ContainsFunc(value, func(s tree.Span) bool { return s.Box != tree.NoBox }) {
		return []mark{{words: plain(value), ticked: true, bare: true}}
	}
	var out []mark
	for _, s := range value {
		switch {
		case s.Box != tree.NoBox:
			out = append(out, mark{ticked: s.Box == tree.Ticked})
		case len(out) == 0 && strings.TrimSpace(s.Text) != "":
			return nil // words before the first box belong to no choice
		case len(out) > 0:
			out[len(out)-1].words += s.Text
		}
	}
	for i := range out {
		out[i].words = strings.TrimSpace(out[i].words)
	}
	return out
}

// typed are boxes typed as signs. A crossed box is none of them: nobody can say
// what it means.
var typed = map[string]tree.Box{"☐": tree.Unticked, "[ ]": tree.Unticked, "☑": tree.Ticked, "[x]": tree.Ticked, "[X]": tree.Ticked}

// boxes takes boxes that were typed among words for boxes.
func boxes(spans []tree.Span) []tree.Span {
	var out []tree.Span
	for _, s := range spans {
		for s.Text != "" {
			at, sign := len(s.Text), ""
			for t := range typed {
				if i := strings.Index(s.Text, t); i >= 0 && i < at {
					at, sign = i, t
				}
			}
			before := s
			if before.Text = s.Text[:at]; before.Text != "" {
				out = append(out, before)
			}
			if sign == "" {
				break
			}
			out = append(out, tree.Span{Box: typed[sign]})
			s.Text = s.Text[at+len(sign):]
		}
		if s.Box != tree.NoBox || s.Break {
			out = append(out, s)
		}
	}
	return out
}

// marksIn reads a list of choices: items with boxes, or bullets that name what
// was chosen. Anything nested makes it no such list.
func marksIn(b tree.Block) []mark {
	var out []mark
	for _, it := range b.Items {
		if it.Number != "" || len(it.Blocks) != 1 || it.Blocks[0].Kind != tree.Paragraph {
			return nil
		}
		m := mark{words: plain(it.Blocks[0].Spans), ticked: it.Box != tree.Unticked, bare: it.Box == tree.NoBox}
		for _, s := range it.Blocks[0].Spans {
			if s.Box != tree.NoBox || s.Has(tree.Struck) {
				return nil
			}
		}
		if len(out) > 0 && out[0].bare != m.bare {
			return nil // among boxes, an item without one is neither ticked nor not
		}
		out = append(out, m)
	}
	return out
}

// choose ticks what the marks say: all of it, or nothing. A choice is named by
// its own words alone; "no heat" and "heat declined" name no choice of heat.
func (q *question) choose(marks []mark) bool {
	if q.done || len(marks) == 0 || !q.isChoice() {
		return false
	}
	if len(marks) == 1 && marks[0].bare {
		marks = q.apart(marks[0])
	}
	answer := q.answer
	answer.Choices = slices.Clone(answer.Choices)
	selected, said := 0, map[int]bool{}
	for _, m := range marks {
		i := slices.IndexFunc(answer.Choices, func(c carryover.Choice) bool { return sameChoice(c.Value.Reveal(), m.words) })
		switch {
		case i >= 0 && said[i]:
			return false // said twice: one of them would vanish
		case i >= 0:
			answer.Choices[i].Selected, said[i] = m.ticked, true
		case !m.ticked || m.bare || !answer.Other.Enabled || answer.Other.Selected || m.words == "" || utf8.RuneCountInString(m.words) > longestText:
			return false
		default:
			answer.Other.Selected, answer.Other.Value = true, carryover.NewText(m.words)
		}
		if m.ticked {
			selected++
		}
	}
	if q.from.Type == carryover.RadioQuestion && selected > 1 {
		return false
	}
	q.answer, q.done = answer, true
	return true
}

// apart splits words that name several choices: "Heat, massage". Where the
// whole is a choice it stays whole; a plain yes is the one choice there is.
func (q *question) apart(m mark) []mark {
	is := func(words string) bool {
		return slices.ContainsFunc(q.from.Choices, func(c carryover.Choice) bool { return sameChoice(c.Value.Reveal(), words) })
	}
	if is(m.words) {
		return []mark{m}
	}
	if len(q.from.Choices) == 1 && q.from.Type == carryover.CheckboxQuestion && !negates(q.from.Choices[0].Value.Reveal()) &&
		strings.EqualFold(strings.Trim(m.words, ". "), "yes") {
		return []mark{{words: q.from.Choices[0].Value.Reveal(), ticked: true, bare: true}}
	}
	var out []mark
	for _, part := range strings.FieldsFunc(m.words, func(r rune) bool { return r == ',' || r == ';' }) {
		out = append(out, mark{words: strings.TrimSpace(part), ticked: true, bare: true})
	}
	return out
}

// negates says that a choice's words take something back: yes to "Pacemaker" is
// no tick for "No pacemaker".
func negates(choice string) bool {
	return slices.ContainsFunc(wordsOf(strings.ToLower(choice)), func(w string) bool {
		switch w {
		case "no", "not", "none", "nil", "never", "without", "nothing", "nobody", "neither", "nor", "absent", "negative",
			"unable", "unknown", "na", "n", "isn", "hasn", "doesn", "don", "won", "cannot", "refused", "refuses":
			return true
		}
		return strings.HasPrefix(w, "declin") || strings.HasPrefix(w, "deni") || strings.HasPrefix(w, "withdr")
	})
}

// sameChoice compares a choice's words but for case and a full stop at the end.
func sameChoice(a, b string) bool {
	fold := func(s string) string {
		return strings.ToLower(strings.TrimRight(strings.Join(strings.Fields(s), " "), ".:;,"))
	}
	return fold(a) != "" && fold(a) == fold(b)
}
