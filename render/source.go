package render

import (
	"html"
	"regexp"
	"strings"
	"unicode"

	xhtml "golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"

	"carryover"
	"carryover/render/tree"
)

// A sourceRun is a run of letters and digits of a source, with the ways in
// which a tree may hold it. A way that is empty: the run may be markup.
type sourceRun []string

// sourceKept says whether the letters and digits of a source are in its tree,
// in order. The source is read by rules of its own, much simpler than a parser:
// they know only where letters may belong to the markup (tags, addresses,
// labels), so that a parser's fault is seen as a loss.
func sourceKept(d carryover.Document, doc tree.Doc) bool {
	src := normalise(d.Content.Reveal())
	if IsHTML(d.Format, src) {
		return inOrder(htmlRuns(src), treeStream(doc, true))
	}
	runs := markdownRuns(src)
	if strings.Contains(src, "[^") { // footnotes move to the end
		return counted(runs, treeStream(doc, false))
	}
	return inOrder(runs, treeStream(doc, false))
}

// A stream is a tree's letters and digits. At some places it may be skipped
// ahead: what is spelled out, and numbers that HTML counts by itself.
type stream struct {
	runes []rune
	skip  map[int]int
}

func treeStream(doc tree.Doc, numbersOptional bool) stream {
	s := stream{skip: map[int]int{}}
	add := func(text string) {
		for _, r := range norm.NFC.String(text) {
			if isAlnum(r) {
				s.runes = append(s.runes, r)
			}
		}
	}
	var walk func([]tree.Block)
	spans := func(ss []tree.Span) {
		for _, span := range ss {
			from := len(s.runes)
			add(span.Text)
			if span.Has(tree.Spelled) && len(s.runes) > from {
				s.skip[from] = len(s.runes)
			}
		}
	}
	walk = func(blocks []tree.Block) {
		for _, b := range blocks {
			spans(b.Spans)
			for _, item := range b.Items {
				from := len(s.runes)
				add(item.Number)
				if numbersOptional && len(s.runes) > from {
					s.skip[from] = len(s.runes)
				}
				walk(item.Blocks)
			}
			walk(b.Blocks)
			for _, l := range b.Lines {
				add(l)
			}
			for _, row := range allRows(b) {
				for _, c := range row {
					spans(c.Spans)
				}
			}
		}
	}
	walk(doc.Blocks)
	return s
}

func isAlnum(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// maxReadings bounds the readings of a source that are followed at once.
const maxReadings = 64

// inOrder follows every reading of the runs through the stream.
func inOrder(runs []sourceRun, s stream) bool {
	at := map[int]bool{0: true}
	for _, run := range runs {
		next := map[int]bool{}
		for i := range at {
			for _, way := range run {
				s.follow(i, way, next)
			}
		}
		if len(next) == 0 {
			return false
		}
		if len(next) > maxReadings {
			return true // too many to tell apart: no proof of a loss
		}
		at = next
	}
	return true
}

// follow adds the place after way, if it stands at i.
func (s stream) follow(i int, way string, next map[int]bool) {
	for {
		j, ok := i, true
		for _, r := range way {
			if j >= len(s.runes) || s.runes[j] != r {
				ok = false
				break
			}
			j++
		}
		if ok {
			next[j] = true
		}
		to, can := s.skip[i]
		if !can || way == "" {
			return
		}
		i = to
	}
}

// counted compares how often each letter and digit stands in both.
func counted(runs []sourceRun, s stream) bool {
	have := map[rune]int{}
	for _, r := range s.runes {
		have[r]++
	}
	for _, run := range runs {
		if run[len(run)-1] == "" || len(run) > 1 {
			continue
		}
		for _, r := range run[0] {
			if have[r]--; have[r] < 0 {
				return false
			}
		}
	}
	return true
}

// appendRuns adds the runs of text, as optional ones if they may be markup.
func appendRuns(runs []sourceRun, text string, optional bool) []sourceRun {
	for _, w := range strings.FieldsFunc(norm.NFC.String(text), func(r rune) bool { return !isAlnum(r) }) {
		run := sourceRun{w}
		if short := strings.TrimLeft(w, "0"); short != w && short != "" && strings.Trim(w, "0123456789") == "" {
			run = append(run, short)
		}
		if optional {
			run = append(run, "")
		}
		runs = append(runs, run)
	}
	return runs
}

// htmlRuns reads HTML's text token by token, without a tree.
func htmlRuns(src string) []sourceRun {
	m := newMarkup(true)
	m.raw(src)
	var runs []sourceRun
	z := xhtml.NewTokenizer(strings.NewReader(m.b.String()))
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			return runs
		case xhtml.TextToken:
			runs = appendRuns(runs, string(z.Text()), false)
		case xhtml.StartTagToken:
			t := z.Token()
			for _, name := range []string{"value", "alt"} {
				for _, a := range t.Attr {
					if a.Key == name {
						runs = appendRuns(runs, a.Val, true)
					}
				}
			}
		case xhtml.EndTagToken:
		}
	}
}

// lineMarkers are the quote and list marks that a line may begin with.
const lineMarkers = `[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t>]+)*`

// maybeMarkup finds where letters of Markdown may belong to its markup: tags,
// addresses and labels of links, definitions and what stands after a fence,
// boxes, entities.
var maybeMarkup = regexp.MustCompile("(?i)" + strings.Join([]string{
	`</?[a-z](?:"[^"]*"|'[^']*'|[^<>"'])*>`, `<(?:!|\?(?:xml|php|mso))[^>]*>`, `\[\^[^\]\n]+\]:?`,
	`\](?:\[[^\]\n]*\])*\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\n?[^()\n]*\)`, `\](?:\[[^\]\n]*\])+`,
	`(?m:^` + lineMarkers + `\[(?:\\[\s\S]|[^\[\]\\])+\]:[ \t]*(?:\n[ \t>]*)?(?:<[^<>\n]*>|[^\s<]\S*)` +
		`(?:[ \t]*(?:\n[ \t>]*)?(?:"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|\((?:\\[\s\S]|[^)\\])*\)))?[ \t]*$)`,
	"(?m:^" + lineMarkers + "(?:```|~~~).*$)",
	`\[[xX]\](?:\s|$)`, `&#?[a-z0-9]{1,32};`,
}, "|"))

// markdownRuns reads Markdown's letters and digits. Comments and what no reader
// sees may be left out.
func markdownRuns(src string) []sourceRun {
	var runs []sourceRun
	m := newMarkup(false)
	from := 0
	for i := 0; i < len(src); i++ {
		if src[i] != '<' {
			continue
		}
		if end := hiddenEnd(m, src, i); end > i {
			runs = appendRuns(appendMarkdown(runs, src[from:i]), src[i:end], true)
			from, i = end, end-1
		}
	}
	return appendMarkdown(runs, src[from:])
}

// hiddenEnd is where a comment or an unseen element that begins at i ends.
func hiddenEnd(m *markup, src string, i int) int {
	if strings.HasPrefix(src[i:], "<!--") {
		return m.through(src, i, "-->")
	}
	stop := i + 1
	for stop < len(src) && isLetter(src[stop]) {
		stop++
	}
	if name := strings.ToLower(src[i+1 : stop]); unseen[name] {
		return m.closeOf(src, stop, name)
	}
	return i
}

// appendMarkdown adds the runs of Markdown without hidden parts.
func appendMarkdown(runs []sourceRun, src string) []sourceRun {
	from := 0
	for _, at := range maybeMarkup.FindAllStringIndex(src, -1) {
		runs = appendRuns(runs, src[from:at[0]], false)
		part := src[at[0]:at[1]]
		if part[0] == '&' {
			runs = appendEntity(runs, part)
		} else {
			runs = appendRuns(runs, part, true)
		}
		from = at[1]
	}
	return appendRuns(runs, src[from:], false)
}

// appendEntity adds a character reference: its name, or what it stands for.
func appendEntity(runs []sourceRun, entity string) []sourceRun {
	name := strings.Trim(entity, "&#;")
	stands := strings.Map(func(r rune) rune {
		if isAlnum(r) {
			return r
		}
		return -1
	}, norm.NFC.String(html.UnescapeString(entity)))
	return append(runs, sourceRun{name, stands, ""})
}
