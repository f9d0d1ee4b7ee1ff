// Package carryover is the vocabulary of Carryover: what a session, a document,
// a patient and a treatment note are, and the life of a delivery. It does no
// I/O.
//
// Carryover carries every finished document from the AI scribe Heidi to the
// right patient's file in the practice system Cliniko, once, word for word,
// without leaving Australia; a person decides whenever there is doubt.
//
// # A tour
//
// A document's road is told by the files of package pipeline, one step a file:
//
//	discover  list a practitioner's sessions, read what is new or due
//	ripen     wait until the text has stopped changing
//	match     who is the patient? certain, or held
//	route     where does it go? a note, or nowhere
//	render    as what? HTML that Cliniko keeps
//	deliver   look first, write the intent, POST once, classify the answer
//	settle    the answer was lost: read Cliniko before anything is sent again
//	prove     read back: every word, right patient, right author, a draft
//
// The states in between are the constants of delivery.go. Packages heidi and
// cliniko speak to the two APIs; match, render and route decide, and are pure
// functions; ledger remembers; audit keeps the chain of who did what. The
// simulators of both APIs live below sandbox and share no code with the
// clients. docs/architecture.md has the picture.
package carryover
