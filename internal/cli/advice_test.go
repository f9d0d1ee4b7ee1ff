package cli

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"carryover"
	"carryover/alarm"
	"carryover/internal/desk"
)

var (
	inBackquotes = regexp.MustCompile("`([^`]*)`")
	typed        = regexp.MustCompile(`carryover [a-z]+`)
)

// TestNextStepsCanBeTyped: every command that a next step names is one that this
// program takes, with its flags and words.
func TestNextStepsCanBeTyped(t *testing.T) {
	values := strings.NewReplacer(
		"--patient N", "--patient 1234567", "--practitioner P", "--practitioner 1234568", "--born DATE", "--born 1980-03-31", "ID", "HD-7Q4K2MXA",
	)
	said := map[string]string{}
	for _, r := range carryover.Reasons() {
		said["reason "+string(r)] = r.NextStep()
	}
	for _, k := range alarm.Kinds {
		said["alarm "+string(k)] = k.NextStep()
	}
	found := 0
	for r, next := range said {
		for _, m := range inBackquotes.FindAllStringSubmatch(next, -1) {
			found++
			args := strings.Fields(values.Replace(m[1]))
			if args[0] != "carryover" {
				t.Errorf("the next step of %q has %q between backquotes, which is no command", r, m[1])
				continue
			}
			p, err := newParser(&commands{}, Streams{Out: io.Discard, Err: io.Discard}, func(int) {})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Parse(args[1:]); err != nil {
				t.Errorf("the next step of %q says %q, which the command line refuses: %v", r, m[1], err)
			}
		}
		if left := inBackquotes.ReplaceAllString(next, ""); typed.MatchString(left) {
			t.Errorf("the next step of %q names a command outside backquotes: %q", r, next)
		}
	}
	if found < len(carryover.Reasons()) {
		t.Errorf("%d commands in %d next steps: the test does not find them", found, len(carryover.Reasons()))
	}
}

func TestWhatHelps(t *testing.T) {
	v := desk.Detail{Digest: "d1d1", Item: desk.Item{
		Mark: "HD-7Q4K2MXA", State: "held", NextStep: "Choose the one: `carryover release HD-7Q4K2MXA --patient N`. If not, merge them.",
	}}
	var out strings.Builder
	whatHelps(&out, v)
	want := `
What helps
  Choose the one:
      carryover release HD-7Q4K2MXA --digest d1d1 --patient N
  If not, merge them. If it does not belong in Cliniko:
      carryover dismiss HD-7Q4K2MXA --reason not_for_cliniko
  N is the patient's id, the number at the end of their address in Cliniko.
`
	if out.String() != want {
		t.Errorf("whatHelps printed\n%s\nwant\n%s", out.String(), want)
	}
	out.Reset()
	v.State = "skipped"
	if whatHelps(&out, v); out.Len() != 0 {
		t.Errorf("whatHelps(skipped) printed %q, want nothing: nobody is waited for", out.String())
	}
}

// Every line of advice fits a terminal of a hundred columns.
func TestAdviceFitsTheTerminal(t *testing.T) {
	for _, r := range carryover.Reasons() {
		var out strings.Builder
		whatHelps(&out, desk.Detail{Digest: "0123456789abcdef", Item: desk.Item{
			Mark: "HD-7Q4K2MXA", State: "held", NextStep: strings.ReplaceAll(r.NextStep(), "ID", "HD-7Q4K2MXA"),
		}})
		for line := range strings.Lines(out.String()) {
			if n := len([]rune(line)); n > 100 {
				t.Errorf("the advice of %q has a line of %d letters: %s", r, n, line)
			}
		}
	}
}

// The evidence stands in columns, in words, and holds no name unless asked.
func TestCandidatesStandInColumns(t *testing.T) {
	finding := func(field, outcome, note string) desk.Finding {
		return desk.Finding{Field: field, Outcome: outcome, Note: note}
	}
	v := desk.Detail{Grade: "probable", Candidates: []desk.Candidate{
		{Patient: "1000355465482575949", Grade: "probable", Name: "Osric Dabblemoor", BirthDate: "1980-01-02", Archived: true, Findings: []desk.Finding{
			finding("name", "agrees", ""), finding("birth_date", "cannot tell", "one digit differs"), finding("booking", "absent", ""),
		}},
		{Patient: "12", Grade: "possible", Findings: []desk.Finding{finding("name", "differs", ""), finding("birth_date", "agrees", "")}},
	}}
	var out strings.Builder
	(&app{}).candidates(&out, v)
	want := `
Who it may be, likeliest first    name          birth date    booking
  1000355465482575949   probable  agrees        cannot tell   absent
      Osric Dabblemoor, born 1980-01-02, archived; birth date: one digit differs
  12                    possible  differs       agrees        absent
`
	if out.String() != want {
		t.Errorf("candidates printed\n%s\nwant\n%s", out.String(), want)
	}
}

// TestHintsNameCommands: what the desk, the daemon and the alarms tell people to
// type exists.
func TestHintsNameCommands(t *testing.T) {
	said := regexp.MustCompile("`carryover ([a-z-]+)")
	found := 0
	for _, folder := range []string{".", "../desk", "../daemon", "../config", "../../alarm"} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range said.FindAllStringSubmatch(string(source), -1) {
				found++
				p, err := newParser(&commands{}, Streams{Out: io.Discard, Err: io.Discard}, func(int) {})
				if err != nil {
					t.Fatal(err)
				}
				if !slices.ContainsFunc(p.Model.Children, func(n *kong.Node) bool { return n.Name == m[1] }) {
					t.Errorf("%s tells people to type carryover %s, which is no command", file, m[1])
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("%d commands in hints: the test does not find them", found)
	}
}
