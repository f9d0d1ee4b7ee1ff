package clinic

import (
	"fmt"
	"html"
	"strings"
)

// referrers are invented general practitioners.
var referrers = []string{
	"Dr Oriel Wattlebury, Banksia Mock Family Practice", "Dr Linus Pepperday, Saltwater Invented Medical Centre",
	"Dr Sunniva Dogwood, Made-up Bay Surgery", "Dr Thaddeus Cloudberry, Nowhere Street Clinic",
}

// letterParts are the paragraphs that both forms of a letter share.
type letterParts struct {
	to, salutation, opening, findings, opinion, request string
	exercises                                           []string
}

func newLetter(d *dice, s *subject) letterParts {
	c := s.complaint
	to := pick(d, referrers)
	who := "this patient"
	if s.labelled {
		who = s.first
	}
	words := strings.Fields(strings.Split(to, ",")[0])
	return letterParts{
		to:         to,
		salutation: fmt.Sprintf("Dear Dr %s,", words[len(words)-1]),
		opening: fmt.Sprintf("Thank you for referring %s, seen on %d occasions for %s %s pain that began %s. "+
			"The main complaints were %s.",
			who, s.visit, s.side, c.area, pick(d, c.onset), strings.Join(some(d, 2, c.worse), " and ")),
		findings: fmt.Sprintf("Examination today: %s. %s. Pain is %d/10 at worst (was %d/10), and %d of 7 nights are undisturbed.",
			strings.Join(some(d, 3, c.tests), "; "), s.score(d), d.between(2, 5), d.between(7, 9), d.between(3, 7)),
		opinion: fmt.Sprintf("My impression is %s, improving %s. Treatment has been education, graded loading of %s and a "+
			"home programme. I have advised against complete rest.",
			c.diagnosis, pick(d, []string{
				"steadily", "more slowly than hoped", "ahead of schedule",
			}), c.muscle),
		request: pick(d, []string{
			"Would you kindly review the need for regular anti-inflammatory medication; BP in our rooms was 148/92.",
			"Might I ask you to consider an ultrasound if there is no further change in 6 weeks? I do not think it is needed now.",
			"Please let me know if you would like a copy of the outcome measures for the care plan review (5 visits, 2 used).",
			"Could vitamin D and iron studies be added to the next blood tests, given the slow progress?",
		}),
		exercises: some(d, 3, c.exercises),
	}
}

func writeLetter(d *dice, s *subject) string {
	p := newLetter(d, s)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n\n", s.date, strings.ReplaceAll(p.to, ", ", "\\\n"))
	if s.labelled {
		fmt.Fprintf(&b, "**RE:** %s", s.name)
		if s.born != "" {
			fmt.Fprintf(&b, ", DOB %s", s.born)
		}
		b.WriteString("\n\n")
	}
	fmt.Fprintf(&b, "%s\n\n%s\n\n%s\n\n%s\n\nCurrent programme:\n\n",
		p.salutation, p.opening, p.findings, p.opinion)
	for _, e := range p.exercises {
		fmt.Fprintf(&b, "* %s, %d × %d\n", e, d.between(2, 4), d.between(8, 15))
	}
	fmt.Fprintf(&b, "\n%s\n\n"+
		"I plan %d further visits over %d weeks and will write again on discharge, or sooner if %s "+
		"returns.\n\nWith kind regards,\n\n*%s*  \nPhysiotherapist, provider no. 0000000X  \n"+
		"cc: patient\n",
		p.request, d.between(2, 6), d.between(4, 10),
		pick(d, []string{"night pain", "leg pain", "swelling", "numbness"}), s.clinician)
	return b.String()
}

func writeLetterHTML(d *dice, s *subject) string {
	p := newLetter(d, s)
	esc := html.EscapeString
	var b strings.Builder
	fmt.Fprintf(&b, "<div class=\"letter\"><p>%s</p>\n<p>%s</p>\n",
		s.date, strings.ReplaceAll(esc(p.to), ", ", "<br>"))
	if s.labelled {
		fmt.Fprintf(&b, "<p><strong>RE:</strong> %s", esc(s.name))
		if s.born != "" {
			fmt.Fprintf(&b, ", DOB %s", s.born)
		}
		b.WriteString("</p>\n")
	}
	for _, para := range []string{p.salutation, p.opening, p.findings, p.opinion} {
		fmt.Fprintf(&b, "<p style=\"margin:0 0 8px\">%s</p>\n", esc(para))
	}
	b.WriteString("<p><em>Current programme</em></p>\n<ul>\n")
	for _, e := range p.exercises {
		fmt.Fprintf(&b, "<li>%s &ndash; %d&nbsp;&times;&nbsp;%d, pain &lt;&nbsp;%d/10</li>\n",
			esc(e), d.between(2, 4), d.between(8, 15), d.between(3, 5))
	}
	fmt.Fprintf(&b, "</ul>\n<p>%s</p>\n<p>I plan %d further visits over %d weeks.</p>\n"+
		"<p>With kind regards,<br>%s<br>Physiotherapist</p></div>\n",
		esc(p.request), d.between(2, 6), d.between(4, 10), esc(s.clinician))
	return b.String()
}

// plainLetter is a letter without any mark-up, one paragraph a line, so that a
// person's copy of it has exactly the same words.
func plainLetter(d *dice, s *subject) []string {
	p := newLetter(d, s)
	return []string{
		s.date, p.to, p.salutation, p.opening, p.findings, p.opinion, p.request,
		fmt.Sprintf("The programme now consists of %s.", strings.Join(p.exercises, ", ")),
		fmt.Sprintf("I plan %d further visits over %d weeks and will write again on discharge.", d.between(2, 6), d.between(4, 10)),
		"With kind regards,", s.clinician, "Physiotherapist",
	}
}

// consultNote is the session's main note, which the native integration pushes
// and which therefore is not a document to carry.
func consultNote(d *dice, s *subject) string {
	c := s.complaint
	return fmt.Sprintf("## Subjective\n- %s %s pain, %d/10 today, worse with %s\n- home programme %d/7 days\n\n"+
		"## Objective\n- %s\n- strength of %s %d/5\n\n## Treatment\n%s\n## Plan\n- review in %d/52, %s; aim: %s\n",
		s.side, c.area, d.between(1, 6), pick(d, c.worse), d.between(2, 7), pick(d, c.tests), c.muscle, d.between(3, 5),
		s.doses(d, 2, "-"), d.between(1, 4), pick(d, []string{
			"progress load", "hold load", "add balance work", "reassess range",
		}), pick(d, goals))
}
