package daemon_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"carryover"
	"carryover/internal/config"
	"carryover/internal/daemon"
	"carryover/internal/desk"
	"carryover/internal/seal"
	"carryover/ledger"
)

// TestNoByteLeaks goes on where TestNothingLeaks ends, with what leaves the data
// folder or is left beside it: backups with and without texts, an exported
// chain, a changed master key and a restored ledger with the one that it
// replaced. A hundred words and more are planted, and none is in any byte, while
// texts wait and after they were proven.
func TestNoByteLeaks(t *testing.T) {
	if testing.Short() {
		t.Skip("a clinic's day takes ten seconds")
	}
	t.Parallel()
	d := newLeakDay(t, 53, 5*time.Second)
	if n := len(d.scanner.field); n < 100 {
		t.Fatalf("%d words are planted, want a hundred at least", n)
	}
	out := t.TempDir()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	d.scanner.know("the recipient's identity", id.String())
	r := d.startWith(daemon.Options{Config: d.cfg, Log: d.logger()})
	keep := func(when string) {
		d.command(&d.said, "backup", filepath.Join(out, when+".db"))
		d.command(&d.said, "backup", "--with-text", "--to", id.Recipient().String(), filepath.Join(out, when+".age"))
		d.command(&d.said, "audit", "export", "--out", filepath.Join(out, when+".jsonl"))
		d.command(&d.said, "rekey", "--json")
		master, err := os.ReadFile(d.cfg.MasterKeyFile)
		if err != nil {
			t.Fatal(err)
		}
		d.scanner.know("a master key", strings.TrimSpace(string(master)))
		d.scan(when)
		d.scanFolder(when, out)
	}
	d.untilShare(0.5)
	keep("half-way")
	d.untilSettled(r)
	keep("after-the-day")
	r.stopped()
	d.scan("after Close")
	for i, file := range []string{"after-the-day.db", "after-the-day.age"} {
		if _, err := os.Stat(filepath.Join(out, file)); err != nil {
			t.Errorf("there is no %s to scan: %v", file, err)
		}
		key := newestOldKey(t, d.cfg.MasterKeyFile) // that of the time of the backup
		_, err := desk.Restore(t.Context(), desk.RestoreRequest{
			File: filepath.Join(out, file), Ledger: d.cfg.LedgerPath(), KeyFile: key, Replace: true,
			Identity: d.identity(id), Actor: desk.Command(0),
		})
		if err != nil {
			t.Fatalf("Restore of %s = %v", file, err)
		}
		d.scan(fmt.Sprintf("after restore %d", i+1))
	}
	d.inCliniko()
}

// newestOldKey is the file of the key that the newest change replaced.
func newestOldKey(t *testing.T, file string) string {
	t.Helper()
	old, err := filepath.Glob(file + ".old-*")
	if err != nil || len(old) != 2 {
		t.Fatalf("old keys %v, %v, want two", old, err)
	}
	return slices.MaxFunc(old, func(a, b string) int { return modified(t, a).Compare(modified(t, b)) })
}

func modified(t *testing.T, file string) time.Time {
	t.Helper()
	st, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return st.ModTime()
}

// identity writes an age identity to a file outside the data folder.
func (d *leakDay) identity(id *age.X25519Identity) string {
	d.t.Helper()
	path := filepath.Join(d.dir, "identity.txt")
	if err := os.WriteFile(path, []byte(id.String()+"\n"), 0o600); err != nil {
		d.t.Fatal(err)
	}
	return path
}

// scanFolder looks through what was written outside the data folder.
func (d *leakDay) scanFolder(when, dir string) {
	d.t.Helper()
	known := d.known()
	found, read, err := known.folder(dir)
	if err != nil || read < 10_000 {
		d.t.Fatalf("%s: %d bytes to scan outside the data folder, %v", when, read, err)
	}
	for _, leak := range found {
		d.t.Errorf("%s: %s", when, leak)
	}
}

// inCliniko is the control: the planted words did come through, so that the
// scanner had something to find.
func (d *leakDay) inCliniko() {
	d.t.Helper()
	var notes strings.Builder
	for _, n := range d.Cliniko.Notes() {
		if n.ByAPI {
			fmt.Fprintf(&notes, "%+v\n", n)
		}
	}
	if len(d.scanner.in([]byte(notes.String()))) == 0 {
		d.t.Error("no planted word is in a note of ours: there was nothing to leak")
	}
}

// dying says with what this process is to die instead of running tests.
const dying = "CARRYOVER_TEST_DIES_OF"

// What the words and keys of the dying are.
var (
	deathWords = canaryStem + "dyingx"
	deathKey   = seal.MasterKey(strings.Repeat("Zq", seal.KeySize/2))
)

// dieIfAsked panics with values that hold words and keys, by their types. It is
// called at the beginning of TestMain, where nothing catches a panic.
func dieIfAsked() {
	born, _ := carryover.ParseDate("1931-07-23")
	words := carryover.NewText(deathWords)
	s := carryover.Session{
		ID: "1", Title: words, NoteText: words,
		Claim: carryover.PatientClaim{Name: words, BirthDate: born},
	}
	doc := carryover.Document{Name: words, Content: words}
	cfg := config.Config{Practitioners: []config.Practitioner{{Key: carryover.NewSecret(deathWords)}}}
	keys, _, err := seal.Create(deathKey)
	if err != nil {
		panic(err)
	}
	switch how := os.Getenv(dying); how {
	case "":
	case "a text":
		panic(words)
	case "a key":
		panic(deathKey)
	case "a secret":
		panic(carryover.NewSecret(deathWords))
	case "a date":
		panic(born)
	case "a session":
		panic(s)
	case "a pointer":
		panic(&s)
	case "an error":
		panic(fmt.Errorf("read %v of %+v with %x: %w", words, s, deathKey, errors.New(fmt.Sprint(doc))))
	case "a printed one":
		panic(fmt.Sprintf("%v %+v %#v %x %q %s", s, doc, cfg, deathKey, words, ledger.Config{MasterKey: deathKey}))
	case "a call":
		dieHolding(words, s, deathKey, keys)
	case "its words":
		panic(words.Reveal())
	default:
		panic("unknown way to die")
	}
}

// dieHolding has the values on its stack, whose arguments a trace prints.
//
//go:noinline
func dieHolding(t carryover.Text, s carryover.Session, k seal.MasterKey, r *seal.Keyring) {
	none := make([]int, 0)
	none[len(fmt.Sprint(t, s.ID, len(k), r))] = 1
}

// TestPanicSaysNothing: a bug that ends the process with words in hand prints
// none of them, whatever carries them and however much of a trace is asked for.
func TestPanicSaysNothing(t *testing.T) {
	t.Parallel()
	scanner := &leakScanner{field: map[string]string{}}
	scanner.know("a word", deathWords)
	scanner.know("a key", string(deathKey))
	scanner.know("a birth date", "1931-07-23")
	for _, how := range []string{
		"a text", "a key", "a secret", "a date", "a session", "a pointer", "an error", "a printed one", "a call", "its words",
	} {
		t.Run(how, func(t *testing.T) {
			child := exec.CommandContext(t.Context(), os.Args[0])
			child.Env = append(os.Environ(), dying+"="+how, "GOTRACEBACK=all")
			said, err := child.CombinedOutput()
			if err == nil || !strings.Contains(string(said), "goroutine 1") || strings.Contains(string(said), "unknown way") {
				t.Fatalf("the child ended with %v and said:\n%s\nwant a panic", err, said)
			}
			found := scanner.in(said)
			if control := how == "its words"; control != (len(found) > 0) {
				t.Errorf("a panic with %s: %d leaks, want them only in the control:\n%s", how, len(found), strings.Join(found, "\n"))
			}
		})
	}
}
