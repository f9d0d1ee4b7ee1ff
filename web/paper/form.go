package paper

import (
	"strings"

	"golang.org/x/net/html"

	"carryover/internal/desk"
)

// Form is what a preview shows: a note's HTML, or, where the note answers a
// note template, each section and question with its answer, in the tags of a
// note. Nobody has cleaned it: see Clean.
func Form(p desk.Preview) string {
	if p.NoteTemplate == "" || len(p.Sections) == 0 {
		return p.HTML
	}
	var b strings.Builder
	for _, s := range p.Sections {
		if s.Name != "" {
			b.WriteString("<h1>" + html.EscapeString(s.Name) + "</h1>")
		}
		for _, q := range s.Questions {
			b.WriteString("<h2>" + html.EscapeString(q.Name) + "</h2>" + answerHTML(q))
		}
	}
	return b.String()
}

// unanswered stands where a question has no answer: Cliniko shows it empty.
const unanswered = "<p><i>(no answer)</i></p>"

func answerHTML(q desk.Question) string {
	switch {
	case len(q.Choices) > 0:
		return choicesHTML(q.Choices)
	case strings.TrimSpace(q.Answer) == "":
		return unanswered
	case q.Type == "paragraph":
		return "<div>" + q.Answer + "</div>"
	}
	return "<p>" + html.EscapeString(q.Answer) + "</p>"
}

// choicesHTML shows every choice: what was not ticked is an answer as well.
func choicesHTML(all []desk.Choice) string {
	var b strings.Builder
	for _, c := range all {
		box, words := "☐ ", c.Value
		if c.Selected {
			box = "☑ "
		}
		if c.Other {
			words = strings.TrimSuffix("Other: "+words, ": ")
		}
		b.WriteString("<p>" + box + html.EscapeString(words) + "</p>")
	}
	return b.String()
}
