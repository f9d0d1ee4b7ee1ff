package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"carryover/internal/config"
	"carryover/internal/desk"
)

// An app is one running command: its streams, its flags and its exit code.
type app struct {
	Streams
	ctx   context.Context // of this one command; Kong's Run methods take no other way in
	flags *commands
	code  int
	zone  *time.Location // of the practice, once a configuration is read
	told  bool           // the answer has been printed
}

// load reads the configuration that the flags, the environment or the usual
// places name, without the secret files: whoever may ask the daemon need not be
// able to read its keys.
func (a *app) load() (*config.Config, error) { return a.read(config.LoadOutline) }

// whole is load with the secret files, for a command that does the work itself.
func (a *app) whole() (*config.Config, error) { return a.read(config.Load) }

func (a *app) read(load func(path string) (*config.Config, error)) (*config.Config, error) {
	path, err := config.Find(a.flags.Config)
	if err != nil {
		return nil, err
	}
	cfg, err := load(path)
	if err != nil {
		if _, all := config.Load(path); all != nil { // every mistake at once, those about secret files too
			err = all
		}
		return nil, err
	}
	a.zone = cfg.TimeZone
	return cfg, nil
}

// answer prints v: as one line of JSON with --json, else through text.
func (a *app) answer(v any, text func(w io.Writer)) error {
	a.told = true
	if !a.flags.JSON {
		text(a.Out)
		return nil
	}
	line, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("print the answer: %w", err)
	}
	_, err = fmt.Fprintf(a.Out, "%s\n", line)
	return err
}

// note prints a line that is not part of the answer.
func (a *app) note(format string, args ...any) {
	fmt.Fprintf(a.Err, format+"\n", args...)
}

// held sets the exit code for "something waits for a person".
func (a *app) held(is bool) {
	if is {
		a.code = exitHeld
	}
}

// actor is who the audit chain names for what this command does without a
// daemon; with one, the daemon asks the socket.
func (a *app) actor() string { return desk.Command(os.Getuid()) }

// when writes a time for people, in the practice's zone.
func (a *app) when(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return a.local(t).Format("Mon 2 Jan 2006 15:04")
}

// clock writes the time of day alone.
func (a *app) clock(t time.Time) string { return a.local(t).Format("15:04") }

func (a *app) local(t time.Time) time.Time {
	if a.zone == nil {
		return t.Local()
	}
	return t.In(a.zone)
}

// isTerminal says whether w is one, so that progress may be drawn.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
