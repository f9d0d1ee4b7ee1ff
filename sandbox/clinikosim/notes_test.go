package clinikosim_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// note is the body of a note POST: the usual fields with changes on top; a nil
// value takes a field out.
func note(changes map[string]any) string {
	fields := map[string]any{"patient_id": fionaID, "title": "Report", "draft": true, "content": map[string]any{}}
	for name, value := range changes {
		if fields[name] = value; value == nil {
			delete(fields, name)
		}
	}
	text, _ := json.Marshal(fields)
	return string(text)
}

func TestCreateNote(t *testing.T) {
	server, anna := start(t)
	a := anna.want(201, "POST", "/treatment_notes", note(map[string]any{
		"booking_id": json.Number(visitID), "treatment_note_template_id": templateID,
		"practitioner_id": benID, "author_name": "Someone Else",
		"content": map[string]any{"sections": []any{map[string]any{"questions": []any{map[string]any{"name": "Q", "type": "paragraph", "answer": "<p>a &quot;b&quot;</p>\n"}}}}},
	}))
	id := a.body["id"].(string)
	got := []string{a.linked("patient"), a.linked("booking"), a.linked("treatment_note_template"), a.linked("practitioner"), a.body["author_name"].(string), a.header.Get("Location")}
	want := []string{fionaID, visitID, templateID, annaID, "Anna Inventedova", "https://api.au3.cliniko.com/v1/treatment_notes/" + id}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("relations, author, location (-want +got):\n%s", diff)
	}
	if _, shown := a.body["attendee"]; shown {
		t.Errorf("note = %s, want an absent attendee left out", a.text)
	}
	if !strings.Contains(a.text, `"answer":"<p>a \"b\"</p>"`) {
		t.Errorf("note = %s, want the answer cleaned and its tags not escaped", a.text)
	}
	if second := anna.want(201, "POST", "/treatment_notes", note(nil)); second.body["id"] == id {
		t.Error("the same id twice")
	}
	if got := len(server.Notes()); got != 3 {
		t.Errorf("notes in the books = %d, want the old one and two new ones", got)
	}
}

func TestCreateNoteRefusals(t *testing.T) {
	for _, tt := range []struct {
		name    string
		key     string // "" is Anna's
		changes map[string]any
		status  int
		errors  map[string]any
		sw      clinikosim.Switches
	}{
		{name: "no patient", changes: map[string]any{"patient_id": nil}, status: 422, errors: map[string]any{"patient": "can’t be blank"}},
		{name: "no draft", changes: map[string]any{"draft": nil}, status: 422, errors: map[string]any{"draft": "is not included in the list"}},
		{name: "draft no boolean", changes: map[string]any{"draft": "true"}, status: 422, errors: map[string]any{"draft": "is not included in the list"}},
		{name: "draft optional by switch", changes: map[string]any{"draft": nil}, status: 201, sw: clinikosim.Switches{DraftOptional: true}},
		{name: "no title", changes: map[string]any{"title": nil}, status: 422, errors: map[string]any{"title": "can’t be blank"}},
		{name: "title from template", changes: map[string]any{"title": nil, "treatment_note_template_id": templateID}, status: 201, sw: clinikosim.Switches{TitleFromTemplate: true}},
		{name: "title a number", changes: map[string]any{"title": 5}, status: 422, errors: map[string]any{"title": "is invalid"}},
		{name: "unknown patient", changes: map[string]any{"patient_id": "123"}, status: 422, errors: map[string]any{"patient": "must exist"}},
		{name: "unknown patient by switch", changes: map[string]any{"patient_id": "123"}, status: 404, sw: clinikosim.Switches{UnknownRelation404: true}},
		{name: "archived patient", changes: map[string]any{"patient_id": archivedID}, status: 422, errors: map[string]any{"patient": "is archived"}},
		{name: "archived patient by switch", changes: map[string]any{"patient_id": archivedID}, status: 201, sw: clinikosim.Switches{ArchivedPatientNote: true}},
		{name: "booking of another", changes: map[string]any{"booking_id": cancelledID}, status: 422, errors: map[string]any{"booking": "is invalid"}},
		{name: "booking of another by switch", changes: map[string]any{"booking_id": cancelledID}, status: 201, sw: clinikosim.Switches{AnyBooking: true}},
		{name: "unknown booking", changes: map[string]any{"booking_id": "5"}, status: 422, errors: map[string]any{"booking": "must exist"}},
		{name: "unavailable block", changes: map[string]any{"booking_id": blockID}, status: 422, errors: map[string]any{"booking": "must exist"}},
		{name: "cancelled booking", changes: map[string]any{"patient_id": twinID, "booking_id": cancelledID}, status: 201},
		{name: "cancelled booking by switch", changes: map[string]any{"patient_id": twinID, "booking_id": cancelledID}, status: 422, errors: map[string]any{"booking": "is invalid"}, sw: clinikosim.Switches{NoCancelledBooking: true}},
		{name: "attendee of another", changes: map[string]any{"attendee_id": teamAttendee}, status: 422, errors: map[string]any{"attendee": "is invalid"}},
		{name: "attendee and booking", changes: map[string]any{"patient_id": lostID, "attendee_id": teamAttendee, "booking_id": teamID}, status: 201},
		{name: "unknown template", changes: map[string]any{"treatment_note_template_id": "9"}, status: 422, errors: map[string]any{"treatment_note_template": "must exist"}},
		{name: "null for content errors", changes: map[string]any{"content": map[string]any{"sections": []any{}}}, status: 422, errors: map[string]any{"content": nil}, sw: clinikosim.Switches{NullErrors: true}},
		{name: "arrays for errors", changes: map[string]any{"title": nil}, status: 422, errors: map[string]any{"title": []any{"can’t be blank"}}, sw: clinikosim.Switches{ArrayErrors: true}},
		{name: "front desk", key: deskKey, status: 403},
		{name: "owner without a profile", key: bossKey, status: 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, anna := start(t, func(o *clinikosim.Options) { o.Switches = tt.sw })
			if tt.key != "" {
				anna = anna.as(tt.key)
			}
			a := anna.do("POST", "/treatment_notes", note(tt.changes))
			if a.code != tt.status {
				t.Fatalf("POST = %d %s, want %d", a.code, a.text, tt.status)
			}
			if tt.status == 403 && a.text != "" {
				t.Errorf("403 body = %q, want it empty", a.text)
			}
			if tt.errors != nil {
				if diff := cmp.Diff(map[string]any{"message": "Validation Failed", "errors": tt.errors}, a.body); diff != "" {
					t.Errorf("422 body (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestBodyThatIsNotJSON(t *testing.T) {
	_, anna := start(t)
	a := anna.with("Content-Type", "text/plain").want(422, "POST", "/treatment_notes", note(nil))
	want := map[string]any{"patient": "can’t be blank", "title": "can’t be blank", "draft": "is not included in the list"}
	if diff := cmp.Diff(want, a.body["errors"]); diff != "" {
		t.Errorf("errors for a body that was not looked at (-want +got):\n%s", diff)
	}
	anna.want(400, "POST", "/treatment_notes", `{"title":`)
}

func TestPatchNote(t *testing.T) {
	_, anna := start(t)
	made := anna.want(201, "POST", "/treatment_notes", note(map[string]any{"booking_id": visitID, "content": json.RawMessage(everyQuestion)}))
	path := "/treatment_notes/" + made.body["id"].(string)

	kept := anna.want(200, "PATCH", path, `{"title":"New title"}`)
	if kept.body["title"] != "New title" || kept.linked("booking") != visitID || !cmp.Equal(kept.body["content"], made.body["content"]) {
		t.Errorf("after PATCH of the title alone: %s, want the rest as it was", kept.text)
	}
	replaced := anna.want(200, "PATCH", path, `{"content":{"sections":[{"name":"Only this"}]}}`)
	want := map[string]any{"sections": []any{map[string]any{"name": "Only this"}}}
	if diff := cmp.Diff(want, replaced.body["content"]); diff != "" {
		t.Errorf("content is replaced whole (-want +got):\n%s", diff)
	}
	if moved := anna.want(200, "PUT", path, note(map[string]any{"patient_id": twinID, "booking_id": cancelledID})); moved.linked("patient") != twinID || moved.linked("booking") != cancelledID {
		t.Errorf("PUT with other relations: %s, want them applied", moved.text)
	}
	anna.want(422, "PATCH", path, `{"title":null}`)
	anna.want(422, "PATCH", path, `{"draft":null}`)

	if a := anna.as(benKey).want(403, "PATCH", path, `{"title":"Mine"}`); a.text != "" {
		t.Errorf("403 body = %q, want it empty", a.text)
	}
	final := anna.want(200, "PATCH", path, `{"draft":false}`)
	if final.body["draft"] != false || final.body["finalized_at"] == nil {
		t.Errorf("after draft:false: %s, want it final with its time", final.text)
	}
	anna.want(403, "PATCH", path, `{"title":"Too late"}`)
	anna.want(403, "PATCH", path, `{"draft":true}`)
}

func TestArchiveNote(t *testing.T) {
	_, anna := start(t)
	id := anna.want(201, "POST", "/treatment_notes", note(map[string]any{"booking_id": visitID})).body["id"].(string)
	path := "/treatment_notes/" + id
	anna.as(benKey).want(403, "POST", path+"/archive", "")
	anna.want(204, "POST", path+"/archive", "")
	anna.want(404, "GET", path, "")
	anna.want(404, "PATCH", path, `{"title":"x"}`)
	anna.want(404, "DELETE", path, "")
	if got := anna.want(200, "GET", filter("/treatment_notes", "booking_id:="+visitID), "").ids("treatment_notes"); len(got) != 0 {
		t.Errorf("listed after archiving: %v, want none", got)
	}
	if a := anna.want(200, "GET", filter(path, "archived_at:*"), ""); a.body["archived_at"] == nil || a.body["deleted_at"] != nil {
		t.Errorf("archived note = %s, want archived_at alone", a.text)
	}
	if a := anna.want(200, "POST", path+"/unarchive", ""); a.body["archived_at"] != nil {
		t.Errorf("unarchived note = %s, want no archived_at", a.text)
	}
	anna.want(204, "DELETE", path, "")
	anna.want(404, "GET", path, "")
}

func TestNoteStatusFollowsNotes(t *testing.T) {
	_, anna := start(t)
	status := func() [3]any {
		return [3]any{
			anna.want(200, "GET", "/individual_appointments/"+visitID, "").body["treatment_note_status"],
			anna.want(200, "GET", "/bookings/"+visitID, "").body["treatment_note_status"],
			anna.want(200, "GET", "/attendees/"+visitAttendee, "").body["treatment_note_status"],
		}
	}
	check := func(when string, want any) {
		t.Helper()
		if got := status(); got != [3]any{want, want, want} {
			t.Errorf("%s: status of appointment, booking, attendee = %v, want %v", when, got, want)
		}
	}
	check("at first", nil)
	id := anna.want(201, "POST", "/treatment_notes", note(map[string]any{"booking_id": visitID})).body["id"].(string)
	check("with a draft", 10.0)
	if got := anna.want(200, "GET", filter("/bookings", "treatment_note_status:=10"), "").ids("bookings"); !cmp.Equal(got, []string{visitID}) {
		t.Errorf("bookings with a draft = %v, want %v", got, []string{visitID})
	}
	anna.want(200, "PATCH", "/treatment_notes/"+id, `{"draft":false}`)
	check("with a final note", 90.0)
	anna.want(204, "POST", "/treatment_notes/"+id+"/archive", "")
	check("with an archived note", nil)

	anna.as(benKey).want(201, "POST", "/treatment_notes", note(map[string]any{"patient_id": lostID, "booking_id": teamID, "attendee_id": teamAttendee}))
	for _, row := range anna.want(200, "GET", filter("/attendees", "booking_id:="+teamID), "").body["attendees"].([]any) {
		r := row.(map[string]any)
		if want := map[bool]any{true: 10.0, false: nil}[r["id"] == teamAttendee]; r["treatment_note_status"] != want {
			t.Errorf("status of attendee %v = %v, want %v: a group's notes are each patient's own", r["id"], r["treatment_note_status"], want)
		}
	}
}

func TestWhoReadsNotes(t *testing.T) {
	_, anna := start(t)
	path := "/treatment_notes/" + oldNote
	anna.as(benKey).want(200, "GET", path, "")
	anna.as(bossKey).want(200, "GET", path, "")
	for _, p := range []string{path, "/treatment_notes", "/patients/" + fionaID + "/treatment_notes"} {
		anna.as(deskKey).want(403, "GET", p, "")
	}
	_, anna = start(t, func(o *clinikosim.Options) { o.Switches.OwnNotesOnly = true })
	anna.as(benKey).want(403, "GET", path, "")
	if got := anna.as(benKey).want(200, "GET", "/treatment_notes", "").ids("treatment_notes"); len(got) != 0 {
		t.Errorf("Ben lists %v, want none of Anna's notes", got)
	}
}

func TestListLag(t *testing.T) {
	clock := sandbox.NewClock(0)
	_, anna := start(t, func(o *clinikosim.Options) {
		o.Clock, o.Switches.ListLag = clock, sandbox.Duration(time.Minute)
	})
	id := anna.want(201, "POST", "/treatment_notes", note(nil)).body["id"].(string)
	anna.want(200, "GET", "/treatment_notes/"+id, "")
	list := filter("/treatment_notes", "id:="+id)
	if got := anna.want(200, "GET", list, "").ids("treatment_notes"); len(got) != 0 {
		t.Errorf("listed at once: %v, want nothing yet", got)
	}
	clock.Advance(2 * time.Minute)
	if got := anna.want(200, "GET", list, "").ids("treatment_notes"); len(got) != 1 {
		t.Errorf("listed later: %v, want the note", got)
	}
}

func TestHookRacesAsAPerson(t *testing.T) {
	server, anna := start(t)
	id := anna.want(201, "POST", "/treatment_notes", note(nil)).body["id"].(string)
	path := "/treatment_notes/" + id
	var events []string
	server.Hook(func(e clinikosim.Event) {
		events = append(events, fmt.Sprintf("%v %s %s %s %d", e.Before, e.Method, strings.ReplaceAll(e.Path, id, "N"), strings.ReplaceAll(e.ID, id, "N"), e.Status))
		if e.Before && e.Method == "PATCH" {
			if err := server.FinaliseNote(e.ID); err != nil { // between the client's GET and its PATCH
				t.Error(err)
			}
		}
	})
	anna.want(200, "GET", path, "")
	anna.want(403, "PATCH", path, `{"title":"x"}`)
	made := anna.want(201, "POST", "/treatment_notes", note(nil)).body["id"].(string)
	want := []string{
		"true GET /treatment_notes/N N 0", "false GET /treatment_notes/N N 200",
		"true PATCH /treatment_notes/N N 0", "false PATCH /treatment_notes/N N 403",
		"true POST /treatment_notes  0", "false POST /treatment_notes " + made + " 201",
	}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	server.Hook(nil)
	anna.want(200, "GET", path, "")
	if len(events) != len(want) {
		t.Error("a hook that was taken away was called")
	}
}
