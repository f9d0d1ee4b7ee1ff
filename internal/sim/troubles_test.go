package sim

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"carryover/pipeline"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// A Trouble is something that the world does to the daemon or to its patients'
// records, apart from requests that go wrong.
type Trouble string

// The troubles, with the occasion for which Faults.Rate is a chance.
const (
	Crash        Trouble = "crash"            // each change of state: some milliseconds later
	CrashAtWrite Trouble = "crash_at_write"   // each note's POST: while its answer is on the way
	Restart      Trouble = "restart"          // each hour
	Restore      Trouble = "restore"          // each day: an old copy of the ledger is put back
	SecondDaemon Trouble = "second_daemon"    // each day: another runs on an old copy for an hour
	Edits        Trouble = "person_edits"     // each note: a practitioner edits it
	Finalises    Trouble = "person_finalises" // each note
	Archives     Trouble = "person_archives"  // each note
	MovesNote    Trouble = "person_moves"     // each note: to another patient, and by their own hand
	Describes    Trouble = "person_describes" // each file: somebody words its description anew
	ArchivesFile Trouble = "person_archives_file"
	Undoes       Trouble = "undone"            // each proven document and round at the desk
	WorksOnIt    Trouble = "person_races_undo" // each archive by a key: just before it
	Merges       Trouble = "merge"             // each session: the patient's record is merged away
	Renames      Trouble = "patient_renamed"   // each session
	ArchivesOne  Trouble = "patient_archived"  // each session
	Cancels      Trouble = "booking_cancelled" // each session
	Regenerates  Trouble = "heidi_regenerates" // each change of state: Heidi writes the text anew
	Corrects     Trouble = "session_corrected" // each change of state: the birth date is taken out
	Deletes      Trouble = "session_deleted"   // each change of state
	ClockStep    Trouble = "clock_step"        // each day: the two clocks part for half an hour
	DiskFull     Trouble = "disk_full"         // each day: the ledger cannot grow for an hour
	LedgerTaken  Trouble = "ledger_taken"      // each day: another program keeps it to itself
	KeyRevoked   Trouble = "key_revoked"       // each day, of one practitioner
	LinkExpired  Trouble = "link_expired"      // each day, of one practitioner
	TokensGone   Trouble = "tokens_revoked"    // each hour
)

// usually is how often each trouble comes in usual weather, for its occasion.
var usually = map[Trouble]float64{
	Crash: 0.03, CrashAtWrite: 0.05, Restart: 0.05, Restore: 0.15, SecondDaemon: 0.1,
	Edits: 0.1, Finalises: 0.1, Archives: 0.05, MovesNote: 0.02, Describes: 0.1, ArchivesFile: 0.05, Undoes: 0.15, WorksOnIt: 0.6,
	Merges: 0.06, Renames: 0.02, ArchivesOne: 0.02, Cancels: 0.05,
	Regenerates: 0.02, Corrects: 0.01, Deletes: 0.01,
	DiskFull: 0.3, LedgerTaken: 0.3,
	ClockStep: 0.3, KeyRevoked: 0.3, LinkExpired: 0.2, TokensGone: 0.05,
}

// Troubles lists all of them.
var Troubles = slices.Sorted(maps.Keys(usually))

// strikes says whether a trouble comes at an occasion: the n-th of an entity.
func (w *World) strikes(t Trouble, entity string, n int) bool {
	return !w.over.Load() && w.dice.Chance(w.faults.Rate[t], string(t), entity, n)
}

// soon returns a moment within so much of now, of its own.
func (w *World) soon(within time.Duration, t Trouble, entity string, n int) time.Time {
	return time.Now().Add(w.dice.Between(time.Millisecond, within, "when "+string(t), entity, n))
}

// troubles puts on the agenda what comes with days, hours and sessions.
func (w *World) troubles() {
	for day := range w.script.days {
		from := w.script.first.AddDate(0, 0, day)
		w.daily(from, day)
		for hour := 7; hour < 21; hour++ {
			at := from.Add(time.Duration(hour) * time.Hour)
			w.sometime(at, time.Hour, Restart, hour+24*day, w.restart)
			w.sometime(at, time.Hour, TokensGone, hour+24*day, w.heidi.RevokeTokens)
		}
	}
	for _, s := range w.script.practice.Sessions {
		w.aroundSession(s)
	}
}

// sometime does something in a stretch of time, if the trouble strikes.
func (w *World) sometime(from time.Time, within time.Duration, t Trouble, n int, do func()) {
	if !w.strikes(t, "", n) {
		return
	}
	w.at(from.Add(w.dice.Between(0, within, "when "+string(t), "", n)), func() {
		w.trace.add("trouble: %s", t)
		w.metAll(string(t))
		do()
	})
}

// daily is what comes at most once a day.
func (w *World) daily(from time.Time, day int) {
	work := from.Add(8 * time.Hour)
	var old string
	w.at(from.Add(12*time.Hour+w.dice.Between(0, time.Hour, "copy", "", day)), func() {
		if w.life != nil {
			old = w.copyNow("copy")
		}
	})
	w.sometime(from.Add(14*time.Hour), 5*time.Hour, Restore, day, func() { w.restore(old) })
	w.sometime(from.Add(14*time.Hour), 4*time.Hour, SecondDaemon, day, func() { w.second(old, day) })
	w.sometime(work, 10*time.Hour, ClockStep, day, func() {
		step := []time.Duration{80 * time.Second, -80 * time.Second, 6 * time.Minute, -6 * time.Minute}[w.dice.Pick(4, "step", "", day)]
		w.clock.Advance(step)
		w.at(w.soon(time.Hour, ClockStep, "back", day), func() { w.clock.Advance(-step) })
	})
	w.sometime(work, 11*time.Hour, DiskFull, day, func() { w.diskFull(day) })
	w.sometime(work, 11*time.Hour, LedgerTaken, day, func() { w.ledgerTaken(day) })
	who := w.staff()[w.dice.Pick(len(w.staff()), "who", "", day)]
	w.sometime(work, 9*time.Hour, KeyRevoked, day, func() {
		w.problem(w.cliniko.RevokeKey(who.Key), "revoke a key")
		w.at(w.soon(2*time.Hour, KeyRevoked, "back", day), func() { w.problem(w.cliniko.RestoreKey(who.Key), "restore a key") })
	})
	w.sometime(work, 9*time.Hour, LinkExpired, day, func() {
		w.problem(w.heidi.ExpireLink(who.Email, who.InternalID), "expire a link")
		w.at(w.soon(2*time.Hour, LinkExpired, "back", day), func() { w.problem(w.heidi.Link(who.Email, who.InternalID), "link again") })
	})
}

// staff are the practitioners whose documents are carried.
func (w *World) staff() []sandbox.Practitioner {
	return slices.DeleteFunc(slices.Clone(w.script.practice.Practitioners), func(p sandbox.Practitioner) bool { return p.ID == "" })
}

// aroundSession is what happens to a patient's record and booking while their
// document is on its road: within two hours of the session.
func (w *World) aroundSession(s sandbox.Session) {
	if s.Belongs == "" {
		return
	}
	act := func(t Trouble, do func() error) {
		if !w.strikes(t, s.ID, 0) {
			return
		}
		w.at(s.StartedAt.Add(s.Duration+w.dice.Between(0, 2*time.Hour, "when "+string(t), s.ID, 0)), func() {
			w.trace.add("trouble: %s %s", t, s.ID)
			w.metSession(string(t), s.ID)
			if err := do(); err != nil {
				w.trace.add("in vain: %v", err)
			}
		})
	}
	act(Merges, func() error { return w.merge(s) })
	act(Renames, func() error {
		return w.cliniko.EditPatient(w.cliniko.Survivor(s.Belongs), func(p *sandbox.Patient) { p.LastName += "-Newname" })
	})
	act(ArchivesOne, func() error { return w.cliniko.ArchivePatient(w.cliniko.Survivor(s.Belongs)) })
	act(Cancels, func() error {
		for _, a := range w.script.practice.Appointments {
			if a.PatientID == s.Belongs && a.PractitionerID == s.PractitionerID && a.StartsAt.Before(s.StartedAt) && a.EndsAt.After(s.StartedAt) {
				return w.cliniko.CancelAppointment(a.ID)
			}
		}
		return fmt.Errorf("no booking")
	})
}

// merge makes a second record of a session's patient, as a front desk does by
// mistake, and merges the first into it, as it does to mend the mistake.
func (w *World) merge(s sandbox.Session) error {
	from := w.cliniko.Survivor(s.Belongs)
	var twin sandbox.Patient
	if err := w.cliniko.EditPatient(from, func(p *sandbox.Patient) { twin = *p }); err != nil {
		return err
	}
	twin.ID = fmt.Sprint(2_000_000_000_000_000_000 + w.dice.hash("twin", s.ID, 0)%1_000_000_000_000_000_000)
	id, err := w.cliniko.AddPatient(twin)
	if err != nil {
		return err
	}
	return w.cliniko.MergePatients(from, id)
}

// changed is told of every change of a document's state: some troubles lie in
// wait for it.
func (w *World) changed(e pipeline.Event) {
	name := string(e.Session) + "/" + string(e.Document) + " " + string(e.To)
	n := w.count(name)
	if w.strikes(Crash, name, n) {
		// Before the next answer can arrive, or some answers later.
		w.at(w.soon([]time.Duration{2 * time.Millisecond, 60 * time.Millisecond, 3 * time.Second}[w.dice.Pick(3, "how soon", name, n)], Crash, name, n), w.crashAndBegin)
	}
	document := func(t Trouble, do func(session, document string) error) {
		if !w.strikes(t, name, n) {
			return
		}
		w.at(w.soon(2*time.Minute, t, name, n), func() {
			w.trace.add("trouble: %s %s", t, name)
			w.met(string(t), string(e.Session)+"/"+string(e.Document))
			if err := do(string(e.Session), string(e.Document)); err != nil {
				w.trace.add("in vain: %v", err)
			}
		})
	}
	document(Regenerates, w.regenerate)
	document(Corrects, func(session, _ string) error {
		return w.heidi.EditSession(session, sandbox.Correction{PatientDOB: "-"})
	})
	document(Deletes, func(session, _ string) error { return w.heidi.DeleteSession(session) })
}

// regenerate lets Heidi write another text in a document's place.
func (w *World) regenerate(session, document string) error {
	stage := w.script.lastStage(session, document) + 1
	if stage == 0 {
		return fmt.Errorf("its text has no word of its own")
	}
	word := w.script.word(w.dice, session, document, stage)
	words := "Written again by Heidi, whatever was there before. The plan stands, review brought forward.\n\nKept under " + word + ".\n"
	w.script.learn(word, text{session: session, document: document, stage: stage, words: words})
	return w.heidi.EditDocument(session, document, words)
}

// filing is told of every note that the key has made: people lie in wait for it.
func (w *World) filing(e clinikosim.Event) {
	if e.Path != notesPath && e.Path != filesPath || e.Status > 299 || e.ID == "" {
		return
	}
	file := e.Path == filesPath
	if w.strikes(CrashAtWrite, e.ID, 0) {
		w.at(w.soon(5*time.Millisecond, CrashAtWrite, e.ID, 0), w.crashAndBegin)
	}
	person := func(t Trouble, within time.Duration, do func() error) {
		if !w.strikes(t, e.ID, 0) {
			return
		}
		w.at(w.soon(within, t, e.ID, 0), func() {
			w.trace.add("trouble: %s %s", t, e.ID)
			w.met(string(t), w.oracle.documentOf(e.ID))
			if err := do(); err != nil {
				w.trace.add("in vain: %v", err)
			}
		})
	}
	// Some come before the proof, some after.
	within := []time.Duration{20 * time.Second, 10 * time.Minute, 3 * time.Hour}[w.dice.Pick(3, "how soon", e.ID, 0)]
	if file {
		person(Describes, within, func() error { return w.cliniko.DescribeAttachment(e.ID, w.described(e.ID)) })
		person(ArchivesFile, within, func() error { return w.cliniko.ArchiveAttachment(e.ID) })
		return
	}
	person(Edits, within, func() error { return w.cliniko.EditNote(e.ID, w.edited(e.ID)) })
	person(Finalises, within, func() error { return w.cliniko.FinaliseNote(e.ID) })
	person(Archives, within, func() error { return w.cliniko.ArchiveNote(e.ID) })
	person(MovesNote, within, func() error {
		all := w.script.practice.Patients
		return w.cliniko.MoveNote(e.ID, all[w.dice.Pick(len(all), "to whom", e.ID, 0)].ID)
	})
}

// edited is what a practitioner writes over a draft, which may take our
// reference out; described is what somebody calls a file.
func (w *World) edited(id string) []string {
	lines := []string{"A practitioner wrote this over the draft.", "Kept under " + w.oracle.wordOf(id) + "."}
	if w.dice.Chance(0.8, "keeps the reference", id, 0) {
		lines = append(lines, w.oracle.referenceOf(id))
	}
	return lines
}

func (w *World) described(id string) string {
	if w.dice.Chance(0.8, "keeps the reference", id, 0) {
		return "Letter, as sent. " + w.oracle.referenceOf(id)
	}
	return "Letter, as sent."
}

// count returns how often something has happened before.
func (w *World) count(what string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts[what]++
	return w.counts[what]
}

// mend undoes what is still broken when the days are over.
func (w *World) mend() {
	for _, p := range w.staff() {
		_ = w.cliniko.RestoreKey(p.Key)         // an error says that it is not revoked
		_ = w.heidi.Link(p.Email, p.InternalID) // likewise
	}
	w.onDisk(func() error { return errors.Join(w.disk.fill(w.lastData, false), w.disk.free(w.lastData)) })
	c := w.cliniko.Switches()
	c.ListLag = 0
	w.cliniko.SetSwitches(c)
	if off := time.Until(w.clock.Now()); off.Abs() > time.Second {
		w.clock.Advance(-off)
	}
}
