package clinic

import (
	"embed"
	"fmt"
	"html"
	"path"
	"strings"
)

// corpusFiles are the 25 synthetic documents (CC0) that every generated day is
// seasoned with: real hazards of real documents, which no template of ours
// would think of. The demo needs them, so they are in the binary.
//
//go:embed corpus/*.md corpus/*.html
var corpusFiles embed.FS

// A corpusDocument says whom a document of the corpus suits: the text uses
// pronouns, ages and circumstances, and a document must not contradict the
// patient of its session.
type corpusDocument struct {
	file           string
	kind           string // what Heidi calls the document
	sex            string // empty: anybody
	minAge, maxAge int
	crlf           bool // its line ends were CR LF
	foreign        bool // it holds writing that not every page can set
}

var corpus = []corpusDocument{
	{file: "d01-initial-assessment.md", kind: "Assessment", minAge: 20, maxAge: 80},
	{file: "d02-progress-shoulder.md", kind: "Progress report", sex: "Female", minAge: 35, maxAge: 75},
	{file: "d03-exercise-programme.md", kind: "Exercise programme", minAge: 45, maxAge: 90},
	{file: "d04-gp-letter.md", kind: "GP letter", sex: "Female", minAge: 58, maxAge: 80, crlf: true},
	{file: "d05-certificate.html", kind: "WorkCover certificate", minAge: 18, maxAge: 66},
	{file: "d06-workcover-progress.md", kind: "WorkCover certificate", minAge: 18, maxAge: 66},
	{file: "d07-ndis-report.md", kind: "NDIS report", sex: "Female", minAge: 19, maxAge: 45},
	{file: "d08-discharge.html", kind: "Progress report", minAge: 18, maxAge: 60},
	{file: "d09-needling-consent.md", kind: "Consent form", minAge: 25, maxAge: 90},
	{file: "d10-falls-risk.html", kind: "Screening form", minAge: 66, maxAge: 95},
	{file: "d11-acl-protocol.md", kind: "Exercise programme", minAge: 16, maxAge: 50},
	{file: "d12-transport-accident.md", kind: "Progress report", minAge: 45, maxAge: 80},
	{file: "d13-vestibular.md", kind: "Assessment", minAge: 30, maxAge: 90},
	{file: "d14-pelvic-health.md", kind: "Assessment", sex: "Female", minAge: 26, maxAge: 48},
	{file: "d15-paediatric-letter.md", kind: "GP letter", sex: "Female", minAge: 4, maxAge: 11, foreign: true},
	{file: "d16-pulmonary-telehealth.md", kind: "Progress report", sex: "Male", minAge: 50, maxAge: 90},
	{file: "d17-neuro-rehab.html", kind: "Progress report", sex: "Male", minAge: 46, maxAge: 85},
	{file: "d18-soap-knee.md", kind: "Progress report", sex: "Female", minAge: 14, maxAge: 20},
	{file: "d19-pilates-plan.md", kind: "Exercise programme", minAge: 20, maxAge: 70},
	{file: "d20-return-to-work.md", kind: "WorkCover certificate", minAge: 18, maxAge: 66},
	{file: "d21-hydro-screen.md", kind: "Screening form", minAge: 25, maxAge: 80},
	{file: "d22-hand-therapy.html", kind: "Progress report", minAge: 20, maxAge: 75},
	{file: "d23-care-plan-report.md", kind: "GP letter", sex: "Male", minAge: 45, maxAge: 85},
	{file: "d24-telehealth.md", kind: "Progress report", sex: "Female", minAge: 22, maxAge: 60},
	{file: "d25-concussion.md", kind: "Screening form", minAge: 12, maxAge: 16},
}

// suits reports whether the document can be about s.
func (c *corpusDocument) suits(s *subject) bool {
	return (c.sex == "" || c.sex == s.sex) && s.age >= c.minAge && s.age <= c.maxAge && s.born != ""
}

// isHTML reports whether the document is HTML; all others are Markdown.
func (c *corpusDocument) isHTML() bool { return path.Ext(c.file) == ".html" }

// fill returns the document's text about s.
func (c *corpusDocument) fill(s *subject) (string, error) {
	raw, err := corpusFiles.ReadFile("corpus/" + c.file)
	if err != nil {
		return "", fmt.Errorf("corpus document %s: %w", c.file, err)
	}
	values := []string{
		"{{name}}", s.name, "{{first}}", s.first, "{{surname}}", s.last, "{{dob}}", s.born,
		"{{age}}", fmt.Sprint(s.age), "{{date}}", s.date, "{{clinician}}", s.clinician,
	}
	if c.isHTML() {
		for i := 1; i < len(values); i += 2 {
			values[i] = html.EscapeString(values[i])
		}
	}
	text := strings.NewReplacer(values...).Replace(string(raw))
	if c.crlf {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text, nil
}
