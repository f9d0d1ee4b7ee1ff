package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"carryover"
	"carryover/internal/desk"
	"carryover/route"
)

// This file says rules in words.

// ruleTable prints the rules, and what none of them names.
func ruleTable(w io.Writer, r desk.Rules) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "RULE\tDOCUMENTS\tGO TO\tHOW")
	for i, rule := range r.Rules {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\n", i+1, conditions(rule), destination(rule.To, rule.NoteTemplate), or(modeOf(rule.To, rule.Mode), "-")+laterOf(rule.Later))
	}
	_ = t.Flush()
	if byTemplateName := func(r desk.Rule) bool { return r.TemplateName != "" }; !r.NamesKnown && slices.ContainsFunc(r.Rules, byTemplateName) {
		fmt.Fprintln(w)
		fmt.Fprintln(w, "Heidi was not asked what its templates are called: rules by template_name fit nothing here.")
	}
	unmapped(w, r.Unmapped)
}

// conditions says which documents a rule fits.
func conditions(r desk.Rule) string {
	var all []string
	for _, c := range []struct{ words, value string }{
		{"of template ", r.Template},
		{"of the template ", quoted(r.TemplateName)},
		{"called ", quoted(r.Name)},
		{"of practitioner ", r.Practitioner},
	} {
		if c.value != "" {
			all = append(all, c.words+c.value)
		}
	}
	if len(all) == 0 {
		return "everything else"
	}
	return strings.Join(all, ", ")
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return "“" + visible(s) + "”"
}

// destination says where a document goes.
func destination(to, noteTemplate string) string {
	switch carryover.Destination(to) {
	case carryover.ToNowhere:
		return "nowhere: skipped"
	case carryover.ToAttachment:
		return "attachment (PDF)"
	case carryover.ToTreatmentNote:
		if noteTemplate != "" {
			return "treatment note by note template " + noteTemplate
		}
		return "treatment note"
	}
	return to
}

// modeOf says how far a route goes without a person.
func modeOf(to, mode string) string {
	if carryover.Destination(to) == carryover.ToNowhere {
		return ""
	}
	switch route.Mode(mode) {
	case route.Auto:
		return "auto: filed once all is certain"
	case route.Review:
		return "review: waits for one click"
	case route.Shadow:
		return "shadow: watched, never filed"
	}
	return mode
}

// laterOf says what becomes of later versions, where it is not the usual.
func laterOf(later string) string {
	switch route.Later(later) {
	case route.FileLater:
		return "; later versions are filed too"
	case route.LeaveLater:
		return "; later versions are left"
	}
	return ""
}

// unmapped lists templates that no rule names, and rules for them to paste.
func unmapped(w io.Writer, all []desk.Unmapped) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintln(w, "\nNo rule names these; they go where a rule for everything sends them:")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, u := range all {
		fmt.Fprintf(t, "  %s\t%s\n", templateWords(u), plural(u.Documents, "document"))
	}
	_ = t.Flush()
	suggested := slices.DeleteFunc(slices.Clone(all), func(u desk.Unmapped) bool { return u.Suggestion == nil })
	if len(suggested) == 0 {
		return
	}
	fmt.Fprintln(w, "\nRules to paste under routes: in the configuration, above the rule for everything else:")
	for _, u := range suggested {
		if u.TemplateName != "" {
			fmt.Fprintf(w, "  # %s\n", oneLine(visible(u.TemplateName)))
		}
		fmt.Fprintf(w, "  # %s\n%s", oneLine(u.Why), pasteable(*u.Suggestion))
	}
}

func templateWords(u desk.Unmapped) string {
	switch {
	case u.TemplateName != "" && u.Template != "":
		return quoted(u.TemplateName) + " (" + u.Template + ")"
	case u.TemplateName != "":
		return quoted(u.TemplateName)
	case u.Template != "":
		return "template " + visible(u.Template)
	}
	return "without a template"
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// pasteable is a rule as an item of routes. Whatever somebody named is quoted: a
// row of digits would be a number otherwise, and "no" a lie.
func pasteable(r desk.Rule) string {
	var b strings.Builder
	lead := "  - "
	for _, k := range []struct{ key, value string }{
		{"template", yamlString(r.Template)},
		{"template_name", yamlString(r.TemplateName)},
		{"name", yamlString(r.Name)},
		{"practitioner", yamlString(r.Practitioner)},
		{"to", r.To},
		{"note_template", yamlString(r.NoteTemplate)},
		{"mode", r.Mode},
		{"later", r.Later},
		{"title", yamlString(r.Title)},
	} {
		if k.value != "" {
			fmt.Fprintf(&b, "%s%s: %s\n", lead, k.key, k.value)
			lead = "    "
		}
	}
	if len(r.Fill) > 0 {
		fmt.Fprintf(&b, "%sfill:\n", lead)
	}
	for _, heading := range slices.Sorted(maps.Keys(r.Fill)) {
		fmt.Fprintf(&b, "      %s: %s\n", yamlString(heading), yamlString(r.Fill[heading]))
	}
	return b.String()
}

// yamlString is a string in double quotes, whose escapes YAML shares with Go.
func yamlString(s string) string {
	if s == "" {
		return ""
	}
	return strconv.Quote(s)
}

// misfits say a condition that did not fit.
var misfits = map[string]string{
	"template":      "it is of another template",
	"template_name": "its template is not called so",
	"name":          "it is not called so",
	"practitioner":  "it is another practitioner's",
}

// routed prints where one document goes and what each rule said to it.
func routed(w io.Writer, r desk.Routed) {
	fmt.Fprintf(w, "%s  document %s", r.Mark, visible(r.Document))
	switch {
	case r.TemplateName != "":
		fmt.Fprintf(w, ", template %s", quoted(r.TemplateName))
	case r.Template != "":
		fmt.Fprintf(w, ", template %s", visible(r.Template))
	default:
		fmt.Fprint(w, ", no template")
	}
	fmt.Fprintf(w, ", practitioner %s\n", or(r.Practitioner, "not known"))
	if r.Name != "" {
		fmt.Fprintf(w, "  %s\n", visible(r.Name))
	}
	if r.Wordless {
		fmt.Fprintln(w, "  Its words are destroyed, its name with them: rules by name cannot be tried.")
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range r.Steps {
		fmt.Fprintf(t, "  rule %d\t%s\n", s.Rule, stepWords(s, r))
	}
	if r.Rule == 0 {
		fmt.Fprintln(t, "  no rule\tfits: the default decides")
	}
	fmt.Fprintf(t, "  goes to\t%s\n", destination(r.To, r.NoteTemplate))
	if how := modeOf(r.To, r.Mode); how != "" {
		fmt.Fprintf(t, "  mode\t%s\n", how)
	}
	if r.Title != "" {
		fmt.Fprintf(t, "  title\t%s\n", visible(r.Title))
	}
	if r.Filled != "" {
		fmt.Fprintf(t, "  form\t%s\n", visible(r.Filled))
	}
	if r.Unmapped {
		fmt.Fprintf(t, "  unmapped\t%s\n", "no rule names its template or its name; carryover routes list proposes one")
	}
	_ = t.Flush()
}

func stepWords(s desk.RouteStep, r desk.Routed) string {
	switch {
	case s.Misfit == "template_name" && r.Template != "" && r.TemplateName == "":
		return "no: Heidi was not asked what its template is called (template_name)"
	case s.Fits:
		return "yes: this rule decides"
	case s.Unread:
		return "not read"
	}
	return "no: " + or(misfits[s.Misfit], s.Misfit) + " (" + s.Misfit + ")"
}
