package crash

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"carryover"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/sandbox/clinikosim"
)

// A day whose filings are taken back and moved, while people work on two of the
// notes. What should become of a document that is taken back, beside the words
// that a practice has.
const (
	undone = "undone"  // it is in no record any more
	byHand = "by_hand" // its note stays, for a person to remove
)

// papersBack are the documents of that day, in order.
var papersBack = []paper{
	{name: "A note taken back", expect: undone},
	{name: "A certificate taken back", file: true, expect: undone},
	{name: "A note in the wrong record", wrong: true},
	{name: "A certificate in the wrong record", file: true, wrong: true},
	{name: workedOn, wrong: true},
	{name: finalised, expect: byHand},
	{name: "A bystander"},
}

// The documents that people have to do with meanwhile.
const (
	workedOn  = "A note worked on while it is moved" // edited between the reading and the archiving
	finalised = "A note made final"                  // before it is taken back
)

// A takenBack is a lane with such a day.
type takenBack struct {
	*lane
	filedIn map[string]string // by document's name: the record that it is filed in first
	edit    sync.Once         // the note that is worked on
}

// newTakenBack is a lane whose filings are taken back when the day is over.
func newTakenBack(t *testing.T, script []kill) *takenBack {
	t.Helper()
	o := dayOf(t, nil, papersBack)
	b := &takenBack{lane: newLane(t, o, script), filedIn: map[string]string{}}
	b.rewrite("grace: 2.5s", smallGrace)
	b.meanwhile, b.also = b.worksOn, b.records
	var asked []errand
	for i, what := range papersBack {
		s := o.Practice.Sessions[i]
		b.filedIn[what.name] = patientOf(i).ID
		args := []string{"undo"}
		switch {
		case what.wrong:
			b.filedIn[what.name] = patientOf(len(papersBack) + i).ID
			args = []string{"move", "--patient", s.Belongs}
		case what.expect == "":
			continue // the bystander
		case what.name == finalised:
			asked = append(asked, errand{act: func() error { return b.Cliniko.FinaliseNote(b.first(finalised).ID) }, done: func(desk.Desk) bool {
				return !b.first(finalised).Draft
			}})
		}
		mark := carryover.DocumentMark(carryover.SessionID(s.ID), carryover.DocumentID(s.Documents[0].ID))
		e := errand{args: append(args, mark), done: func(c desk.Desk) bool { return b.reversal(c, mark) != "" }}
		e.ends = func(c desk.Desk) bool {
			switch ledger.ReversalState(b.reversal(c, mark)) {
			case ledger.ReversalDone, ledger.ReversalByHand, ledger.ReversalGivenUp:
				return true
			}
			return false
		}
		asked = append(asked, e)
		if what.name == workedOn {
			asked = append(asked, errand{act: b.removeByHand, done: func(desk.Desk) bool {
				return !b.first(workedOn).ArchivedAt.IsZero()
			}, ends: func(c desk.Desk) bool { return b.reversal(c, mark) == string(ledger.ReversalDone) }})
		}
	}
	b.errands = asked
	return b
}

// reversal is how far taking back the document's first filing has come; empty:
// nobody has asked for it, or nobody answers.
func (b *takenBack) reversal(c desk.Desk, mark string) string {
	d, err := c.Show(b.t.Context(), desk.ShowRequest{ID: mark, Actor: "cli:0"})
	if err != nil {
		return ""
	}
	for _, one := range d.Deliveries {
		if one.TakenBack != nil {
			return one.TakenBack.State
		}
	}
	return ""
}

// first is the note that a document was filed as at first.
func (b *takenBack) first(name string) clinikosim.NoteRecord {
	for _, n := range b.Cliniko.Notes() {
		if n.PatientID == b.filedIn[name] {
			return n
		}
	}
	return clinikosim.NoteRecord{}
}

// worksOn saves the note that somebody has open when the request to archive it
// arrives: after it was read, and before it is archived.
func (b *takenBack) worksOn(r *http.Request) {
	id := b.first(workedOn).ID
	if id == "" || r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/treatment_notes/"+id+"/archive") {
		return
	}
	b.edit.Do(func() {
		if err := b.Cliniko.EditNote(id, []string{"Somebody wrote this meanwhile."}); err != nil {
			b.t.Errorf("edit the note: %v", err)
		}
	})
}

// removeByHand is what the alarm asks for, once nothing of the dead is on its
// way that would bring the note back again.
func (b *takenBack) removeByHand() error {
	b.late.Wait()
	n := b.first(workedOn)
	if !n.ArchivedAt.IsZero() {
		return errors.New("the note that somebody worked on was left in the archive")
	}
	return b.Cliniko.ArchiveNote(n.ID)
}

// records looks at every record: it has a document once at most, and nothing was
// archived of what is not to be taken back or of what was final by then.
func (b *takenBack) records() {
	b.t.Helper()
	type place struct{ document, patient string }
	live := map[place]int{}
	truth := b.Truth()
	for _, n := range truth.Notes {
		if n.Document != nil && !n.Archived {
			live[place{n.Document.DocumentID, n.PatientID}]++
		}
	}
	for _, a := range truth.Attachments {
		if a.Document != nil && !a.Archived {
			live[place{a.Document.DocumentID, a.PatientID}]++
		}
	}
	for where, n := range live {
		if n > 1 {
			b.t.Errorf("document %s is %d times in the record of patient %s", where.document, n, where.patient)
		}
	}
	for _, n := range b.Cliniko.Notes() {
		if archivedByUs(n.Edits) && (n.PatientID == b.filedIn[finalised] || n.PatientID == b.filedIn["A bystander"] || b.isRight(n.PatientID)) {
			b.t.Errorf("note %s of patient %s was archived, and was not to be", n.ID, n.PatientID)
		}
	}
	for _, a := range b.Cliniko.Attachments() {
		if archivedByUs(a.Edits) && b.isRight(a.PatientID) {
			b.t.Errorf("file %s of patient %s was archived, and was not to be", a.ID, a.PatientID)
		}
	}
}

// isRight says that it is the record that something is moved into.
func (b *takenBack) isRight(patient string) bool {
	for i, what := range papersBack {
		if what.wrong && patient == patientOf(i).ID {
			return true
		}
	}
	return false
}

func archivedByUs(edits []clinikosim.Edit) bool {
	return slices.ContainsFunc(edits, func(e clinikosim.Edit) bool { return e.Through == "API" && e.What == "archive" })
}

// carryBack carries the day and looks at what is in no record any more.
func (b *takenBack) carryBack() result {
	b.t.Helper()
	r := b.carry()
	if len(b.errands) > 0 {
		b.t.Errorf("%d errands were not done", len(b.errands))
	}
	for _, d := range b.Truth().Documents {
		want := map[string]int{undone: 0, byHand: 1, "proven": 1}[d.Expect]
		if got := len(d.Notes) + len(d.Attachments); got != want {
			b.t.Errorf("document %s (%s) is in Cliniko %d times, want %d", d.DocumentID, d.Name, got, want)
		}
	}
	edits := b.first(workedOn).Edits
	for _, e := range slices.Backward(edits) {
		if strings.HasPrefix(e.What, "unarchive") || strings.HasPrefix(e.What, "archive") {
			if e.Through == "API" {
				b.t.Errorf("the note that somebody worked on was not brought back: %+v", edits)
			}
			break
		}
	}
	return r
}
