package clinikosim_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// stored is a note as the books have it.
func stored(t *testing.T, server *clinikosim.Server, id string) clinikosim.NoteRecord {
	t.Helper()
	for _, n := range server.Notes() {
		if n.ID == id {
			return n
		}
	}
	t.Fatalf("no note %s in the books", id)
	return clinikosim.NoteRecord{}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func mustDo(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenNoteMakesADraftWithDefaults(t *testing.T) {
	server, anna := start(t)
	id := must[string](t)(server.OpenNote(visitID, ""))
	a := anna.want(200, "GET", "/treatment_notes/"+id, "")
	got := []any{a.body["title"], a.body["draft"], a.linked("patient"), a.linked("practitioner"), a.linked("booking"), a.linked("attendee"), a.linked("treatment_note_template")}
	want := []any{"Standard visit", true, fionaID, annaID, visitID, visitAttendee, templateID}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("opened note (-want +got):\n%s", diff)
	}
	if !strings.Contains(a.text, "<p>Reports:</p>") || !strings.Contains(a.text, `"Consent"`) {
		t.Errorf("opened note = %s, want the template's default answers", a.text)
	}
	// The note has its own copy: a template edited later does not reach it.
	mustDo(t, server.EditNote(id, []string{"typed"}), server.EditTemplate(templateID, `{"sections":[{"name":"Changed"}]}`))
	if a := anna.want(200, "GET", "/treatment_note_templates/"+templateID, ""); !strings.Contains(a.text, "Changed") {
		t.Errorf("template = %s, want it changed", a.text)
	}
	if a := anna.want(200, "GET", "/treatment_notes/"+id, ""); !strings.Contains(a.text, "<p>typed</p>") || !strings.Contains(a.text, `"Consent"`) {
		t.Errorf("note = %s, want what was typed and the old questions", a.text)
	}
	second := must[string](t)(server.OpenNote(teamID, teamAttendee))
	if n := stored(t, server, second); n.PatientID != lostID || n.PractitionerID != benID || !n.ByUI || n.ByAPI {
		t.Errorf("note of a group's attendee = %+v, want that patient and the group's practitioner", n)
	}
	for _, bad := range [][2]string{{teamID, ""}, {blockID, ""}, {"1", ""}, {visitID, teamAttendee}} {
		if _, err := server.OpenNote(bad[0], bad[1]); err == nil {
			t.Errorf("OpenNote(%s, %s) = nil error, want one", bad[0], bad[1])
		}
	}
}

func TestEditorOverwritesAnAPIWrite(t *testing.T) {
	server, anna := start(t)
	id := anna.want(201, "POST", "/treatment_notes", note(nil)).body["id"].(string)
	mustDo(t, server.ReplaceNoteContent(id, oneQuestion(`"name":"Q","type":"paragraph","answer":"<p>from the open editor</p>"`)))
	if n := stored(t, server, id); !strings.Contains(n.Content, "from the open editor") || !n.ByAPI || len(n.Edits) != 2 || n.Edits[1].Through != "UI" {
		t.Errorf("note = %+v, want the editor's text and both steps in its history", n)
	}
	if err := server.ReplaceNoteContent(id, `{"sections":[]}`); err == nil {
		t.Error("ReplaceNoteContent(no sections) = nil error, want the rules to hold for people too")
	}
}

func TestPersonRespectsFinalAndArchived(t *testing.T) {
	server, anna := start(t)
	id := must[string](t)(server.AddNote(twinID, benID, "By hand", []string{"One", "", "a < b"}))
	if n := stored(t, server, id); !strings.Contains(n.Content, "<p>One</p><p><br></p><p>a &lt; b</p>") {
		t.Errorf("content = %s, want a paragraph for each line", n.Content)
	}
	mustDo(t, server.ArchiveNote(id))
	if err := server.EditNote(id, []string{"x"}); err == nil {
		t.Error("EditNote(archived) = nil error, want one")
	}
	mustDo(t, server.UnarchiveNote(id), server.MoveNote(id, lostID), server.FinaliseNote(id))
	if err := server.EditNote(id, []string{"x"}); err == nil {
		t.Error("EditNote(final) = nil error, want one")
	}
	if err := server.FinaliseNote(id); err == nil {
		t.Error("FinaliseNote twice = nil error, want one")
	}
	mustDo(t, server.ArchiveNote(id)) // a final note can be archived
	n := stored(t, server, id)
	what := []string{}
	for _, e := range n.Edits {
		what = append(what, e.What)
	}
	if diff := cmp.Diff([]string{"create", "archive note", "unarchive note", "move note", "finalise note", "archive note"}, what); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	if n.PatientID != lostID || n.Draft || n.FinalizedAt.IsZero() || n.ArchivedAt.IsZero() {
		t.Errorf("note = %+v, want it moved, final and archived", n)
	}
	anna.as(benKey).want(404, "GET", "/treatment_notes/"+id, "")
}

func TestMergePatients(t *testing.T) {
	server, anna := start(t)
	mustDo(t, server.MergePatients(fionaID, twinID))
	anna.want(404, "GET", "/patients/"+fionaID, "")
	a := anna.want(200, "GET", filter("/patients/"+mergedID, "archived_at:*"), "")
	if a.linked("merged_with_patient") != fionaID || a.body["merged_at"] == nil {
		t.Errorf("first of a chain = %s, want it to point to the second", a.text)
	}
	if a := anna.want(200, "GET", filter("/patients/"+fionaID, "archived_at:?"), ""); a.linked("merged_with_patient") != twinID {
		t.Errorf("second of a chain = %s, want it to point to the survivor", a.text)
	}
	if got := anna.want(200, "GET", "/treatment_notes/"+oldNote, "").linked("patient"); got != twinID {
		t.Errorf("patient of the note = %s, want the survivor", got)
	}
	if got := anna.want(200, "GET", "/individual_appointments/"+visitID, "").linked("patient"); got != twinID {
		t.Errorf("patient of the appointment = %s, want the survivor", got)
	}
	for id, want := range map[string]string{mergedID: twinID, fionaID: twinID, twinID: twinID, "1": ""} {
		if got := server.Survivor(id); got != want {
			t.Errorf("Survivor(%s) = %q, want %q", id, got, want)
		}
	}
	for _, bad := range [][2]string{{fionaID, twinID}, {twinID, twinID}, {twinID, fionaID}, {"1", twinID}, {twinID, "1"}} {
		if err := server.MergePatients(bad[0], bad[1]); err == nil {
			t.Errorf("MergePatients(%s, %s) = nil error, want one", named[bad[0]], named[bad[1]])
		}
	}
	if err := server.UnarchivePatient(fionaID); err == nil {
		t.Error("UnarchivePatient(merged) = nil error, want one")
	}

	server, anna = start(t, func(o *clinikosim.Options) { o.Switches.NotesStayOnMerge = true })
	mustDo(t, server.MergePatients(fionaID, twinID))
	if got := anna.want(200, "GET", "/treatment_notes/"+oldNote, "").linked("patient"); got != fionaID {
		t.Errorf("patient of the note by switch = %s, want the archived record", got)
	}
}

func TestFrontDesk(t *testing.T) {
	server, anna := start(t)
	id := must[string](t)(server.AddPatient(sandbox.Patient{FirstName: "Late", LastName: "Comerson"}))
	mustDo(t, server.EditPatient(id, func(p *sandbox.Patient) { p.BirthDate, p.ID = "2001-01-01", "other" }))
	if a := anna.want(200, "GET", "/patients/"+id, ""); a.body["date_of_birth"] != "2001-01-01" || a.body["id"] != id {
		t.Errorf("patient = %s, want the birth date and the old id", a.text)
	}
	if _, err := server.AddPatient(sandbox.Patient{ID: id}); err == nil {
		t.Error("AddPatient(id in use) = nil error, want one")
	}
	booking := must[string](t)(server.AddAppointment(sandbox.Appointment{PractitionerID: annaID, PatientID: id, StartsAt: nine, EndsAt: nine.Add(time.Hour)}))
	if got := anna.want(200, "GET", filter("/attendees", "booking_id:="+booking, "patient_id:="+id), "").ids("attendees"); len(got) != 1 {
		t.Errorf("attendees of the new appointment = %v, want one", got)
	}
	if a := anna.want(200, "GET", "/individual_appointments/"+booking+"/conflicts", ""); !strings.Contains(a.text, `{"exist":true}`) {
		t.Errorf("conflicts = %s, want one with the visit at the same time", a.text)
	}
	mustDo(t, server.CancelAppointment(booking))
	anna.want(404, "GET", "/bookings/"+booking, "")
	if a := anna.want(200, "GET", filter("/bookings/"+booking, "cancelled_at:*"), ""); a.body["cancellation_reason_description"] != "Other" {
		t.Errorf("cancelled booking = %s, want a reason", a.text)
	}
	mustDo(t, server.CancelAppointment(teamID))
	if a := anna.want(200, "GET", "/group_appointments/"+teamID, ""); len(a.body["patient_ids"].([]any)) != 0 {
		t.Errorf("group with all attendees cancelled = %s, want no patient ids", a.text)
	}
	mustDo(t, server.ArchivePatient(id), server.UnarchivePatient(id), server.ArchivePatient(id))
	anna.want(404, "GET", "/patients/"+id, "")
	mustDo(t, server.SetPractitionerActive(annaID, false))
	anna.want(403, "POST", "/treatment_notes", note(nil))
	for name, err := range map[string]error{
		"edit": server.EditPatient("1", func(*sandbox.Patient) {}), "archive": server.ArchivePatient("1"), "cancel": server.CancelAppointment(blockID),
		"note": server.EditNote("1", nil), "template": server.EditTemplate("1", "{}"), "practitioner": server.SetPractitionerActive("1", true),
	} {
		if err == nil {
			t.Errorf("%s of what is not there = nil error, want one", name)
		}
	}
}

// Clients, people and readers of the books at once; run with -race.
func TestConcurrentUse(t *testing.T) {
	server, anna := start(t)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for range 25 {
				a := anna.do("POST", "/treatment_notes", note(map[string]any{"title": fmt.Sprint(i), "booking_id": visitID}))
				id, _ := a.body["id"].(string)
				anna.do("GET", filter("/treatment_notes", "booking_id:="+visitID), "")
				anna.do("PATCH", "/treatment_notes/"+id, `{"draft":false}`)
				anna.do("GET", "/bookings", "")
				_ = server.ArchiveNote(id)
				server.Notes()
				server.SetSwitches(server.Switches())
			}
		})
	}
	all.Wait()
	if got := len(server.Notes()); got != 101 {
		t.Errorf("notes = %d, want 100 and the old one", got)
	}
}
