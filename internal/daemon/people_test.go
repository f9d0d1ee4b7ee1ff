package daemon_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/sandbox"
	"carryover/sandbox/clinic"
)

// TestPeopleAtWork: all day long people do at both ends what people do: they
// finalise, edit and archive the notes that Carryover has just filed, open notes
// of their own, merge records, correct sessions, rewrite documents, delete
// sessions. Much is held then, and rightly so; but nothing may be filed twice,
// in another's file, under another's name or in part, and no note is touched.
func TestPeopleAtWork(t *testing.T) {
	if testing.Short() {
		t.Skip("two busy days take a quarter of a minute")
	}
	for n := range uint64(2) {
		t.Run(fmt.Sprintf("seed %d", n), func(t *testing.T) {
			t.Parallel()
			d := newDay(t, usual(61+n, 8*time.Second))
			cfg := d.load()
			r := d.start(cfg)
			people := &people{clinicDay: d, dice: rand.New(rand.NewPCG(n, *seed)), did: map[string]int{}}
			d.until(60*time.Second, "the day to pass", func() bool {
				people.act()
				return d.Clock.Share() >= 1
			})
			d.untilSettled(r)
			r.stopped()
			d.rightWhateverHappened()
			d.books(cfg, people.tell)
		})
	}
}

// people are the practice's staff, in Cliniko's UI and in Heidi's.
type people struct {
	*clinicDay
	dice *rand.Rand
	did  map[string]int // what was done, and what could not be
}

// act does one thing to a note of ours, half of the time the newest, and one to
// a session.
func (p *people) act() {
	var ours []string
	for _, n := range p.Cliniko.Notes() {
		if n.ByAPI && n.ArchivedAt.IsZero() {
			ours = append(ours, n.ID)
		}
	}
	if len(ours) > 0 {
		note := ours[len(ours)-1]
		if p.dice.IntN(2) == 0 {
			note = ours[p.dice.IntN(len(ours))]
		}
		p.atCliniko(note)
	}
	p.atHeidi(p.Practice.Sessions[p.dice.IntN(len(p.Practice.Sessions))])
}

func (p *people) atCliniko(note string) {
	switch p.dice.IntN(6) {
	case 0:
		p.note("finalise", p.Cliniko.FinaliseNote(note))
	case 1:
		p.note("edit", p.Cliniko.EditNote(note, []string{"Written anew by a person.", "All of it."}))
	case 2:
		p.note("archive", p.Cliniko.ArchiveNote(note))
	case 3:
		a, b := p.dice.IntN(len(p.Practice.Patients)), p.dice.IntN(len(p.Practice.Patients))
		p.note("merge", p.Cliniko.MergePatients(p.Practice.Patients[a].ID, p.Practice.Patients[b].ID))
	case 4:
		a := p.Practice.Appointments[p.dice.IntN(len(p.Practice.Appointments))]
		_, err := p.Cliniko.OpenNote(a.ID, "")
		p.note("open", err)
	}
}

func (p *people) atHeidi(s sandbox.Session) {
	switch p.dice.IntN(9) {
	case 0:
		p.note("correct", p.Heidi.EditSession(s.ID, sandbox.Correction{PatientName: "Somebody Elsewhere", PatientDOB: "1950-01-02"}))
	case 1:
		if len(s.Documents) > 0 {
			text := fmt.Sprintf("## Written anew\n\n- number %d of the day", p.did["rewrite"])
			p.note("rewrite", p.Heidi.EditDocument(s.ID, s.Documents[0].ID, text))
		}
	case 2:
		if p.dice.IntN(3) == 0 {
			p.note("delete", p.Heidi.DeleteSession(s.ID))
		}
	case 3:
		p.Heidi.RevokeTokens()
	}
}

// note counts what was done. What a simulator does not allow, people cannot do.
func (p *people) note(what string, err error) {
	if err != nil {
		what += ", not possible"
	}
	p.did[what]++
}

// tell says what the day was made of, so that a day in which nothing happened
// does not pass for a good one.
func (p *people) tell(ctx context.Context, tx *ledger.Tx) error {
	held, err := tx.List(ctx, ledger.Filter{States: []carryover.State{carryover.Held}})
	why := map[carryover.Reason]int{}
	for _, v := range held {
		why[v.Reason]++
	}
	p.t.Logf("people: %v; held: %v", p.did, why)
	for _, what := range []string{"finalise", "edit", "archive", "merge", "correct", "rewrite"} {
		if p.did[what] == 0 {
			p.t.Logf("nobody did %q: %v", what, slices.Sorted(maps.Keys(p.did)))
		}
	}
	return err
}

// rightWhateverHappened is what holds on any day, however much is missing.
func (d *clinicDay) rightWhateverHappened() clinic.Summary {
	d.t.Helper()
	s := d.Truth().Summary
	if s.Duplicates+s.WrongPatient+s.WrongAuthor+s.WordsLost+s.Unreferenced != 0 || s.NotesInCliniko == 0 {
		d.t.Errorf("the clinic's books: %+v, want no duplicates, wrong files, wrong authors or lost words", s)
	}
	d.onlyReadHeidi()
	return s
}
