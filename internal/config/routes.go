package config

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"carryover"
	"carryover/route"
)

// This file reads the practice's rules and checks them against each other: a
// rule that cannot mean what it says is told here, not found out when a document
// went somewhere else.

// route reads one rule.
func (r *reader) route(n ast.Node, at string) route.Rule {
	rule := route.Rule{To: carryover.ToTreatmentNote, Mode: route.Review}
	r.mapping(n, at, fields{
		"template": func(n ast.Node, at string) {
			s, _ := r.text(n, at)
			rule.Template = carryover.TemplateID(s)
		},
		"template_name": func(n ast.Node, at string) { rule.TemplateName, _ = r.text(n, at) },
		"name":          func(n ast.Node, at string) { rule.Name, _ = r.text(n, at) },
		"practitioner": func(n ast.Node, at string) {
			rule.Practitioner = carryover.PractitionerID(r.id(n, at, practitionersID))
		},
		"to": func(n ast.Node, at string) {
			to := r.oneOf(n, at, string(carryover.ToTreatmentNote), string(carryover.ToAttachment), string(carryover.ToNowhere))
			if to != "" {
				rule.To = carryover.Destination(to)
			}
		},
		"mode": func(n ast.Node, at string) {
			if mode := r.oneOf(n, at, string(route.Auto), string(route.Review), string(route.Shadow)); mode != "" {
				rule.Mode = route.Mode(mode)
			}
		},
		"later": func(n ast.Node, at string) {
			if later := r.oneOf(n, at, string(route.HoldLater), string(route.FileLater), string(route.LeaveLater)); later != "" {
				rule.Later = route.Later(later)
			}
		},
		"title": func(n ast.Node, at string) { rule.Title, _ = r.text(n, at) },
		"note_template": func(n ast.Node, at string) {
			rule.NoteTemplate = carryover.NoteTemplateID(r.id(n, at, templatesID))
		},
		"fill": func(n ast.Node, at string) { r.fill(n, at, &rule.Fill) },
	})
	return rule
}

// maxAsked is the longest name that Cliniko gives a section or a question
// (reference sheet §14.5).
const maxAsked = 255

// fill reads which question or section each heading of a document answers. The
// keys are the practice's own words, so there is no list to check them against.
func (r *reader) fill(n ast.Node, at string, into *map[string]string) {
	r.found(n, at)
	var pairs []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		r.wrong(n, at, "headings with their questions are expected here", "Write one a line, indented: the heading in the document, a colon, the question or section in Cliniko.")
		return
	}
	if len(pairs) == 0 {
		r.wrong(n, at, "nothing is written here", "Write a heading with its question, or remove the line: names that agree find each other.")
		return
	}
	first := map[string]int{}
	filled := make(map[string]string, len(pairs))
	for _, p := range pairs {
		heading, ok := r.heading(p, at)
		if !ok {
			continue
		}
		question, ok := r.text(valueOf(p), at)
		switch {
		case !ok:
		case utf8.RuneCountInString(question) > maxAsked:
			r.wrong(p.Value, at, fmt.Sprintf("a question or section of Cliniko has at most %d characters", maxAsked), "Copy its name from the note template.")
		case first[plain(heading)] > 0:
			r.wrong(p.Key, at, fmt.Sprintf("this heading is written on line %d already", first[plain(heading)]), "Capitals and blanks do not tell headings apart. Keep one of the two.")
		default:
			first[plain(heading)], _ = position(p.Key)
			filled[heading] = question
		}
	}
	if len(filled) > 0 {
		*into = filled
	}
}

// heading reads the left side of a pair of fill.
func (r *reader) heading(p *ast.MappingValueNode, at string) (string, bool) {
	s := strings.TrimSpace(p.Key.GetToken().Value)
	if _, merge := p.Key.(*ast.MergeKeyNode); merge || s == "" {
		r.wrong(p.Key, at, "a heading of the document is expected here", "Write it in quotes when it has signs in it.")
		return "", false
	}
	return s, true
}

// valueOf is the right side of a pair; an empty one is told at its key.
func valueOf(p *ast.MappingValueNode) ast.Node {
	if p.Value == nil {
		return p.Key
	}
	return p.Value
}

// plain makes two headings comparable as route and fill compare names.
func plain(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// routes checks the rules as a whole.
func (r *reader) routes(c *Config) {
	all := 0 // the rule that fits everything, counted from 1
	for i, rule := range c.Routes {
		at := fmt.Sprintf("routes[%d]", i+1)
		r.routeFits(c, rule, at, all)
		r.routeMeans(rule, at)
		if all == 0 && rule.Template == "" && rule.TemplateName == "" && rule.Name == "" && rule.Practitioner == "" {
			all = i + 1
		}
	}
}

// routeFits checks that documents can reach a rule.
func (r *reader) routeFits(c *Config, rule route.Rule, at string, all int) {
	if rule.Practitioner != "" {
		if _, ok := c.Practitioner(string(rule.Practitioner)); !ok {
			at := at + ".practitioner"
			r.wrongAt(r.at[at], at, "no listed practitioner has this id", "Use a practitioner_id of the list above.")
		}
	}
	if all > 0 {
		r.wrongAt(r.at[at], at, fmt.Sprintf("no document reaches this rule: rule %d fits them all", all),
			"The first rule that fits decides. Move the rule without conditions to the end.")
	}
}

// routeMeans checks that a rule's keys go with where it sends documents.
func (r *reader) routeMeans(rule route.Rule, at string) {
	refuse := func(key, text, hint string) {
		if place, ok := r.at[at+"."+key]; ok {
			r.wrongAt(place, at+"."+key, text, hint)
		}
	}
	switch rule.To {
	case carryover.ToNowhere:
		const hint = "Remove the line, or send the document somewhere with to: treatment_note."
		refuse("title", "a skipped document has no title", "Remove the line.")
		refuse("later", "a skipped document has no filed version that a later one could follow", "Remove the line.")
		refuse("note_template", "a skipped document answers no note template", hint)
		refuse("fill", "a skipped document answers no questions", hint)
	case carryover.ToAttachment:
		const hint = "An attachment is a PDF of the whole document. Remove the line, or write to: treatment_note."
		refuse("note_template", "an attachment answers no note template", hint)
		refuse("fill", "an attachment answers no questions", hint)
	default:
		if _, ok := r.at[at+".note_template"]; !ok {
			refuse("fill", "there is no note template whose questions could be answered", "Name Cliniko's with note_template, or remove the block.")
		}
	}
}
