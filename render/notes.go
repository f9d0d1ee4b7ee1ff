package render

import (
	"sort"
	"strings"

	"github.com/yuin/goldmark/ast"
	gfm "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
)

// survey finds which link definitions are used and where the footnotes are. A
// definition that no link uses is something a clinician typed ("[Allergies]:
// penicillin"), and is shown (policy P3).
func (w *markdownWriter) survey(doc ast.Node) {
	w.used = map[string]bool{}
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			w.use(n.Reference)
		case *ast.Image:
			w.use(n.Reference)
		case *gfm.FootnoteList:
			w.notes = n
		}
		return ast.WalkContinue, nil
	})
	w.defs = map[string]bool{}
}

func (w *markdownWriter) use(r *ast.ReferenceLink) {
	if r != nil {
		w.used[util.ToLinkReference(r.Value)] = true
	}
}

// definition shows a link definition unless a link uses it; a second one under
// the same label is used by none.
func (w *markdownWriter) definition(n *ast.LinkReferenceDefinition) {
	label := util.ToLinkReference(n.Label)
	if w.used[label] && !w.defs[label] {
		w.defs[label] = true
		return
	}
	w.start("p")
	lines := n.Lines()
	for i := range lines.Len() {
		segment := lines.At(i)
		w.escapes(strings.TrimSpace(string(segment.Value(w.source))))
		if i < lines.Len()-1 {
			w.b.WriteByte('\n')
		}
	}
	w.end("p")
}

// footnotes writes the notes that are referred to, in the order of their first
// mark, at the end.
func (w *markdownWriter) footnotes() {
	if w.notes == nil {
		return
	}
	var used []*gfm.Footnote
	for c := w.notes.FirstChild(); c != nil; c = c.NextSibling() {
		if note := c.(*gfm.Footnote); note.Index > 0 {
			used = append(used, note)
		}
	}
	if len(used) == 0 {
		return
	}
	sort.SliceStable(used, func(i, j int) bool { return used[i].Index < used[j].Index })
	w.start("ol")
	for _, note := range used {
		w.nest("li", note)
	}
	w.end("ol")
}

// unusedNotes shows the notes that nothing refers to, as typed (policy P3).
func (w *markdownWriter) unusedNotes(list *gfm.FootnoteList) {
	for c := list.FirstChild(); c != nil; c = c.NextSibling() {
		note := c.(*gfm.Footnote)
		if note.Index > 0 {
			continue
		}
		w.start("div")
		w.text("[^" + string(note.Ref) + "]: ")
		w.within(func() { w.loose(note) })
		w.end("div")
	}
}

// loose writes blocks, the first paragraph without a line of its own.
func (w *markdownWriter) loose(n ast.Node) {
	first := n.FirstChild()
	if first != nil && (first.Kind() == ast.KindParagraph || first.Kind() == ast.KindTextBlock) {
		w.inlineChildren(first)
		first = first.NextSibling()
	}
	for ; first != nil; first = first.NextSibling() {
		w.block(first)
	}
}
