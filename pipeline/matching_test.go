package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// The document names somebody else.
func TestContentClash(t *testing.T) {
	for _, text := range []string{
		"Patient: Otto Quillfeather\nKnee better.", // a relative
		"- Patient: Otto Elsewhere\nKnee better.",
		"## Patient: Otto Elsewhere\nKnee better.",
		"Re: Otto Elsewhere\nKnee better.",
		"*Patient:* Otto Elsewhere\nKnee better.",
		"<p><strong>Patient:</strong> Otto Elsewhere</p>",
		"<p><b>DOB:</b> 06/06/1960</p>",
		"| Patient | Otto Elsewhere |\n|---|---|\nKnee better.",
		"D.O.B.: 06/06/1960\nKnee better.",
		"Patient's name: Otto Elsewhere\nKnee better.",
		"# Otto Elsewhere\nKnee better.",
		"DOB: 6 June 1960",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
				p.Sessions[0].Documents[0].Stages = []sandbox.Stage{{Text: text}}
				p.Sessions[0].Documents[0].ContentType = map[bool]string{true: "HTML", false: "MARKDOWN"}[strings.HasPrefix(text, "<")]
			})
			h.spin(300 * time.Millisecond)
			if n := h.notes(); len(n) != 0 {
				t.Errorf("filed to Mira Quillfeather, born 1979")
			}
		})
	}
}

// Matching.
func TestTwinInTheDiary(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		p.Patients = append(p.Patients, sandbox.Patient{ID: "1968645883121642703", FirstName: "Mia", LastName: "Quillfeather", BirthDate: "1979-02-14", CreatedAt: p.Patients[0].CreatedAt})
		p.Appointments[0].PatientID = "1968645883121642703"
	})
	h.spin(300 * time.Millisecond)
	if n := len(h.notes()); n != 0 {
		t.Errorf("filed to Mira; the diary has her twin Mia in that very slot and Mira nowhere")
	}
}

func TestDidNotArriveNextPatient(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		p.Appointments[0].DidNotArrive = true
		p.Appointments = append(p.Appointments, sandbox.Appointment{
			ID: "1968645883121642902", PractitionerID: physio, BusinessID: p.Businesses[0].ID,
			PatientID: otto, StartsAt: p.Appointments[0].EndsAt, EndsAt: p.Appointments[0].EndsAt.Add(30 * time.Minute),
		})
		p.Sessions[0].StartedAt = p.Appointments[0].EndsAt.Add(2 * time.Minute)
	})
	h.spin(300 * time.Millisecond)
	if n := len(h.notes()); n != 0 {
		t.Errorf("filed to Mira, who did not arrive; the recording began in Otto's slot right after; road: %s", h.road())
	}
}

// Merged into a record of another name.
func TestMergedIntoAnotherName(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	id, err := h.cliniko.AddPatient(sandbox.Patient{FirstName: "Otto", LastName: "Elsewhere"})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.cliniko.MergePatients(mira, id); err != nil {
		t.Fatal(err)
	}
	h.spin(300 * time.Millisecond)
	if n := h.notes(); len(n) != 0 {
		t.Errorf("Mira's document is in the file of %q, whose record is called Otto Elsewhere", n[0].PatientID)
	}
}
