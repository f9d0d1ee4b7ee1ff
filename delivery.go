package carryover

import "slices"

// A State is where a document version stands on its road. A version owns the
// states up to Superseded, its delivery those from Sending on; the state that
// is shown is the delivery's once there is one.
type State string

// The states, as docs/architecture.md draws them (a test compares the two).
const (
	Seen       State = "seen"       // known, may still change
	Ripe       State = "ripe"       // the text has stopped changing
	Held       State = "held"       // a person must decide
	Ready      State = "ready"      // patient, author, destination and rendering are decided
	Skipped    State = "skipped"    // left out by a rule
	Dismissed  State = "dismissed"  // left out by a person
	Superseded State = "superseded" // replaced by a later version before it was filed
	Sending    State = "sending"    // the intent is durable, a request may be on the wire
	InDoubt    State = "in_doubt"   // the answer was lost
	Filed      State = "filed"      // Cliniko answered with an id
	Proven     State = "proven"     // read back: every word, right patient, right author
	Refused    State = "refused"    // Cliniko will not take it as it is
	Undone     State = "undone"     // the filing was reversed
)

// States lists every state in the order of the road.
var States = []State{
	Seen, Ripe, Held, Ready, Skipped, Dismissed, Superseded,
	Sending, InDoubt, Filed, Proven, Refused, Undone,
}

// road says which state may follow which. A version that is not filed yet may
// be superseded or dismissed from anywhere; a filed one only goes forward.
var road = map[State][]State{
	Seen:       {Ripe, Held, Skipped, Superseded, Dismissed},
	Ripe:       {Seen, Ready, Held, Skipped, Superseded, Dismissed},
	Held:       {Seen, Ripe, Ready, Dismissed, Skipped, Superseded, Filed},
	Ready:      {Ripe, Sending, Filed, Held, Skipped, Superseded, Dismissed},
	Skipped:    {Ripe, Superseded},
	Dismissed:  {Held, Superseded},
	Superseded: {},
	Sending:    {Filed, Ready, InDoubt, Refused},
	InDoubt:    {Filed, Ready, Held},
	Filed:      {Proven, Held, Undone},
	Proven:     {Undone, Held},
	Refused:    {Ripe, Ready, Held, Dismissed, Superseded},
	Undone:     {},
}

// CanBecome says whether the road leads from s straight to next.
func (s State) CanBecome(next State) bool {
	return slices.Contains(road[s], next)
}

// Waiting says that the version moves on by itself, without a person.
func (s State) Waiting() bool {
	switch s {
	case Seen, Ripe, Ready, Sending, InDoubt, Filed:
		return true
	}
	return false
}

// A DeliveryID names one delivery: a version's way into one patient's file.
type DeliveryID string

// A VersionID names one version of a document: its text and its evidence.
type VersionID string

// A Reason says why a version is held, skipped or refused. It is one of a
// closed list, so that it can be stored, counted and printed without a name.
type Reason string

// The reasons. Sentence has the words for people.
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
	WhoseSession      Reason = "whose_session"
	LaterVersion      Reason = "later_version"
	EvidenceChanged   Reason = "evidence_changed"
	DeletedInHeidi    Reason = "deleted_in_heidi"
	TextGone          Reason = "text_gone"
	AlreadyPasted     Reason = "already_pasted"
	EarlierNote       Reason = "earlier_note"
	StillInDoubt      Reason = "still_in_doubt"
	SettleConflict    Reason = "settle_conflict"
	NotProven         Reason = "not_proven"
	PatientChanged    Reason = "patient_changed"
	ReviewMode        Reason = "review_mode"
	ClinikoRefused    Reason = "cliniko_refused"
	CannotRender      Reason = "cannot_render"
	EqualsConsultNote Reason = "equals_consult_note"
	ByRoute           Reason = "by_route"
	ShadowMode        Reason = "shadow_mode"
	ByPerson          Reason = "by_person"
	EmptyText         Reason = "empty_text"
	AlreadyFiled      Reason = "already_filed"
	UnreadBirthDate   Reason = "unread_birth_date"
	SeveralPeople     Reason = "several_people"
)

// sentences are what a receptionist reads: what is the matter, and what helps.
var sentences = map[Reason]string{
	NoEvidence:        "Heidi's session names no patient. Open the session, see who it was, and choose the patient.",
	NoCandidate:       "No patient in Cliniko fits the name and birth date in Heidi. Is this a new patient, or a spelling that differs?",
	OneClue:           "Only one thing points to this patient. A second one (birth date, or the booking) would settle it.",
	Contradiction:     "What Heidi says about the patient does not agree with Cliniko: one detail points to somebody else.",
	Rivals:            "Two or more patients fit equally well. Choose the one who was in the room.",
	PatientArchived:   "The patient's record in Cliniko is archived. Unarchive it, or choose another record.",
	NextPatient:       "The recording may belong to the next patient in the diary. Check who was in the room.",
	ContentClash:      "The document itself names another person than the patient who was chosen.",
	WhoseSession:      "The diary does not say that this practitioner saw the patient then. Check whose session it was.",
	LaterVersion:      "The document was changed in Heidi after it was filed. File the new text as a further draft, or leave it.",
	EvidenceChanged:   "The patient's details in Heidi changed after this document was filed. It may be in the wrong file.",
	DeletedInHeidi:    "The document was deleted in Heidi before it was filed. File the text that was kept, or dismiss it.",
	TextGone:          "Heidi no longer has this document and no copy was kept.",
	AlreadyPasted:     "The same words are already in Cliniko without our reference: somebody seems to have pasted them by hand.",
	EarlierNote:       "An earlier version of this document is already in Cliniko. File this one as well, or leave it.",
	StillInDoubt:      "Cliniko's answer was lost twice and the note could not be found. Look in Cliniko, then release or dismiss.",
	SettleConflict:    "After a lost answer, what Cliniko holds is not what was sent. Look at the note in Cliniko before deciding.",
	NotProven:         "The note in Cliniko does not hold every word of the document, or is in another file. Look at it now.",
	PatientChanged:    "The patient's record changed while the document was on its way. Check that it is still the right person.",
	ReviewMode:        "This kind of document waits for a click before it is filed.",
	ClinikoRefused:    "Cliniko did not accept the note as it is.",
	CannotRender:      "The document could not be turned into a note without losing words.",
	EqualsConsultNote: "The document is the same as the session's consult note, which Heidi files itself.",
	ByRoute:           "A rule of the practice leaves this kind of document out.",
	ShadowMode:        "This kind of document is only watched, not filed.",
	ByPerson:          "Somebody decided that it does not belong in Cliniko.",
	EmptyText:         "The document has no text yet.",
	SeveralPeople:     "The name in Heidi is a couple's, or somebody's relative. See who was in the room, and choose the patient.",
	UnreadBirthDate:   "The birth date in Heidi cannot be read for sure. Write it as day, month and four digits of the year, or choose the patient.",
	AlreadyFiled:      "An earlier version with the very same text is in Cliniko already.",
}

// Sentence says the reason in plain words with what to do next.
func (r Reason) Sentence() string { return sentences[r] }
