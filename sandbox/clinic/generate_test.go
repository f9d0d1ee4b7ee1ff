package clinic

import (
	"encoding/json"
	"fmt"
	"html"
	"math/big"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover/sandbox"
)

// testDay is a Tuesday in Hobart's summer time.
var testDay = time.Date(2026, 11, 3, 1, 0, 0, 0, time.UTC)

func TestGenerateIsDeterministic(t *testing.T) {
	one, two, other := dump(t, Generate(7, testDay)), dump(t, Generate(7, testDay)), dump(t, Generate(8, testDay))
	if one != two {
		t.Error("Generate(7) twice gives two clinics, want one")
	}
	if one == other {
		t.Error("Generate(7) = Generate(8), want different clinics")
	}
}

// generated returns the clinic of a seed on testDay, made once for all tests
// that only read it.
func generated(seed uint64) *sandbox.Practice {
	made, _ := clinics.LoadOrStore(seed, sync.OnceValue(func() *sandbox.Practice { return Generate(seed, testDay) }))
	return made.(func() *sandbox.Practice)()
}

var clinics sync.Map

func dump(t *testing.T, p *sandbox.Practice) string {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// seeds are the seeds over which the properties must hold.
func seeds() int {
	if testing.Short() {
		return 20
	}
	return 200
}

func TestGenerateCounts(t *testing.T) {
	for seed := range seeds() {
		p := generated(uint64(seed + 1))
		count := map[string]int{}
		total, words := 0, 0
		for _, s := range p.Sessions {
			if n := len(s.Documents); n < 1 || n > mostDocuments {
				t.Errorf("seed %d: session %s (%s) has %d documents, want 1 to %d", seed+1, s.ID, s.Case, n, mostDocuments)
			}
			for _, d := range s.Documents {
				total++
				count[d.Expect]++
				words += len(strings.Fields(lastText(d)))
			}
		}
		switch {
		case total < 75:
			t.Errorf("seed %d: %d documents, want at least 75", seed+1, total)
		case count[expectHeld] < 3 || count[expectHeld] > 8:
			t.Errorf("seed %d: %d held, want 3 to 8", seed+1, count[expectHeld])
		case count[expectProven]*100 < total*65:
			t.Errorf("seed %d: %d of %d proven, want at least 65 %%", seed+1, count[expectProven], total)
		case count[expectWaiting] != 1 || count[expectSkipped] != 1:
			t.Errorf("seed %d: %d waiting and %d skipped, want one each", seed+1, count[expectWaiting], count[expectSkipped])
		case len(p.Sessions) < 40 || len(p.Sessions) > 52:
			t.Errorf("seed %d: %d sessions, want about 45", seed+1, len(p.Sessions))
		case len(p.Patients) < 240 || len(p.Patients) > 260:
			t.Errorf("seed %d: %d patients, want about 250", seed+1, len(p.Patients))
		}
		if seed < 3 {
			t.Logf("seed %d: %d sessions, %d documents %v, %d words, %d appointments", seed+1, len(p.Sessions), total, count, words, len(p.Appointments))
		}
	}
}

// lastText is what a document says in the end.
func lastText(d sandbox.Document) string {
	text := ""
	for _, s := range d.Stages {
		if s.Text != "" {
			text = s.Text
		}
	}
	return text
}

func TestGenerateIDs(t *testing.T) {
	cliniko, hex24, uuid := regexp.MustCompile(`^(1\d{18}|\d{8})$`), regexp.MustCompile(`^[0-9a-f]{24}$`), regexp.MustCompile(`^\d{36,39}$`)
	top := new(big.Int).Lsh(big.NewInt(1), 128)
	for seed := range seeds() {
		p := generated(uint64(seed + 1))
		seen := map[string]bool{}
		check := func(id string, form *regexp.Regexp, what string) {
			if !form.MatchString(id) || seen[id] {
				t.Errorf("seed %d: %s id %q is malformed or used twice", seed+1, what, id)
			}
			seen[id] = true
		}
		for _, x := range p.Practitioners {
			if x.ID != "" {
				check(x.ID, cliniko, "practitioner")
			}
			check(x.UserID, cliniko, "user")
			if !strings.HasPrefix(x.Key, "SANDBOX") || !strings.HasSuffix(x.Key, "-au3") || seen[x.Key] {
				t.Errorf("seed %d: key of %s looks real or is used twice", seed+1, x.UserID)
			}
			seen[x.Key] = true
		}
		for _, x := range p.Patients {
			check(x.ID, cliniko, "patient")
		}
		for _, x := range p.Appointments {
			check(x.ID, cliniko, "appointment")
			for _, a := range x.Attendees {
				check(a.ID, cliniko, "attendee")
			}
		}
		for _, x := range p.Notes {
			check(x.ID, cliniko, "note")
		}
		for _, s := range p.Sessions {
			check(s.ID, uuid, "session")
			if n, _ := new(big.Int).SetString(s.ID, 10); n.Cmp(top) >= 0 {
				t.Errorf("seed %d: session id %s is above 2^128", seed+1, s.ID)
			}
			for _, d := range s.Documents {
				check(d.ID, hex24, "document")
			}
		}
	}
}

func TestGenerateLives(t *testing.T) {
	for seed := range seeds() {
		p := generated(uint64(seed + 1))
		for _, s := range p.Sessions {
			for _, d := range s.Documents {
				if err := checkLife(s, d); err != nil {
					t.Errorf("seed %d: session %s (%s): %v", seed+1, s.ID, s.Case, err)
				}
			}
			if s.At < 0 || s.At > listedBy {
				t.Errorf("seed %d: session %s appears at %.2f, want 0 to %.2f", seed+1, s.ID, s.At, listedBy)
			}
		}
	}
}

// checkLife says what is wrong with the stages of d.
func checkLife(s sandbox.Session, d sandbox.Document) error {
	amended := strings.Contains(s.Case, "amended") && d.Expect == expectHeld
	at := s.At
	for i, stage := range d.Stages {
		switch {
		case stage.At < at:
			return fmt.Errorf("stage %d at %.3f is before %.3f", i, stage.At, at)
		case i == 0 && stage.At > visibleBy:
			return fmt.Errorf("first visible at %.3f, want at most %.2f", stage.At, visibleBy)
		case stage.At > finalBy && !amended:
			return fmt.Errorf("stage %d at %.3f, want at most %.2f", i, stage.At, finalBy)
		}
		at = stage.At
	}
	words := len(strings.Fields(lastText(d)))
	if strings.Contains(d.Why, "deleted") {
		words *= 2 // only half of it was ever written
	}
	if d.Expect != expectWaiting && d.Expect != expectSkipped && (words < 110 || words > 1000) {
		return fmt.Errorf("document %q has %d words", d.Name, words)
	}
	return nil
}

// Every document that must end proven has two agreeing identifiers in its
// session, one of them the full name or the birth date, and nobody else in the
// register whom they fit.
func TestProvenMeansTwoIdentifiers(t *testing.T) {
	for seed := range seeds() {
		p := generated(uint64(seed + 1))
		w := newWitness(p)
		for _, s := range p.Sessions {
			for _, d := range s.Documents {
				if d.Expect != expectProven {
					continue
				}
				if err := w.certain(s); err != nil {
					t.Errorf("seed %d: session %s (%s): %v", seed+1, s.ID, s.Case, err)
				}
				break
			}
		}
	}
}

// A witness looks a practice over by rules of its own.
type witness struct {
	patients     map[string]sandbox.Patient
	appointments map[string]sandbox.Appointment
}

func newWitness(p *sandbox.Practice) *witness {
	w := &witness{patients: map[string]sandbox.Patient{}, appointments: map[string]sandbox.Appointment{}}
	for _, x := range p.Patients {
		w.patients[x.ID] = x
	}
	for _, a := range p.Appointments {
		w.appointments[a.ID] = a
	}
	return w
}

// survivor follows merges.
func (w *witness) survivor(id string) string {
	for w.patients[id].MergedInto != "" {
		id = w.patients[id].MergedInto
	}
	return id
}

// certain says why s does not name its patient beyond doubt.
func (w *witness) certain(s sandbox.Session) error {
	if len(s.Corrections) > 0 {
		last := s.Corrections[len(s.Corrections)-1]
		s.PatientName, s.PatientDOB = last.PatientName, last.PatientDOB
	}
	p, known := w.patients[s.Belongs]
	if !known || !p.ArchivedAt.IsZero() {
		return fmt.Errorf("belongs to %q, which is no live patient", s.Belongs)
	}
	if s.PatientName != p.FirstName+" "+p.LastName {
		return fmt.Errorf("the name typed is not the registered one")
	}
	agree := 1
	if s.PatientDOB != "" {
		if s.PatientDOB != p.BirthDate {
			return fmt.Errorf("the birth date contradicts")
		}
		agree++
	}
	if strings.EqualFold(s.EHRProvider, "cliniko") {
		if s.EHRPatientID != "" {
			if w.survivor(s.EHRPatientID) != p.ID {
				return fmt.Errorf("the patient id contradicts")
			}
			agree++
		}
		if a := w.appointments[s.EHRApptID]; s.EHRApptID != "" {
			if a.PatientID != p.ID || a.PractitionerID != s.PractitionerID || !a.CancelledAt.IsZero() {
				return fmt.Errorf("the booking contradicts")
			}
			agree++
		}
	}
	if agree < 2 {
		return fmt.Errorf("%d identifiers agree, want 2", agree)
	}
	if len(s.SharedWith) > 0 && s.EHRApptID == "" {
		return fmt.Errorf("shared, and no booking says whose it is")
	}
	return w.rival(p)
}

// rival looks for another live record that p could be taken for.
func (w *witness) rival(p sandbox.Patient) error {
	for id, other := range w.patients {
		if w.survivor(id) == p.ID {
			continue
		}
		sameBirth := p.BirthDate != "" && other.BirthDate == p.BirthDate
		sameName := strings.EqualFold(other.FirstName+other.LastName, p.FirstName+p.LastName)
		if sameName || sameBirth && other.LastName == p.LastName {
			return fmt.Errorf("record %s is a rival", id)
		}
	}
	return nil
}

// No recording of a fileable session starts after its patient's booking has
// ended while the next booking of that practitioner runs: that would be a
// recording under the wrong patient.
func TestSessionsStartInTheirBookings(t *testing.T) {
	for seed := range seeds() {
		p := generated(uint64(seed + 1))
		for _, s := range p.Sessions {
			if s.Case == "late_dictation" || s.Belongs == "" {
				continue
			}
			for _, a := range p.Appointments {
				during := a.PractitionerID == s.PractitionerID && !s.StartedAt.Before(a.StartsAt) && s.StartedAt.Before(a.EndsAt)
				if during && a.PatientID != "" && a.PatientID != s.Belongs {
					t.Errorf("seed %d: session %s (%s) starts in another patient's booking", seed+1, s.ID, s.Case)
				}
			}
		}
	}
}

func TestDiaryHasNoOverlap(t *testing.T) {
	for seed := range seeds() {
		p := generated(uint64(seed + 1))
		last := map[string]sandbox.Appointment{}
		for _, a := range p.Appointments { // sorted by start
			if before, ok := last[a.PractitionerID]; ok && a.StartsAt.Before(before.EndsAt) {
				t.Errorf("seed %d: bookings %s and %s overlap", seed+1, before.ID, a.ID)
			}
			last[a.PractitionerID] = a
		}
	}
}

// Over the seeds, every scene has its turn.
func TestEverySceneIsPlayed(t *testing.T) {
	played := map[string]int{}
	for seed := range 40 {
		for _, s := range generated(uint64(seed + 1)).Sessions {
			played[strings.Split(s.Case, "+")[0]]++
			for _, special := range specials {
				if strings.Contains(s.Case, special) {
					played[special]++
				}
			}
		}
	}
	for _, group := range [][]scene{ordinaryScenes, provenScenes, eitherScenes, heldScenes} {
		for _, sc := range group {
			if played[sc.name] == 0 {
				t.Errorf("scene %s is never played in 40 seeds", sc.name)
			}
		}
	}
	for _, special := range specials {
		if played[special] != 40 {
			t.Errorf("special document %s: %d times in 40 seeds, want once each", special, played[special])
		}
	}
}

// No document names another patient than its session's, or gives another birth
// date; one that must be held names nobody, so that it gives no answer away.
func TestDocumentsNameNobodyElse(t *testing.T) {
	birth := regexp.MustCompile(`DOB:?(?:</strong>|\*\*)?[\s:]*(\d\d/\d\d/\d{4})`)
	labelled := 0
	for seed := range seeds() / 4 {
		p := generated(uint64(seed + 1))
		names := map[string][]sandbox.Patient{}
		for _, x := range p.Patients {
			names[x.FirstName+" "+x.LastName] = append(names[x.FirstName+" "+x.LastName], x)
		}
		patients := newWitness(p).patients
		for _, s := range p.Sessions {
			belongs := patients[s.Belongs]
			for _, d := range s.Documents {
				says := html.UnescapeString(lastText(d))
				if strings.Contains(says, "{{") {
					t.Errorf("seed %d: document %s (%s) has an unfilled place", seed+1, d.ID, d.Name)
				}
				for name, who := range names {
					if !strings.Contains(says, name) {
						continue
					}
					labelled++
					if who[0].FirstName+who[0].LastName != belongs.FirstName+belongs.LastName {
						t.Errorf("seed %d: document %s (%s, %s) names somebody else than its patient", seed+1, d.ID, d.Name, s.Case)
					}
					if d.Expect == expectHeld && !strings.Contains(s.Case, "+") {
						t.Errorf("seed %d: document %s (%s, %s) must be held and names a patient", seed+1, d.ID, d.Name, s.Case)
					}
				}
				for _, m := range birth.FindAllStringSubmatch(says, -1) {
					if born, err := time.Parse(time.DateOnly, belongs.BirthDate); err != nil || born.Format("02/01/2006") != m[1] {
						t.Errorf("seed %d: document %s (%s, %s) gives another birth date than its patient's", seed+1, d.ID, d.Name, s.Case)
					}
				}
			}
		}
	}
	if labelled == 0 {
		t.Error("no document names its patient, want many to")
	}
}

// A recording under the wrong patient names the one before, whose booking had
// ended when it began, and belongs to the one whose booking was running.
func TestWrongRecordingNamesThePatientBefore(t *testing.T) {
	played := 0
	for seed := range seeds() {
		w := newWitness(generated(uint64(seed + 1)))
		for _, s := range generated(uint64(seed + 1)).Sessions {
			if s.Case != "wrong_recording" || s.EHRApptID == "" {
				continue
			}
			played++
			before := w.appointments[s.EHRApptID]
			claimed := w.patients[before.PatientID]
			if before.EndsAt.After(s.StartedAt) || before.PractitionerID != s.PractitionerID || s.Belongs == claimed.ID ||
				s.PatientName != claimed.FirstName+" "+claimed.LastName || s.PatientDOB != claimed.BirthDate {
				t.Errorf("seed %d: session %s does not name the patient before its own", seed+1, s.ID)
			}
		}
	}
	if played == 0 {
		t.Error("no recording is made under the wrong patient")
	}
}
