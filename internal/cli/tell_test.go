package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/internal/desk"
)

func TestFailureOf(t *testing.T) {
	inner := &carryover.Problem{Op: "lock the ledger", Kind: carryover.ErrRefused, Hint: "Stop that one first."}
	for _, tt := range []struct {
		name string
		err  error
		text string
		next string
	}{
		{"usage", badUsage("--born: that is not a day"), "--born: that is not a day", "See carryover --help, or --help after a command."},
		{"a kind in words", inner, "lock the ledger: was refused", "Stop that one first."},
		{"a cause", &carryover.Problem{Op: "read document x.md", Kind: carryover.ErrInvalid, Err: fs.ErrNotExist, Hint: "Check."}, "read document x.md: file does not exist", "Check."},
		{"the innermost hint", &carryover.Problem{Op: "open ledger", Kind: carryover.ErrRefused, Err: inner, Hint: "Look."}, "open ledger: was refused", "Stop that one first."},
		{"what stands before", fmt.Errorf("practitioner 12: %w", inner), "practitioner 12: lock the ledger: was refused", "Stop that one first."},
		{"no hint", &carryover.Problem{Op: "list sessions", Kind: carryover.ErrTransient}, "list sessions: did not work just now", usual[carryover.ErrTransient]},
		{"only the first line", errors.New("one\ntwo"), "one", "Run the command again with --verbose for the cause."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := failureOf(tt.err)
			if got.Error != tt.text || got.Next != tt.next {
				t.Errorf("failureOf = %q, next %q, want %q, next %q", got.Error, got.Next, tt.text, tt.next)
			}
		})
	}
}

func TestTellSaysEverythingThatWasJoined(t *testing.T) {
	a := &carryover.Problem{Op: "check key of practitioner 1", Kind: carryover.ErrUnauthorized, Hint: "Make a new one."}
	b := &carryover.Problem{Op: "check link of practitioner 2", Kind: carryover.ErrUnauthorized, Hint: "Link again.", Err: errors.New("is_linked is false")}
	var out, err bytes.Buffer
	code := tell(Streams{Out: &out, Err: &err}, &commands{JSON: true, Verbose: true}, errors.Join(a, b))
	if code != exitFailed {
		t.Errorf("tell = %d, want %d", code, exitFailed)
	}
	for _, want := range []string{"check key of practitioner 1", "Make a new one.", "check link of practitioner 2", "Link again.", "cause: "} {
		if !strings.Contains(err.String(), want) {
			t.Errorf("standard error lacks %q:\n%s", want, err.String())
		}
	}
	var f failure
	if e := json.Unmarshal(out.Bytes(), &f); e != nil || len(f.More) != 1 || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("standard output = %q (%v), want one line with one more failure", out.String(), e)
	}
}

func TestParseDay(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"1980-03-31", "1980-03-31"},
		{"31/3/1980", "1980-03-31"},
		{" 01/03/1980 ", "1980-03-01"},
		{"1.3.1980", "1980-03-01"},
		{"", ""},
	} {
		got, err := parseDay("--born", tt.in)
		if err != nil || got.Reveal() != tt.want {
			t.Errorf("parseDay(%q) = %s, %v, want %q", tt.in, got.Reveal(), err, tt.want)
		}
	}
	for _, bad := range []string{"31/31/1980", "1980-02-30", "7/1977", "Ada", "31/3/80", "0/0/1980"} {
		_, err := parseDay("--born", bad)
		if _, ok := errors.AsType[usage](err); !ok || strings.Contains(err.Error(), bad) {
			t.Errorf("parseDay(%q) = %v, want a usage error that does not repeat it", bad, err)
		}
	}
}

func TestReadDocument(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tt := range []struct {
		path   string
		format carryover.Format
	}{
		{file("a.md", "# A"), carryover.FormatMarkdown},
		{file("a.HTM", "<p>A</p>"), carryover.FormatHTML},
		{file("a.txt", "A"), carryover.FormatUnknown},
		{"-", carryover.FormatUnknown},
	} {
		text, format, err := readDocument(strings.NewReader("from a pipe"), tt.path)
		if err != nil || text.IsBlank() || format != tt.format {
			t.Errorf("readDocument(%s) = %v, %q, %v, want text, %q", filepath.Base(tt.path), text, format, err, tt.format)
		}
	}
	for _, bad := range []string{
		file("a.pdf", "%PDF-1.7"), file("a.docx", "PK\x03\x04"), file("nul.md", "a\x00b"), file("latin.txt", "caf\xe9"),
		file("empty.md", " \n"), file("huge.md", strings.Repeat("x", maxDocument+1)), filepath.Join(dir, "nowhere"), dir,
	} {
		if _, _, err := readDocument(nil, bad); err == nil {
			t.Errorf("readDocument(%s) = nil, want an error", filepath.Base(bad))
		}
	}
}

// A document could otherwise move the cursor, or worse, of whoever reads it.
func TestVisible(t *testing.T) {
	if got, want := visible("a\x1b[2Jb\r\u009b\tc\n"), "a\uFFFD[2Jb\uFFFD\uFFFD\tc\n"; got != want {
		t.Errorf("visible = %q, want %q", got, want)
	}
}

// A command that finds the ledger locked by another short one waits for it.
func TestCommandWaitsForAPassingLock(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"master.key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "one.key": "SANDBOX-one-au3",
		"carryover.yaml": "region: AU\nmaster_key_file: master.key\ncontact: a@example.com\npractitioners:\n  - {cliniko_key_file: one.key, practitioner_id: 1}\n",
	})
	_, done, err := desk.Open(t.Context(), filepath.Join(dir, "data", "ledger.db"), filepath.Join(dir, "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	time.AfterFunc(300*time.Millisecond, func() { closed <- done() })
	code, _, stderr := command(t, "status", "--config", filepath.Join(dir, "carryover.yaml"))
	if code != exitDone {
		t.Errorf("status = exit code %d, want 0 once the lock is let go\n%s", code, stderr)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
