package sim

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/audit"
	"carryover/internal/seal"
	"carryover/ledger"
	"carryover/sandbox/clinikosim"
)

// A Tally counts where documents stand when a world is at rest.
type Tally struct {
	Documents int                      // shown by Heidi
	Notes     int                      // live, made by a key
	States    map[carryover.State]int  // newest versions
	Held      map[carryover.Reason]int // why
	Missed    int                      // documents that should be proven, by the clinic, and are not
	Doubles   int                      // texts with a second note that came later than grace, or by a second daemon
	Requests  int
}

// read opens a ledger beside the daemon that has it, for reading alone.
func (w *World) read(data string, look func(context.Context, *ledger.Ledger, *ledger.Tx) error) error {
	ctx := w.ctx
	master, err := seal.ReadMasterKey(filepath.Join(w.dir, "secrets", "master.key"))
	if err != nil {
		return err
	}
	l, err := ledger.Open(ctx, ledger.Config{Path: filepath.Join(data, "ledger.db"), MasterKey: master, ReadOnly: true})
	if err != nil {
		return err
	}
	err = l.View(ctx, func(tx *ledger.Tx) error { return look(ctx, l, tx) })
	return errors.Join(err, l.Close())
}

// ledger asks the daemon's own books: nothing lost, nothing left.
func (o *oracle) ledger(data, when string) {
	o.w.problem(o.w.read(data, func(ctx context.Context, _ *ledger.Ledger, tx *ledger.Tx) error {
		faults, err := tx.Check(ctx)
		if err != nil {
			return err
		}
		for _, f := range faults {
			o.w.broken("ledger (%s): %s", when, f)
		}
		open, err := alarm.Open(ctx, tx)
		if err != nil {
			return err
		}
		o.told = o.told || slices.ContainsFunc(open, func(a alarm.Alarm) bool { return a.Kind == alarm.DuplicateNote })
		return o.nothingLost(ctx, tx, when)
	}), "look into the ledger (%s)", when)
}

// nothingLost: every document stands in exactly one state, none that stood
// somewhere has gone, and what is proven is in Cliniko and kept nowhere else.
func (o *oracle) nothingLost(ctx context.Context, tx *ledger.Tx, when string) error {
	counts, err := tx.Counts(ctx)
	if err != nil {
		return err
	}
	all, err := tx.List(ctx, ledger.Filter{OlderToo: true})
	if err != nil {
		return err
	}
	sum := 0
	for _, n := range counts {
		sum += n
	}
	at := map[string]carryover.State{}
	for _, v := range all {
		if v.Newest {
			at[string(v.Session)+"/"+string(v.Document)] = v.State
		}
		doc, err := tx.Content(ctx, v.ID)
		gone := errors.Is(err, carryover.ErrGone)
		if word := wordPattern.FindString(doc.Content.Reveal()); v.State == carryover.Refused && v.Newest && o.inCliniko(word) {
			o.w.broken("told the truth (%s): document %s/%s is said to be refused, and Cliniko has it", when, v.Session, v.Document)
		}
		switch ended := v.State == carryover.Proven || v.State == carryover.Superseded; {
		case ended && !gone:
			o.w.broken("leaves nothing: version %s is %s and its text is kept (%v)", v.ID, v.State, err)
		case gone && v.State == carryover.Filed && provenBefore(ctx, tx, v.ID): // its note is read once more
		case gone && v.State.Waiting() && !v.Empty:
			o.w.broken("nothing lost (%s): version %s of %s/%s is %s and its text is gone", when, v.ID, v.Session, v.Document, v.State)
		}
	}
	if sum != len(at) {
		o.w.broken("nothing lost (%s): the counts of all states are %d, the documents %d", when, sum, len(at))
	}
	for name := range o.seen {
		if _, there := at[name]; !there {
			o.w.broken("nothing lost (%s): document %s was seen and is in no state", when, name)
		}
	}
	carried := o.carried()
	for name, state := range at {
		o.seen[name] = true
		if state == carryover.Proven && !carried[name] {
			o.w.broken("nothing lost (%s): document %s is proven and Cliniko has no note of it", when, name)
		}
	}
	return nil
}

// inCliniko says that a note carries the text with a word, and that no request
// of it came later, or from elsewhere, than the daemon has to know.
func (o *oracle) inCliniko(word string) bool {
	if word == "" || o.restored || o.w.guests.Load() > 0 || o.beyondGrace(word) {
		return false
	}
	o.looking.Lock()
	defer o.looking.Unlock()
	return !o.extra[word] && slices.ContainsFunc(o.w.shelf.filed(), func(n clinikosim.NoteRecord) bool {
		return n.ByAPI && n.ArchivedAt.IsZero() && strings.Contains(n.Content, word)
	})
}

// hasNewest says that a live note carries a document's newest text, as a person
// sees who opens the patient's file.
func (o *oracle) hasNewest(session, document string) bool {
	last := o.w.script.lastStage(session, document)
	return slices.ContainsFunc(o.w.shelf.filed(), func(n clinikosim.NoteRecord) bool {
		t, known := o.w.script.text(wordPattern.FindString(n.Content))
		return known && n.ArchivedAt.IsZero() && t.session == session && t.document == document && t.stage == last
	})
}

// carried returns the documents of which Cliniko has a note, archived or not.
func (o *oracle) carried() map[string]bool {
	found := map[string]bool{}
	for _, n := range o.w.shelf.filed() {
		if t, known := o.w.script.text(wordPattern.FindString(n.Content)); known && n.ByAPI {
			found[t.session+"/"+t.document] = true
		}
	}
	return found
}

// atRest looks at a world in which nothing has gone wrong for two days: only
// people can move what is left. The daemon has stopped.
func (o *oracle) atRest() {
	w := o.w
	var head string
	w.tally.States, w.tally.Held = map[carryover.State]int{}, map[carryover.Reason]int{}
	err := w.read(w.lastData, func(ctx context.Context, l *ledger.Ledger, tx *ledger.Tx) error {
		written, err := audit.ReadHead(filepath.Join(w.lastData, "audit.head"))
		if err != nil {
			return err
		}
		if _, err := (audit.Log{Keys: l.Keys()}).Verify(ctx, tx, &written); err != nil {
			w.broken("audit chain: %v", err)
		}
		head = fmt.Sprintf("%d %x", written.N, written.MAC)
		all, err := tx.List(ctx, ledger.Filter{})
		for _, v := range all {
			if v.Newest {
				o.stands(v)
			}
		}
		return err
	})
	w.problem(err, "read the ledger at rest")
	for word, double := range o.doubles {
		if double && !o.told {
			t, _ := w.script.text(word)
			w.broken("once: document %s/%s has two notes, and nobody was told", t.session, t.document)
		}
	}
	o.everyDocument()
	o.handsOff()
	w.outcome = o.outcome(head)
}

// stands counts one document at rest.
func (o *oracle) stands(v ledger.Version) {
	name := string(v.Session) + "/" + string(v.Document)
	t := &o.w.tally
	t.States[v.State]++
	if v.State == carryover.Held {
		t.Held[v.Reason]++
	}
	o.final[name] = string(v.State) + " " + string(v.Reason)
	if v.State.Waiting() && !(v.State == carryover.Seen && (v.Empty || o.justSeen(name))) {
		o.w.broken("nothing lost (at rest): document %s is left in %s", name, v.State)
	}
	if sc := o.w.script.scenes[string(v.Session)]; sc != nil && sc.expect[string(v.Document)] == "proven" && v.State != carryover.Proven {
		t.Missed++
	}
}

// justSeen says that a document's text or evidence was seen to have changed so
// shortly before the end that it still has to ripen: a session of some days ago
// is read every six hours, which is longer than the world rests.
func (o *oracle) justSeen(name string) bool {
	o.w.mu.Lock()
	defer o.w.mu.Unlock()
	stays := o.life[name]
	return len(stays) > 0 && time.Since(stays[len(stays)-1].from) < 15*time.Minute+3*o.w.poll
}

// everyDocument: all that Heidi shows is known.
func (o *oracle) everyDocument() {
	o.w.tally.Documents = 0
	for _, d := range o.w.heidi.Documents() {
		o.w.tally.Documents++
		name := d.SessionID + "/" + d.DocumentID
		if o.final[name] == "" && !d.Gone {
			o.w.broken("nothing lost (at rest): heidi shows document %s, which is in no state", name)
		}
	}
}

// outcome digests what is in Cliniko and where each document stands.
func (o *oracle) outcome(head string) string {
	var b strings.Builder
	for _, n := range o.w.shelf.filed() {
		if n.ByAPI {
			fmt.Fprintln(&b, n.PatientID, n.PractitionerID, n.Draft, !n.ArchivedAt.IsZero(), n.Content)
			if n.ArchivedAt.IsZero() {
				o.w.tally.Notes++
			}
		}
	}
	for _, name := range sortedKeys(o.final) {
		fmt.Fprintln(&b, name, o.final[name])
	}
	fmt.Fprintln(&b, head)
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])[:16]
}

// provenBefore says that a version's note was proven once: its words are not
// kept for when somebody asks to have it read again.
func provenBefore(ctx context.Context, tx *ledger.Tx, id carryover.VersionID) bool {
	ds, err := tx.DeliveriesOf(ctx, id)
	return err == nil && slices.ContainsFunc(ds, func(d ledger.Delivery) bool { return d.Note != "" && !d.ProvenAt.IsZero() })
}
