package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover"
	"carryover/internal/desk"
)

// A daemon that says what a test wants, at a practice's socket: commands ask it
// as they ask a real one.
type daemonThat struct {
	desk.Desk
	preview desk.Preview
	routes  desk.RouteResult
	rules   desk.Rules
	asked   desk.ShowRequest
}

func (d *daemonThat) Preview(_ context.Context, r desk.ShowRequest) (desk.Preview, error) {
	d.asked = r
	p := d.preview
	if !r.PDF {
		p.PDF = nil
	}
	return p, nil
}

func (d *daemonThat) Rules(context.Context) (desk.Rules, error) { return d.rules, nil }

func (d *daemonThat) RouteOf(context.Context, desk.RouteRequest) (desk.RouteResult, error) {
	return d.routes, nil
}

// serving serves d at a practice and returns a function that runs a command
// there, with what it printed and its exit code.
func serving(t *testing.T, d desk.Desk) func(args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cfg, err := practiceWith(t, "  - mode: auto\n")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := desk.Listen(cfg.Data)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- desk.Serve(ctx, l, d) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Errorf("Serve = %v, want nil after a clean stop", err)
		}
	})
	return func(args ...string) (string, string, int) {
		var out, errs strings.Builder
		code := Main(t.Context(), append(args, "--config", cfg.File), Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
		return out.String(), errs.String(), code
	}
}

var letter = desk.Preview{
	Item: desk.Item{ID: "v1", Mark: "HD-7Q4K2MXA", State: "held"}, To: string(carryover.ToAttachment), FileName: "gp-letter.pdf",
	Title: "GP letter", HTML: "<p>The knee is better.</p>", PDF: []byte("%PDF-1.7\xff\x00"),
}

func TestPreviewWritesThePDF(t *testing.T) {
	d := &daemonThat{preview: letter}
	run := serving(t, d)
	file, page := filepath.Join(t.TempDir(), "letter.pdf"), filepath.Join(t.TempDir(), "letter.html")
	stdout, _, code := run("preview", "HD-7Q4K2MXA", "--pdf", file, "--html", page, "--json")
	got, err := os.ReadFile(file)
	if code != 0 || err != nil || string(got) != "%PDF-1.7\xff\x00" {
		t.Fatalf("preview --pdf: exit code %d; the file holds %q, %v, want the daemon's bytes", code, got, err)
	}
	if st, _ := os.Stat(file); st.Mode().Perm() != 0o600 {
		t.Errorf("the PDF's mode is %04o, want 0600", st.Mode().Perm())
	}
	if strings.Contains(stdout, "knee") || strings.Contains(stdout, "GP letter") || !strings.Contains(stdout, `"pdf_file":"`+file+`"`) {
		t.Errorf("preview --pdf --json printed %s, want where the files are and no words of them", stdout)
	}
	if html, err := os.ReadFile(page); err != nil || !strings.Contains(string(html), "attachment (PDF) gp-letter.pdf") {
		t.Errorf("the page does not say what it becomes, %v:\n%s", err, html)
	}

	d.asked = desk.ShowRequest{}
	_, stderr, code := run("preview", "HD-7Q4K2MXA", "--pdf", file)
	if code != exitFailed || !strings.Contains(stderr, "it is there already") || d.asked.ID != "" {
		t.Errorf("preview --pdf onto a file: exit code %d, %q, asked for %q, want it refused before anybody looked", code, stderr, d.asked.ID)
	}
	if stdout, _, code := run("preview", "HD-7Q4K2MXA"); code != 0 || d.asked.PDF || !strings.Contains(stdout, "\nattachment (PDF) gp-letter.pdf\n") {
		t.Errorf("preview: exit code %d, a drawing asked for %t, printed\n%s\nwant no drawing, and what it becomes", code, d.asked.PDF, stdout)
	}
}

// A note that answers a form shows as the form: each question with its answer.
func TestPreviewOfAForm(t *testing.T) {
	d := &daemonThat{preview: desk.Preview{
		Item: desk.Item{Mark: "HD-7Q4K2MXA"}, Title: "Assessment", To: string(carryover.ToTreatmentNote), NoteTemplate: "71",
		HTML: "<p>x</p>\nleft", Filled: "4 of 5 questions are answered.",
		Sections: []desk.Section{
			{Name: "Today <1>", Questions: []desk.Question{
				{Name: "History", Type: "paragraph", Answer: "<p>Fell on <b>ice</b>.</p><ul><li>once</li></ul>"},
				{Name: "Since", Type: "text", Answer: "<b>2 weeks & more"},
				{Name: "Side", Type: "radiobuttons", Choices: []desk.Choice{{Value: "left", Selected: true}, {Value: "right"}}},
				{Name: "Aids", Type: "checkboxes", Choices: []desk.Choice{{Value: "stick"}, {Value: "frame", Selected: true, Other: true}}},
				{Name: "Goals", Type: "paragraph"},
			}},
		},
	}}
	stdout, _, code := serving(t, d)("preview", "HD-7Q4K2MXA")
	rule := strings.Repeat("─", plainColumns)
	want := `HD-7Q4K2MXA Assessment
treatment note by note template 71: 4 of 5 questions are answered.
` + rule + `
Today <1>
═════════

History
───────
Fell on ice.
  • once

Since
─────
<b>2 weeks & more

Side
────
☑ left
☐ right

Aids
────
☐ stick
☑ Other: frame

Goals
─────
(no answer)
` + rule + "\n"
	if diff := cmp.Diff(want, stdout); diff != "" || code != 0 {
		t.Errorf("preview of a form: exit code %d (-want +got):\n%s", code, diff)
	}
}

// A running daemon is asked for its rules, whatever the configuration says by now.
func TestRoutesAskTheDaemon(t *testing.T) {
	d := &daemonThat{
		preview: letter,
		rules:   desk.Rules{NamesKnown: true, Rules: []desk.Rule{{TemplateName: "Plan", To: "treatment_note", Mode: "review"}}},
		routes: desk.RouteResult{Session: "271", Documents: []desk.Routed{
			{ID: "v1", Document: "d1", Mark: "HD-7Q4K2MXA", TemplateName: "Letter", Steps: []desk.RouteStep{{Rule: 1, Fits: true}}, Rule: 1, To: "attachment", Mode: "auto"},
			{Document: "d2", Mark: "HD-BBBBBBBB", Steps: []desk.RouteStep{{Rule: 1, Misfit: "template_name"}}, To: "treatment_note", Mode: "review"},
			{ID: "v3", Document: "d3", Mark: "HD-CCCCCCCC", To: "skip", Mode: "review"},
			{ID: "v4", Document: "d4", Mark: "HD-DDDDDDDD", To: "treatment_note", Mode: "review", Wordless: true},
		}},
	}
	run := serving(t, d)
	if stdout, _, code := run("routes", "list"); code != 0 || !strings.Contains(stdout, "of the template “Plan”") {
		t.Errorf("routes list: exit code %d, printed\n%s\nwant the daemon's rule", code, stdout)
	}
	stdout, _, code := run("routes", "test", "271", "--text")
	if n := strings.Count(stdout, "The knee is better."); code != 0 || n != 1 {
		t.Errorf("routes test --text: exit code %d, %d texts, want one: of what is in the ledger, has words and goes somewhere\n%s", code, n, stdout)
	}
}
