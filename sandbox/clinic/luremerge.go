package clinic

import "carryover/sandbox"

// mergeLures are records that ended elsewhere, or nowhere, before the day.
var mergeLures = []lure{
	{
		name: "archived", expect: expectHeld, reasons: []string{patientArchived}, why: "the record is archived",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			a.update(p, func(r *sandbox.Patient) { r.ArchivedAt = a.registrar.ago(30, 300) })
			says(s, name(p), p.BirthDate)
			return a.alone(s)
		},
	},
	{
		name: "merged_into_archived", expect: expectHeld, reasons: []string{patientArchived}, why: "the survivor of the merge is archived",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			a.update(p, func(r *sandbox.Patient) { r.ArchivedAt = a.registrar.ago(10, 20) })
			lost := a.merged(p, p.ID)
			says(s, name(p), p.BirthDate)
			tied(s, lost.ID, "")
			return a.alone(s)
		},
	},
	{
		name: "chain_into_archived", expect: expectHeld, reasons: []string{patientArchived}, why: "two merges lead to an archived record",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			a.update(p, func(r *sandbox.Patient) { r.ArchivedAt = a.registrar.ago(10, 20) })
			lost := a.merged(p, a.merged(p, p.ID).ID)
			says(s, name(p), p.BirthDate)
			tied(s, lost.ID, "")
			return a.alone(s)
		},
	},
	{
		name: "merge_chain", expect: expectProven, // three merges lead to a record of that name and birth date
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			lost := a.merged(p, a.merged(p, a.merged(p, p.ID).ID).ID)
			says(s, name(p), p.BirthDate)
			tied(s, lost.ID, "")
			s.Belongs = p.ID
			return a.alone(s)
		},
	},
	{
		name: "merge_loop", expect: expectHeld, reasons: []string{patientArchived, noCandidate, contradiction, rivals},
		why: "two records are merged into each other",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			lost := a.merged(p, p.ID)
			a.update(p, func(r *sandbox.Patient) {
				r.ArchivedAt = a.registrar.ago(10, 20)
				r.MergedInto, r.MergedAt = lost.ID, r.ArchivedAt
			})
			says(s, name(p), p.BirthDate)
			tied(s, lost.ID, "")
			return a.alone(s)
		},
	},
	{
		name: "merged_into_nowhere", expect: expectHeld, reasons: []string{patientArchived, noCandidate, contradiction},
		why: "the survivor does not exist any more",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			at := a.registrar.ago(10, 20)
			a.update(p, func(r *sandbox.Patient) { r.MergedInto, r.MergedAt, r.ArchivedAt = a.clinikoID(), at, at })
			says(s, name(p), p.BirthDate)
			tied(s, p.ID, "")
			return a.alone(s)
		},
	},
	{
		name: "merged_into_another", expect: expectHeld, reasons: []string{contradiction, patientArchived, noCandidate, rivals},
		why: "the record was merged into one of another name and birth date",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			lost := a.merged(p, a.somebody().ID)
			a.update(p, func(r *sandbox.Patient) { r.ArchivedAt = a.registrar.ago(10, 20) })
			says(s, name(p), p.BirthDate)
			tied(s, lost.ID, "")
			return a.alone(s)
		},
	},
}
