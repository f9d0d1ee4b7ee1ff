package daemon_test

import (
	"slices"
	"testing"
	"time"

	"carryover"
	"carryover/internal/desk"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// TestHeldGoesOnByItself: while the daemon runs, the front desk registers a
// patient whom nobody had found, and the document that was held for it is
// filed without anybody at Carryover.
func TestHeldGoesOnByItself(t *testing.T) {
	if testing.Short() {
		t.Skip("a clinic's day takes ten seconds")
	}
	t.Parallel()
	o := usual(47, 5*time.Second)
	o.Plan = nil
	d := newDay(t, o)
	session := d.ofANewcomer()
	if err := d.Heidi.AddSession(session); err != nil {
		t.Fatal(err)
	}
	r := d.start(d.load())
	d.untilSettled(r)
	mark := carryover.DocumentMark(carryover.SessionID(session.ID), carryover.DocumentID(session.Documents[0].ID))
	show := func() desk.Detail {
		shown, err := r.Desk().Show(t.Context(), desk.ShowRequest{ID: mark})
		if err != nil {
			t.Fatal(err)
		}
		return shown
	}
	if before := show(); before.State != string(carryover.Held) {
		t.Fatalf("%s (%s) before the patient is registered, want held", before.State, before.Reason)
	}
	id, err := d.Cliniko.AddPatient(sandbox.Patient{FirstName: "Zerelda", LastName: "Quambush", BirthDate: session.PatientDOB})
	if err != nil {
		t.Fatal(err)
	}
	d.until(60*time.Second, "the held document to be proven", func() bool { return show().State == string(carryover.Proven) })
	r.stopped()
	if !slices.ContainsFunc(d.Cliniko.Notes(), func(n clinikosim.NoteRecord) bool { return n.ByAPI && n.PatientID == id }) {
		t.Errorf("no note in the file of the patient who was registered")
	}
	if r.Reads().Held == 0 {
		t.Errorf("%+v: looking again was not counted", r.Reads())
	}
	d.onlyReadHeidi()
}

// ofANewcomer is a session of somebody whom Cliniko does not know yet, with a
// document of a kind that is filed without a click.
func (d *clinicDay) ofANewcomer() sandbox.Session {
	d.t.Helper()
	for _, s := range d.Practice.Sessions {
		if s.Case != "name_dob" || len(s.Documents) == 0 {
			continue
		}
		s.ID, s.PatientName, s.PatientDOB, s.Belongs = "271828182845904523536028747135266249777", "Zerelda Quambush", "1971-05-23", ""
		one := s.Documents[0]
		one.ID, one.Stages = "64b0000000000000000000e1", []sandbox.Stage{{Text: "Walk for half an hour every day."}}
		s.Documents, s.ConsultNote = []sandbox.Document{one}, nil
		s.EHRProvider, s.EHRPatientID, s.EHRApptID = "", "", ""
		return s
	}
	d.t.Fatal("the practice has no ordinary session")
	return sandbox.Session{}
}
