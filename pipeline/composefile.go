package pipeline

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"carryover"
	"carryover/ledger"
	"carryover/render"
	"carryover/render/pdf"
)

// longestDescription is the longest description of a file that Cliniko takes,
// in characters (reference sheet §15).
const longestDescription = 255

// composeFile makes the PDF. The same text and delivery give the same bytes, so
// that a ledger that was restored recognises the file.
func (p *Pipeline) composeFile(w way) (outgoing, error) {
	out := outgoing{to: carryover.ToAttachment, profile: ledger.ProfilePDF}
	if w.v.Practitioner != "" && p.Sides[w.v.Practitioner].Files == nil {
		return out, errNoFiles
	}
	content, err := pdf.Write(render.Parse(w.doc), pdf.Sheet{
		Practice: p.Practice, Title: w.titled(w.doc.Name), Reference: w.d.Reference, Date: p.sheetDate(w.began),
	})
	if err != nil {
		return out, err
	}
	title := w.titled(p.routed(w.doc, w.v.Practitioner).Title)
	out.file = carryover.AttachmentDraft{
		Patient: w.v.Patient, FileName: pdf.FileName(w.doc.Name, w.d.Reference), ContentType: "application/pdf",
		Content: carryover.NewText(string(content)), Description: describe(title, w.d.Reference), Reference: w.d.Reference,
	}
	out.digest = p.fileDigest(plainText(out.file.Description), out.file.Content)
	return out, nil
}

// sheetDate is the day of a session as the practice's calendar has it; zero when
// nobody knows it.
func (p *Pipeline) sheetDate(began time.Time) time.Time {
	if began.IsZero() || p.Zone == nil {
		return began
	}
	return began.In(p.Zone)
}

// describe words the line by which a file is found in the record's list: its
// title, cut where it is too long, and the whole reference.
func describe(title carryover.Text, ref carryover.Reference) carryover.Text {
	const between = " · "
	left := longestDescription - utf8.RuneCountInString(between) - len(ref)
	said := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(title.Reveal(), "\uFFFD"), blank), " ")
	if r := []rune(said); len(r) > left {
		said = strings.TrimRightFunc(string(r[:left-1]), unicode.IsSpace) + "…"
	}
	return carryover.NewText(said + between + string(ref))
}

// blank says that r parts words, or is nothing that one line can show.
func blank(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
