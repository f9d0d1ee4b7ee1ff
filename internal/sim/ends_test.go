package sim

import (
	"errors"
	"slices"
	"testing/synctest"
	"time"

	"carryover"
	"carryover/internal/desk"
	"carryover/ledger"
)

// How a daemon's lives end, and what begins after.

// restart stops the daemon and starts it again.
func (w *World) restart() {
	if w.life == nil {
		return
	}
	w.oracle.look("before a restart")
	data := w.life.data
	w.finish()
	w.beginSoon(data, 30*time.Second)
}

// crashAndBegin crashes the daemon and starts it on what is left.
func (w *World) crashAndBegin() {
	if w.life == nil || w.over.Load() {
		return
	}
	w.metAll(string(Crash))
	w.oracle.look("before a crash")
	w.beginSoon(w.crash(), 2*time.Minute)
}

// beginSoon starts a daemon in a while, as a watchdog or a person does. The
// while is never so short that what the last one sent is still on the wire.
func (w *World) beginSoon(data string, within time.Duration) {
	n := w.count("begin")
	w.lastData = data
	w.at(time.Now().Add(w.dice.Between(5*time.Second, 5*time.Second+within, "begin", "", n)), func() {
		if w.life == nil {
			w.problem(w.begin(data), "begin")
		}
	})
}

// copyNow copies the ledger as a careless backup does: the files as they are.
func (w *World) copyNow(why string) string {
	synctest.Wait()
	return w.keep(w.life.data, why)
}

// restore crashes the daemon and puts an old copy of its ledger in place.
func (w *World) restore(old string) {
	if w.life == nil || old == "" {
		return
	}
	w.crash()
	w.oracle.forget()
	w.beginSoon(w.keep(old, "restored"), time.Minute)
}

// second runs another daemon on a copy of the ledger for a while, as happens
// when a machine is replaced and the old one not switched off.
func (w *World) second(old string, day int) {
	if w.life == nil || old == "" {
		return
	}
	other, err := w.start(w.keep(old, "second"), true)
	if err != nil {
		w.trace.add("in vain: %v", err)
		return
	}
	w.guests.Add(1)
	w.at(w.soon(time.Hour, SecondDaemon, "stop", day), func() {
		other.asked.Store(true)
		other.stop()
		<-other.over
		w.problem(other.Close(), "close life %d", other.n)
		other.link.cut()
		w.guests.Add(-1)
		w.trace.add("life %d stopped, it was the second", other.n)
	})
}

// desk is what the practice does about what is held: twice a day somebody lets
// go what is clear, ends what is not for Cliniko, and lets paused ones go on.
func (w *World) desk(round int) {
	if w.life == nil || w.over.Load() {
		return
	}
	d := w.life.Desk()
	s, err := d.Status(w.ctx)
	if err != nil {
		w.trace.add("desk: no status")
		return
	}
	w.resume(d, s)
	refused, err := d.List(w.ctx, desk.ListRequest{States: []carryover.State{carryover.Refused}, OldestFirst: true, Actor: reviewer})
	w.decided(err)
	for _, i := range refused {
		w.trace.add("desk: retry %s", i.Session+"/"+i.Document)
		_, err := d.Retry(w.ctx, desk.RetryRequest{ID: i.ID, Actor: reviewer})
		w.decided(err)
	}
	held, err := d.Held(w.ctx)
	if err != nil {
		w.trace.add("desk: no list")
		return
	}
	for _, i := range held {
		w.decide(d, i, round)
	}
	w.undoes(d, round)
}

// resume lets every paused practitioner's notes go on.
func (w *World) resume(d desk.Desk, s desk.Status) {
	for _, p := range s.Practitioners {
		if p.Paused {
			w.trace.add("desk: %s goes on (%s)", p.ID, p.Reason)
			w.oracle.told = w.oracle.told || p.Reason == string(ledger.PausedDuplicateNote)
			_, err := d.Pause(w.ctx, desk.PauseRequest{Practitioner: carryover.PractitionerID(p.ID), Actor: reviewer})
			w.decided(err)
		}
	}
}

// goOn is the last thing a person does: nothing stays paused.
func (w *World) goOn() {
	s, err := w.life.Desk().Status(w.ctx)
	if err != nil {
		w.decided(err)
		return
	}
	w.resume(w.life.Desk(), s)
}

// reviewer is how the audit chain knows the person at the desk.
const reviewer = "user:reviewer"

// clearCut are the holds that a person who knows the patient lets go.
var clearCut = []string{
	string(carryover.NoEvidence), string(carryover.NoCandidate), string(carryover.OneClue), string(carryover.Contradiction),
	string(carryover.Rivals), string(carryover.NextPatient), string(carryover.ContentClash), string(carryover.SeveralPeople),
	string(carryover.UnreadBirthDate), string(carryover.WhoseSession), string(carryover.PatientChanged), string(carryover.StillInDoubt),
}

// decide is what a person does about one held document, if anything today. They
// know the patient and the practitioner, and look into Cliniko first.
func (w *World) decide(d desk.Desk, i desk.Item, round int) {
	name := i.Session + "/" + i.Document
	lot := w.dice.Pick(10, "decide", name, round)
	sc := w.script.scenes[i.Session]
	later := i.Reason == string(carryover.LaterVersion)
	switch {
	case lot >= 6 || sc == nil:
		return // another day
	case w.oracle.hasNewest(i.Session, i.Document):
		return // it is in Cliniko: there is nothing to let go
	case (slices.Contains(clearCut, i.Reason) || later && lot < 2) && sc.belongs != "":
		if later {
			w.oracle.release(name)
		}
		r := desk.ReleaseRequest{ID: i.ID, Patient: carryover.PatientID(w.cliniko.Survivor(sc.belongs)), Actor: reviewer}
		if i.Reason == string(carryover.WhoseSession) {
			r.Practitioner = carryover.PractitionerID(sc.practitioner)
		}
		w.trace.add("desk: release %s %s", name, i.Reason)
		w.met("released", name)
		_, err := d.Release(w.ctx, r)
		w.decided(err)
	case lot == 5:
		w.trace.add("desk: dismiss %s %s", name, i.Reason)
		w.met("dismissed", name)
		_, err := d.Dismiss(w.ctx, desk.DismissRequest{ID: i.ID, Reason: desk.NotForCliniko, Actor: reviewer})
		w.decided(err)
	case lot == 4:
		w.trace.add("desk: retry %s %s", name, i.Reason)
		w.met("retried", name)
		_, err := d.Retry(w.ctx, desk.RetryRequest{ID: i.ID, Actor: reviewer})
		w.decided(err)
	}
}

// decided notes what came of a decision. That it is refused is no broken promise,
// but nobody of the simulation decides what makes no sense. A decision wakes the
// daemon: what comes of it is waited for, since of two that write to the ledger at
// one instant the runtime would choose the first.
func (w *World) decided(err error) {
	defer synctest.Wait()
	switch {
	case err == nil:
	case errors.Is(err, carryover.ErrInvalid):
		w.problem(err, "decide")
	default:
		w.trace.add("desk: in vain: %s", kindOf(err))
	}
}
