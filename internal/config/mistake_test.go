package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carryover"
)

// mistakesOf loads source and returns its mistakes as "line:column path: text".
func mistakesOf(t *testing.T, p practice, source string) []Mistake {
	t.Helper()
	_, err := p.load(source)
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("Load = %v, want an *Error", err)
	}
	if !errors.Is(err, carryover.ErrInvalid) {
		t.Errorf("Load = %v, want it to be ErrInvalid", err)
	}
	return e.Mistakes
}

func TestOneMistake(t *testing.T) {
	// Each row changes the smallest configuration: what is added or replaced, and
	// where and how the mistake is told.
	replace := func(old, new string) string { return strings.Replace(smallest, old, new, 1) }
	for _, tt := range []struct {
		name   string
		source string
		line   int
		path   string
		text   string // part of what is wrong
		hint   string // part of what to do
	}{
		{"unknown key", smallest + "timezone: Australia/Hobart\n", 7, "timezone", "not known", "Did you mean time_zone?"},
		{"unknown nested key", smallest + "timing:\n  pol: 2m\n", 8, "timing.pol", "not known", "Did you mean poll?"},
		{"unknown and nothing near", smallest + "colour: green\n", 7, "colour", "not known", "The keys here are"},
		{"key pasted in", smallest + "cliniko:\n  key: MS0xMjM0NTY3ODkwMTIzNDU2Nzg5MA-au3\n", 8, "cliniko.key", "not known", "never written into this file"},
		{"same key twice", smallest + "region: AU\n", 7, "", "written twice", ""},
		{"other region", replace("region: AU", "region: US"), 1, "region", "only the region AU", "in Australia"},
		{"no such zone", smallest + "time_zone: Hobart\n", 7, "time_zone", "not the name of a time zone", "Australia/Hobart"},
		{"not an address", replace("frontdesk@example.com", "front desk"), 3, "contact", "not an e-mail address", "alone"},
		{"duration without unit", smallest + "timing:\n  poll: 120\n", 8, "timing.poll", "with its unit", "2m"},
		{"duration too short", smallest + "timing:\n  poll: 1ms\n", 8, "timing.poll", "outside the range 100ms to 1h", ""},
		{"look back in days", smallest + "timing:\n  look_back: 14d\n", 8, "timing.look_back", "with its unit", "336h"},
		{"too many requests", smallest + "cliniko:\n  requests_per_minute: 200\n", 8, "cliniko.requests_per_minute", "from 20 to 195", ""},
		{"not loopback", smallest + "cliniko:\n  base_url: https://api.au3.cliniko.example/v1\n", 8, "cliniko.base_url", "only an address on this machine", "sandbox"},
		{"loopback by trick", smallest + "cliniko:\n  base_url: http://127.0.0.1@elsewhere.example/v1\n", 8, "cliniko.base_url", "only an address on this machine", ""},
		{"grace too short", smallest + "timing:\n  grace: 60s\n", 8, "timing.grace", "more than twice the deadline", "10m"},
		{"deadline too long for grace", smallest + "timing:\n  deadline: 5m\n", 8, "timing.grace", "10m is not more than 2 × 5m", ""},
		{"night shorter than day", smallest + "timing:\n  poll_night: 1m\n", 8, "timing.poll_night", "shorter than the day's", "2m"},
		{"hours", smallest + "timing:\n  practice_hours: 9 to 5\n", 8, "timing.practice_hours", "hours of one day", "07:00-20:00"},
		{"no value", smallest + "time_zone:\n", 7, "time_zone", "nothing is written here", "default"},
		{"value for a block", smallest + "timing: fast\n", 7, "timing", "block of keys", "poll"},
		{"block for a value", smallest + "data:\n  folder: x\n", 8, "data", "one value", "same line"},
		{"item for a list", smallest + "routes:\n  to: skip\n", 8, "routes", "a list is expected", "dash"},
		{"wrong mode", smallest + "routes:\n  - mode: atuo\n", 8, "routes[1].mode", "one of auto, review, shadow", "Did you mean auto?"},
		{"route for nobody", smallest + "routes:\n  - practitioner: 9\n", 8, "routes[1].practitioner", "no listed practitioner", "practitioner_id"},
		{"attachment misspelt", smallest + "routes:\n  - to: atachment\n", 8, "routes[1].to", "one of treatment_note, attachment, skip", "Did you mean attachment?"},
		{"note template by name", smallest + "routes:\n  - note_template: Assessment\n", 8, "routes[1].note_template", "row of digits", "note template's address"},
		{"note template of an attachment", smallest + "routes:\n  - to: attachment\n    note_template: 71\n", 9, "routes[1].note_template", "an attachment answers no note template", "to: treatment_note"},
		{"fill of an attachment", smallest + "routes:\n  - to: attachment\n    fill:\n      Plan: Plan\n", 9, "routes[1].fill", "an attachment answers no questions", "PDF of the whole document"},
		{"note template of a skip", smallest + "routes:\n  - to: skip\n    note_template: 71\n", 9, "routes[1].note_template", "answers no note template", "Remove the line"},
		{"fill of a skip", smallest + "routes:\n  - to: skip\n    fill: {Plan: Plan}\n", 9, "routes[1].fill", "answers no questions", "Remove the line"},
		{"later in another word", smallest + "routes:\n  - later: lave\n", 8, "routes[1].later", "one of hold, file, leave", "Did you mean leave?"},
		{"later of a skip", smallest + "routes:\n  - to: skip\n    later: file\n", 9, "routes[1].later", "no filed version", "Remove the line"},
		{"title of a skip", smallest + "routes:\n  - to: skip\n    title: NAME\n", 9, "routes[1].title", "no title", "Remove the line"},
		{"fill without a note template", smallest + "routes:\n  - name: Plan\n    fill: {Plan: Plan}\n", 9, "routes[1].fill", "no note template", "note_template"},
		{"fill in one word", smallest + "routes:\n  - note_template: 71\n    fill: Plan\n", 9, "routes[1].fill", "headings with their questions", "a colon"},
		{"fill as a list", smallest + "routes:\n  - note_template: 71\n    fill:\n      - Plan\n", 10, "routes[1].fill", "headings with their questions", "a colon"},
		{"fill with nothing in it", smallest + "routes:\n  - note_template: 71\n    fill: {}\n", 9, "routes[1].fill", "nothing is written", "find each other"},
		{"fill without a question", smallest + "routes:\n  - note_template: 71\n    fill:\n      Plan:\n", 10, "routes[1].fill", "one value is expected", "after the colon"},
		{"fill with a block for a question", smallest + "routes:\n  - note_template: 71\n    fill:\n      Plan:\n        A: B\n", 11, "routes[1].fill", "one value is expected", ""},
		{"fill with the same heading twice", smallest + "routes:\n  - note_template: 71\n    fill:\n      Plan: A\n      \" PLAN\": B\n", 11, "routes[1].fill", "on line 10 already", "Capitals and blanks"},
		{"fill with a long question", smallest + "routes:\n  - note_template: 71\n    fill: {Plan: " + strings.Repeat("é", 256) + "}\n", 9, "routes[1].fill", "at most 255 characters", "note template"},
		{"a rule that nothing reaches", smallest + "routes:\n  - mode: auto\n  - name: Plan\n    to: skip\n", 9, "routes[2]", "rule 1 fits them all", "Move"},
		{"a long practice", smallest + "practice: " + strings.Repeat("x", 101) + "\n", 7, "practice", "at most 100 characters", "head of every PDF"},
		{"a practice of two lines", smallest + "practice: \"Tiny\\nPhysiotherapy\"\n", 7, "practice", "on one line", ""},
		{"one identifier", smallest + "matching:\n  identifiers: 1\n", 8, "matching.identifiers", "from 2 to 3", ""},
		{"identifiers in words", smallest + "matching:\n  identifiers: three\n", 8, "matching.identifiers", "from 2 to 3", ""},
		{"slip in matching", smallest + "matching:\n  identifier: 3\n", 8, "matching.identifier", "not known", "Did you mean identifiers?"},
		{"matching is no boolean", smallest + "matching:\n  first_name_and_booking: sometimes\n", 8, "matching.first_name_and_booking", "true or false", ""},
		{"two settings that exclude each other", smallest + "matching:\n  identifiers: 3\n  first_name_and_booking: true\n", 9, "matching.first_name_and_booking", "never enough", "identifiers: 2"},
		{"wrong boolean", smallest + "consult_notes: yes please\n", 7, "consult_notes", "true or false", ""},
		{"id that is no number", replace("1234567890123456789", "Ada"), 6, "practitioners[1].practitioner_id", "row of digits", ""},
		{"missing key", replace("contact: frontdesk@example.com\n", ""), 1, "contact", "missing", "contact:"},
		{"missing nested key", replace("  - cliniko_key_file: secrets/cliniko-1.key\n    pr", "  - pr"), 5, "practitioners[1].cliniko_key_file", "missing", "cliniko_key_file:"},
		{"no practitioners", "region: AU\nmaster_key_file: secrets/master.key\ncontact: a@example.com\npractitioners: []\n", 4, "practitioners", "no practitioner", "at least one"},
		{"heidi needs e-mail", smallest + "    internal_id: p1\nheidi:\n  key_file: secrets/heidi.key\n", 5, "practitioners[1].email", "missing", "email:"},
		{"tabs", "region: AU\n\tdata: x\n", 2, "", "not YAML", "no tabs"},
		{"open quote", smallest + "data: \"x\n", 7, "", "not YAML", ""},
		{"empty", "# nothing but a comment\n", 1, "", "empty", "example"},
		{"two documents", smallest + "---\nregion: AU\n", 8, "", "more than one document", "---"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := mistakesOf(t, newPractice(t), tt.source)
			if len(got) != 1 {
				t.Fatalf("%d mistakes, want 1:\n%v", len(got), got)
			}
			m := got[0]
			if m.Line != tt.line || m.Path != tt.path || !strings.Contains(m.Text, tt.text) || !strings.Contains(m.Hint, tt.hint) {
				t.Errorf("mistake = line %d, path %q, %q, hint %q\nwant line %d, path %q, text with %q, hint with %q",
					m.Line, m.Path, m.Text, m.Hint, tt.line, tt.path, tt.text, tt.hint)
			}
			if all := fmt.Sprintf("%+v %s", m, m); strings.Contains(all, "MS0x") || strings.Contains(all, "@example.com") {
				t.Errorf("mistake shows a key or an address: %s", all)
			}
		})
	}
}

func TestEveryMistakeAtOnce(t *testing.T) {
	p := newPractice(t)
	got := mistakesOf(t, p, `region: EU
time_zone: Mars/Olympus
contcat: frontdesk@example.com
master_key_file: secrets/nowhere.key
practitioners:
  - email: not an address
    practitioner_id: x
`)
	want := []string{
		"line 1, column 1 (contact)", "line 1, column 9 (region)", "line 2, column 12 (time_zone)", "line 3, column 1 (contcat)",
		"line 4, column 18 (master_key_file)", "line 6, column 5 (practitioners[1].cliniko_key_file)",
		"line 6, column 12 (practitioners[1].email)", "line 7, column 22 (practitioners[1].practitioner_id)",
	}
	if len(got) != len(want) {
		t.Fatalf("%d mistakes, want %d:\n%v", len(got), len(want), got)
	}
	for i := range want {
		if !strings.HasPrefix(got[i].String(), want[i]) {
			t.Errorf("mistake %d = %q, want it to begin with %q", i, got[i], want[i])
		}
	}
}

func TestPractitionersShareNothing(t *testing.T) {
	got := mistakesOf(t, newPractice(t), `region: AU
master_key_file: secrets/master.key
contact: frontdesk@example.com
practitioners:
  - {email: Ada@example.com, internal_id: a, cliniko_key_file: secrets/cliniko-1.key, practitioner_id: 1}
  - {email: ada@example.com, internal_id: a, cliniko_key_file: secrets/cliniko-1.key, practitioner_id: 1}
`)
	if len(got) != 4 {
		t.Fatalf("%d mistakes, want 4 (id, email, internal_id, key):\n%v", len(got), got)
	}
	for _, m := range got {
		if m.Line != 6 || !strings.Contains(m.Text, "same as practitioner 1's") {
			t.Errorf("mistake = %s, want line 6, the same as practitioner 1's", m)
		}
	}
}

func TestSecretFiles(t *testing.T) {
	for _, tt := range []struct {
		name string
		make func(t *testing.T, path string)
		text string
		hint string
	}{
		{"missing", func(t *testing.T, path string) { remove(t, path) }, "there is no file", "chmod 600"},
		{"empty", func(t *testing.T, path string) { write(t, path, "\n") }, "is empty", "chmod 600"},
		{"placeholder", func(t *testing.T, path string) { write(t, path, "paste-your-key-here\n") }, "placeholder", "Put the key"},
		{"two lines", func(t *testing.T, path string) { write(t, path, "one\ntwo\n") }, "more than one", "nothing else"},
		{"open to the group", func(t *testing.T, path string) { mode(t, path, 0o640) }, "others can read", "chmod 600"},
		{"open to all", func(t *testing.T, path string) { mode(t, path, 0o644) }, "0644", "chmod 600"},
		{"a folder", func(t *testing.T, path string) { remove(t, path); folder(t, path) }, "is not a file", ""},
		{"huge", func(t *testing.T, path string) { write(t, path, strings.Repeat("x", maxSecret+1)) }, "too large", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPractice(t)
			path := filepath.Join(p.dir, "secrets", "cliniko-1.key")
			tt.make(t, path)
			got := mistakesOf(t, p, smallest)
			if len(got) != 1 || got[0].Line != 5 || !strings.Contains(got[0].Text, tt.text) ||
				!strings.Contains(got[0].Text, path) || !strings.Contains(got[0].Hint, tt.hint) {
				t.Errorf("mistakes = %+v, want one on line 5 with %q and the path, hint with %q", got, tt.text, tt.hint)
			}
		})
	}
}

func TestMasterKeyFile(t *testing.T) {
	p := newPractice(t)
	p.secret("master.key", "c2hvcnQ=")
	got := mistakesOf(t, p, smallest)
	if len(got) != 1 || !strings.Contains(got[0].Text, "base64 of 32 bytes") || !strings.Contains(got[0].Hint, "restore it from its backup") {
		t.Errorf("mistakes = %+v, want one that says what a master key is and to restore it", got)
	}
}

func TestLoadWithoutFile(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "nowhere.yaml"))
	if !errors.Is(err, carryover.ErrInvalid) || !errors.Is(err, os.ErrNotExist) && carryover.HintOf(err) == "" {
		t.Errorf("Load(no file) = %v, want ErrInvalid with a hint", err)
	}
}

func TestNearest(t *testing.T) {
	words := []string{"poll", "poll_night", "quiet", "grace", "deadline"}
	for _, tt := range []struct{ word, want string }{
		{"pol", "poll"},
		{"qiuet", "quiet"},
		{"Grace", "grace"},
		{"pollnight", "poll_night"},
		{"dead_line", "deadline"},
		{"colour", ""},
		{"", ""},
	} {
		if got := nearest(tt.word, words); got != tt.want {
			t.Errorf("nearest(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
}

// FuzzParse looks for a configuration that makes the reader panic or print what
// it should not.
func FuzzParse(f *testing.F) {
	f.Add(smallest)
	f.Add(complete)
	f.Add("a: &x {b: *x}\n? [1, 2]\n: !!set {c}\n<<: *x\n")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, source string) {
		c, err := parse(filepath.Join(dir, "carryover.yaml"), []byte(source), false)
		if (c == nil) == (err == nil) {
			t.Fatalf("parse = %v, %v, want one of the two", c, err)
		}
		if e, ok := errors.AsType[*Error](err); ok {
			for _, m := range e.Mistakes {
				if m.Line < 1 || m.Column < 1 || m.Text == "" {
					t.Fatalf("mistake without a place or a text: %+v", m)
				}
			}
		}
	})
}

func write(t *testing.T, path, words string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(words), 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func mode(t *testing.T, path string, m os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, m); err != nil {
		t.Fatal(err)
	}
}

func folder(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}
