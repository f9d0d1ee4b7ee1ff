package daemon_test

import (
	"bufio"
	"bytes"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/route"
	"carryover/sandbox"
	"carryover/sandbox/clinic"
	"carryover/sandbox/clinikosim"
)

// Whole clinical documents with all their hazards are filed end to end, as notes
// through each way in which Cliniko may clean what it is sent and as files, and
// read back from the simulator's books: every word is there, in its order, and
// nothing has been added but what may be.

// A paper is one document about one patient of its own.
type paper struct {
	name, text  string
	html        bool
	first, last string
	born        string // YYYY-MM-DD
	foreign     bool   // it holds writing that a PDF cannot set
}

// papers is where the project's own 25 documents lie.
const papers = "../../sandbox/clinic/corpus"

// ownPapers are the project's documents, each about somebody invented.
func ownPapers(t *testing.T) []paper {
	t.Helper()
	var all []paper
	for i, raw := range patterns(t) {
		p := paper{
			name: raw.name, html: raw.html, first: "Filemona", last: papered(i),
			born: time.Date(1950, 2, 3, 0, 0, 0, 0, time.UTC).AddDate(0, 7*i, 11*i).Format(time.DateOnly),
		}
		born, _ := time.Parse(time.DateOnly, p.born)
		values := []string{
			"{{name}}", p.first + " " + p.last, "{{first}}", p.first, "{{surname}}", p.last, "{{dob}}", born.Format("02/01/2006"),
			"{{age}}", "61", "{{date}}", "3 November 2026", "{{clinician}}", "Marigold Tanglewood",
		}
		if p.html {
			for v := 1; v < len(values); v += 2 {
				values[v] = html.EscapeString(values[v])
			}
		}
		p.text = strings.NewReplacer(values...).Replace(raw.text)
		all = append(all, p)
	}
	return all
}

// papered is a surname that no other document's patient shares a beginning with.
func papered(i int) string {
	heads, tails := []string{"Quill", "Vellum", "Blotter", "Foolscap", "Margin"}, []string{"bourne", "wick", "stead", "combe", "hollow"}
	return heads[i%5] + tails[i/5%5]
}

// patterns are the project's documents as they lie there, patients left blank.
func patterns(t *testing.T) []paper {
	t.Helper()
	files, err := filepath.Glob(papers + "/d*.*")
	if err != nil || len(files) != 25 {
		t.Fatalf("%s has %d documents (%v), want 25", papers, len(files), err)
	}
	var all []paper
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(f)
		all = append(all, paper{name: name, text: string(raw), html: strings.HasSuffix(name, ".html")})
	}
	return all
}

// sharedPapers are the rendering corpus's own texts of the same documents. Whom
// they are about shows where the project's leave a blank.
func sharedPapers(t *testing.T) []paper {
	t.Helper()
	f, err := os.Open("../../../shared/bench/render/docs_dev.jsonl")
	if err != nil {
		t.Skip("the rendering corpus: ../shared is not here")
	}
	defer f.Close()
	blanks, own := patterns(t), ownPapers(t)
	var all []paper
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var d struct {
			ID, Markdown string
			HTML         string `json:"html_source"`
		}
		decode(t, lines.Bytes(), &d)
		i := slices.IndexFunc(blanks, func(b paper) bool { return strings.HasPrefix(b.name, d.ID+"-") })
		if i < 0 {
			t.Fatalf("%s has no counterpart in %s", d.ID, papers)
		}
		p := own[i]
		p.text = d.Markdown + d.HTML
		p.identify(blanks[i].text)
		all = append(all, p)
	}
	return all
}

// identify takes the patient's name and birth date from the lines of the
// document that are blank in its pattern; what no line says stays invented.
func (p *paper) identify(pattern string) {
	named := false
	lines := linesOf(p.text)
	for i, blank := range linesOf(pattern) {
		if !strings.Contains(blank, "{{") || i >= len(lines) {
			continue
		}
		expression := regexp.QuoteMeta(blank)
		for _, field := range []string{"name", "dob"} {
			expression = strings.Replace(expression, `\{\{`+field+`\}\}`, "(?P<"+field+">.+?)", 1)
		}
		m := regexp.MustCompile(`^` + regexp.MustCompile(`\\\{\\\{\w+\\\}\\\}`).ReplaceAllString(expression, ".+?") + `$`)
		for j, value := range m.FindStringSubmatch(lines[i]) {
			switch field := m.SubexpNames()[j]; {
			case field == "name" && !named: // whole the first time, shortened later on
				p.first, p.last, named = strings.Cut(value, " ")
			case field == "dob":
				if born, err := time.Parse("02/01/2006", value); err == nil {
					p.born = born.Format(time.DateOnly)
				}
			}
		}
	}
}

func linesOf(text string) []string {
	return strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}

// practiceOf is a clinic whose day has these documents and nothing else, one a
// session, each with two details that agree.
func practiceOf(t *testing.T, all []paper) *sandbox.Practice {
	t.Helper()
	p := clinic.Generate(25, clinic.LastPracticeDay(time.Now()))
	p.Patients, p.Appointments, p.Notes, p.Sessions = nil, nil, nil, nil
	morning := clinic.LastPracticeDay(time.Now()).Add(-3 * time.Hour)
	for i, one := range all {
		patient := sandbox.Patient{ID: fmt.Sprint(1_500_000_000_000_000_000 + i), FirstName: one.first, LastName: one.last, BirthDate: one.born}
		p.Patients = append(p.Patients, patient)
		d := sandbox.Document{
			ID: fmt.Sprintf("66%022x", i+1), Name: fmt.Sprintf("Document %d", i+1), ContentType: "MARKDOWN", Expect: "proven",
			Stages: []sandbox.Stage{{At: 0.3, Text: one.text}},
		}
		if one.html {
			d.ContentType = "HTML"
		}
		if one.foreign {
			d.Expect = "either"
		}
		p.Sessions = append(p.Sessions, sandbox.Session{
			ID: fmt.Sprintf("2000000000000000000000000000000000%04d", i), PractitionerID: p.Practitioners[i%4].ID, Belongs: patient.ID,
			PatientName: patient.FirstName + " " + patient.LastName, PatientDOB: patient.BirthDate,
			StartedAt: morning.Add(time.Duration(i) * 12 * time.Minute), Duration: 10 * time.Minute, At: 0.2, Documents: []sandbox.Document{d},
		})
	}
	return p
}

// A cleaning is a way in which Cliniko may clean what it is sent.
type cleaning struct {
	name     string
	switches clinikosim.Switches
}

// cleanings are both settings of newlines with all of unknown tags.
func cleanings() []cleaning {
	var all []cleaning
	for _, newlines := range []bool{false, true} {
		for _, tags := range []cleaning{{name: "a bare < is escaped"}, {"a bare < cuts off", clinikosim.Switches{StrictTags: true}}, {"div and br alone", clinikosim.Switches{DivBrOnly: true}}} {
			tags.switches.KeepNewlines = newlines
			tags.name += map[bool]string{false: ", newlines stripped", true: ", newlines kept"}[newlines]
			all = append(all, tags)
		}
	}
	return all
}

func TestFiledWordForWord(t *testing.T) {
	if testing.Short() {
		t.Skip("fourteen short days take half a minute")
	}
	for _, set := range []struct {
		name   string
		papers func(*testing.T) []paper
	}{{"own", ownPapers}, {"corpus", sharedPapers}} {
		t.Run(set.name, func(t *testing.T) {
			all := set.papers(t)
			for n, c := range cleanings() {
				t.Run("notes, "+c.name, func(t *testing.T) {
					t.Parallel()
					filedAsNotes(t, all, uint64(n), c.switches)
				})
			}
			t.Run("files", func(t *testing.T) {
				t.Parallel()
				filedAsFiles(t, all)
			})
		})
	}
}

// filedDay carries the papers to one destination and returns the day with its
// truth; the daemon has stopped.
func filedDay(t *testing.T, all []paper, number uint64, to carryover.Destination, sw clinikosim.Switches) (*clinicDay, clinic.Truth) {
	t.Helper()
	const pace = 4 * time.Second * slowness
	d := newDay(t, clinic.Options{Practice: practiceOf(t, all), Seed: 500 + number, Pace: pace, Cliniko: sw, RateLimit: plentyPerMinute})
	cfg := d.load()
	cfg.Routes = []route.Rule{{To: to, Mode: route.Auto}}
	cfg.Cliniko.RequestsPerMinute = plentyPerMinute / 2
	r := d.start(cfg)
	d.untilSettled(r)
	r.stopped()
	d.books(cfg, nil)
	return d, d.judge()
}

func filedAsNotes(t *testing.T, all []paper, number uint64, sw clinikosim.Switches) {
	t.Helper()
	d, truth := filedDay(t, all, number, carryover.ToTreatmentNote, sw)
	if n := truth.Summary.NotesInCliniko; n != len(all) || truth.Summary.AttachmentsInCliniko != 0 {
		t.Errorf("%d notes and %d files in Cliniko, want %d notes", n, truth.Summary.AttachmentsInCliniko, len(all))
	}
	content := map[string]string{}
	for _, n := range d.Cliniko.Notes() {
		content[n.ID] = n.Content
	}
	for _, doc := range truth.Documents {
		if len(doc.Notes) != 1 {
			t.Errorf("%s is carried by %d notes, want 1", doc.Name, len(doc.Notes))
			continue
		}
		sameWords(t, d, doc, clinic.NoteWords(references.ReplaceAllString(content[doc.Notes[0]], "")))
	}
}

func filedAsFiles(t *testing.T, all []paper) {
	t.Helper()
	all = slices.Clone(all)
	for i := range all {
		all[i].foreign = strings.ContainsFunc(all[i].text, rightToLeft)
	}
	d, truth := filedDay(t, all, 90, carryover.ToAttachment, clinikosim.Switches{})
	if truth.Summary.NotesInCliniko != 0 {
		t.Errorf("%d notes in Cliniko, want files alone", truth.Summary.NotesInCliniko)
	}
	poppler, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Log("no second reading of the files: pdftotext is not here")
	}
	for i, doc := range truth.Documents {
		if all[number(t, doc)].foreign && len(doc.Attachments) == 0 {
			continue // held: a person must decide
		}
		if len(doc.Attachments) != 1 {
			t.Errorf("%s is carried by %d files, want 1", doc.Name, len(doc.Attachments))
			continue
		}
		file := d.Cliniko.AttachmentData(doc.Attachments[0])
		got := clinic.PlainWords(spelledSigns.ReplaceAllString(clinic.PDFText(file), ""))
		head := clinic.PlainWords(d.Practice.Name + " " + clinic.LastPracticeDay(time.Now()).Format("2 January 2006"))
		if !slices.Equal(got[:min(len(got), len(head))], head) {
			t.Errorf("%s begins with %q, want the practice and the day, %q", doc.Name, got[:min(len(got), len(head))], head)
			continue
		}
		sameWords(t, d, doc, got[len(head):])
		if poppler != "" && i%5 == 0 {
			ordered, _ := clinic.Words(text(d, doc))
			if missing := notInOrder(ordered, clinic.PlainWords(popplerText(t, poppler, file))); missing != nil {
				t.Errorf("%s as pdftotext reads it lacks %q", doc.Name, missing)
			}
		}
	}
}

// number is the place of a document among the papers.
func number(t *testing.T, doc clinic.DocumentTruth) int {
	t.Helper()
	n := 0
	if _, err := fmt.Sscanf(doc.Name, "Document %d", &n); err != nil {
		t.Fatal(err)
	}
	return n - 1
}

func rightToLeft(r rune) bool { return r >= 0x0590 && r <= 0x08FF }

func text(d *clinicDay, doc clinic.DocumentTruth) string {
	for _, r := range d.Heidi.Documents() {
		if r.DocumentID == doc.DocumentID {
			return r.Content
		}
	}
	return ""
}

func popplerText(t *testing.T, program string, file []byte) string {
	t.Helper()
	cmd := exec.Command(program, "-raw", "-", "-")
	cmd.Stdin = bytes.NewReader(file)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return string(out)
}

// sameWords compares what is in Cliniko with a document: all its words in their
// order, and none besides but what Carryover may add.
func sameWords(t *testing.T, d *clinicDay, doc clinic.DocumentTruth, got []string) {
	t.Helper()
	source := text(d, doc)
	ordered, labels := clinic.Words(source)
	if missing := notInOrder(ordered, got); missing != nil {
		t.Errorf("%s: %d of %d words are not there in their order: %q", doc.Name, len(missing), len(ordered), missing)
	}
	// Besides these: what the source says as it was typed (the addresses of links
	// and the numbers of lists), once more the document's name, and the words that
	// spell out what has no mark. Labels may stand before every value.
	may := slices.Concat(labels, spelledOut)
	if strings.Contains(source, "<ol") {
		may = append(may, "1", "2", "3", "4", "5", "6", "7", "8", "9")
	}
	left := map[string]int{}
	for _, w := range clinic.PlainWords(html.UnescapeString(source) + " " + doc.Name + " " + around) {
		left[w]++
	}
	var extra []string
	for _, w := range got {
		if left[w]--; left[w] < 0 && !slices.Contains(may, w) {
			extra = append(extra, w)
		}
	}
	if len(extra) > 0 {
		t.Errorf("%s: added: %q", doc.Name, extra)
	}
}

// spelledOut are the words for looks that a note cannot have.
var spelledOut = []string{"struck", "out", "Image"}

// around is what Carryover adds to every document, but for the reference.
const around = "Heidi document carried by Carryover AI drafted check before finalising"

// references stand in every document, and names in the place of signs that the
// fonts of a PDF do not have.
var (
	references   = regexp.MustCompile(`HD-[A-Z2-7]{8}-[A-Z2-7]{4}`)
	spelledSigns = regexp.MustCompile(references.String() + `|\[emoji:[^\]]*\]`)
)

// notInOrder returns the words of want that are not in a longest common
// subsequence with got; nil when all are.
func notInOrder(want, got []string) []string {
	best := make([][]int, len(want)+1)
	for i := range best {
		best[i] = make([]int, len(got)+1)
	}
	for i := len(want) - 1; i >= 0; i-- {
		for j := len(got) - 1; j >= 0; j-- {
			if want[i] == got[j] {
				best[i][j] = best[i+1][j+1] + 1
			} else {
				best[i][j] = max(best[i+1][j], best[i][j+1])
			}
		}
	}
	var missing []string
	for i, j := 0, 0; i < len(want); {
		switch {
		case j < len(got) && want[i] == got[j]:
			i, j = i+1, j+1
		case j < len(got) && best[i][j+1] >= best[i+1][j]:
			j++
		default:
			missing = append(missing, want[i])
			i++
		}
	}
	return missing
}
