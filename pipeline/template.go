package pipeline

import "carryover"

// filledIn says what a note template made of a document.
type filledIn struct {
	template carryover.NoteTemplateID
	answered int // questions
	left     int // parts of the document that found no question
}
