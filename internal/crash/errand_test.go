package crash

import (
	"slices"

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
// after each kill until it has been done.
type errand struct {
	args []string
	// done says by what the daemon lists whether an earlier life has done it: a
	// command that was cut off may have been carried out.
	done func([]desk.Item) bool
}

// decisions are a person's about the held documents of a small day.
func decisions(p *sandbox.Practice) []errand {
	var all []errand
	for _, s := range p.Sessions {
		d := s.Documents[0]
		if d.Name != released && d.Name != dismissed {
			continue
		}
		ref := carryover.NewReference(carryover.SessionID(s.ID), carryover.DocumentID(d.ID), carryover.NewText(""), carryover.ToTreatmentNote, 1)
		e := errand{
			args: []string{"dismiss", ref.Mark(), "--reason", "not_for_cliniko"},
			done: func(items []desk.Item) bool {
				return !slices.ContainsFunc(items, func(i desk.Item) bool { return i.Document == d.ID && i.State == string(carryover.Held) })
			},
		}
		if d.Name == released {
			e.args = []string{"release", ref.Mark(), "--patient", s.Belongs}
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
	items, err := client.Held(l.t.Context())
	switch {
	case err != nil:
		return true
	case l.errands[0].done(items):
		l.errands = l.errands[1:]
		return true
	}
	out, err := l.command(l.errands[0].args...).CombinedOutput()
	if err == nil {
		l.errands = l.errands[1:]
	} else if !l.isEnding() {
		l.t.Errorf("carryover %v: %v\n%s", l.errands[0].args, err, out)
		l.errands = nil
	}
	return true
}

func (l *lane) isEnding() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dying || l.leaving
}
