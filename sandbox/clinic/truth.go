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
// document that was ever visible, every treatment note, and what is wrong. The
// program under test has no say in it.
type Truth struct {
	Day       Day             `json:"day"`
	Documents []DocumentTruth `json:"documents"`
	Notes     []NoteTruth     `json:"notes"`
	Summary   Summary         `json:"summary"`
}

// A Day says how far the clinic's day has come.
type Day struct {
	Begun bool      `json:"begun"`
	Share float64   `json:"share"` // 0 before it begins, 1 at its end, more afterwards
	Now   time.Time `json:"now"`   // what the simulators stamp by
}

// A DocumentTruth is one document: whose it is, what should become of it, and
// which live notes carry it.
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
	WordsLost      int      `json:"words_lost"` // in those notes together
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

// A Summary counts what a run is judged by. In a good run all but Documents
// and NotesInCliniko are zero.
type Summary struct {
	Documents      int `json:"documents"`        // visible so far
	Missing        int `json:"missing"`          // should be proven, and no live note carries the newest text
	NotesInCliniko int `json:"notes_in_cliniko"` // live and made since the start
	Duplicates     int `json:"duplicates"`       // live notes beyond the first for one text of a document
	WrongPatient   int `json:"wrong_patient"`    // live notes in another chart than the patient's, or that belong in none
	WrongAuthor    int `json:"wrong_author"`     // live notes by another practitioner than the session's
	FiledButHeld   int `json:"filed_but_held"`   // documents that had to be held, or skipped, and were filed
	WordsLost      int `json:"words_lost"`       // in live notes that no person has changed since
}

// Truth returns the truth as of now.
func (c *Clinic) Truth() Truth {
	// Notes first: a document that appears and is filed meanwhile must not leave a note that carries nothing.
	notes, documents := c.Cliniko.Notes(), c.Heidi.Documents()
	j := &judge{clinic: c, documents: documents}
	j.truth.Day = Day{Begun: c.Clock.Begun(), Share: c.Clock.Share(), Now: c.Clock.Now()}
	j.judgeDocuments()
	c.reader.mu.Lock()
	defer c.reader.mu.Unlock()
	x := c.reader.index(documents)
	for _, n := range notes {
		j.judgeNote(x, n)
	}
	j.sum()
	return j.truth
}

// A judge puts the truth together.
type judge struct {
	clinic    *Clinic
	documents []heidisim.DocumentRecord
	truth     Truth
	newest    []bool // by document: a live note carries its newest text
}

// judgeDocuments says of each document whose it is and what should become of it.
func (j *judge) judgeDocuments() {
	known := j.clinic.script.all()
	j.newest = make([]bool, len(j.documents))
	j.truth.Documents = make([]DocumentTruth, 0, len(j.documents))
	for _, d := range j.documents {
		t := DocumentTruth{
			SessionID: d.SessionID, DocumentID: d.DocumentID, Name: d.Name, PractitionerID: d.PractitionerID, Notes: []string{},
			Reasons: j.clinic.reasons[d.SessionID],
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
		ByHand: n.ByUI || handled(n, "edit", "move", "replace"),
	}
	sum := &j.truth.Summary
	if !t.Archived && !t.BeforeDay {
		sum.NotesInCliniko++
	}
	if c := j.clinic.reader.carried(x, n.Content); c != nil {
		i := c.version.document
		d, record := &j.truth.Documents[i], j.documents[i]
		t.Document = &DocumentRef{SessionID: d.SessionID, DocumentID: d.DocumentID, Version: c.version.number}
		t.WordsLost = c.lost
		if !t.Archived {
			d.Notes = append(d.Notes, n.ID)
			d.WordsLost += c.lost
			j.newest[i] = j.newest[i] || c.version.number == lastWithText(record.Versions)
			j.weigh(d, &t, n.ByUI || handled(n, "move"))
		}
	}
	j.truth.Notes = append(j.truth.Notes, t)
}

// weigh counts what is wrong with a live note that carries d. Where a person
// has put a note, and what a person has made of its words, is theirs to answer
// for.
func (j *judge) weigh(d *DocumentTruth, t *NoteTruth, placedByHand bool) {
	sum := &j.truth.Summary
	if !t.ByHand {
		sum.WordsLost += t.WordsLost
	}
	if t.BeforeDay || placedByHand {
		return
	}
	patient := j.clinic.Cliniko.Survivor(t.PatientID)
	if d.PatientID == nil && d.Expect != expectUnknown || d.PatientID != nil && *d.PatientID != patient {
		sum.WrongPatient++
	}
	if d.PractitionerID != "" && d.PractitionerID != t.PractitionerID {
		sum.WrongAuthor++
	}
}

// sum counts documents and what only shows when all notes are known.
func (j *judge) sum() {
	sum := &j.truth.Summary
	sum.Documents = len(j.truth.Documents)
	carriers := map[DocumentRef][]*NoteTruth{}
	for i := range j.truth.Notes {
		if n := &j.truth.Notes[i]; n.Document != nil && !n.Archived {
			carriers[*n.Document] = append(carriers[*n.Document], n)
		}
	}
	for i := range j.truth.Documents {
		d := &j.truth.Documents[i]
		if d.Expect == expectProven && !j.newest[i] {
			sum.Missing++
		}
		filed := false
		versions := j.documents[i].Versions
		for v := range versions {
			notes := carriers[DocumentRef{SessionID: d.SessionID, DocumentID: d.DocumentID, Version: v}]
			sum.Duplicates += max(0, len(notes)-1)
			// The text before an amendment was rightly filed; only the newest had to wait.
			if v == lastWithText(versions) {
				filed = slices.ContainsFunc(notes, func(n *NoteTruth) bool { return !n.BeforeDay && !n.ByHand })
			}
		}
		if filed && (d.Expect == expectHeld || d.Expect == expectSkipped) {
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

// handled reports whether a person did one of the things to a note.
func handled(n clinikosim.NoteRecord, what ...string) bool {
	return slices.ContainsFunc(n.Edits, func(e clinikosim.Edit) bool {
		return e.Through == "UI" && slices.ContainsFunc(what, func(w string) bool { return strings.Contains(e.What, w) })
	})
}
