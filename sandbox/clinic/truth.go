package clinic

import (
	"slices"
	"strings"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// A Truth is what really happened, told from the simulators' own books: every
// document that was ever visible, every treatment note, every file in a
// patient's record, and what is wrong. The program under test has no say in it.
type Truth struct {
	Day         Day               `json:"day"`
	Documents   []DocumentTruth   `json:"documents"`
	Notes       []NoteTruth       `json:"notes"`
	Attachments []AttachmentTruth `json:"attachments"`
	Summary     Summary           `json:"summary"`
}

// A Day says how far the clinic's day has come.
type Day struct {
	Begun bool      `json:"begun"`
	Share float64   `json:"share"` // 0 before it begins, 1 at its end, more afterwards
	Now   time.Time `json:"now"`   // what the simulators stamp by
}

// A DocumentTruth is one document: whose it is, what should become of it, and
// which live notes and files carry it.
type DocumentTruth struct {
	SessionID      string   `json:"session_id"`
	DocumentID     string   `json:"document_id"`
	Original       string   `json:"original,omitempty"` // the session's id in the files, where it was another
	Name           string   `json:"name,omitempty"`
	PatientID      *string  `json:"patient_id"` // merges followed; null: nobody's in the register, or not known
	PractitionerID string   `json:"practitioner_id"`
	Expect         string   `json:"expect"` // as sandbox.Document has it, or either; empty: not known
	Why            string   `json:"why,omitempty"`
	Reasons        []string `json:"reasons,omitempty"` // for which it may be held, where the day's plot says
	Case           string   `json:"case,omitempty"`
	Words          int      `json:"words"` // of the newest text
	Notes          []string `json:"notes"`
	Attachments    []string `json:"attachments"`
	WordsLost      int      `json:"words_lost"` // in those together
}

// A NoteTruth is one treatment note.
type NoteTruth struct {
	ID             string       `json:"id"`
	PatientID      string       `json:"patient_id"`
	PractitionerID string       `json:"practitioner_id"`
	Draft          bool         `json:"draft"`
	Archived       bool         `json:"archived"`
	Title          string       `json:"title"`
	CreatedAt      time.Time    `json:"created_at"`
	BeforeDay      bool         `json:"before_day"` // it was there when the sandbox started
	ByHand         bool         `json:"by_hand"`    // a person wrote or changed it
	Document       *DocumentRef `json:"document"`   // what it carries
	WordsLost      int          `json:"words_lost"` // of that document
}

// A DocumentRef names a document and which of its texts is meant.
type DocumentRef struct {
	SessionID  string `json:"session_id"`
	DocumentID string `json:"document_id"`
	Version    int    `json:"version"` // of the texts it has shown, from 0; an empty text counts
}

// A Summary counts what a run is judged by. In a good run all but Documents,
// NotesInCliniko and AttachmentsInCliniko are zero. What is said of notes holds
// for files too, where it does not say otherwise.
type Summary struct {
	Documents            int `json:"documents"`              // visible so far
	Missing              int `json:"missing"`                // should be proven, and nothing live carries the newest text
	NotesInCliniko       int `json:"notes_in_cliniko"`       // notes alone: live and made since the start
	AttachmentsInCliniko int `json:"attachments_in_cliniko"` // files alone: live and made since the start
	Duplicates           int `json:"duplicates"`             // live notes and files beyond the first for one text of a document
	WrongPatient         int `json:"wrong_patient"`          // live notes in another chart than the patient's, or that belong in none
	WrongAuthor          int `json:"wrong_author"`           // live notes by another practitioner than the session's
	FiledButHeld         int `json:"filed_but_held"`         // documents that had to be held, or skipped, and were filed
	WordsLost            int `json:"words_lost"`             // in live notes that no person has changed since
	Unreferenced         int `json:"unreferenced"`           // files alone: live, by a program, no reference of their document in the description
}

// Truth returns the truth as of now.
func (c *Clinic) Truth() Truth {
	// Notes first: a document that appears and is filed meanwhile must not leave a note that carries nothing.
	notes, files, documents := c.Cliniko.Notes(), c.Cliniko.Attachments(), c.Heidi.Documents()
	j := &judge{clinic: c, documents: documents, carriers: map[DocumentRef][]filed{}}
	j.truth.Day = Day{Begun: c.Clock.Begun(), Share: c.Clock.Share(), Now: c.Clock.Now()}
	j.truth.Attachments = []AttachmentTruth{}
	j.judgeDocuments()
	c.reader.mu.Lock()
	defer c.reader.mu.Unlock()
	x := c.reader.index(documents)
	for _, n := range notes {
		j.judgeNote(x, n)
	}
	for _, a := range files {
		j.judgeAttachment(x, a)
	}
	j.sum()
	return j.truth
}

// A judge puts the truth together.
type judge struct {
	clinic    *Clinic
	documents []heidisim.DocumentRecord
	truth     Truth
	newest    []bool // by document: something live carries its newest text
	carriers  map[DocumentRef][]filed
}

// A filed is what counts of a note or a file, whichever it is.
type filed struct {
	patientID, practitionerID string
	archived, beforeDay       bool
	byHand                    bool // a person wrote or changed it
	placedByHand              bool // a person put it into that chart
}

// judgeDocuments says of each document whose it is and what should become of it.
func (j *judge) judgeDocuments() {
	known := j.clinic.script.all()
	j.newest = make([]bool, len(j.documents))
	j.truth.Documents = make([]DocumentTruth, 0, len(j.documents))
	for _, d := range j.documents {
		t := DocumentTruth{
			SessionID: d.SessionID, DocumentID: d.DocumentID, Name: d.Name, PractitionerID: d.PractitionerID,
			Notes: []string{}, Attachments: []string{}, Reasons: j.clinic.reasons[d.SessionID],
		}
		if s, ok := known[d.SessionID]; ok {
			t.PractitionerID, t.Case = s.PractitionerID, s.Case
			if original, loaded := strings.CutPrefix(s.Name, sessionNamed); loaded && original != s.ID {
				t.Original = original
			}
			if survivor := j.clinic.Cliniko.Survivor(s.Belongs); survivor != "" {
				t.PatientID = &survivor
			}
			if i := slices.IndexFunc(s.Documents, func(x sandbox.Document) bool { return x.ID == d.DocumentID }); i >= 0 {
				t.Expect, t.Why = s.Documents[i].Expect, s.Documents[i].Why
			}
		}
		j.truth.Documents = append(j.truth.Documents, t)
	}
	j.clinic.reader.mu.Lock()
	defer j.clinic.reader.mu.Unlock()
	for i, d := range j.documents {
		j.truth.Documents[i].Words = j.clinic.reader.source(d.Content).size()
	}
}

// judgeNote says what a note carries and counts what is wrong with it.
func (j *judge) judgeNote(x *index, n clinikosim.NoteRecord) {
	t := NoteTruth{
		ID: n.ID, PatientID: n.PatientID, PractitionerID: n.PractitionerID, Draft: n.Draft, Archived: !n.ArchivedAt.IsZero(),
		Title: n.Title, CreatedAt: n.CreatedAt, BeforeDay: j.clinic.before[n.ID],
		ByHand: n.ByUI || handled(n.Edits, "edit", "move", "replace"),
	}
	if !t.Archived && !t.BeforeDay {
		j.truth.Summary.NotesInCliniko++
	}
	in := carrier{words: j.clinic.reader.note(n.Content), references: referencesIn(n.Content), form: n.TemplateID != ""}
	d := j.carry(x, in, filed{
		patientID: t.PatientID, practitionerID: t.PractitionerID, archived: t.Archived, beforeDay: t.BeforeDay,
		byHand: t.ByHand, placedByHand: n.ByUI || handled(n.Edits, "move"),
	}, &t.Document, &t.WordsLost)
	if d != nil && !t.Archived {
		d.Notes = append(d.Notes, n.ID)
	}
	j.truth.Notes = append(j.truth.Notes, t)
}

// carry finds the document that a note or a file carries, writes it and what is
// lost of it to ref and lost, counts what is wrong, and returns the document's
// truth; nil when it carries none.
func (j *judge) carry(x *index, in carrier, f filed, ref **DocumentRef, lost *int) *DocumentTruth {
	c := j.clinic.reader.carried(x, in)
	if c == nil {
		return nil
	}
	i := c.version.document
	d, record := &j.truth.Documents[i], j.documents[i]
	*ref = &DocumentRef{SessionID: d.SessionID, DocumentID: d.DocumentID, Version: c.version.number}
	*lost = c.lost
	if !f.archived {
		d.WordsLost += c.lost
		j.newest[i] = j.newest[i] || c.version.number == lastWithText(record.Versions)
		j.carriers[**ref] = append(j.carriers[**ref], f)
		j.weigh(d, f, c.lost)
	}
	return d
}

// weigh counts what is wrong with a live note or file that carries d. Where a
// person has put it, and what a person has made of its words, is theirs to
// answer for.
func (j *judge) weigh(d *DocumentTruth, f filed, lost int) {
	sum := &j.truth.Summary
	if !f.byHand {
		sum.WordsLost += lost
	}
	if f.beforeDay || f.placedByHand {
		return
	}
	patient := j.clinic.Cliniko.Survivor(f.patientID)
	if d.PatientID == nil && d.Expect != expectUnknown || d.PatientID != nil && *d.PatientID != patient {
		sum.WrongPatient++
	}
	if d.PractitionerID != "" && d.PractitionerID != f.practitionerID {
		sum.WrongAuthor++
	}
}

// sum counts documents and what only shows when all notes and files are known.
func (j *judge) sum() {
	sum := &j.truth.Summary
	sum.Documents = len(j.truth.Documents)
	for i := range j.truth.Documents {
		d := &j.truth.Documents[i]
		if d.Expect == expectProven && !j.newest[i] {
			sum.Missing++
		}
		inCliniko, before := false, false
		versions := j.documents[i].Versions
		for v := range versions {
			carriers := j.carriers[DocumentRef{SessionID: d.SessionID, DocumentID: d.DocumentID, Version: v}]
			sum.Duplicates += max(0, len(carriers)-1)
			// The text before an amendment was rightly filed; only the newest had to wait.
			if v == lastWithText(versions) {
				inCliniko = slices.ContainsFunc(carriers, func(f filed) bool { return !f.beforeDay && !f.byHand })
			} else {
				before = before || len(carriers) > 0
			}
		}
		if d.Expect == expectHeld && strings.Contains(d.Case, amended) && !before {
			// A slow machine had not filed it when it changed: then the new text is the first.
			d.Expect, d.Why = expectEither, "the document changed before it was filed"
		}
		if inCliniko && (d.Expect == expectHeld || d.Expect == expectSkipped) {
			sum.FiledButHeld++
		}
	}
}

// lastWithText returns the number of the newest version that says something,
// -1 when none does.
func lastWithText(versions []string) int {
	for i, text := range slices.Backward(versions) {
		if strings.TrimSpace(text) != "" {
			return i
		}
	}
	return -1
}

// handled reports whether a person did one of the things to a note or a file.
func handled(edits []clinikosim.Edit, what ...string) bool {
	return slices.ContainsFunc(edits, func(e clinikosim.Edit) bool {
		return e.Through == "UI" && slices.ContainsFunc(what, func(w string) bool { return strings.Contains(e.What, w) })
	})
}
