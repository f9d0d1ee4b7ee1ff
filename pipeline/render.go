package pipeline

import (
	"encoding/hex"
	"strings"

	"carryover"
	"carryover/ledger"
	"carryover/render"
	"carryover/route"
)

// sectionName heads the one section of a note without a template.
const sectionName = "Document"

// Draft turns a version's text into the note that would be sent: the same
// text, rules and reference always give the same note.
func (p *Pipeline) Draft(v ledger.Version, doc carryover.Document, ref carryover.Reference) (carryover.NoteDraft, error) {
	html, err := render.Note(doc, ref, render.Standard)
	if err != nil {
		return carryover.NoteDraft{}, err
	}
	return carryover.NoteDraft{
		Patient: v.Patient, Booking: v.Booking, Attendee: v.Attendee,
		Title: route.Decide(p.Rules, doc, v.Practitioner).Title,
		Sections: []carryover.Section{{Questions: []carryover.Question{{
			Name: carryover.NewText(sectionName), Type: carryover.ParagraphQuestion, Answer: html,
		}}}},
		Reference: ref,
	}, nil
}

// wordsDigest is a keyed digest of a note's visible words: what was sent and
// what Cliniko shows are compared by it after the text is destroyed.
func (p *Pipeline) wordsDigest(html carryover.Text) []byte {
	return p.Ledger.Keys().Digest("words", strings.Join(render.Words(html), " "))
}

func hexed(b []byte) []byte { return hex.AppendEncode(nil, b) }
