package cli

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be the carryover command too, so that scripts
// run it as people do: as a process, with signals and an exit code.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"carryover": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		context.AfterFunc(ctx, stop)
		os.Exit(Main(ctx, os.Args[1:], Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
	}})
}

// The scripts are the command as people meet it: what it says, where, and with
// which exit code.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "practice": practice, "until": until, "extract": extract,
			"replace": replace, "strip": strip, "identity": identity,
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("CARRYOVER_CONFIG", "")
			e.Setenv("TMPDIR", e.WorkDir)
			return nil
		},
		RequireExplicitExec: true,
	})
}

// exits runs carryover and requires an exit code: exits 3 held --json. The
// output is there for stdout and stderr, as after exec.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE ARGUMENT...")
	}
	err := ts.Exec("carryover", args[1:]...)
	got := 0
	if err != nil {
		got = 1
		var code interface{ ExitCode() int }
		if ok := asExit(err, &code); ok {
			got = code.ExitCode()
		}
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("carryover %s: exit code %d, want %s", strings.Join(args[1:], " "), got, args[0])
	}
}

func asExit(err error, code *interface{ ExitCode() int }) bool {
	e, ok := err.(interface{ ExitCode() int }) //nolint:errorlint // testscript returns it bare
	*code = e
	return ok
}

// practice writes the secret files that a configuration of one practitioner
// names: practice DIR.
func practice(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: practice DIR")
	}
	secrets := ts.MkAbs(filepath.Join(args[0], "secrets"))
	ts.Check(os.MkdirAll(secrets, 0o700))
	for name, words := range map[string]string{
		"heidi.key": "SANDBOX-heidi-clinic-key", "cliniko-1.key": "SANDBOX-one-au3", "us.key": "SANDBOX-one-us1",
		"master.key": base64.StdEncoding.EncodeToString(make([]byte, 32)),
	} {
		ts.Check(os.WriteFile(filepath.Join(secrets, name), []byte(words+"\n"), 0o600))
	}
}

// patience is how long until waits: long on a busy machine, and over at once
// when what it waits for is there.
const patience = 60 * time.Second

// until waits until a file exists, or, with more arguments, until carryover with
// those arguments prints a text: until FILE, or until TEXT ARGUMENT...
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: until FILE, or until TEXT ARGUMENT...")
	}
	end := time.Now().Add(patience)
	for time.Now().Before(end) {
		if len(args) == 1 {
			if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
				return
			}
		} else {
			_ = ts.Exec("carryover", args[1:]...) // the exit code says other things
			if strings.Contains(ts.ReadFile("stdout"), args[0]) {
				return
			}
		}
		pause := time.NewTimer(50 * time.Millisecond)
		<-pause.C
	}
	ts.Fatalf("%q did not come within %s", args[0], patience)
}

// extract sets a variable to what stands between two texts in the last standard
// output: extract NAME BEFORE AFTER.
func extract(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: extract NAME BEFORE AFTER")
	}
	_, rest, ok := strings.Cut(ts.ReadFile("stdout"), args[1])
	value, _, ends := strings.Cut(rest, strings.ReplaceAll(args[2], `\n`, "\n"))
	if !ok || !ends {
		ts.Fatalf("standard output has nothing between %q and %q", args[1], args[2])
	}
	ts.Setenv(args[0], value)
}

// replace rewrites the first match of a pattern in a file: replace FILE PATTERN
// TEXT, in which \n ends a line.
func replace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace FILE PATTERN TEXT")
	}
	pattern, err := regexp.Compile(args[1])
	ts.Check(err)
	text := ts.ReadFile(args[0])
	found := pattern.FindStringIndex(text)
	if found == nil {
		ts.Fatalf("%s has nothing like %q", args[0], args[1])
	}
	with := strings.ReplaceAll(args[2], `\n`, "\n")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text[:found[0]]+with+text[found[1]:]), 0o600))
}

// identity writes a new age identity to a file and its public key to a variable:
// identity FILE NAME.
func identity(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: identity FILE NAME")
	}
	id, err := age.GenerateX25519Identity()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(id.String()+"\n"), 0o600))
	ts.Setenv(args[1], id.Recipient().String())
}

// strip removes the first match of a pattern from a file: strip FILE PATTERN.
func strip(ts *testscript.TestScript, neg bool, args []string) {
	replace(ts, neg, append(args, ""))
}
