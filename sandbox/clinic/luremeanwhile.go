package clinic

import "carryover/sandbox"

// meanwhileLures change the register or the diary while the document is on the
// road. before is early enough that nothing can have been decided; matching,
// sending and after meet a document in the middle of it, where both a filing
// before and a hold after are right.
var meanwhileLures = []lure{
	{
		name: "merged_before", expect: expectProven, // two records of one person, one by the time the text is finished
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			q := a.person(p.FirstName, p.LastName, p.BirthDate)
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			a.happen(s, before, Happening{What: "merge", Of: p.ID, With: q.ID})
			return a.alone(s)
		},
	},
	{
		name: "merged_into_another_before", expect: expectHeld, reasons: []string{contradiction, patientArchived, noCandidate, patientChanged, rivals},
		why: "merged that morning into a record of another name and birth date",
		set: func(a *adversary, s *sandbox.Session) bool {
			p, q := a.somebody(), a.somebody()
			says(s, name(p), p.BirthDate)
			a.happen(s, before, Happening{What: "merge", Of: p.ID, With: q.ID})
			return a.alone(s)
		},
	},
	{
		name: "archived_before", expect: expectHeld, reasons: []string{patientArchived, patientChanged}, why: "archived that morning",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), p.BirthDate)
			a.happen(s, before, Happening{What: "archive", Of: p.ID})
			return a.alone(s)
		},
	},
	{
		name: "merged_while_matching", expect: expectEither, reasons: []string{rivals, patientChanged},
		set: func(a *adversary, s *sandbox.Session) bool { return a.doubleMerged(s, matching) },
	},
	{
		name: "merged_while_sending", expect: expectEither, reasons: []string{rivals, patientChanged},
		set: func(a *adversary, s *sandbox.Session) bool { return a.doubleMerged(s, sending) },
	},
	{
		name: "undated_survivor", expect: expectEither, reasons: []string{rivals, patientChanged, oneClue, patientArchived},
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			q := a.person(p.FirstName, p.LastName, "")
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			a.happen(s, sending, Happening{What: "merge", Of: p.ID, With: q.ID})
			return a.alone(s)
		},
	},
	{
		name: "merged_twice", expect: expectEither, reasons: []string{rivals, patientChanged},
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			q, r := a.person(p.FirstName, p.LastName, p.BirthDate), a.person(p.FirstName, p.LastName, p.BirthDate)
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			a.happen(s, matching, Happening{What: "merge", Of: p.ID, With: q.ID})
			a.happen(s, after, Happening{What: "merge", Of: q.ID, With: r.ID})
			return a.alone(s)
		},
	},
	{
		name: "merged_into_another_while_sending", expect: expectEither,
		reasons: []string{patientChanged, contradiction, patientArchived, noCandidate, rivals},
		set: func(a *adversary, s *sandbox.Session) bool {
			p, q := a.somebody(), a.somebody()
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			a.happen(s, sending, Happening{What: "merge", Of: p.ID, With: q.ID})
			return a.alone(s)
		},
	},
	{
		name: "archived_while_sending", expect: expectEither, reasons: []string{patientArchived, patientChanged},
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			a.happen(s, sending, Happening{What: "archive", Of: p.ID})
			return a.alone(s)
		},
	},
	{
		name: "renamed_while_sending", expect: expectEither, reasons: []string{patientChanged, contradiction, oneClue, noCandidate},
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			a.happen(s, sending, Happening{What: "rename", Of: p.ID, With: a.surname()})
			return a.alone(s)
		},
	},
	{
		name: "birth_date_corrected_while_sending", expect: expectEither, reasons: []string{patientChanged, contradiction, noCandidate},
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			a.happen(s, sending, Happening{What: "born", Of: p.ID, With: a.born()})
			return a.alone(s)
		},
	},
	{
		name: "cancelled_while_sending", expect: expectEither, reasons: []string{oneClue, patientChanged},
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			booking := a.seat(s, p)
			says(s, name(p), "")
			tied(s, "", booking)
			s.Belongs = p.ID
			a.happen(s, sending, Happening{What: "cancel", Of: booking})
			return booking != ""
		},
	},
	{
		name: "corrected_to_another", expect: expectProven, // begun under one patient, corrected to another before it is finished
		set: func(a *adversary, s *sandbox.Session) bool {
			p, q := a.somebody(), a.somebody()
			says(s, name(p), p.BirthDate)
			s.Corrections = []sandbox.Correction{{PatientName: name(q), PatientDOB: q.BirthDate}}
			s.Belongs = q.ID
			return a.alone(s)
		},
	},
}

// afterwardsLures change the register or the diary once the document is held.
// What was in the way of a decision may go; what a recording was made under does
// not change with the diary.
var afterwardsLures = []lure{
	{
		name: "wrong_recording_then_cancelled", expect: expectHeld, reasons: []string{nextPatient},
		why: "recorded under the patient before; that the next one's booking is cancelled later does not give it to them",
		set: func(a *adversary, s *sandbox.Session) bool { return a.underThen(s, "cancel") },
	},
	{
		name: "wrong_recording_then_archived", expect: expectHeld, reasons: []string{nextPatient},
		why: "recorded under the patient before; that the next one's record is archived later does not give it to them",
		set: func(a *adversary, s *sandbox.Session) bool { return a.underThen(s, "archive") },
	},
	{
		name: "double_then_merged", expect: expectEither, reasons: []string{rivals, patientChanged},
		set: func(a *adversary, s *sandbox.Session) bool { return a.doubleMerged(s, held) },
	},
	{
		name: "birth_date_then_corrected", expect: expectEither, reasons: []string{contradiction, noCandidate},
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p), a.born())
			s.Belongs = p.ID
			a.happen(s, held, Happening{What: "born", Of: p.ID, With: s.PatientDOB})
			return a.alone(s)
		},
	},
	{
		name: "id_then_merged", expect: expectEither, reasons: []string{contradiction, rivals},
		set: func(a *adversary, s *sandbox.Session) bool {
			p, q := a.somebody(), a.somebody()
			says(s, name(p), p.BirthDate)
			tied(s, q.ID, "")
			s.Belongs = p.ID
			a.happen(s, held, Happening{What: "merge", Of: q.ID, With: p.ID})
			return a.alone(s)
		},
	},
	{
		name: "namesake_then_archived", expect: expectHeld, reasons: []string{oneClue, rivals},
		why: "a name alone does not become more because one of two namesakes is archived",
		set: func(a *adversary, s *sandbox.Session) bool {
			p, q := a.sameName()
			says(s, name(p), "")
			a.happen(s, held, Happening{What: "archive", Of: q.ID})
			return a.alone(s)
		},
	},
}

// underThen is a wrong recording whose next patient or booking is gone later.
func (a *adversary) underThen(s *sandbox.Session, what string) bool {
	p, q := a.somebody(), a.somebody()
	one, two := a.following(sandbox.Appointment{PatientID: p.ID}, sandbox.Appointment{PatientID: q.ID})
	if two == nil {
		return false
	}
	a.record(s, two)
	s.Belongs = q.ID
	says(s, name(p), p.BirthDate)
	tied(s, p.ID, one.booking)
	of := q.ID
	if what == "cancel" {
		of = two.booking
	}
	a.happen(s, held, Happening{What: what, Of: of})
	return true
}

// When things happen, counted from the last change of the document's text.
const (
	before   = -0.05
	matching = quietShare / 2
	sending  = quietShare + 0.01
	after    = quietShare + 0.04
	held     = quietShare + 0.12
)

// doubleMerged registers one person twice and merges the records meanwhile.
func (a *adversary) doubleMerged(s *sandbox.Session, when float64) bool {
	p := a.somebody()
	q := a.person(p.FirstName, p.LastName, p.BirthDate)
	says(s, name(p), p.BirthDate)
	s.Belongs = p.ID
	a.happen(s, when, Happening{What: "merge", Of: p.ID, With: q.ID})
	return a.alone(s)
}
