package clinic

import (
	"encoding/json"
	"html"
	"regexp"
	"strings"

	nethtml "golang.org/x/net/html"
)

// A source is the visible text of a document, as far as words go. The cells of
// a table's first row stand apart: a faithful note may show them once as a row
// of headings, or before every value, or both, so their place is free. So do
// footnotes, which may stand where they are written or at the end.
type source struct {
	ordered []word   // in the order of the document
	lines   [][]word // the same, line by line
	labels  []word   // headings of tables and footnotes
}

// size is the number of words in the source.
func (s *source) size() int { return len(s.ordered) + len(s.labels) }

// read returns the visible words of a document's text.
func (l lexicon) read(text string) *source {
	parse := markdownText
	if looksLikeHTML(text) {
		parse = htmlText
	}
	body, labels := parse(text)
	s := &source{labels: l.words(labels)}
	for line := range strings.Lines(body) {
		if words := l.words(line); len(words) > 0 {
			s.lines = append(s.lines, words)
			s.ordered = append(s.ordered, words...)
		}
	}
	if len(s.ordered) == 0 && len(s.labels) > 0 { // nothing but headings
		s.ordered, s.lines, s.labels = s.labels, [][]word{s.labels}, nil
	}
	return s
}

// Words returns the visible words of a document's text as the truth compares
// them: those in the document's order and, apart, those whose place is free.
func Words(text string) (ordered, free []string) {
	l := lexicon{}
	s := l.read(text)
	names := make([]string, len(l))
	for spelling, w := range l {
		names[w] = spelling
	}
	spelled := func(ws []word) (all []string) {
		for _, w := range ws {
			all = append(all, names[w])
		}
		return all
	}
	return spelled(s.ordered), spelled(s.labels)
}

// NoteWords returns the words that a person sees in a note whose stored content
// is contentJSON, in their order.
func NoteWords(contentJSON string) []string { return splitWords(noteText(contentJSON)) }

// PlainWords returns the words of a text without mark-up.
func PlainWords(text string) []string { return splitWords(text) }

// looksLikeHTML follows the rule of heidi-api §7 [inferred]: the text begins
// with a tag of a block and closes some tag later on. A stray < stays Markdown.
func looksLikeHTML(text string) bool {
	return blockStart.MatchString(text) && strings.Contains(text, "</")
}

var blockStart = regexp.MustCompile(`(?i)^\s*<(!doctype|html|body|head|div|p|h[1-6]|ul|ol|table|form|section|article|blockquote)\b`)

// inline are the tags that end no line.
var inline = map[string]bool{
	"a": true, "abbr": true, "b": true, "code": true, "del": true, "em": true, "font": true, "i": true, "input": true, "ins": true,
	"kbd": true, "label": true, "mark": true, "q": true, "s": true, "small": true, "span": true, "strong": true, "sub": true,
	"sup": true, "u": true, "var": true,
}

// htmlText returns the text of HTML and, apart, that of every table's first
// row. Scripts, styles, titles and comments are not text.
func htmlText(text string) (body, labels string) {
	var all, heads strings.Builder
	var rows []int // rows begun in each open table
	skip := ""
	z := nethtml.NewTokenizer(strings.NewReader(text))
	for {
		kind := z.Next()
		if kind == nethtml.ErrorToken {
			return all.String(), heads.String()
		}
		if kind == nethtml.TextToken {
			if skip == "" {
				to := &all
				if n := len(rows); n > 0 && rows[n-1] == 1 {
					to = &heads
				}
				to.WriteString(html.UnescapeString(string(z.Raw())))
			}
			continue
		}
		name, _ := z.TagName()
		tag := string(name)
		blank := byte('\n')
		if inline[tag] || tag == "" {
			blank = ' '
		}
		all.WriteByte(blank)
		heads.WriteByte(blank)
		switch {
		case skip != "":
			if kind == nethtml.EndTagToken && tag == skip {
				skip = ""
			}
		case kind == nethtml.StartTagToken:
			switch tag {
			case "script", "style", "title", "template", "head":
				skip = tag
			case "table":
				rows = append(rows, 0)
			case "tr":
				if n := len(rows); n > 0 {
					rows[n-1]++
				}
			}
		case kind == nethtml.EndTagToken && tag == "table" && len(rows) > 0:
			rows = rows[:len(rows)-1]
		}
	}
}

var (
	comment    = regexp.MustCompile(`(?s)<!--.*?-->`)
	unseen     = regexp.MustCompile(`(?is)<(script|style)\b[^>]*>.*?</(script|style)>`)
	autolink   = regexp.MustCompile(`<((?:https?|mailto|tel):[^\s<>]*)>`)
	definition = regexp.MustCompile(`(?m)^ {0,3}\[([^\]^][^\]]*)\]:\s*<?(?:https?|mailto|tel):\S*.*$`)
	byLabel    = regexp.MustCompile(`\]\[([^\]\n]+)\]`)
	target     = regexp.MustCompile(`\]\(\s*<?(?:https?|mailto|tel|javascript|vbscript|data|file):(?:[^\s()>]|\([^\s()]*\))*>?(?:\s+"[^"\n]*")?\s*\)`)
	image      = regexp.MustCompile(`!\[[^\]\n]*\]\([^)\n]*\)`)
	taskBox    = regexp.MustCompile(`(?m)^([ \t>]*(?:[*+-]|\d{1,9}[.)])[ \t]+)\[[xX]\](?:[ \t]|$)`)
	feet       = regexp.MustCompile(`(?m)^ {0,3}\[\^[^\]\s]+\]:`)
	footnote   = regexp.MustCompile(`\[\^[^\]\s]+\]`)
	listMark   = regexp.MustCompile(`(?m)^([ \t>*+-]*)\d{1,9}\\?[.)](?:[ \t]|$)`)
	tableRule  = regexp.MustCompile(`^[\s>]*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$`)
	knownTag   = regexp.MustCompile(`(?i)</?(?:a|abbr|b|blockquote|body|br|code|dd|del|details|div|dl|dt|em|font|form|h[1-6]|hr|` +
		`html|i|img|input|ins|kbd|label|li|mark|ol|option|p|pre|q|s|samp|section|select|small|span|strike|strong|` +
		`sub|summary|sup|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|var)` +
		`(?:\s+[a-z:-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+)|\s+(?:checked|disabled|open|hidden))*\s*/?>`)
)

// markdownText returns the text of Markdown and, apart, that of every table's
// heading row and of footnotes. What a reader of the note need not see is gone: addresses of
// links, numbers of list items (which a list shows by itself), marks of
// footnotes, comments. What only looks like mark-up stays, such as <GP name>
// or [4/10](rest): somebody typed it.
func markdownText(text string) (body, labels string) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	text = comment.ReplaceAllString(text, " ")
	text = unseen.ReplaceAllString(text, " ")
	text = withoutDefinitions(text)
	text = image.ReplaceAllString(text, " ")
	text = target.ReplaceAllString(text, "] ")
	text = taskBox.ReplaceAllString(text, "$1 ")
	text = feet.ReplaceAllString(text, atFoot)
	text = footnote.ReplaceAllString(text, " ")
	text = autolink.ReplaceAllString(text, " $1 ")
	text = listMark.ReplaceAllString(text, "$1 ")
	text = knownTag.ReplaceAllString(text, " ")
	text = html.UnescapeString(text)

	lines := strings.Split(text, "\n")
	var all, heads strings.Builder
	for i, line := range lines {
		to := &all
		if strings.HasPrefix(line, atFoot) {
			to = &heads // a renderer may gather footnotes in an order of its own
		}
		if i+1 < len(lines) && strings.Contains(line, "|") && strings.Contains(lines[i+1], "|") && tableRule.MatchString(lines[i+1]) {
			to = &heads
		}
		to.WriteString(line)
		to.WriteByte('\n')
	}
	return all.String(), heads.String()
}

// atFoot marks a line as a footnote's text until the lines are looked at.
const atFoot = "\x00"

// withoutDefinitions takes out where labelled links lead, and the labels.
func withoutDefinitions(text string) string {
	labels := map[string]bool{}
	for _, m := range definition.FindAllStringSubmatch(text, -1) {
		labels[strings.ToLower(m[1])] = true
	}
	if len(labels) == 0 {
		return text
	}
	text = definition.ReplaceAllString(text, " ")
	return byLabel.ReplaceAllStringFunc(text, func(s string) string {
		if labels[strings.ToLower(s[2:len(s)-1])] {
			return "] "
		}
		return s
	})
}

// A noteContent is the part of a treatment note's content that holds words.
type noteContent struct {
	Sections []struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		Questions   []struct {
			Name    string `json:"name"`
			Type    string `json:"type"`
			Answer  any    `json:"answer"`
			Answers []struct {
				Value    string `json:"value"`
				Selected bool   `json:"selected"`
			} `json:"answers"`
			Other struct {
				Value string `json:"value"`
			} `json:"other"`
		} `json:"questions"`
	} `json:"sections"`
}

// noteText returns what a person sees in a note whose stored content is
// contentJSON: section and question names, answers, and every choice that is
// selected. Content that is no such object gives nothing.
func noteText(contentJSON string) string {
	var c noteContent
	if json.Unmarshal([]byte(contentJSON), &c) != nil {
		return ""
	}
	var b strings.Builder
	for _, s := range c.Sections {
		b.WriteString(s.Name + "\n" + s.Description + "\n")
		for _, q := range s.Questions {
			b.WriteString(q.Name + "\n")
			if answer, ok := q.Answer.(string); ok {
				if q.Type == "paragraph" {
					shown, firstRows := htmlText(answer) // no tables get this far; if one did, its words count all the same
					answer = shown + " " + firstRows
				}
				b.WriteString(answer + "\n")
			}
			for _, a := range q.Answers {
				if a.Selected {
					b.WriteString(a.Value + "\n")
				}
			}
			b.WriteString(q.Other.Value + "\n")
		}
	}
	return b.String()
}
