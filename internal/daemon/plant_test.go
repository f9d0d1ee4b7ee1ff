package daemon_test

import (
	"regexp"
	"strings"

	"carryover/sandbox"
)

// canaryStem begins every canary. It is a word that no text holds by itself and
// letters alone, so that it stays in one piece in a name, an address or a key.
const canaryStem = "Zqcanaryword"

// A planter puts a word of its own into every free-text field of a practice.
// What is the same in two places, a name or a text, stays the same: matching,
// the consult note's copies and hand-pasted letters work as before.
type planter struct {
	field map[string]string // where each canary was planted first, by its lower-case form
	names map[string]string // a word of a name → the same with its canary
	texts map[string]string // a text's words → its canary
}

func newPlanter() *planter {
	return &planter{field: map[string]string{}, names: map[string]string{}, texts: map[string]string{}}
}

// canary returns a new word for a field. Its number is in letters and it ends in
// x, so that none is the beginning of another.
func (p *planter) canary(field string) string {
	digits := ""
	for n := len(p.field) + 1; n > 0; n /= 10 {
		digits = string("abcdefghij"[n%10]) + digits
	}
	w := canaryStem + digits + "x"
	p.field[strings.ToLower(w)] = field
	return w
}

// plant changes the practice in place. Ids, dates and the keys' beginning and
// end stay as they are; so does the provider whose ids are trusted.
func (p *planter) plant(c *sandbox.Practice) {
	p.add("practice name", &c.Name)
	for i := range c.Businesses {
		p.add("business name", &c.Businesses[i].Name)
	}
	for i := range c.Practitioners {
		p.practitioner(&c.Practitioners[i])
	}
	for i := range c.Patients {
		p.patient(&c.Patients[i])
	}
	for i := range c.NoteTemplates {
		p.add("note template name", &c.NoteTemplates[i].Name)
	}
	for i := range c.Templates {
		p.add("document template name", &c.Templates[i].Name)
	}
	for i := range c.Notes {
		p.note(&c.Notes[i])
	}
	for i := range c.Sessions {
		p.session(&c.Sessions[i])
	}
}

// add puts a canary at the end of a field that is not empty.
func (p *planter) add(field string, s *string) {
	if *s != "" {
		*s += " " + p.canary(field)
	}
}

func (p *planter) practitioner(who *sandbox.Practitioner) {
	who.FirstName, who.LastName = p.name("practitioner first name", who.FirstName), p.name("practitioner last name", who.LastName)
	p.email("practitioner e-mail", &who.Email)
	if rest, ok := strings.CutPrefix(who.Key, "SANDBOX"); ok {
		who.Key = "SANDBOX" + p.canary("cliniko key") + rest
	}
}

func (p *planter) patient(who *sandbox.Patient) {
	who.FirstName, who.LastName = p.name("first name", who.FirstName), p.name("last name", who.LastName)
	who.PreferredName = p.name("preferred name", who.PreferredName)
	p.email("patient e-mail", &who.Email)
	p.add("phone", &who.Phone)
}

func (p *planter) email(field string, s *string) {
	if local, at, ok := strings.Cut(*s, "@"); ok {
		*s = local + "." + strings.ToLower(p.canary(field)) + "@" + at
	}
}

func (p *planter) note(n *sandbox.ExistingNote) {
	p.add("old note title", &n.Title)
	whole := strings.Join(n.Paragraphs, " ")
	var told []string // the practice's own slice may be shared with a document
	for _, line := range n.Paragraphs {
		told = append(told, p.retold(line))
	}
	n.Paragraphs = append(told, p.of("old note", whole))
}

func (p *planter) session(s *sandbox.Session) {
	p.add("session title", &s.Name)
	s.PatientName = p.name("name in the session", s.PatientName)
	for i := range s.Corrections {
		s.Corrections[i].PatientName = p.name("corrected name", s.Corrections[i].PatientName)
	}
	if s.EHRProvider != "" && s.EHRProvider != "Cliniko" {
		p.add("other system", &s.EHRProvider)
		p.add("other system's patient id", &s.EHRPatientID)
		p.add("other system's appointment id", &s.EHRApptID)
	}
	p.stages("consult note", "MARKDOWN", s.ConsultNote)
	for i := range s.Documents {
		d := &s.Documents[i]
		d.Name = p.retold(d.Name)
		p.add("document title", &d.Name)
		p.stages("document text", d.ContentType, d.Stages)
	}
}

func (p *planter) stages(field, contentType string, stages []sandbox.Stage) {
	for i := range stages {
		st := &stages[i]
		p.add("later document title", &st.Name)
		if strings.TrimSpace(st.Text) == "" {
			continue
		}
		word := p.of(field, st.Text)
		st.Text = p.retold(st.Text)
		if body, end, ok := strings.Cut(st.Text, "</body>"); ok {
			st.Text = body + "<p>" + word + "</p></body>" + end
		} else if contentType == "HTML" {
			st.Text += "<p>" + word + "</p>"
		} else {
			st.Text = strings.TrimRight(st.Text, "\r\n") + "\n\n" + word + "\n"
		}
	}
}

// of returns the canary of a text: the same for the same words.
func (p *planter) of(field, text string) string {
	words := strings.Join(strings.Fields(text), " ")
	if p.texts[words] == "" {
		p.texts[words] = p.canary(field)
	}
	return p.texts[words]
}

// nameWord is one word of a name, with the hyphens and apostrophes in it.
var nameWord = regexp.MustCompile(`[\p{L}\p{M}][\p{L}\p{M}'’-]+`)

// name puts a canary at the end of each word of a name. A single letter is an
// initial and stays one.
func (p *planter) name(field, s string) string {
	return nameWord.ReplaceAllStringFunc(s, func(w string) string {
		if p.names[w] == "" {
			p.names[w] = w + p.canary(field)
		}
		return p.names[w]
	})
}

// retold puts the names that are known by now into a text that holds them.
func (p *planter) retold(text string) string {
	return nameWord.ReplaceAllStringFunc(text, func(w string) string {
		if known := p.names[w]; known != "" {
			return known
		}
		return w
	})
}
