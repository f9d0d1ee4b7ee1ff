package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"carryover"
	"carryover/internal/config"
)

// tell prints err as a sentence with a next step and returns the exit code.
// With --json the same goes to standard output as one line.
func tell(s Streams, c *commands, err error) int {
	all := apart(err)
	f := failureOf(all[0])
	f.print(s)
	for _, e := range all[1:] {
		more := failureOf(e)
		more.print(s)
		f.More = append(f.More, more)
	}
	if c.Verbose {
		fmt.Fprintf(s.Err, "cause: %v\n", err)
	}
	if c.JSON {
		if line, e := json.Marshal(f); e == nil {
			fmt.Fprintf(s.Out, "%s\n", line)
		}
	}
	if f.Kind == kindUsage {
		return exitUsage
	}
	return exitFailed
}

// apart splits errors that were joined: each is told on its own.
func apart(err error) []error {
	if _, ok := err.(*carryover.Problem); ok { //nolint:errorlint // a problem's own kind and cause belong together
		return []error{err}
	}
	joined, ok := err.(interface{ Unwrap() []error }) //nolint:errorlint // only what was joined at the top
	if !ok || len(joined.Unwrap()) == 0 {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, apart(e)...)
	}
	return all
}

func (f failure) print(s Streams) {
	fmt.Fprintf(s.Err, "carryover: %s\n", f.Error)
	for _, m := range f.Mistakes {
		fmt.Fprintf(s.Err, "  line %d, column %d: %s\n", m.Line, m.Column, m.Text)
		if m.Excerpt != "" {
			fmt.Fprintf(s.Err, "    %4d | %s\n", m.Line, m.Excerpt)
		}
		if m.Hint != "" {
			fmt.Fprintf(s.Err, "    %s\n", m.Hint)
		}
	}
	if f.Next != "" {
		fmt.Fprintf(s.Err, "  %s\n", f.Next)
	}
}

// kindUsage marks a mistake on the command line.
const kindUsage = "usage"

// A failure is an error as people and scripts see it.
type failure struct {
	Error    string    `json:"error"`
	Next     string    `json:"next,omitempty"`
	Kind     string    `json:"kind,omitempty"`
	Mistakes []mistake `json:"mistakes,omitempty"`
	More     []failure `json:"more,omitempty"` // what else is wrong
}

type mistake struct {
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Path    string `json:"path,omitempty"`
	Text    string `json:"text"`
	Hint    string `json:"hint,omitempty"`
	Excerpt string `json:"-"`
}

func failureOf(err error) failure {
	if u, ok := errors.AsType[usage](err); ok {
		return failure{Error: u.Error(), Next: "See carryover --help, or --help after a command.", Kind: kindUsage}
	}
	if e, ok := errors.AsType[*config.Error](err); ok {
		f := failure{Error: fmt.Sprintf("%s cannot be used as it is: %d to mend", e.File, len(e.Mistakes)), Kind: "configuration"}
		for _, m := range e.Mistakes {
			f.Mistakes = append(f.Mistakes, mistake{m.Line, m.Column, m.Path, withPath(m), m.Hint, m.Excerpt})
		}
		return f
	}
	if p, ok := errors.AsType[*carryover.Problem](err); ok {
		before := strings.TrimSuffix(err.Error(), p.Error()) // such as "practitioner 12: "
		if before == err.Error() {
			before = ""
		}
		next := hint(err)
		if next == "" {
			next = usual[p.Kind]
		}
		return failure{Error: before + sentence(p), Next: next, Kind: string(p.Kind)}
	}
	return failure{Error: firstLine(err.Error()), Next: "Run the command again with --verbose for the cause."}
}

func withPath(m config.Mistake) string {
	if m.Path == "" {
		return m.Text
	}
	return m.Path + ": " + m.Text
}

// hint returns the innermost problem's hint: it knows the cause best.
func hint(err error) string {
	var found string
	for p, ok := errors.AsType[*carryover.Problem](err); ok; p, ok = errors.AsType[*carryover.Problem](p.Err) {
		if p.Hint != "" {
			found = p.Hint
		}
		if p.Err == nil {
			break
		}
	}
	return found
}

// words say a kind so that it ends a sentence that begins with an operation.
var words = map[carryover.Kind]string{
	carryover.ErrTransient:    "did not work just now",
	carryover.ErrRefused:      "was refused",
	carryover.ErrInDoubt:      "nobody can tell yet whether it took effect",
	carryover.ErrUnauthorized: "the key or link is not accepted",
	carryover.ErrInvalid:      "cannot work as it is",
	carryover.ErrGone:         "is not there",
	carryover.ErrNotHere:      "would have left the allowed hosts",
}

// usual is the next step after an error that names none itself.
var usual = map[carryover.Kind]string{
	carryover.ErrTransient:    "Check that this machine reaches the internet, then try again. Nothing is lost.",
	carryover.ErrRefused:      "Run the command again with --verbose for the cause.",
	carryover.ErrInDoubt:      "Look at `carryover status` before trying again.",
	carryover.ErrUnauthorized: "Check the key file and the link of the practitioner it names.",
	carryover.ErrInvalid:      "Run the command again with --verbose for the cause.",
	carryover.ErrGone:         "Check the id.",
	carryover.ErrNotHere:      "Carryover speaks to Australian hosts alone. Check the keys and addresses of the configuration.",
}

// sentence says what was attempted and, in a few words, why it did not work.
// The chain of causes is for --verbose.
func sentence(p *carryover.Problem) string {
	why, ok := words[p.Kind]
	if !ok {
		why = string(p.Kind)
	}
	if p.Err != nil {
		if _, deeper := errors.AsType[*carryover.Problem](p.Err); !deeper {
			why = firstLine(p.Err.Error())
		}
	}
	return p.Op + ": " + why
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
