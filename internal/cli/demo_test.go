package cli

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinic"
)

// command runs carryover in this process and returns its exit code and output.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = Main(t.Context(), args, Streams{In: strings.NewReader(""), Out: &out, Err: &err})
	return code, out.String(), err.String()
}

// A clinic's day goes by: everything is where it should be by the clinic's own
// books, and nobody could be known from what is left behind.
func TestDemoDay(t *testing.T) {
	if testing.Short() {
		t.Skip("a clinic's day takes some seconds")
	}
	dir, log := filepath.Join(t.TempDir(), "clinic"), filepath.Join(t.TempDir(), "debug.log")
	code, stdout, stderr := command(t, "demo", "--once", "--json", "--seed", "7", "--pace", "5s", "--dir", dir, "--log", log)
	if code != exitHeld {
		t.Fatalf("demo --once = exit code %d, want %d\n%s%s", code, exitHeld, stdout, stderr)
	}
	if strings.Count(stdout, "\n") != 1 {
		t.Errorf("standard output is not one line:\n%s", stdout)
	}
	balanced(t, stdout)

	held := mustCommand(t, exitHeld, "held", "--config", filepath.Join(dir, "carryover.yaml"))
	status := mustCommand(t, exitHeld, "status", "--config", filepath.Join(dir, "carryover.yaml"), "--json")
	export := mustCommand(t, exitDone, "audit", "export", "--config", filepath.Join(dir, "carryover.yaml"))
	places := map[string]string{
		"standard output": stdout, "standard error": stderr, "held": held, "status": status, "audit export": export,
	}
	maps.Copy(places, files(t, filepath.Join(dir, "data")))
	raw, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	places["log at debug level"] = string(raw)
	for _, canary := range canaries(clinic.Generate(7, clinic.LastPracticeDay(time.Now()))) {
		for where, text := range places {
			if strings.Contains(text, canary) {
				t.Errorf("%s holds %q", where, canary)
			}
		}
	}
}

// The same under a plan in which more than a tenth of the requests that file a
// note fail, half of them after they took effect.
func TestDemoDayWithHeavyFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("a clinic's day takes some seconds")
	}
	raw, err := os.ReadFile("testdata/faults.json")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := sandbox.ParsePlan(raw)
	if err != nil {
		t.Fatal(err)
	}
	before, after := 0.0, 0.0
	for _, r := range plan.Rules {
		switch {
		case r.Method != "POST":
		case slices.Contains(takeEffect, r.Fault):
			after += r.Rate
		default:
			before += r.Rate
		}
	}
	if before+after < 0.1 || after < 0.4*(before+after) {
		t.Errorf("testdata/faults.json strikes %.2f of the notes before and %.2f after the effect, want a tenth, half of it after", before, after)
	}
	t.Setenv("TMPDIR", t.TempDir())
	code, stdout, stderr := command(t, "demo", "--once", "--json", "--seed", "11", "--pace", "6s", "--faults", "testdata/faults.json")
	if code != exitHeld {
		t.Fatalf("demo --once = exit code %d, want %d\n%s%s", code, exitHeld, stdout, stderr)
	}
	balanced(t, stdout)
}

// takeEffect are the faults that strike after the note was made.
var takeEffect = []sandbox.FaultKind{
	sandbox.FaultCutAfter, sandbox.FaultAnswerLost, sandbox.FaultLate, sandbox.FaultTruncated, sandbox.FaultStatusAfter, sandbox.FaultHTMLAfter,
}

func mustCommand(t *testing.T, want int, args ...string) string {
	t.Helper()
	code, stdout, stderr := command(t, args...)
	if code != want {
		t.Fatalf("carryover %s = exit code %d, want %d\n%s", strings.Join(args, " "), code, want, stderr)
	}
	return stdout + stderr
}

// balanced checks the one line that demo --once --json prints.
func balanced(t *testing.T, line string) {
	t.Helper()
	var shape map[string]json.RawMessage
	if err := json.Unmarshal([]byte(line), &shape); err != nil {
		t.Fatalf("the balance is not JSON: %v\n%s", err, line)
	}
	for _, key := range []string{"documents", "notes_in_cliniko", "attachments_in_cliniko", "duplicates", "wrong_patient", "words_lost", "requests", "cliniko_reads", "elapsed_ms"} {
		if _, ok := shape[key]; !ok {
			t.Errorf("the balance has no %q: %s", key, line)
		}
	}
	var states map[string]int
	if err := json.Unmarshal(shape["documents"], &states); err != nil {
		t.Fatal(err)
	}
	var b balance
	if err := json.Unmarshal([]byte(line), &b); err != nil {
		t.Fatal(err)
	}
	sum := 0
	for state, n := range states {
		if state != "seen" && state != "missing" {
			sum += n
		}
	}
	d := b.Documents
	switch {
	case len(states) != 12:
		t.Errorf("documents has %d numbers, want 12: %s", len(states), shape["documents"])
	case d.Seen != sum:
		t.Errorf("seen = %d, want the sum of the states, %d", d.Seen, sum)
	case d.Seen < 60 || d.Proven*10 < d.Seen*6 || d.Held < 1:
		t.Errorf("%d seen, %d proven, %d held, want at least 60, three fifths of them, and 1", d.Seen, d.Proven, d.Held)
	case d.Missing+b.Duplicates+b.WrongPatient+b.WordsLost != 0:
		t.Errorf("%d missing, %d duplicates, %d in the wrong file, %d words lost, want none", d.Missing, b.Duplicates, b.WrongPatient, b.WordsLost)
	case b.NotesInCliniko+b.FilesInCliniko < d.Proven || b.Requests.Heidi == 0 || b.Requests.Cliniko == 0:
		t.Errorf("%d notes, %d attachments and %+v for %d proven, want at least as many, and requests", b.NotesInCliniko, b.FilesInCliniko, b.Requests, d.Proven)
	case b.NotesInCliniko == 0 || b.FilesInCliniko == 0:
		t.Errorf("%d notes and %d attachments, want a day with both", b.NotesInCliniko, b.FilesInCliniko)
	}
	counted(t, b, shape["cliniko_reads"])
}

// counted checks what Cliniko was read for: every kind is there, they add up, and
// none of the reads that safety asks for is missing.
func counted(t *testing.T, b balance, raw json.RawMessage) {
	t.Helper()
	var kinds map[string]int
	if err := json.Unmarshal(raw, &kinds); err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, kind := range []string{"candidates", "diary", "read_again", "notes", "held", "other"} {
		n, ok := kinds[kind]
		if !ok {
			t.Errorf("cliniko_reads has no %q: %s", kind, raw)
		}
		sum += n
	}
	switch {
	case kinds["total"] != sum:
		t.Errorf("total = %d, want the sum of the kinds, %d", kinds["total"], sum)
	case kinds["candidates"] == 0 || kinds["diary"] == 0 || kinds["notes"] == 0:
		t.Errorf("a day without looking for patients, in the diary and at the notes: %s", raw)
	case kinds["sessions"] == 0 || kinds["filed"] != b.Documents.Proven+b.Documents.Filed:
		t.Errorf("shared out over %d sessions and %d notes, want some, and %d", kinds["sessions"], kinds["filed"], b.Documents.Proven+b.Documents.Filed)
	}
}

// files reads every file of a folder.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		found[path] = string(raw)
		return err
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("read %s: %d files, %v", dir, len(found), err)
	}
	return found
}

// canaries are strings by which somebody of the practice could be known, or
// that nobody but Cliniko may see.
func canaries(p *sandbox.Practice) []string {
	var all []string
	add := func(words ...string) {
		for _, w := range words {
			if len(w) >= 8 { // shorter ones stand in other words by accident
				all = append(all, w)
			}
		}
	}
	for _, r := range p.Patients {
		add(r.FirstName+" "+r.LastName, r.LastName, r.Email, r.BirthDate)
	}
	for _, r := range p.Practitioners {
		add(r.FirstName+" "+r.LastName, r.Email, r.Key)
	}
	for _, s := range p.Sessions {
		add(s.Name, s.PatientName)
		for _, d := range s.Documents {
			add(d.Name)
			for _, stage := range d.Stages {
				for line := range strings.SplitSeq(stage.Text, "\n") {
					if len(line) > 24 {
						add(line[:24])
					}
				}
			}
		}
	}
	return all
}

// Without --json the demo tells its story and ends by itself with 0, whatever is
// held.
func TestDemoTellsItsStory(t *testing.T) {
	if testing.Short() {
		t.Skip("a clinic's day takes some seconds")
	}
	t.Setenv("TMPDIR", t.TempDir())
	code, stdout, stderr := command(t, "demo", "--seed", "3", "--pace", "5s", "--faults", "off")
	if code != exitDone {
		t.Fatalf("demo = exit code %d, want 0\n%s%s", code, stdout, stderr)
	}
	for _, want := range []string{
		"documents that Heidi showed", "in Cliniko, read back word for word", "held: a person must decide",
		"Judged by the clinic's own books", "0 words lost", "what Cliniko was read for", "candidates: who the patient may be", "POST /treatment_notes", "Held for a person", "Try next",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the story lacks %q:\n%s", want, stdout)
		}
	}
	if !strings.Contains(stderr, "SANDBOX") || !strings.Contains(stderr, "100 % of the day") {
		t.Errorf("standard error does not say what is simulated and how far it is:\n%s", stderr)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "*")); len(left) > 0 {
		t.Errorf("the demo left %v behind", left)
	}
}
