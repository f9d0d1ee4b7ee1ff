package sim

import (
	"errors"
	"slices"

	"carryover"
	"carryover/internal/desk"
	"carryover/sandbox/clinikosim"
)

// What people take back: some filings, once they are proven, the person at the
// desk undoes, while a practitioner may just be at work on the note.

// undoes is what the desk takes back in one round.
func (w *World) undoes(d desk.Desk, round int) {
	proven, err := d.List(w.ctx, desk.ListRequest{States: []carryover.State{carryover.Proven}, OldestFirst: true, Actor: reviewer})
	if err != nil {
		w.trace.add("desk: no list")
		return
	}
	for _, i := range proven {
		name := i.Session + "/" + i.Document
		if !w.strikes(Undoes, name, round) {
			continue
		}
		w.trace.add("desk: undo %s", name)
		w.met(string(Undoes), name)
		w.oracle.undone(name)
		switch _, err := d.Undo(w.ctx, desk.UndoRequest{ID: i.ID, Actor: reviewer}); {
		case errors.Is(err, carryover.ErrInvalid): // Cliniko has nothing of it any more, say
			w.trace.add("desk: in vain: %s", kindOf(err))
		default:
			w.decided(err)
		}
	}
}

// races is told of every request of the key that takes something back, before
// its effect: in some cases a practitioner is quicker.
func (w *World) races(e clinikosim.Event) {
	if !e.Before || !slices.Contains([]string{notesPath + "/" + e.ID + "/archive"}, e.Path) || !w.strikes(WorksOnIt, e.ID, 0) {
		return
	}
	w.trace.add("trouble: %s %s", WorksOnIt, e.ID)
	w.met(string(WorksOnIt), w.oracle.documentOf(e.ID))
	var err error
	if w.dice.Chance(0.5, "how", e.ID, 0) {
		err = w.cliniko.FinaliseNote(e.ID)
	} else {
		err = w.cliniko.EditNote(e.ID, w.edited(e.ID))
	}
	if err != nil {
		w.trace.add("in vain: %v", err)
	}
}

// undone notes that a person took a document's filing back.
func (o *oracle) undone(name string) {
	o.looking.Lock()
	defer o.looking.Unlock()
	o.takenBack[name] = true
}

// handsOff: what people worked on is not out of sight because of a key, and only
// what a person took back is. Both are true once everything is at rest; on the
// way an archive that came too late may still be taken back itself.
func (o *oracle) handsOff() {
	for _, n := range o.w.shelf.filed() {
		if !n.ByAPI || n.ArchivedAt.IsZero() {
			continue
		}
		last := n.Edits[len(n.Edits)-1]
		if last.Through != "API" || last.What != "archive" {
			continue // a person put it out of sight
		}
		name := o.documentOf(n.ID)
		if !o.takenBack[name] {
			o.w.broken("hands off: note %s of document %s was archived by the key, and nobody took it back", n.ID, name)
		}
		if byHand(n, "edit", "replace", "finalise", "move") {
			o.w.broken("hands off: note %s of document %s was archived by the key after a person had worked on it", n.ID, name)
		}
	}
}
