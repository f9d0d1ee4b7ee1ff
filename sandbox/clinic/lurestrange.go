package clinic

import (
	"strings"

	"carryover/sandbox"
)

// unsure are the reasons for holding what nobody can read.
var unsure = []string{oneClue, contradiction, noCandidate, severalPeople, noEvidence}

// strangeLures are signs that no name is made of.
var strangeLures = []lure{
	{name: "emoji", expect: expectEither, reasons: unsure, set: written(func(p sandbox.Patient) string { return "😀 " + p.FirstName + " 🦘 " + p.LastName + " 🎉" })},
	{name: "right_to_left", expect: expectEither, reasons: unsure, set: written(func(p sandbox.Patient) string { return "\u202e" + p.FirstName + "\u202c \u200f" + p.LastName })},
	{name: "invisible_signs", expect: expectEither, reasons: unsure, set: written(func(p sandbox.Patient) string {
		return p.FirstName[:2] + "\u200b\u00ad" + p.FirstName[2:] + "\u2060 \ufeff" + p.LastName
	})},
	{name: "control_signs", expect: expectEither, reasons: unsure, set: written(func(p sandbox.Patient) string {
		return "\x1b[2J" + p.FirstName + "\x00\x07 \x08" + p.LastName + "\x7f"
	})},
	{name: "mark_up", expect: expectEither, reasons: unsure, set: written(func(p sandbox.Patient) string {
		return "<b>" + p.FirstName + "</b> " + p.LastName + "<script>alert(1)</script>"
	})},
	{
		name: "two_lines", expect: expectHeld, reasons: unsure, why: "the name field holds two people, one a line",
		set: func(a *adversary, s *sandbox.Session) bool {
			p, q := a.somebody(), a.somebody()
			says(s, name(p)+"\n"+name(q), p.BirthDate)
			return a.alone(s)
		},
	},
	{
		name: "prose_in_name", expect: expectHeld, reasons: unsure, why: "ten thousand signs of prose are no name, whoever stands in it",
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			says(s, name(p)+strings.Repeat(" came in about the shoulder", 380), p.BirthDate)
			return a.alone(s)
		},
	},
	{
		name: "long_name_registered", expect: expectEither, reasons: []string{rivals},
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.somebody()
			a.person(strings.Repeat("Wolfgang", 1250), p.LastName, p.BirthDate)
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			return a.alone(s)
		},
	},
	{
		name: "other_script", expect: expectEither, reasons: unsure,
		set: func(a *adversary, s *sandbox.Session) bool {
			p := a.person("\u0644\u064a\u0644\u0649", "\u062a\u062c\u0631\u064a\u0628\u064a", a.born())
			says(s, name(p), p.BirthDate)
			s.Belongs = p.ID
			return a.alone(s)
		},
	},
}

// written makes a lure's set of somebody whose name was written that way, with
// the right birth date.
func written(how func(sandbox.Patient) string) func(*adversary, *sandbox.Session) bool {
	return func(a *adversary, s *sandbox.Session) bool {
		p := a.person("Marguerite", a.surname(), a.born())
		says(s, how(p), p.BirthDate)
		s.Belongs = p.ID
		return a.alone(s)
	}
}
