package daemon_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"carryover/sandbox"
)

// decide has a person file, dismiss and retry, with free words of their own.
func (d *leakDay) decide() {
	d.t.Helper()
	word := canaryStem + "ofaperson"
	letter := filepath.Join(d.dir, "letter.md")
	if err := os.WriteFile(letter, []byte("## Letter\n\nDear "+word+", all is well.\n"), 0o600); err != nil {
		d.t.Fatal(err)
	}
	s := d.plainSession()
	for range 2 { // the second time it is recognised
		d.command(&d.said, "file", letter, "--name", s.PatientName, "--born", s.PatientDOB,
			"--practitioner", s.PractitionerID, "--title", "Letter of "+word, "--verbose")
	}
	d.command(&d.said, "file", letter, "--name", word+" Nobody", "--born", "1/2/1903", "--practitioner", s.PractitionerID, "--json")
	held := d.items("held")
	if len(held) < 2 {
		d.t.Fatalf("%d documents are held, want some to decide about", len(held))
	}
	d.command(&d.said, "dismiss", held[0].ID, "--reason", "test", "--remark", "said "+word, "--verbose")
	d.command(&d.said, "show", held[0].ID, "--json")
	d.command(&d.said, "retry", held[0].ID)
	d.command(&d.said, "release", held[1].ID, "--digest", "0000000000000000", "--verbose")
}

// plainSession returns a session that names its patient and nothing else.
func (d *leakDay) plainSession() sandbox.Session {
	d.t.Helper()
	for _, s := range d.Practice.Sessions {
		if s.Case == "name_dob" {
			return s
		}
	}
	d.t.Fatal("the practice has no ordinary session")
	return sandbox.Session{}
}

// lookAtNames asks for names and texts. Now the canaries must come out, which
// shows that the scanner would have found them, and each look must be in the
// audit chain.
func (d *leakDay) lookAtNames() {
	d.t.Helper()
	before := d.entries()
	for _, i := range d.items("held") {
		for _, args := range [][]string{
			{"show", i.ID, "--names"},
			{"show", i.ID, "--text"},
			{"show", i.ID, "--names", "--text", "--json"},
			{"preview", i.ID},
		} {
			if printed := d.command(&d.named, args...); !d.shows(printed) {
				d.t.Errorf("%s prints no canary:\n%s", strings.Join(args, " "), printed)
			}
		}
	}
	if printed := d.command(&d.named, "held", "--names"); !d.shows(printed) {
		d.t.Errorf("held --names prints no canary:\n%s", printed)
	}
	after := d.entries()
	for _, action := range []string{"viewed", "shown_names", "previewed"} {
		if after[action] <= before[action] {
			d.t.Errorf("the audit chain has %d entries %q, want more than the %d of before somebody looked", after[action], action, before[action])
		}
	}
}

// shows says that the scanner finds a canary.
func (d *leakDay) shows(printed string) bool { return len(d.scanner.in([]byte(printed))) > 0 }

// entries counts the audit chain's entries by people, by action.
func (d *leakDay) entries() map[string]int {
	d.t.Helper()
	counts := map[string]int{}
	for line := range strings.Lines(d.command(&d.said, "audit", "export")) {
		_, rest, byPerson := strings.Cut(line, `"actor":"cli:`)
		_, rest, known := strings.Cut(rest, `"action":"`)
		if action, _, ok := strings.Cut(rest, `"`); ok && byPerson && known {
			counts[action]++
		}
	}
	return counts
}

// carriedSomething: the canaries were really on the road, and in spite of all
// that went wrong nothing was carried twice, to somebody else or in part.
func (d *leakDay) carriedSomething() {
	d.t.Helper()
	notes := 0
	for _, n := range d.Cliniko.Notes() {
		if n.ByAPI && bytes.Contains([]byte(n.Content), []byte(canaryStem)) {
			notes++
		}
	}
	if notes < 40 {
		d.t.Errorf("%d notes in Cliniko hold a canary, want most of the day's", notes)
	}
	s := d.rightWhateverHappened()
	d.t.Logf("%d notes with canaries; %d documents that Cliniko refused are missing", notes, s.Missing)
}
