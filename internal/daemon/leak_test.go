package daemon_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// A leakScanner looks for secrets in bytes, in every form in which a program may
// write them by accident. Case is ignored.
type leakScanner struct {
	forms []form
	field map[string]string // where a canary was planted
}

// A form is one way to write one secret.
type form struct {
	of    string // the secret's sort, for the report
	bytes []byte // lower case
}

// know adds a secret in all its forms; those that come out the same count once.
func (s *leakScanner) know(of, secret string) {
	ways := written(secret)
	known := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(ways)) {
		text := strings.ToLower(ways[name])
		if !known[text] {
			s.forms = append(s.forms, form{of + ", " + name, []byte(text)})
		}
		known[text] = true
	}
}

// written returns the ways to write s.
func written(s string) map[string]string {
	ways := map[string]string{"as it is": s, "for a URL": url.QueryEscape(s)}
	if b, err := json.Marshal(s); err == nil {
		ways["as JSON"] = strings.Trim(string(b), `"`)
	}
	var escaped strings.Builder
	wide := make([]byte, 0, 2*len(s))
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&escaped, `\u%04x`, u)
		wide = append(wide, byte(u), byte(u>>8))
	}
	ways["as JSON escapes"], ways["as UTF-16"] = escaped.String(), string(wide)
	for cased, text := range map[string]string{"": s, " in lower case": strings.ToLower(s), " in upper case": strings.ToUpper(s)} {
		ways["as hexadecimal"+cased] = hex.EncodeToString([]byte(text))
		for shift := range 3 {
			way := fmt.Sprintf("as base64%s, shifted by %d", cased, shift)
			ways[way] = base64Inside(text, shift)
			ways[way+", for a URL"] = strings.NewReplacer("+", "-", "/", "_").Replace(ways[way])
		}
	}
	return ways
}

// base64Inside returns the letters of base64 that s alone decides when it begins
// so many bytes after a whole group.
func base64Inside(s string, shift int) string {
	all := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + s))
	return all[(8*shift+5)/6 : 8*(shift+len(s))/6]
}

// in returns what leaks from data: each secret once, with a canary's field and
// a few bytes around it.
func (s *leakScanner) in(data []byte) []string {
	lower := bytes.ToLower(data)
	var found []string
	for _, f := range s.forms {
		at := bytes.Index(lower, f.bytes)
		if at < 0 {
			continue
		}
		near := lower[max(0, at-60):min(len(lower), at+len(f.bytes)+40)]
		found = append(found, fmt.Sprintf("%s%s: …%q…", f.of, s.planted(lower[at:]), near))
	}
	return found
}

// planted names the field of the canary with which text begins.
func (s *leakScanner) planted(text []byte) string {
	word, _, ok := bytes.Cut(text, []byte("x"))
	if field := s.field[string(word)+"x"]; ok && field != "" {
		return " (" + field + ")"
	}
	return ""
}

// folder scans every plain file below dir. It returns what leaks and how many
// bytes it read.
func (s *leakScanner) folder(dir string) (found []string, read int, err error) {
	err = filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) { // a temporary file that has its place by now
			return nil
		}
		for _, leak := range s.in(b) {
			found = append(found, filepath.Base(name)+" holds "+leak)
		}
		read += len(b)
		return err
	})
	return found, read, err
}

// TestLeakScannerFinds: the scanner that finds nothing in a day finds each form
// of a planted leak.
func TestLeakScannerFinds(t *testing.T) {
	p := newPlanter()
	word := p.canary("last name")
	s := &leakScanner{field: p.field}
	s.know("a canary", canaryStem)
	s.know("a key", "SANDBOX/é+key?")
	for name, text := range map[string]string{
		"plain":            `level=WARN msg="not read" err="GET /patients?q[]=last_name:=` + word + `"`,
		"lower case":       strings.ToLower(word),
		"upper case":       strings.ToUpper(word),
		"JSON":             `{"name":"Quill\u0066eather` + word + `"}`,
		"JSON escapes":     `\u005a\u0071\u0063\u0061\u006e\u0061\u0072\u0079\u0077\u006f\u0072\u0064`,
		"base64":           base64.StdEncoding.EncodeToString([]byte("{\"text\":\"so said " + word + " today\"}")),
		"base64, shifted":  base64.StdEncoding.EncodeToString([]byte("{\"text\":\"he said " + word + " today\"}")),
		"base64, twice":    base64.RawURLEncoding.EncodeToString([]byte("she said " + strings.ToLower(word) + " today")),
		"hexadecimal":      hex.EncodeToString([]byte(word)),
		"HEXADECIMAL":      strings.ToUpper(hex.EncodeToString([]byte(strings.ToLower(word)))),
		"a key":            "authorization: SANDBOX/é+key?",
		"a key for a URL":  "https://api.example.com/?key=SANDBOX%2F%C3%A9%2Bkey%3F",
		"a key as base64":  "Basic " + base64.StdEncoding.EncodeToString([]byte("SANDBOX/é+key?:")),
		"in binary":        "\x00\xff\x01" + word + "\x00",
		"wide in a binary": "Z\x00q\x00c\x00a\x00n\x00a\x00r\x00y\x00w\x00o\x00r\x00d\x00",
	} {
		if found := s.in([]byte("before " + text + " after")); len(found) == 0 {
			t.Errorf("%s: the scanner finds nothing in %q", name, text)
		}
	}
	if found := s.in([]byte("a canary in a coal mine; a word; SANDBOX; HD-7Q4K2MXA-2C7P")); len(found) != 0 {
		t.Errorf("the scanner finds %q in harmless text", found)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ledger.db-wal"), []byte("\x00\x01"+word), 0o600); err != nil {
		t.Fatal(err)
	}
	found, read, err := s.folder(dir)
	if err != nil || len(found) != 1 || read == 0 {
		t.Fatalf("folder with one leak = %q, %d, %v, want the one leak", found, read, err)
	}
	for _, want := range []string{"ledger.db-wal", "last name"} { // where it is, and what it was
		if !strings.Contains(found[0], want) {
			t.Errorf("the report %q does not say %q", found[0], want)
		}
	}
}
