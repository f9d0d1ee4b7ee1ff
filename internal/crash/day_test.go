package crash

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinic"
)

// smallPace is how long a small day takes; what is shorter, sockets and a busy
// machine do not carry.
const smallPace = 2 * time.Second

// smallDay is a day of one practitioner with a document for each way through the
// road: notes, files, one of each in doubt, two that a person decides about, one
// that is empty at first. Its lanes reach their points in the same order each time, but for a
// poll more or less.
func smallDay(t *testing.T, plan *sandbox.Plan) clinic.Options {
	t.Helper()
	return dayOf(t, plan, []paper{
		{name: "Assessment of the knee"},
		{name: "Certificate of capacity", file: true},
		{name: "Progress report"},
		{name: released, nobody: true},
		{name: dismissed, nobody: true, expect: "held", why: "nobody is named, and a person leaves it out"},
		{name: "Second certificate", file: true},
		{name: "Dictated later", late: true},
	})
}

// A paper is a document of a small day, in a session and of a patient of its own.
type paper struct {
	name   string
	file   bool   // it becomes an attachment
	nobody bool   // the session names no patient: a person decides
	late   bool   // there is no text at first
	wrong  bool   // the session names another patient than the one it is about
	expect string // what should become of it; empty: proven
	why    string
}

// dayOf is a day of one practitioner with these documents.
func dayOf(t *testing.T, plan *sandbox.Plan, papers []paper) clinic.Options {
	t.Helper()
	p := clinic.Generate(*seed, clinic.LastPracticeDay(time.Now()))
	p.Patients, p.Appointments, p.Notes, p.Sessions = nil, nil, nil, nil
	for i := range p.Practitioners[1:] {
		p.Practitioners[i+1].InternalID = "" // nobody carries for them
	}
	certificate := ""
	for _, tmpl := range p.Templates {
		if tmpl.Name == "WorkCover certificate" {
			certificate = tmpl.ID
		}
	}
	if certificate == "" {
		t.Fatal("the generated practice has no template that becomes a file")
	}
	for i, what := range papers {
		patient := patientOf(i)
		p.Patients = append(p.Patients, patient)
		text := fmt.Sprintf("# %s\n\n%s walks %d0 metres without pain.\n\n- flexion %d0°\n- extension full\n", what.name, "The patient", i+3, i+9)
		d := sandbox.Document{
			ID: fmt.Sprintf("67%022x", i+1), Name: what.name, ContentType: "MARKDOWN", Expect: cmp.Or(what.expect, "proven"), Why: what.why,
			Stages: []sandbox.Stage{{At: 0.1, Text: text}},
		}
		if what.file {
			d.TemplateID = certificate
		}
		if what.late {
			d.Stages = []sandbox.Stage{{At: 0.1}, {At: 0.5, Text: text}}
		}
		s := sandbox.Session{
			ID: fmt.Sprintf("3000000000000000000000000000000000%04d", i), PractitionerID: p.Practitioners[0].ID, Belongs: patient.ID,
			PatientName: patient.FirstName + " " + patient.LastName, PatientDOB: patient.BirthDate,
			StartedAt: clinic.LastPracticeDay(time.Now()).Add(time.Duration(i) * 20 * time.Minute), Duration: 15 * time.Minute, At: 0.05,
			Case: "small",
		}
		if what.nobody {
			s.PatientName, s.PatientDOB = "", ""
		}
		if what.wrong {
			named := patientOf(len(papers) + i)
			p.Patients = append(p.Patients, named)
			s.PatientName, s.PatientDOB = named.FirstName+" "+named.LastName, named.BirthDate
		}
		s.Documents = []sandbox.Document{d}
		p.Sessions = append(p.Sessions, s)
	}
	return clinic.Options{Practice: p, Seed: *seed, Pace: smallPace, Plan: plan}
}

// patientOf is a patient unlike all others of a small day.
func patientOf(i int) sandbox.Patient {
	names := []string{
		"Abendrot", "Birkenhain", "Cassowary", "Drumlin", "Eventide", "Fennelworth", "Gorsewood",
		"Hollowmere", "Islington-Marsh", "Jacaranda", "Kestrelford", "Lindenbach", "Mallowdene", "Nightingown",
	}
	return sandbox.Patient{
		ID: fmt.Sprint(1_700_000_000_000_000_000 + i), FirstName: "Crashina", LastName: names[i],
		BirthDate: time.Date(1961, 3, 4, 0, 0, 0, 0, time.UTC).AddDate(i, i, 3*i).Format(time.DateOnly), CreatedAt: time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC),
	}
}

// smallGrace leaves room on a busy machine for what takes effect late.
const smallGrace = "grace: 4s"

// newSmall is a lane with a small day and a person's decisions and an operator's chores after it.
func newSmall(t *testing.T, plan *sandbox.Plan, script []kill) *lane {
	t.Helper()
	o := smallDay(t, plan)
	l := newLane(t, o, script)
	l.rewrite("grace: 2.5s", smallGrace)
	l.errands = append(decisions(t, o.Practice), l.chores()...)
	return l
}

// answersLost loses the answer to the first note and the first file, the second
// note altogether, and refuses the bytes of a file once.
func answersLost() *sandbox.Plan {
	once := func(path string, kind sandbox.FaultKind) sandbox.Rule {
		return sandbox.Rule{API: "cliniko", Method: "POST", Path: path, Fault: kind, Count: 1}
	}
	return &sandbox.Plan{Seed: *seed, Rules: []sandbox.Rule{
		once("/treatment_notes", sandbox.FaultCutAfter), once("/treatment_notes", sandbox.FaultRequestLost),
		once("/patient_attachments", sandbox.FaultStatusAfter), once("/bucket/**", sandbox.FaultHTML),
	}}
}

// fullDay is a generated clinic's day with the usual faults, or one session in
// share of it. The document that
// would change after it was filed does not: a Carryover that is killed again and
// again may not have filed it by then, which is right as well.
func fullDay(number uint64, pace time.Duration, share int) clinic.Options {
	p := clinic.Generate(number, clinic.LastPracticeDay(time.Now()))
	var some []sandbox.Session
	for i := 0; i < len(p.Sessions); i += share {
		some = append(some, p.Sessions[i])
	}
	p.Sessions = some
	for _, s := range p.Sessions {
		if !strings.Contains(s.Case, "amended") {
			continue
		}
		for i := range s.Documents {
			if d := &s.Documents[i]; d.Expect == "held" && len(d.Stages) == 2 {
				d.Stages, d.Expect, d.Why = d.Stages[:1], "proven", ""
			}
		}
	}
	return clinic.Options{Practice: p, Seed: number, Pace: pace, Plan: sandbox.DefaultPlan(number, pace)}
}
