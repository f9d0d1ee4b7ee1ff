package carryover

import (
	"maps"
	"slices"
)

// A Reason says why a version is held, skipped or refused. It is one of a
// closed list, so that it can be stored, counted and printed without a name.
type Reason string

// The reasons. Sentence says what is the matter, NextStep what helps.
const (
	NoReason          Reason = ""
	NoEvidence        Reason = "no_evidence"
	NoCandidate       Reason = "no_candidate"
	OneClue           Reason = "one_clue"
	Contradiction     Reason = "contradiction"
	Rivals            Reason = "rivals"
	PatientArchived   Reason = "patient_archived"
	NextPatient       Reason = "next_patient"
	ContentClash      Reason = "content_clash"
	SeveralPeople     Reason = "several_people"
	UnreadBirthDate   Reason = "unread_birth_date"
	WhoseSession      Reason = "whose_session"
	PatientChanged    Reason = "patient_changed"
	LaterVersion      Reason = "later_version"
	EvidenceChanged   Reason = "evidence_changed"
	DeletedInHeidi    Reason = "deleted_in_heidi"
	TextGone          Reason = "text_gone"
	AlreadyPasted     Reason = "already_pasted"
	EarlierNote       Reason = "earlier_note"
	StillInDoubt      Reason = "still_in_doubt"
	SettleConflict    Reason = "settle_conflict"
	NotProven         Reason = "not_proven"
	RemoveByHand      Reason = "remove_by_hand"
	TakenBack         Reason = "taken_back"
	CannotMove        Reason = "cannot_move"
	NoSuchRecord      Reason = "no_such_record"
	ReviewMode        Reason = "review_mode"
	ClinikoRefused    Reason = "cliniko_refused"
	CannotRender      Reason = "cannot_render"
	EqualsConsultNote Reason = "equals_consult_note"
	ByRoute           Reason = "by_route"
	ShadowMode        Reason = "shadow_mode"
	ByPerson          Reason = "by_person"
	EmptyText         Reason = "empty_text"
	AlreadyFiled      Reason = "already_filed"
	LaterLeft         Reason = "later_left"
)

// Reasons lists every reason but NoReason, by the alphabet.
func Reasons() []Reason { return slices.Sorted(maps.Keys(reasons)) }

// Sentence says in plain words what is the matter: one line, without a name.
func (r Reason) Sentence() string { return reasons[r].sentence }

// NextStep says what helps, first as a person does it in Heidi or Cliniko, then
// as a command between backquotes. In a command, ID stands for the document's
// reference, N for a patient's id in Cliniko and P for a practitioner's.
func (r Reason) NextStep() string { return reasons[r].next }

// advice is what a receptionist reads about a reason.
type advice struct{ sentence, next string }

// reasons is the closed list. "By itself" is meant: a document that is held
// because of its patient is matched anew when Heidi or Cliniko has changed.
var reasons = map[Reason]advice{
	// Who is the patient?
	NoEvidence: {
		"Heidi's session names no patient.",
		"Write the patient's name and birth date into the session in Heidi: Carryover looks again by itself. Or choose the patient: `carryover release ID --patient N`.",
	},
	NoCandidate: {
		"No patient in Cliniko fits the name and birth date in Heidi.",
		"Compare the spelling, or add a patient who is new to Cliniko: Carryover looks again by itself. Or choose the patient: `carryover release ID --patient N`.",
	},
	OneClue: {
		"Too few details agree to be sure of the patient.",
		"Complete the name and birth date in Heidi or in Cliniko: Carryover looks again by itself. Or choose the patient: `carryover release ID --patient N`.",
	},
	Contradiction: {
		"Some details fit this patient, and another one points to somebody else.",
		"See which detail differs and correct it in Heidi or in Cliniko: Carryover looks again by itself. Or choose the patient: `carryover release ID --patient N`.",
	},
	Rivals: {
		"Two or more patients fit equally well.",
		"Choose the one who was in the room: `carryover release ID --patient N`. If it is one person with two records, merge them in Cliniko: Carryover looks again by itself.",
	},
	PatientArchived: {
		"The patient's record in Cliniko is archived.",
		"Unarchive it in Cliniko: Carryover looks again by itself. Or choose another record: `carryover release ID --patient N`.",
	},
	NextPatient: {
		"The recording may belong to the next patient in the diary.",
		"Ask the practitioner who was in the room, then choose that patient: `carryover release ID --patient N`.",
	},
	ContentClash: {
		"The document itself names another person than the patient found.",
		"Read it with `carryover show ID --text`. Correct the session's patient in Heidi: Carryover looks again by itself. Or choose the patient: `carryover release ID --patient N`.",
	},
	SeveralPeople: {
		"The name in Heidi is a couple's, or somebody's relative.",
		"Ask the practitioner who was in the room, then choose that patient: `carryover release ID --patient N`.",
	},
	UnreadBirthDate: {
		"The birth date in Heidi cannot be read for sure.",
		"Write it in Heidi as day, month and four digits of the year: Carryover looks again by itself. Or choose the patient: `carryover release ID --patient N`.",
	},
	WhoseSession: {
		"The diary does not say that this practitioner saw the patient then.",
		"Ask whose session it was, then name patient and practitioner: `carryover release ID --patient N --practitioner P`.",
	},
	PatientChanged: {
		"The patient's record changed while the document was on its way.",
		"Open the record in Cliniko. If it is still the right person: `carryover release ID --patient N`.",
	},

	// Something of this document is, or was, somewhere already.
	LaterVersion: {
		"The document was changed in Heidi after it was filed.",
		"File the new text as a further draft, titled as updated: `carryover release ID`. Or leave it: `carryover dismiss ID --reason not_for_cliniko`.",
	},
	EvidenceChanged: {
		"The patient's details in Heidi changed after this was filed: it may be in the wrong file.",
		"Look at the note in Cliniko. In the wrong file, have it taken out and filed in the right one: `carryover move ID --patient N`. In the right one already: `carryover dismiss ID --reason duplicate`.",
	},
	DeletedInHeidi: {
		"The document was deleted in Heidi before it was filed.",
		"Ask the practitioner. File the text that was kept: `carryover release ID --patient N`. Or leave it out: `carryover dismiss ID --reason not_for_cliniko`.",
	},
	TextGone: {
		"Heidi no longer has this document, and no copy was kept.",
		"If somebody has the text, save it and file that: `carryover file DOCUMENT --patient N --born DATE`. Then end the matter: `carryover dismiss ID --reason already_filed_by_hand`.",
	},
	AlreadyPasted: {
		"The same words are in Cliniko already: somebody seems to have pasted them by hand.",
		"Look at that note in Cliniko. If it is in the right file: `carryover dismiss ID --reason already_filed_by_hand`. If not, file this one: `carryover release ID`.",
	},
	EarlierNote: {
		"An earlier version of this document is in Cliniko already.",
		"Look at that note in Cliniko. File this one as well: `carryover release ID`. Or leave it: `carryover dismiss ID --reason duplicate`.",
	},
	StillInDoubt: {
		"Cliniko's answer was lost twice, and nothing of it could be found there.",
		"Look for the note or attachment in the patient's file in Cliniko. If it is there: `carryover dismiss ID --reason already_filed_by_hand`. If not: `carryover release ID`.",
	},
	SettleConflict: {
		"After a lost answer, what Cliniko holds is not what was sent.",
		"Look at the note in Cliniko. If it is right as it is: `carryover dismiss ID --reason already_filed_by_hand`. If not, archive it there, for Carryover cannot tell that it is its own; then: `carryover release ID`.",
	},
	NotProven: {
		"What Cliniko holds lacks words of the document, or is in another patient's file.",
		"Look at the note or attachment in Cliniko now. Have it taken out if it is wrong: `carryover undo ID`, or `carryover move ID --patient N` to file it in another record. If it is right: `carryover dismiss ID --reason already_filed_by_hand`. Have it read again: `carryover retry ID`.",
	},
	RemoveByHand: {
		"It was to be taken out of its record, but somebody has worked on it since.",
		"Open the note in Cliniko and remove it by hand: Carryover sees that it is gone. If it is to stay after all: `carryover retry ID`.",
	},
	TakenBack: {
		"An earlier version of this document was filed and taken back by a person.",
		"Decide whether this one belongs in Cliniko. In whose record: `carryover release ID --patient N`. Nowhere: `carryover dismiss ID --reason not_for_cliniko`.",
	},
	CannotMove: {
		"It could not be moved to another record, for nobody has its words any more.",
		"Nothing was done. Take it out of the wrong record: `carryover undo ID`. If somebody has the text, save it and file that: `carryover file DOCUMENT --patient N --born DATE`.",
	},
	NoSuchRecord: {
		"It was to be moved to a record that Cliniko does not have, or has archived.",
		"Nothing was done. Look for the patient's record in Cliniko, then: `carryover move ID --patient N`. If it may stay where it is: `carryover retry ID`.",
	},

	// The patient is known, and it is not filed yet.
	ReviewMode: {
		"This kind of document waits for one click before it is filed.",
		"See what would be filed: `carryover preview ID`. Then let it go: `carryover release ID`.",
	},
	ClinikoRefused: {
		"Cliniko did not accept the document as it is.",
		"Check in Cliniko that the practitioner may write notes and attachments, and that the patient's record is open, then: `carryover retry ID`. Or copy it by hand and: `carryover dismiss ID --reason already_filed_by_hand`.",
	},
	CannotRender: {
		"The document could not be laid out for Cliniko without losing words or signs.",
		"Copy it from Heidi into Cliniko by hand, then: `carryover dismiss ID --reason already_filed_by_hand`.",
	},

	// Left out. Nothing waits for anybody.
	EqualsConsultNote: {
		"The document is the same as the session's consult note, which Heidi files itself.",
		"Nothing needs doing. To have consult notes carried as well, set consult_notes in the configuration.",
	},
	ByRoute: {
		"A rule of the practice leaves this kind of document out.",
		"Nothing needs doing. After a change of the rule: `carryover retry ID`.",
	},
	ShadowMode: {
		"This kind of document is only watched, not filed.",
		"Nothing needs doing. After a change of the route's mode: `carryover retry ID`.",
	},
	ByPerson: {
		"Somebody decided that it does not belong in Cliniko.",
		"Nothing needs doing. Within seven days a change of mind is: `carryover retry ID`.",
	},
	EmptyText: {
		"The document has no text.",
		"Nothing needs doing. When there is text in Heidi, Carryover takes it by itself.",
	},
	AlreadyFiled: {
		"An earlier version with the very same text is in Cliniko already.",
		"Nothing needs doing.",
	},
	LaterLeft: {
		"It was changed in Heidi after it was filed, and a rule leaves later versions out.",
		"Nothing needs doing. To have this one filed as well: `carryover retry ID`, then `carryover release ID`.",
	},
}
