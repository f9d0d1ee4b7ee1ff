package clinikosim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"carryover/sandbox/clinikosim"
)

// Section 14.4: opening a note from an appointment makes a draft at once, with
// patient, practitioner, booking, attendee, template, title and defaults.
func TestSheetOpenNoteMakesADraft(t *testing.T) {
	d := openDesk(t)
	for _, c := range []struct{ booking, attendee, patient, wantAttendee string }{
		{soloVisit, "", zoeID, soloAttendee},
		{classVisit, classNora, noraID, classNora},
	} {
		id, err := d.server.OpenNote(c.booking, c.attendee)
		if err != nil {
			t.Fatal(err)
		}
		got := d.get("/treatment_notes/" + id).is(200)
		if tail(got.obj["patient"]) != c.patient || tail(got.obj["practitioner"]) != piaSheet || tail(got.obj["booking"]) != c.booking || tail(got.obj["attendee"]) != c.wantAttendee {
			t.Errorf("opened note = %s", got.raw)
		}
		if got.obj["draft"] != true || got.str("title") == "" || self(got.obj["treatment_note_template"]) == "" || got.answer() != "<p>Reports:</p>" {
			t.Errorf("opened note = %s, want a draft with title, template and its default answer", got.raw)
		}
		if got := d.get("/treatment_notes", "booking_id:="+c.booking, "practitioner_id:="+piaSheet).list("treatment_notes"); !slices.Equal(got, []string{id}) {
			t.Errorf("notes of the booking = %v, want %s", got, id)
		}
	}
}

// Section 14.4: an editor left open saves over what the API wrote; an edit by a
// person between GET and PATCH is lost. Nothing warns.
func TestSheetLastWriterWins(t *testing.T) {
	d := openDesk(t)
	id, err := d.server.OpenNote(soloVisit, "")
	if err != nil {
		t.Fatal(err)
	}
	path := "/treatment_notes/" + id
	open := `{"sections":[{"name":"Visit","questions":[{"name":"Subjective","type":"paragraph","answer":"<p>typed in the browser</p>"}]}]}`
	d.say("PATCH", path, map[string]any{"content": paragraphs("<p>by API</p>")}).is(200)
	if err := d.server.ReplaceNoteContent(id, open); err != nil {
		t.Fatal(err)
	}
	if got := d.get(path).is(200).answer(); got != "<p>typed in the browser</p>" {
		t.Errorf("answer = %q after the open editor saved", got)
	}
	d.get(path).is(200)
	if err := d.server.EditNote(id, []string{"A line < that", "another"}); err != nil {
		t.Fatal(err)
	}
	if got := d.get(path).is(200).answer(); !strings.Contains(got, "A line &lt; that") || !strings.Contains(got, "another") {
		t.Errorf("answer = %q after a person's edit", got)
	}
	if got := d.say("PATCH", path, map[string]any{"content": paragraphs("<p>by API again</p>")}).is(200).answer(); got != "<p>by API again</p>" {
		t.Errorf("answer = %q, the person's edit should be lost", got)
	}
}

// Section 14.4, 21: a person acts between the client's GET and its PATCH, by a
// hook on the request.
func TestSheetPersonBetweenGetAndPatch(t *testing.T) {
	for name, c := range map[string]struct {
		act  func(*clinikosim.Server, string) error
		want int
	}{
		"finalises": {func(s *clinikosim.Server, id string) error { return s.FinaliseNote(id) }, 403},
		"archives":  {func(s *clinikosim.Server, id string) error { return s.ArchiveNote(id) }, 404},
		"moves":     {func(s *clinikosim.Server, id string) error { return s.MoveNote(id, zacID) }, 200},
		"edits":     {func(s *clinikosim.Server, id string) error { return s.EditNote(id, []string{"mine"}) }, 200},
	} {
		t.Run(name, func(t *testing.T) {
			d := openDesk(t)
			id := d.say("POST", "/treatment_notes", noteFor(zoeID, "booking_id", soloVisit)).is(201).id()
			path, seen := "/treatment_notes/"+id, []clinikosim.Event{}
			d.server.Hook(func(e clinikosim.Event) {
				seen = append(seen, e)
				if e.Before && e.Method == "PATCH" && e.Path == path {
					if err := c.act(d.server, id); err != nil {
						t.Error(err)
					}
				}
			})
			d.get(path).is(200)
			got := d.say("PATCH", path, map[string]any{"title": "Late"}).is(c.want)
			if name == "moves" && (tail(got.obj["patient"]) != zacID || got.obj["booking"] != nil) {
				t.Errorf("a moved note = %s, want Zac's without booking", got.raw)
			}
			if len(seen) != 4 || seen[3].Before || seen[3].Status != c.want || seen[3].ID != id {
				t.Errorf("events = %+v, want before and after of GET and PATCH", seen)
			}
		})
	}
}

// Section 14.4: what people do to notes, read back through the API, and the
// books that tell who did what.
func TestSheetBooks(t *testing.T) {
	d := openDesk(t)
	byAPI := d.say("POST", "/treatment_notes", noteFor(zoeID, "booking_id", soloVisit)).is(201).id()
	byUI, err := d.server.AddNote(noraID, paulSheet, "By hand", []string{"one", "two"})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.get("/treatment_notes/" + byUI).is(200); got.str("title") != "By hand" || got.obj["booking"] != nil || tail(got.obj["practitioner"]) != paulSheet {
		t.Errorf("note by hand = %s", got.raw)
	}
	if err := d.server.ArchiveNote(byAPI); err != nil {
		t.Fatal(err)
	}
	d.get("/treatment_notes/" + byAPI).is(404)
	if err := d.server.UnarchiveNote(byAPI); err != nil {
		t.Fatal(err)
	}
	d.get("/treatment_notes/" + byAPI).is(200)
	if err := d.server.FinaliseNote(byAPI); err != nil {
		t.Fatal(err)
	}
	if err := d.server.EditNote(byAPI, []string{"too late"}); err == nil {
		t.Error("EditNote of a final note = nil, want an error")
	}
	for _, note := range d.server.Notes() {
		var steps []string
		for _, edit := range note.Edits {
			steps = append(steps, edit.Through)
		}
		switch note.ID {
		case byAPI:
			if !note.ByAPI || note.ByUI || note.Draft || note.FinalizedAt.IsZero() || note.PatientID != zoeID || note.BookingID != soloVisit || len(steps) < 4 || steps[0] != "API" || steps[1] != "UI" {
				t.Errorf("books have %+v", note)
			}
		case byUI:
			if note.ByAPI || !note.ByUI || !note.Draft || note.PractitionerID != paulSheet {
				t.Errorf("books have %+v", note)
			}
		default:
			t.Errorf("unexpected note %s", fmt.Sprint(note))
		}
	}
}

// Section 12: an appointment that staff add is found by the API.
func TestSheetAppointmentMadeByStaff(t *testing.T) {
	d := openDesk(t)
	a := sheetPractice().Appointments[0]
	a.ID, a.Attendees, a.PatientID, a.StartsAt = "", nil, zacID, sheetDay.AddDate(0, 0, 1)
	a.EndsAt = a.StartsAt
	id, err := d.server.AddAppointment(a)
	if err != nil {
		t.Fatal(err)
	}
	got := d.get("/individual_appointments", "patient_id:="+zacID).list("individual_appointments")
	if !slices.Equal(got, []string{id}) {
		t.Errorf("appointments of Zac = %v, want %s", got, id)
	}
	if attendees := d.get("/attendees", "booking_id:="+id).is(200).rows("attendees"); len(attendees) != 1 || tail(attendees[0]["patient"]) != zacID {
		t.Errorf("attendees of the new appointment = %v, want Zac", attendees)
	}
}
