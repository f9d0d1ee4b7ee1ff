package clinikosim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/sandbox/clinikosim"
)

// Section 4: clients correct the moment of X-RateLimit-Reset by the answer's
// Date, so the two must come from one clock.
func TestSheetDateFollowsTheClock(t *testing.T) {
	clock := sheetClock()
	clock.Advance(7 * time.Hour)
	d := openDesk(t, func(o *clinikosim.Options) { o.Clock, o.RateLimit = clock, 1 })
	for _, code := range []int{200, 429} {
		got := d.get("/user").is(code)
		date, err := http.ParseTime(got.header.Get("Date"))
		if off := clock.Now().Sub(date).Abs(); err != nil || off > 5*time.Second {
			t.Errorf("Date of %d = %q, %v from the simulator's clock", code, got.header.Get("Date"), off)
		}
	}
}

// Sections 1 and 6.2: asked under its own name, the API links to its shard's host.
func TestSheetLinksNameTheShard(t *testing.T) {
	d := openDesk(t)
	r, _ := http.NewRequest("GET", d.root+"/v1/patients?per_page=1", nil)
	r.Host = "api.au4.cliniko.com"
	r.SetBasicAuth(d.key, "")
	r.Header.Set("User-Agent", d.agent)
	r.Header.Set("Accept", d.accept)
	got := d.send(r).is(200)
	next, _ := got.link("next")
	if !strings.HasPrefix(next, "https://api.au4.cliniko.com/v1/patients?") {
		t.Errorf("next = %s", next)
	}
	if first := self(got.rows("patients")[0]); !strings.HasPrefix(first, "https://api.au4.cliniko.com/v1/patients/") {
		t.Errorf("links.self = %s", first)
	}
}

// Section 7: total_entries counts what the filters leave, on every page.
func TestSheetTotalEntries(t *testing.T) {
	d := openDesk(t, queueOf(12))
	for query, want := range map[string]string{
		"q[]=last_name:=Crowd&per_page=5": "12", "q[]=last_name:=Crowd&per_page=5&page=3": "12", "q[]=last_name:=Nobody": "0",
		"per_page=1": "16", "q[]=archived_at:*": "19",
	} {
		if got := fmt.Sprint(d.say("GET", "/patients?"+query, nil).is(200).obj["total_entries"]); got != want {
			t.Errorf("total_entries of /patients?%s = %s, want %s", query, got, want)
		}
	}
}

// Section 6.5: the attendee of a cancelled appointment is left out as well.
func TestSheetAttendeesOfCancelled(t *testing.T) {
	d := openDesk(t)
	if got := d.get("/attendees", "patient_id:="+zacID).list("attendees"); len(got) != 0 {
		t.Errorf("attendees of the cancelled visit = %v, want none", got)
	}
	got := d.get("/attendees", "patient_id:="+zacID, "cancelled_at:*").is(200).rows("attendees")
	if len(got) != 1 || tail(got[0]["booking"]) != goneVisit || blank(got[0]["cancelled_at"]) {
		t.Errorf("with cancelled_at:* = %v, want the one of %s", got, goneVisit)
	}
}

// Section 14.3: patient, booking and attendee must belong together, on POST and
// on PATCH alike; AnyBooking lets all of it pass.
func TestSheetRelationsBelongTogether(t *testing.T) {
	for name, body := range map[string]map[string]any{
		"attendee of another patient": noteFor(zoeID, "attendee_id", classNora),
		"attendee of another booking": noteFor(zoeID, "attendee_id", soloAttendee, "booking_id", classVisit),
		"unknown attendee":            noteFor(zoeID, "attendee_id", "1234567890123456789"),
		"unknown template":            noteFor(zoeID, "treatment_note_template_id", "1234567890123456789"),
		"block":                       noteFor(zoeID, "booking_id", lunchBlock),
		"merged patient":              noteFor(lostOne),
	} {
		t.Run(name, func(t *testing.T) {
			d := openDesk(t)
			got := d.say("POST", "/treatment_notes", body)
			if got.code != 422 && got.code != 404 {
				t.Errorf("POST = %d %s, want 422 or 404", got.code, got.raw)
			}
			id := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201).id()
			if got := d.say("PATCH", "/treatment_notes/"+id, body); got.code != 422 && got.code != 404 {
				t.Errorf("PATCH = %d %s, want 422 or 404", got.code, got.raw)
			}
		})
	}
	d := openDesk(t)
	id := d.say("POST", "/treatment_notes", noteFor(zoeID, "booking_id", soloVisit)).is(201).id()
	if got := d.say("PATCH", "/treatment_notes/"+id, map[string]any{"patient_id": zacID}); got.code != 422 {
		t.Errorf("PATCH to a patient who was not at the booking = %d, want 422", got.code)
	}
	if got := d.say("PATCH", "/treatment_notes/"+id, map[string]any{"patient_id": zoeID, "booking_id": soloVisit, "attendee_id": soloAttendee}); got.code != 200 {
		t.Errorf("PATCH with what fits = %d, want 200", got.code)
	}
	for _, odd := range []map[string]any{{"booking_id": classVisit}, {"attendee_id": classZoe}} { // one of a pair moves, the other stays
		if got := d.say("PATCH", "/treatment_notes/"+id, odd); got.code != 422 {
			t.Errorf("PATCH of a linked note with %v = %d, want 422", odd, got.code)
		}
	}
	d.say("PATCH", "/treatment_notes/"+id, map[string]any{"booking_id": classVisit, "attendee_id": classZoe}).is(200)
	d.server.SetSwitches(clinikosim.Switches{AnyBooking: true})
	if got := d.say("PATCH", "/treatment_notes/"+id, map[string]any{"patient_id": zacID}).is(200); tail(got.obj["patient"]) != zacID {
		t.Errorf("with AnyBooking: %s", got.raw)
	}
}

// Sections 14.2 and A.2: types of the other fields of a note.
func TestSheetNoteFieldTypes(t *testing.T) {
	d := openDesk(t)
	id := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201).id()
	for field, value := range map[string]any{"title": nil, "draft": "yes"} {
		for _, got := range []heard{d.say("POST", "/treatment_notes", noteFor(zoeID, "title", "T", field, value)), d.say("PATCH", "/treatment_notes/"+id, map[string]any{field: value})} {
			if errors := got.errorsOf(); errors[field] == nil {
				t.Errorf("%s with %s %v: errors %v", got.what, field, value, errors)
			}
		}
	}
}

// Section 14.1: GET and PATCH of what is archived is 404, archiving it again
// too; unarchive brings back the note as it was.
func TestSheetArchivedNote(t *testing.T) {
	d := openDesk(t)
	made := d.say("POST", "/treatment_notes", noteFor(zoeID, "booking_id", soloVisit)).is(201)
	path := "/treatment_notes/" + made.id()
	d.say("DELETE", path, nil).is(204)
	d.say("PATCH", path, map[string]any{"title": "No"}).is(404)
	d.say("DELETE", path, nil).is(404)
	found := d.get("/treatment_notes", "patient_id:="+zoeID, "practitioner_id:="+piaSheet, "archived_at:*").list("treatment_notes")
	if !slices.Equal(found, []string{made.id()}) {
		t.Errorf("reconciliation with archived_at:* found %v, want %s", found, made.id())
	}
	back := d.say("POST", path+"/unarchive", nil).is(200)
	if back.str("title") != made.str("title") || back.answer() != made.answer() || tail(back.obj["booking"]) != soloVisit || back.obj["draft"] != true {
		t.Errorf("unarchived = %s", back.raw)
	}
}

// Section 18: the search after an uncertain POST, with its filters together.
func TestSheetReconciliation(t *testing.T) {
	clock := sheetClock()
	d := openDesk(t, func(o *clinikosim.Options) { o.Clock = clock })
	d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201)
	clock.Advance(10 * time.Minute)
	start := clock.Now().Add(-2 * time.Minute).Truncate(time.Second).Format(time.RFC3339)
	want := d.say("POST", "/treatment_notes", noteFor(zoeID, "booking_id", soloVisit)).is(201).id()
	d.say("POST", "/treatment_notes", noteFor(noraID)).is(201)
	d.sits(paulKey).say("POST", "/treatment_notes", noteFor(zoeID)).is(201)
	got := d.get("/treatment_notes", "patient_id:="+zoeID, "practitioner_id:="+piaSheet, "created_at:>="+start, "archived_at:*").list("treatment_notes")
	if !slices.Equal(got, []string{want}) {
		t.Errorf("found %v, want %s", got, want)
	}
}

// Sections 5, 6.2, 6.5, 7, 11: the best guesses that hold with no switch turned.
func TestSheetWithoutSwitches(t *testing.T) {
	d := openDesk(t)
	made := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201)
	for _, relation := range []string{"booking", "attendee", "treatment_note_template"} {
		if value, ok := made.obj[relation]; ok {
			t.Errorf("absent %s = %v, want it left out", relation, value)
		}
	}
	d.say("POST", "/treatment_notes/"+made.id()+"/archive", nil).is(204)
	if got := d.get("/treatment_notes/"+made.id(), "archived_at:*").is(200); !blank(got.obj["deleted_at"]) || blank(got.obj["archived_at"]) {
		t.Errorf("archived note has deleted_at %v, archived_at %v", got.obj["deleted_at"], got.obj["archived_at"])
	}
	if got := d.get("/patients/"+oldPatient, "archived_at:*").is(200); got.str("first_name") != "Arno" || got.str("last_name") != "Archived" {
		t.Errorf("archived patient = %s, want the names kept", got.raw)
	}
	if total, ok := d.get("/patients").is(200).obj["total_entries"].(json.Number); !ok || total != "4" {
		t.Errorf("total_entries = %v, want the number 4", total)
	}
	for _, path := range []string{"/patients/archived", "/treatment_notes/deleted", "/individual_appointments/cancelled"} {
		d.get(path).is(404)
	}
	limited := openDesk(t, func(o *clinikosim.Options) { o.RateLimit, o.Clock = 1, sheetClock() })
	limited.get("/user").is(200)
	if got := limited.get("/user").is(429); got.obj == nil {
		t.Errorf("429 body = %q, want JSON", got.raw)
	}
}
