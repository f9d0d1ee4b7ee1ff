package clinic

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"

	"github.com/google/go-cmp/cmp"
)

func TestTruthOfAGoodDay(t *testing.T) {
	for seed := range uint64(3) {
		c := open(t, Options{Seed: seed})
		before := c.Truth()
		proven := 0
		for _, d := range before.Documents {
			if d.Expect == expectProven {
				proven++
			}
		}
		want := Summary{Documents: len(before.Documents), Missing: proven}
		if diff := cmp.Diff(want, before.Summary); diff != "" {
			t.Errorf("seed %d: summary before filing (-want +got):\n%s", seed+1, diff)
		}
		fileDay(t, c)
		truth := c.Truth()
		want = Summary{Documents: len(before.Documents), NotesInCliniko: proven}
		if diff := cmp.Diff(want, truth.Summary); diff != "" {
			t.Errorf("seed %d: summary after filing (-want +got):\n%s", seed+1, diff)
			for _, n := range truth.Notes {
				if n.WordsLost > 0 || !n.BeforeDay && n.Document == nil {
					t.Logf("note %s %q loses %d words of %+v", n.ID, n.Title, n.WordsLost, n.Document)
				}
			}
		}
		for _, d := range truth.Documents {
			if d.Expect == expectProven && len(d.Notes) != 1 {
				t.Errorf("seed %d: document %s (%s %s) is carried by %d notes, want 1", seed+1, d.DocumentID, d.Name, d.Case, len(d.Notes))
			}
		}
	}
}

// A note that a person pasted carries its document, from before the day.
func TestTruthKnowsThePastedNote(t *testing.T) {
	c := open(t, Options{})
	for _, d := range c.Truth().Documents {
		if strings.Contains(d.Why, "pasted") {
			if len(d.Notes) != 1 || d.WordsLost != 0 || d.Expect != expectHeld {
				t.Errorf("pasted document = %+v, want one note, no words lost, held", d)
			}
			return
		}
	}
	t.Error("no document was pasted by hand")
}

func TestTruthFindsFault(t *testing.T) {
	for _, tt := range []struct {
		name  string
		wrong func(t *testing.T, c *Clinic)
		want  Summary // beside Documents, Missing and NotesInCliniko
	}{
		{"wrong patient", func(t *testing.T, c *Clinic) {
			d, r := pick1(t, c)
			file(t, c, d.PractitionerID, filing{patient: otherPatient(c, *d.PatientID), title: d.Name, answer: asAnswer(r, r.Content)})
		}, Summary{WrongPatient: 1}},
		{"doubled", func(t *testing.T, c *Clinic) {
			d, r := pick1(t, c)
			for range 3 {
				file(t, c, d.PractitionerID, filing{patient: *d.PatientID, title: d.Name, answer: asAnswer(r, r.Content)})
			}
		}, Summary{Duplicates: 2}},
		{"doubled and archived", func(t *testing.T, c *Clinic) {
			d, r := pick1(t, c)
			for range 2 {
				id := file(t, c, d.PractitionerID, filing{patient: *d.PatientID, title: d.Name, answer: asAnswer(r, r.Content)})
				if err := c.Cliniko.ArchiveNote(id); err != nil {
					t.Fatal(err)
				}
			}
			file(t, c, d.PractitionerID, filing{patient: *d.PatientID, title: d.Name, answer: asAnswer(r, r.Content)})
		}, Summary{}},
		{"words lost", func(t *testing.T, c *Clinic) {
			d, r := pick1(t, c)
			words := strings.Fields(r.Content)
			last := words[len(words)-1]
			if len(new(lexicon).fresh(last)) == 0 {
				t.Fatalf("the last of the document's %d words is none", len(words))
			}
			cut := strings.TrimSuffix(strings.TrimRight(r.Content, "\n"), last)
			file(t, c, d.PractitionerID, filing{patient: *d.PatientID, title: d.Name, answer: asAnswer(r, cut)})
		}, Summary{WordsLost: -1}}, // some
		{"wrong author", func(t *testing.T, c *Clinic) {
			d, r := pick1(t, c)
			file(t, c, otherPractitioner(c, d.PractitionerID), filing{patient: *d.PatientID, title: d.Name, answer: asAnswer(r, r.Content)})
		}, Summary{WrongAuthor: 1}},
		{"held and filed all the same", func(t *testing.T, c *Clinic) {
			records := c.Heidi.Documents()
			for i, d := range c.Truth().Documents {
				if d.Expect == expectHeld && d.PatientID != nil && len(d.Notes) == 0 && !strings.Contains(d.Case, "+") {
					file(t, c, d.PractitionerID, filing{patient: *d.PatientID, title: d.Name, answer: asAnswer(records[i], records[i].Content)})
					return
				}
			}
			t.Skip("nothing with a patient is held under this seed")
		}, Summary{FiledButHeld: 1}},
		{"a stranger's, filed", func(t *testing.T, c *Clinic) {
			const stranger = "340282366920938463463374607431768211001"
			add(t, c, sandbox.Session{ID: stranger, Documents: []sandbox.Document{{ID: strings.Repeat("a", 24), Expect: expectHeld, Stages: []sandbox.Stage{{Text: longText}}}}})
			records := c.Heidi.Documents()
			for i, d := range c.Truth().Documents {
				if d.SessionID == stranger {
					file(t, c, c.Practice.Practitioners[0].ID, filing{patient: c.Practice.Patients[80].ID, title: "x", answer: asAnswer(records[i], records[i].Content)})
				}
			}
		}, Summary{WrongPatient: 1, FiledButHeld: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := open(t, Options{})
			tt.wrong(t, c)
			got := c.Truth().Summary
			got.Documents, got.Missing, got.NotesInCliniko = 0, 0, 0
			if tt.want.WordsLost == -1 && got.WordsLost > 0 {
				got.WordsLost = -1
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("summary (-want +got):\n%s", diff)
			}
		})
	}
}

// fresh returns the words of a text without keeping them.
func (*lexicon) fresh(text string) []string { return splitWords(text) }

const longText = "A document of somebody whom the register does not know, with enough words of its own to be told apart from others: zebra, quartz, violin, lantern, meadow, copper, walnut, thunder."

// addedSession and addedDocument are the ids of a session that a test adds.
var addedSession, addedDocument = "340282366920938463463374607431768211002", strings.Repeat("b", 24)

// session is one of a patient's with one document that should be proven.
func session(patientID, text string) sandbox.Session {
	return sandbox.Session{ID: addedSession, Belongs: patientID, Documents: []sandbox.Document{
		{ID: addedDocument, Expect: expectProven, Stages: []sandbox.Stage{{Text: text}}},
	}}
}

func add(t *testing.T, c *Clinic, s sandbox.Session) {
	t.Helper()
	s.PractitionerID, s.StartedAt = c.Practice.Practitioners[0].ID, testDay
	if err := c.Heidi.AddSession(s); err != nil {
		t.Fatal(err)
	}
	c.script.add(s)
}

// otherPatient returns a live patient other than the one given.
func otherPatient(c *Clinic, id string) string {
	for _, p := range c.Practice.Patients {
		if p.ID != id && p.ArchivedAt.IsZero() {
			return p.ID
		}
	}
	return ""
}

func otherPractitioner(c *Clinic, id string) string {
	for _, p := range c.Practice.Practitioners {
		if p.ID != id && p.ID != "" {
			return p.ID
		}
	}
	return ""
}

// A merge during the day moves the truth along with the chart.
func TestTruthFollowsMerges(t *testing.T) {
	c := open(t, Options{})
	d, r := pick1(t, c)
	file(t, c, d.PractitionerID, filing{patient: *d.PatientID, title: d.Name, answer: asAnswer(r, r.Content)})
	survivor := otherPatient(c, *d.PatientID)
	if err := c.Cliniko.MergePatients(*d.PatientID, survivor); err != nil {
		t.Fatal(err)
	}
	truth := c.Truth()
	if truth.Summary.WrongPatient != 0 {
		t.Errorf("wrong_patient = %d after a merge, want 0", truth.Summary.WrongPatient)
	}
	for _, x := range truth.Documents {
		if x.DocumentID == d.DocumentID && (x.PatientID == nil || *x.PatientID != survivor) {
			t.Errorf("patient of the document = %v, want the survivor %s", x.PatientID, survivor)
		}
	}
}

// The words decide which document a note carries; the reference only where
// the words cannot.
func TestReferenceBreaksTies(t *testing.T) {
	patient := sandbox.Patient{ID: "1968645883121642782", FirstName: "Ada", LastName: "Duplicand", BirthDate: "1980-05-05"}
	same := sandbox.Session{ID: "271828182845904523536028747135266249775", Belongs: patient.ID, StartedAt: testDay, Documents: []sandbox.Document{
		{ID: strings.Repeat("a", 24), Expect: expectProven, Stages: []sandbox.Stage{{Text: longText}}},
		{ID: strings.Repeat("b", 24), Expect: expectProven, Stages: []sandbox.Stage{{Text: longText}}},
		{ID: strings.Repeat("c", 24), Expect: expectProven, Stages: []sandbox.Stage{{Text: longText + " And a tail: otter, piano, gravel."}}},
	}}
	p := practiceOf([]sandbox.Patient{patient}, same)
	p.Sessions[0].PractitionerID = p.Practitioners[0].ID
	c := open(t, Options{Practice: p})
	records := c.Heidi.Documents()
	for i := range records {
		file(t, c, p.Practitioners[0].ID, filing{patient: patient.ID, title: fmt.Sprint(i), answer: asAnswer(records[i], records[i].Content)})
	}
	wrongLine := records[0] // the words of the third under the reference of the first
	file(t, c, p.Practitioners[0].ID, filing{patient: patient.ID, title: "third again", answer: asAnswer(wrongLine, records[2].Content)})

	truth := c.Truth()
	got := map[string]int{}
	for i, d := range truth.Documents {
		got[records[i].DocumentID[:1]] = len(d.Notes)
	}
	if diff := cmp.Diff(map[string]int{"a": 1, "b": 1, "c": 2}, got); diff != "" {
		t.Errorf("notes by document (-want +got):\n%s", diff)
	}
	if truth.Summary.Duplicates != 1 || truth.Summary.Missing != 0 {
		t.Errorf("summary = %+v, want one duplicate and nothing missing", truth.Summary)
	}
}

func TestAmendedDocumentKeepsItsFirstNote(t *testing.T) {
	c := open(t, Options{})
	records := c.Heidi.Documents()
	for i, d := range c.Truth().Documents {
		if !strings.Contains(d.Why, "changed before it was filed") {
			continue
		}
		if d.Expect != expectEither {
			t.Errorf("nothing is filed yet and it must be %s, want either", d.Expect)
		}
		first := records[i].Versions[0]
		file(t, c, d.PractitionerID, filing{patient: *d.PatientID, title: d.Name, answer: asAnswer(records[i], first)})
		truth := c.Truth()
		if truth.Documents[i].Expect != expectHeld {
			t.Errorf("the first text is filed and the later one must be %s, want held", truth.Documents[i].Expect)
		}
		if got := truth.Summary; got.FiledButHeld != 0 || got.WordsLost != 0 || got.Duplicates != 0 {
			t.Errorf("summary with the first text filed = %+v, want nothing wrong", got)
		}
		file(t, c, d.PractitionerID, filing{patient: *d.PatientID, title: d.Name, answer: asAnswer(records[i], records[i].Content)})
		if got := c.Truth().Summary; got.FiledButHeld != 1 || got.Duplicates != 0 {
			t.Errorf("summary with the later text filed too = %+v, want it counted as filed though held", got)
		}
		return
	}
	t.Error("no document was amended")
}

// The truth of a day must not hold up who asks for it.
func TestTruthIsQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	c := open(t, Options{})
	fileDay(t, c)
	c.Truth()
	start := time.Now()
	const times = 5
	for range times {
		c.Truth()
	}
	if took := time.Since(start) / times; took > 500*time.Millisecond {
		t.Errorf("Truth of a day took %v, want at most 500ms", took)
	} else {
		t.Logf("Truth of a day took %v", took)
	}
}

func BenchmarkTruth3000(b *testing.B) {
	d := newDice(9)
	patient := sandbox.Patient{ID: "1968645883121642782", FirstName: "Ada", LastName: "Manifold", BirthDate: "1980-05-05"}
	staff := newStaff(d)
	var sessions []sandbox.Session
	for range 1500 {
		about := newSubject(d, patient, staff[0], testDay, true)
		s := sandbox.Session{ID: d.sessionID(), PractitionerID: staff[0].ID, Belongs: patient.ID, StartedAt: testDay}
		for range 2 {
			s.Documents = append(s.Documents, sandbox.Document{ID: d.hexID(), Stages: []sandbox.Stage{{Text: write(d, pick(d, kinds), about).text}}})
		}
		sessions = append(sessions, s)
	}
	p := practiceOf([]sandbox.Patient{patient}, sessions...)
	p.Practitioners = staff
	for _, s := range sessions {
		for _, doc := range s.Documents {
			p.Notes = append(p.Notes, sandbox.ExistingNote{ID: d.clinikoID(), PatientID: patient.ID, PractitionerID: staff[0].ID, Paragraphs: strings.Split(doc.Stages[0].Text, "\n"), CreatedAt: testDay})
		}
	}
	c, err := Start(Options{Practice: p})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	c.Clock.Finish()
	start := time.Now()
	c.Truth()
	b.Logf("first time: %v", time.Since(start))
	for b.Loop() {
		c.Truth()
	}
}
