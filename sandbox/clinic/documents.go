package clinic

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"carryover/sandbox"
)

// A plannedDocument is one that the day wants in a session: a document of the
// corpus, or one of the day's special cases by name.
type plannedDocument struct {
	corpus  *corpusDocument
	special string
}

// amended is the special document that changes once it is filed.
const amended = "amended"

// specials are documents with a fate of their own, one each a day.
var specials = []string{amended, "deleted", "empty", "same_as_note", "pasted_by_hand", sameNameTwice}

// sameNameTwice is a document beside which another of the same name stands.
const sameNameTwice = "same_name_twice"

// sessions writes every visit's session with its documents, oldest first.
func (b *builder) sessions() {
	slices.SortStableFunc(b.visits, func(x, y *visit) int { return x.start.Compare(y.start) })
	b.planSpecials()
	extra := b.extraDocuments()
	ordinary := 0
	for i, v := range b.visits {
		s := b.casting.session(v)
		s.At = listedBy * (float64(i) + b.texts.share(0, 0.9)) / float64(len(b.visits))
		planned := b.planned[v]
		more := b.texts.between(1, 2)
		switch {
		case v.scene.expect != "":
			more = 1
		case isOrdinary(v.scene):
			more = extra[ordinary%len(extra)] - size(planned)
			ordinary++
		}
		for range more {
			planned = append(planned, plannedDocument{})
		}
		b.write(v, &s, planned)
		b.practice.Sessions = append(b.practice.Sessions, s)
	}
}

func isOrdinary(sc *scene) bool {
	return slices.ContainsFunc(ordinaryScenes, func(o scene) bool { return o.name == sc.name })
}

// mostDocuments is how many documents a session has at most.
const mostDocuments = 3

// size returns how many documents the planned ones will be.
func size(planned []plannedDocument) int {
	n := len(planned)
	for _, p := range planned {
		if p.special == sameNameTwice {
			n++
		}
	}
	return n
}

// extraDocuments returns how many documents each ordinary session has, shuffled:
// 6 with one, 12 with two, 9 with three.
func (b *builder) extraDocuments() []int {
	counts := slices.Concat(slices.Repeat([]int{1}, 6), slices.Repeat([]int{2}, 12), slices.Repeat([]int{mostDocuments}, 9))
	b.texts.Shuffle(len(counts), func(i, j int) { counts[i], counts[j] = counts[j], counts[i] })
	return counts
}

// planSpecials gives each special document to an ordinary session; the amended
// one to an early one, so that it is filed long before it changes.
func (b *builder) planSpecials() {
	var ordinary []*visit
	for _, v := range b.visits {
		if isOrdinary(v.scene) {
			ordinary = append(ordinary, v)
		}
	}
	early := ordinary[b.texts.IntN(max(1, len(ordinary)/6))]
	for _, special := range specials {
		v := early
		if special != amended {
			for v == early || size(b.planned[v])+2 > mostDocuments { // two, because one special document brings a second
				v = pick(b.texts, ordinary)
			}
		}
		b.planned[v] = append(b.planned[v], plannedDocument{special: special})
	}
}

// write fills s with its note and its documents.
func (b *builder) write(v *visit, s *sandbox.Session, planned []plannedDocument) {
	d := b.texts
	who := b.subjectOf(v)
	about := newSubject(d, who, b.practice.Practitioners[v.practitioner], b.day, v.scene.expect != expectHeld)
	note := consultNote(d, about)
	noteAt := s.At + d.share(0.001, 0.01)
	s.ConsultNote = []sandbox.Stage{{At: noteAt, Text: note, Status: pick(d, []string{"CREATED", "CREATED", "COMPLETED"})}}
	at := noteAt + d.share(0.002, 0.08)
	for i := range s.Corrections {
		s.Corrections[i].At = min(at, visibleBy) // with the first document, long before it is ripe
	}
	together := d.chance(0.5)
	kinds := suitable(about)
	d.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	for i, p := range planned {
		doc := b.document(v, s, p, about, kinds[i%len(kinds)], min(at, visibleBy))
		s.Documents = append(s.Documents, doc)
		if p.special == sameNameTwice {
			twin := b.document(v, s, plannedDocument{}, about, kinds[(i+1)%len(kinds)], min(at, visibleBy))
			twin.Name = doc.Name
			s.Documents = append(s.Documents, twin)
		}
		if !together {
			at += d.share(0.005, 0.03)
		}
	}
}

// subjectOf returns the person in the room.
func (b *builder) subjectOf(v *visit) sandbox.Patient {
	if v.patient < 0 {
		return b.casting.stranger()
	}
	return *b.casting.patient(v.patient)
}

// document writes one document with its life.
func (b *builder) document(v *visit, s *sandbox.Session, p plannedDocument, about *subject, kind string, at float64) sandbox.Document {
	d := b.texts
	w := write(d, kind, about)
	if p.corpus != nil {
		w = b.corpusWriting(p.corpus, about, w)
	}
	doc := sandbox.Document{
		ID: d.hexID(), Name: w.kind, TemplateID: b.template(w.kind), ContentType: w.contentType,
		Expect: expectProven, Why: v.scene.why,
	}
	if v.scene.expect != "" {
		doc.Expect = v.scene.expect
	} else if p.corpus != nil && p.corpus.foreign {
		doc.Expect, doc.Why = expectEither, "it holds writing from right to left, which a PDF may not be able to set"
	}
	if d.chance(0.05) {
		doc.TemplateID = "" // made by asking the assistant, not from a template
	}
	doc.Stages = pick(d, lives)(d, at, w.text)
	b.special(p.special, v, s, &doc, about, at, w.text)
	return doc
}

// corpusWriting returns the corpus document about the subject, or fallback
// when it cannot be read.
func (b *builder) corpusWriting(c *corpusDocument, about *subject, fallback writing) writing {
	text, err := c.fill(about)
	if err != nil {
		return fallback
	}
	w := writing{kind: c.kind, contentType: "MARKDOWN", text: text}
	if c.isHTML() {
		w.contentType = "HTML"
	}
	return w
}

func (b *builder) template(kind string) string {
	for _, t := range b.practice.Templates {
		if t.Name == kind {
			return t.ID
		}
	}
	return ""
}

// special gives doc the fate of that name.
func (b *builder) special(name string, v *visit, s *sandbox.Session, doc *sandbox.Document, about *subject, at float64, text string) {
	if name != "" {
		s.Case = strings.TrimPrefix(s.Case+"+"+name, "+")
	}
	switch name {
	case amended:
		doc.Expect, doc.Why = expectHeld, "the document changed after it was filed; the filed note stays as it is"
		doc.Stages = []sandbox.Stage{{At: min(at, earlyBy), Text: text}, {At: amendedAt, Text: amend(doc.ContentType, text)}}
	case "deleted":
		doc.Expect, doc.Why = expectHeld, "the document was deleted in Heidi before it was finished"
		doc.Stages = []sandbox.Stage{{At: at, Text: firstHalf(text)}, {At: at + aSight, Gone: true}}
	case "empty":
		doc.Expect, doc.Why = expectWaiting, "the document has no text yet"
		doc.Stages = []sandbox.Stage{{At: at}}
	case "same_as_note":
		doc.Expect, doc.Why = expectSkipped, "the document is the consult note, which the native integration files"
		doc.Name, doc.ContentType = "Consult note", "MARKDOWN"
		doc.Stages = []sandbox.Stage{{At: at, Text: s.ConsultNote[0].Text}}
	case "pasted_by_hand":
		lines := plainLetter(b.texts, about)
		doc.Expect, doc.Why = expectHeld, "a person has pasted the same words into the patient's file"
		doc.Name, doc.TemplateID, doc.ContentType = "GP letter", b.template("GP letter"), "MARKDOWN"
		doc.Stages = []sandbox.Stage{{At: at, Text: strings.Join(lines, "\n\n") + "\n"}}
		b.practice.Notes = append(b.practice.Notes, sandbox.ExistingNote{
			ID: b.texts.clinikoID(), PatientID: s.Belongs, PractitionerID: s.PractitionerID, BookingID: v.booking,
			Title: "Letter to GP", Paragraphs: lines, Draft: true,
			CreatedAt: s.StartedAt.Add(s.Duration + 6*time.Minute).Truncate(time.Second),
		})
	}
}

// amend returns text with an addendum, in its own mark-up.
func amend(contentType, text string) string {
	if contentType != "HTML" {
		return strings.TrimRight(text, "\r\n") + addendum
	}
	const html = "<p><b>Addendum:</b> " + addition + "</p>"
	if i := strings.LastIndex(text, "</body>"); i >= 0 {
		return text[:i] + html + text[i:]
	}
	return text + html
}

// oldNotes puts treatment notes of earlier visits into the files.
func (b *builder) oldNotes() {
	c := b.casting
	var patients []string
	for _, i := range some(c.dice, 40, c.register.ordinary) {
		patients = append(patients, c.patient(i).ID)
	}
	for i, a := range c.diary.around(patients) {
		p := b.patientByID(a.PatientID)
		by := slices.IndexFunc(b.practice.Practitioners, func(pr sandbox.Practitioner) bool { return pr.ID == a.PractitionerID })
		about := newSubject(b.texts, p, b.practice.Practitioners[by], a.StartsAt, false)
		lines := strings.Split(strings.TrimSpace(consultNote(b.texts, about)), "\n")
		lines = slices.DeleteFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" })
		for j := range lines {
			lines[j] = strings.TrimLeft(lines[j], "#- ")
		}
		b.practice.Notes = append(b.practice.Notes, sandbox.ExistingNote{
			ID: b.texts.clinikoID(), PatientID: a.PatientID, PractitionerID: a.PractitionerID, BookingID: a.ID,
			Title: fmt.Sprintf("Standard consultation %d", i+1), Paragraphs: lines, Draft: i%9 == 0,
			CreatedAt: a.EndsAt.Add(4 * time.Minute),
		})
	}
}

func (b *builder) patientByID(id string) sandbox.Patient {
	for i := range b.casting.register.all {
		if b.casting.register.all[i].ID == id {
			return b.casting.register.all[i]
		}
	}
	return sandbox.Patient{}
}
