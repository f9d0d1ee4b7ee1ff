package clinic

import "carryover/sandbox"

// Reasons for a hold, in the words of carryover.Reason. The sandbox shares no
// code with what it tests.
const (
	noEvidence      = "no_evidence"
	noCandidate     = "no_candidate"
	oneClue         = "one_clue"
	contradiction   = "contradiction"
	rivals          = "rivals"
	patientArchived = "patient_archived"
	patientChanged  = "patient_changed"
	nextPatient     = "next_patient"
	contentClash    = "content_clash"
	whoseSession    = "whose_session"
	severalPeople   = "several_people"
	unreadBirthDate = "unread_birth_date"
)

// lures returns all of them, in the order in which they find their place in
// the diary: those that need two places in a row first.
func lures() [][]lure {
	return [][]lure{neighbourLures, afterwardsLures, familyLures, namesakeLures, tieLures, diaryLures, mergeLures, meanwhileLures, typedLures, strangeLures, recordedLures}
}

// rhyming are given names that are heard for one another, and each a name of
// its own.
var rhyming = [][2]string{
	{"Jayden", "Hayden"},
	{"Kayla", "Tayla"},
	{"Holly", "Molly"},
	{"Eric", "Erin"},
	{"Rylan", "Dylan"},
	{"Gemma", "Emma"},
	{"Ava", "Eva"},
	{"Hassan", "Hussein"},
	{"Kelly", "Keely"},
	{"Alice", "Alicia"},
}

// siblingNames are given names that nobody takes for one another.
var siblingNames = [][2]string{
	{"Bronwyn", "Harriet"},
	{"Cedric", "Lachlan"},
	{"Fiona", "Priya"},
	{"Jonah", "Tobias"},
	{"Esther", "Nadia"},
	{"Hugo", "Reuben"},
}

// siblings returns two first names of one family, in either order.
func (a *adversary) siblings() (one, other string) { return a.either(pick(a.dice, siblingNames)) }

// either returns a pair in either order.
func (a *adversary) either(pair [2]string) (one, other string) {
	k := a.IntN(2)
	return pair[k], pair[1-k]
}

// twins registers two people of one family and one birth date.
func (a *adversary) twins(first, second string) (p, q sandbox.Patient) {
	last, born := a.surname(), a.born()
	return a.person(first, last, born), a.person(second, last, born)
}

// sameName registers two people of one name.
func (a *adversary) sameName() (p, q sandbox.Patient) {
	p = a.somebody()
	return p, a.person(p.FirstName, p.LastName, a.born())
}

// name is what the register calls p.
func name(p sandbox.Patient) string { return p.FirstName + " " + p.LastName }
