package clinikosim

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

const (
	nameLimit        = 255    // characters: section and question names, choices
	descriptionLimit = 10_000 // characters, by the documents of 2022
)

// contentRules are the rules of section 14.5 as the switches set them.
type contentRules struct {
	template          bool // a template's content, where nothing is answered or selected
	selectedFalse     bool
	shortDescriptions bool
	sanitiser         sanitiser
	strip             bool // tags are stripped from text answers
}

// contentRules are the rules for a note's or a template's content.
func (sw Switches) contentRules(template bool) contentRules {
	return contentRules{
		template: template, selectedFalse: sw.SelectedFalse, shortDescriptions: sw.ShortDescriptions,
		sanitiser: newSanitiser(sw), strip: sw.StripPlainText,
	}
}

// parseContent reads the content of a note or template as it came in: an
// object, null, or a JSON string that holds an object, as in the samples of
// 2022. The second result says which rule is broken, "" for none; only the
// first breach counts. Nothing of the text itself is in it.
func parseContent(value any, rules contentRules) (*content, string) {
	if sent, isString := value.(string); isString {
		inner, err := decodeJSON([]byte(sent))
		if err != nil {
			return nil, notValid
		}
		value = inner
	}
	if value == nil {
		return nil, ""
	}
	p := &contentParser{rules: rules}
	parsed := p.content(value)
	if p.breach != "" {
		return nil, p.breach
	}
	return parsed, ""
}

// isPlainString reports whether content was sent as text that is no JSON
// object, which breaks the real server (14.3).
func isPlainString(value any) bool {
	sent, isString := value.(string)
	if !isString {
		return false
	}
	inner, err := decodeJSON([]byte(sent))
	_, isObject := inner.(map[string]any)
	return err != nil || (!isObject && inner != nil)
}

// A contentParser walks the sent value and stops caring after the first breach.
type contentParser struct {
	rules  contentRules
	breach string
}

func (p *contentParser) fail(where, what string) {
	if p.breach == "" {
		p.breach = where + " " + what
	}
}

// object returns v as an object, or fails.
func (p *contentParser) object(v any, where string) map[string]any {
	o, is := v.(map[string]any)
	if !is {
		p.fail(where, "must be an object")
	}
	return o
}

// list returns the member as a list: nil when it is left out, a breach when it
// is null, empty, or no list.
func (p *contentParser) list(o map[string]any, name, where string) []any {
	v, given := o[name]
	if !given {
		return nil
	}
	l, is := v.([]any)
	switch {
	case !is:
		p.fail(where+name, "must be an array")
	case len(l) == 0:
		p.fail(where+name, "can’t be empty")
	}
	return l
}

func (p *contentParser) content(v any) *content {
	o := p.object(v, "content")
	parsed := &content{}
	for i, one := range p.list(o, "sections", "") {
		parsed.Sections = append(parsed.Sections, p.section(one, fmt.Sprintf("sections[%d]", i)))
	}
	return parsed
}

func (p *contentParser) section(v any, where string) section {
	o := p.object(v, where)
	parsed := section{
		Name:        p.optional(o, "name", where, nameLimit),
		Description: p.optional(o, "description", where, 0),
	}
	if d := parsed.Description; d != nil && p.rules.shortDescriptions && utf8.RuneCountInString(*d) > descriptionLimit {
		p.fail(where+".description", isTooLong)
	}
	for i, one := range p.list(o, "questions", where+".") {
		parsed.Questions = append(parsed.Questions, p.question(one, fmt.Sprintf("%s.questions[%d]", where, i)))
	}
	return parsed
}

// optional reads a string that may be left out or null; limit 0 means none.
func (p *contentParser) optional(o map[string]any, name, where string, limit int) *string {
	v, given := o[name]
	if !given || v == nil {
		return nil
	}
	s, is := v.(string)
	switch {
	case !is:
		p.fail(where+"."+name, "must be a string")
	case limit > 0 && utf8.RuneCountInString(s) > limit:
		p.fail(where+"."+name, isTooLong)
	}
	return &s
}

// required reads a string that must be there.
func (p *contentParser) required(o map[string]any, name, where string) string {
	s := p.optional(o, name, where, nameLimit)
	if s == nil || *s == "" {
		p.fail(where+"."+name, isBlank)
		return ""
	}
	return *s
}

// noteMembers says which members each type of question may have in a note beside
// its name and type.
var noteMembers = map[string][]string{
	typeText: {"answer"}, typeParagraph: {"answer"}, typeDate: {"answer"},
	typeCheckboxes: {"answers", "other"}, typeRadioButtons: {"answers", "other"},
	typeBodyCharts: {"body_chart_ids"},
}

// templateMembers says the same for a template, where only a paragraph has an
// answer: the default of new notes (section 13).
var templateMembers = map[string][]string{
	typeText: {}, typeParagraph: {"answer"}, typeDate: {},
	typeCheckboxes: {"answers", "other"}, typeRadioButtons: {"answers", "other"},
	typeBodyCharts: {},
}

// members are those that a type of question may have; false for a type
// that does not exist.
func (r contentRules) members(questionType string) (names []string, known bool) {
	all := noteMembers
	if r.template {
		all = templateMembers
	}
	names, known = all[questionType]
	return names, known
}

func (p *contentParser) question(v any, where string) question {
	o := p.object(v, where)
	q := question{Name: p.required(o, "name", where), Type: p.required(o, "type", where)}
	allowed, known := p.rules.members(q.Type)
	if !known {
		p.fail(where+".type", notInList)
	}
	for _, member := range []string{"answer", "answers", "other", "body_chart_ids"} {
		if _, given := o[member]; given && !slices.Contains(allowed, member) {
			p.fail(where+"."+member, "is not allowed for this type of question")
		}
	}
	q.Answer = p.answer(o, q.Type, where)
	for i, one := range p.list(o, "answers", where+".") {
		q.Answers = append(q.Answers, p.choice(one, fmt.Sprintf("%s.answers[%d]", where, i)))
	}
	q.Other = p.other(o, where)
	if q.Type == typeRadioButtons {
		p.oneAtMost(q, where)
	}
	for i, one := range p.list(o, "body_chart_ids", where+".") {
		q.BodyChartIDs = append(q.BodyChartIDs, p.chartID(one, fmt.Sprintf("%s.body_chart_ids[%d]", where, i)))
	}
	return q
}

// answer reads and cleans the answer of a text, paragraph or date question. One
// that is nothing once it is clean counts as not given.
func (p *contentParser) answer(o map[string]any, questionType, where string) string {
	v, given := o["answer"]
	if !given {
		return ""
	}
	s, is := v.(string)
	switch {
	case !is:
		p.fail(where+".answer", "must be a string")
		return ""
	case s == "":
		p.fail(where+".answer", "can’t be empty")
		return ""
	}
	switch questionType {
	case typeDate:
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			p.fail(where+".answer", "must be a date (YYYY-MM-DD)")
		}
		return s
	case typeParagraph:
		return p.rules.sanitiser.clean(s)
	default:
		return p.rules.sanitiser.line(s, p.rules.strip)
	}
}

func (p *contentParser) chartID(v any, where string) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	p.fail(where, "must be an id")
	return ""
}

// tooLong reports whether s exceeds the limit of short texts, in characters.
func tooLong(s string) bool { return utf8.RuneCountInString(s) > textLimit }
