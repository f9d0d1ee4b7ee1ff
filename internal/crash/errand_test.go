package crash

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"carryover"
	"carryover/internal/desk"
	"carryover/sandbox"
)

// The documents of a small day that wait for a person, by name.
const (
	released  = "A report that a person places"
	dismissed = "A report that a person leaves out"
)

// An errand is a command that somebody runs when the day has come to rest, again
// after each kill until it has been done; or what a person does in Cliniko.
type errand struct {
	args []string
	act  func() error // in the place of a command
	// done asks the daemon whether an earlier life has done it: a command that was
	// cut off may have been carried out.
	done func(desk.Desk) bool
	ends func(desk.Desk) bool // what has come of it is at rest; nil: at once
	then func()               // what is looked at when it has been done; nil: nothing
}

// chores are what an operator does to the ledger while the daemon runs. Each is
// a command whose commits are points like all others.
func (l *lane) chores() []errand {
	return []errand{
		{
			args: []string{"backup", l.backup()}, then: l.backedUp,
			done: func(desk.Desk) bool { _, err := os.Stat(l.backup()); return err == nil },
		},
		{args: []string{"rekey"}, done: never},
	}
}

// never is for what does no harm when it is done twice.
func never(desk.Desk) bool { return false }

// backup is where the operator's backup goes.
func (l *lane) backup() string { return filepath.Join(l.dir, "backup.db") }

// decisions are a person's about the held documents of a small day.
func decisions(t *testing.T, p *sandbox.Practice) []errand {
	var all []errand
	for _, s := range p.Sessions {
		d := s.Documents[0]
		if d.Name != released && d.Name != dismissed {
			continue
		}
		mark := carryover.DocumentMark(carryover.SessionID(s.ID), carryover.DocumentID(d.ID))
		e := errand{
			args: []string{"dismiss", mark, "--reason", "not_for_cliniko"},
			done: func(c desk.Desk) bool {
				items, err := c.Held(t.Context())
				return err == nil && !slices.ContainsFunc(items, func(i desk.Item) bool { return i.Document == d.ID && i.State == string(carryover.Held) })
			},
		}
		if d.Name == released {
			e.args = []string{"release", mark, "--patient", s.Belongs}
		}
		all = append(all, e)
	}
	return all
}

// errand runs the next command that is still to be done. It says whether there
// was one: then the day is not over yet.
func (l *lane) errand() (ran bool) {
	l.t.Helper()
	if len(l.errands) == 0 {
		return false
	}
	client, err := desk.Dial(l.data())
	if err != nil {
		return true // the child was killed meanwhile
	}
	var out []byte
	e := l.errands[0]
	switch {
	case e.done(client):
	case e.act != nil:
		err = e.act()
	default:
		out, err = l.command(e.args...).CombinedOutput()
	}
	if err == nil && e.ends != nil && !e.ends(client) {
		return true
	}
	if err == nil {
		l.errands = l.errands[1:]
		if e.then != nil {
			e.then()
		}
	} else if !l.isEnding() {
		l.t.Errorf("carryover %v: %v\n%s", e.args, err, out)
		l.errands = nil
	}
	return true
}

func (l *lane) isEnding() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dying || l.leaving
}
