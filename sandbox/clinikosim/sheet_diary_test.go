package clinikosim_test

import (
	"fmt"
	"slices"
	"testing"

	"carryover/sandbox/clinikosim"
)

// Section 12: the booking id is the appointment id, the record the same but for
// its own link.
func TestSheetBookingIsAppointment(t *testing.T) {
	d := openDesk(t)
	for path, id := range map[string]string{"/individual_appointments/": soloVisit, "/group_appointments/": classVisit} {
		direct, booked := d.get(path+id).is(200), d.get("/bookings/"+id).is(200)
		if booked.id() != id || self(direct.obj) != d.root+"/v1"+path+id || self(booked.obj) != d.root+"/v1/bookings/"+id {
			t.Errorf("links of %s: %s and %s", id, self(direct.obj), self(booked.obj))
		}
		for _, relation := range []string{"attendees", "conflicts"} {
			if self(booked.obj[relation]) != self(direct.obj[relation]) || self(booked.obj[relation]) == "" {
				t.Errorf("%s of %s through /bookings = %q, want %q", relation, id, self(booked.obj[relation]), self(direct.obj[relation]))
			}
		}
		for _, field := range []string{"starts_at", "ends_at", "notes", "created_at", "updated_at"} {
			if fmt.Sprint(direct.obj[field]) != fmt.Sprint(booked.obj[field]) {
				t.Errorf("%s = %v and through /bookings %v", field, direct.obj[field], booked.obj[field])
			}
		}
	}
}

// Section 12: what each kind of diary entry carries, and so how to tell them
// apart in /bookings.
func TestSheetKindsOfBooking(t *testing.T) {
	d := openDesk(t)
	kinds := map[string]string{}
	for _, row := range d.get("/bookings").is(200).rows("bookings") {
		kind := "individual"
		switch {
		case row["unavailable_block_type"] != nil || row["patient"] == nil && row["patient_ids"] == nil:
			kind = "block"
			if row["appointment_type"] != nil || row["attendees"] != nil {
				t.Errorf("a block has %v", row)
			}
			if _, ok := row["telehealth_url"]; ok {
				t.Errorf("a block has a telehealth_url")
			}
			if row["unavailable_block_type"] == nil {
				t.Errorf("a block has no unavailable_block_type: %v", row)
			}
		case row["max_attendees"] != nil || row["patient_ids"] != nil:
			kind = "group"
		}
		kinds[fmt.Sprint(row["id"])] = kind
		if row["appointment_start"] != nil || row["starts_at"] == nil || row["ends_at"] == nil {
			t.Errorf("a booking has %v, want starts_at and ends_at", row)
		}
	}
	want := map[string]string{soloVisit: "individual", absentVisit: "individual", classVisit: "group", lunchBlock: "block"}
	if fmt.Sprint(kinds) != fmt.Sprint(want) {
		t.Errorf("bookings = %v, want %v", kinds, want)
	}
	solo := d.get("/individual_appointments/" + soloVisit).is(200)
	if tail(solo.obj["patient"]) != zoeID || tail(solo.obj["practitioner"]) != piaSheet || tail(solo.obj["business"]) != northSheet || solo.str("starts_at") != "2026-03-02T01:00:00Z" || solo.str("ends_at") != "2026-03-02T01:30:00Z" {
		t.Errorf("individual appointment = %s", solo.raw)
	}
	if self(solo.obj["appointment_type"]) == "" || solo.str("patient_name") == "" {
		t.Errorf("individual appointment without type or patient_name: %s", solo.raw)
	}
	class := d.get("/group_appointments/" + classVisit).is(200)
	ids, _ := class.obj["patient_ids"].([]any)
	if len(ids) != 2 || !slices.Contains(ids, any(zoeID)) || !slices.Contains(ids, any(noraID)) {
		t.Errorf("patient_ids = %v, want Zoe and Nora as strings", class.obj["patient_ids"])
	}
	for _, field := range []string{"patient", "cancelled_at", "treatment_note_status", "did_not_arrive", "patient_arrived", "invoice_status"} {
		if _, ok := class.obj[field]; ok {
			t.Errorf("a group appointment has %s, which lives on its attendees", field)
		}
	}
	d.get("/individual_appointments/" + classVisit).is(404)
	d.get("/group_appointments/" + soloVisit).is(404)
	d.get("/individual_appointments/" + lunchBlock).is(404)
}

// Section 12: cancelled ones are left out unless asked for; did_not_arrive.
func TestSheetCancelledAndAbsent(t *testing.T) {
	d := openDesk(t)
	for _, list := range []string{"individual_appointments", "bookings"} {
		if got := d.get("/" + list).list(list); slices.Contains(got, goneVisit) {
			t.Errorf("/%s lists the cancelled one", list)
		}
		if got := d.get("/"+list, "cancelled_at:*").list(list); !slices.Contains(got, goneVisit) || !slices.Contains(got, soloVisit) {
			t.Errorf("/%s with cancelled_at:* = %v, want all", list, got)
		}
		if got := d.get("/"+list, "cancelled_at:?").list(list); !slices.Equal(got, []string{goneVisit}) {
			t.Errorf("/%s with cancelled_at:? = %v, want %s", list, got, goneVisit)
		}
		if got := d.get("/"+list, "did_not_arrive:=true").list(list); !slices.Equal(got, []string{absentVisit}) {
			t.Errorf("/%s that did not arrive = %v, want %s", list, got, absentVisit)
		}
	}
	d.get("/individual_appointments/" + goneVisit).is(404)
	if got := d.get("/individual_appointments/"+goneVisit, "cancelled_at:*").is(200); blank(got.obj["cancelled_at"]) {
		t.Errorf("cancelled_at = %v", got.obj["cancelled_at"])
	}
	d.server.SetSwitches(clinikosim.Switches{CancelledByID: true})
	d.get("/individual_appointments/" + goneVisit).is(200)
}

// Section 12: cancel is PATCH, 204, needs a reason; attendees only of groups.
func TestSheetCancel(t *testing.T) {
	d := openDesk(t)
	d.say("PATCH", "/individual_appointments/"+absentVisit+"/cancel", map[string]any{}).is(422)
	d.say("PATCH", "/individual_appointments/"+absentVisit+"/cancel", map[string]any{"cancellation_reason": 31}).is(422)
	if got := d.say("PATCH", "/individual_appointments/"+absentVisit+"/cancel", map[string]any{"cancellation_reason": 60, "cancellation_note": "work"}).is(204); got.raw != "" {
		t.Errorf("cancel answered %q", got.raw)
	}
	got := d.get("/individual_appointments/"+absentVisit, "cancelled_at:*").is(200)
	if fmt.Sprint(got.obj["cancellation_reason"]) != "60" || got.str("cancellation_note") != "work" || blank(got.obj["cancelled_at"]) {
		t.Errorf("cancelled appointment = %s", got.raw)
	}
	d.say("PATCH", "/attendees/"+classNora+"/cancel", map[string]any{"cancellation_reason": 10}).is(204)
	if got := d.get("/attendees", "booking_id:="+classVisit).list("attendees"); !slices.Equal(got, []string{classZoe}) {
		t.Errorf("attendees after one cancelled = %v, want %s", got, classZoe)
	}
	if got := d.get("/attendees", "booking_id:="+classVisit, "cancelled_at:?").list("attendees"); !slices.Equal(got, []string{classNora}) {
		t.Errorf("cancelled attendees = %v, want %s", got, classNora)
	}
	if got := d.say("PATCH", "/attendees/"+soloAttendee+"/cancel", map[string]any{"cancellation_reason": 10}); got.code < 400 || got.code > 499 {
		t.Errorf("cancel of an individual appointment's attendee = %d, want an error", got.code)
	}
	d.say("PATCH", "/group_appointments/"+classVisit+"/cancel", map[string]any{"cancellation_reason": 10}).is(404)
	if err := d.server.CancelAppointment(soloVisit); err != nil {
		t.Fatal(err)
	}
	d.get("/individual_appointments/" + soloVisit).is(404)
}

// Section 12: attendees, by booking and patient.
func TestSheetAttendees(t *testing.T) {
	d := openDesk(t)
	if got := d.get("/attendees", "booking_id:="+classVisit, "patient_id:="+noraID).list("attendees"); !slices.Equal(got, []string{classNora}) {
		t.Errorf("attendee of booking and patient = %v, want %s", got, classNora)
	}
	solo := d.get("/attendees/" + soloAttendee).is(200)
	if self(solo.obj["booking"]) != d.root+"/v1/bookings/"+soloVisit || tail(solo.obj["patient"]) != zoeID {
		t.Errorf("attendee = %s", solo.raw)
	}
	for _, field := range []string{"arrived", "cancelled_at", "treatment_note_status", "invoice_status", "telehealth_url", "notes", "archived_at", "created_at", "updated_at"} {
		if _, ok := solo.obj[field]; !ok {
			t.Errorf("an attendee has no %s", field)
		}
	}
	for path, want := range map[string][]string{
		"/group_appointments/" + classVisit + "/attendees":     {classZoe, classNora},
		"/individual_appointments/" + soloVisit + "/attendees": {soloAttendee},
	} {
		if got := d.get(path).sorted("attendees"); !slices.Equal(got, want) {
			t.Errorf("%s = %v, want %v", path, got, want)
		}
	}
	if got := d.get("/individual_appointments/" + soloVisit + "/conflicts").is(200); fmt.Sprint(got.obj) != "map[conflicts:map[exist:false]]" {
		t.Errorf("conflicts = %s", got.raw)
	}
}

// Section 12: the four searches for a visit.
func TestSheetFindTheVisit(t *testing.T) {
	d := openDesk(t)
	from, to := "starts_at:>=2026-03-02T00:00:00Z", "starts_at:<=2026-03-02T09:00:00Z"
	for _, c := range []struct {
		list    string
		filters []string
		want    []string
	}{
		{"individual_appointments", []string{"patient_id:=" + zoeID, from, to}, []string{soloVisit}},
		{"individual_appointments", []string{"patient_id:=" + zacID, from, to}, []string{}},
		{"individual_appointments", []string{"practitioner_id:=" + paulSheet, from}, []string{absentVisit}},
		{"bookings", []string{"patient_ids:~" + noraID, from, to}, []string{absentVisit, classVisit}},
		{"bookings", []string{"practitioner_id:=" + piaSheet, from, to}, []string{soloVisit, classVisit, lunchBlock}},
		{"group_appointments", []string{"patient_ids:~" + zoeID}, []string{classVisit}},
		{"group_appointments", []string{"patient_ids:~" + zacID}, []string{}},
		{"bookings", []string{"starts_at:>2026-03-02T04:00:00Z"}, []string{lunchBlock}},
	} {
		if got := d.get("/"+c.list, c.filters...).sorted(c.list); !slices.Equal(got, c.want) {
			t.Errorf("/%s %v = %v, want %v", c.list, c.filters, got, c.want)
		}
	}
	d.server.SetSwitches(clinikosim.Switches{GroupsOnly: true})
	if got := d.get("/bookings", "patient_ids:~"+noraID).list("bookings"); !slices.Equal(got, []string{classVisit}) {
		t.Errorf("/bookings by patient with GroupsOnly = %v, want %s", got, classVisit)
	}
}

// Section 12 and 14.7: treatment_note_status is null, 10 with a linked draft,
// 90 with a final one; for a group on the attendee that the note names.
func TestSheetTreatmentNoteStatus(t *testing.T) {
	d := openDesk(t)
	status := func(path string) string {
		t.Helper()
		return fmt.Sprint(d.get(path).is(200).obj["treatment_note_status"])
	}
	check := func(path, want string) {
		t.Helper()
		if got := status(path); got != want {
			t.Errorf("treatment_note_status of %s = %s, want %s", path, got, want)
		}
	}
	solo, attendee := "/individual_appointments/"+soloVisit, "/attendees/"+soloAttendee
	check(solo, "<nil>")
	check(attendee, "<nil>")
	note := d.say("POST", "/treatment_notes", noteFor(zoeID, "booking_id", soloVisit)).is(201).id()
	check(solo, "10")
	check(attendee, "10")
	check("/bookings/"+soloVisit, "10")
	if got := d.get("/bookings", "treatment_note_status:=10").list("bookings"); !slices.Equal(got, []string{soloVisit}) {
		t.Errorf("bookings with a draft = %v, want %s", got, soloVisit)
	}
	d.say("PATCH", "/treatment_notes/"+note, map[string]any{"draft": false}).is(200)
	check(solo, "90")
	check(attendee, "90")
	d.say("POST", "/treatment_notes", noteFor(noraID, "booking_id", classVisit, "attendee_id", classNora)).is(201)
	check("/attendees/"+classNora, "10")
	check("/attendees/"+classZoe, "<nil>")
	d.say("POST", "/treatment_notes/"+note+"/archive", nil).is(204)
	check(solo, "<nil>")
}
