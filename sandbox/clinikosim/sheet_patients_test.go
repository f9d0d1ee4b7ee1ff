package clinikosim_test

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// Section 11: a merged patient is archived with merged_at and a link to the
// survivor, which may be merged itself.
func TestSheetMergedPatients(t *testing.T) {
	d := openDesk(t)
	at := lostOne
	for _, next := range []string{lostTwo, zoeID} {
		d.get("/patients/" + at).is(404)
		got := d.get("/patients/"+at, "archived_at:*").is(200)
		if blank(got.obj["archived_at"]) || blank(got.obj["merged_at"]) || tail(got.obj["merged_with_patient"]) != next {
			t.Errorf("merged %s: archived_at %v, merged_at %v, merged_with_patient %s, want %s", at, got.obj["archived_at"], got.obj["merged_at"], self(got.obj["merged_with_patient"]), next)
		}
		if !strings.Contains(self(got.obj["merged_with_patient"]), "/v1/patients/") {
			t.Errorf("merged_with_patient links to %s", self(got.obj["merged_with_patient"]))
		}
		at = next
	}
	if live := d.get("/patients/" + zoeID).is(200); !blank(live.obj["merged_at"]) || live.obj["merged_with_patient"] != nil {
		t.Errorf("the survivor looks merged: %s", live.raw)
	}
	if got := d.server.Survivor(lostOne); got != zoeID {
		t.Errorf("Survivor(%s) = %s, want %s", lostOne, got, zoeID)
	}
	if got, want := d.get("/patients").sorted("patients"), []string{zoeID, noraID, sameID, zacID}; !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		t.Errorf("GET /patients = %v, want %v", got, want)
	}
}

// Section 11: a person merges two patients; their notes and bookings move, or
// stay by switch (22, 15).
func TestSheetMergeMovesNotes(t *testing.T) {
	for _, stay := range []bool{false, true} {
		d := switched(t, func(s *clinikosim.Switches) { s.NotesStayOnMerge = stay })
		id := d.say("POST", "/treatment_notes", noteFor(zoeID, "booking_id", soloVisit)).is(201).id()
		if err := d.server.MergePatients(zoeID, zacID); err != nil {
			t.Fatal(err)
		}
		want := zacID
		if stay {
			want = zoeID
		}
		if got := tail(d.get("/treatment_notes/" + id).is(200).obj["patient"]); got != want {
			t.Errorf("stay %v: note is for %s, want %s", stay, got, want)
		}
		if got := tail(d.get("/individual_appointments/" + soloVisit).is(200).obj["patient"]); got != want {
			t.Errorf("stay %v: appointment is for %s, want %s", stay, got, want)
		}
		d.get("/patients/" + zoeID).is(404)
	}
}

// Section 11: names, preferred name, missing birth date; extra unknown fields;
// stripped archived rows by switch.
func TestSheetPatientFields(t *testing.T) {
	d := openDesk(t)
	zoe := d.get("/patients/" + zoeID).is(200)
	for field, want := range map[string]string{
		"first_name": "Zoë", "last_name": "O'Sheet-Ångström", "preferred_first_name": "Zo",
		"date_of_birth": "1980-05-17", "email": "zoe@example.com",
	} {
		if zoe.str(field) != want {
			t.Errorf("%s = %v, want %s", field, zoe.obj[field], want)
		}
	}
	phones, _ := zoe.obj["patient_phone_numbers"].([]any)
	if len(phones) != 1 {
		t.Fatalf("patient_phone_numbers = %v, want one", zoe.obj["patient_phone_numbers"])
	}
	phone := phones[0].(map[string]any)
	if phone["number"] == nil || phone["phone_type"] == nil || !regexp.MustCompile(`^\d+$`).MatchString(fmt.Sprint(phone["normalized_number"])) {
		t.Errorf("phone = %v, want number, phone_type and digits in normalized_number", phone)
	}
	if nora := d.get("/patients/" + noraID).is(200); !blank(nora.obj["date_of_birth"]) {
		t.Errorf("date_of_birth = %v, want nothing", nora.obj["date_of_birth"])
	}
	for _, field := range []string{"label", "created_at", "updated_at", "links", "appointments", "attendees", "medical_alerts", "relationships", "invoices", "patient_attachments", "archived_at", "deleted_at", "merged_at", "accepted_privacy_policy", "custom_fields", "time_zone"} {
		if _, ok := zoe.obj[field]; !ok {
			t.Errorf("a patient has no %s", field)
		}
	}
	const extra = "reminders_communication_channels"
	if _, ok := zoe.obj[extra]; !ok {
		t.Errorf("a patient has no %s, seen on a live record", extra)
	}
	d.server.SetSwitches(clinikosim.Switches{PlainFields: true, StripArchived: true})
	if _, ok := d.get("/patients/" + zoeID).obj[extra]; ok {
		t.Errorf("a patient has %s with PlainFields", extra)
	}
	if got := d.get("/patients/"+oldPatient, "archived_at:*").is(200); !blank(got.obj["first_name"]) || !blank(got.obj["last_name"]) {
		t.Errorf("archived patient with StripArchived = %s", got.raw)
	}
}

// Section 11: both names are needed; PATCH is partial; 255 characters; the
// pattern of e-mail addresses; read-only fields stay.
func TestSheetPatientWrites(t *testing.T) {
	d := openDesk(t)
	id := d.say("POST", "/patients", map[string]any{
		"first_name": strings.Repeat("é", 255), "last_name": "Long", "email": "long@example.com", "date_of_birth": "2001-02-03",
		"patient_phone_numbers": []any{map[string]any{"number": "0400 000 099", "phone_type": "Mobile"}},
	}).is(201).id()
	got := d.say("PATCH", "/patients/"+id, map[string]any{"preferred_first_name": "Lo"}).is(200)
	if got.str("preferred_first_name") != "Lo" || got.str("last_name") != "Long" || got.str("date_of_birth") != "2001-02-03" || got.str("email") != "long@example.com" {
		t.Errorf("PATCH is not partial: %s", got.raw)
	}
	for field, value := range map[string]any{
		"first_name": nil, "last_name": "", "preferred_first_name": strings.Repeat("é", 256), "email": "no address", "date_of_birth": "03/02/2001",
	} {
		if errors := d.say("PATCH", "/patients/"+id, map[string]any{field: value}).errorsOf(); errors[field] == nil {
			t.Errorf("PATCH %s = %v: errors %v", field, value, errors)
		}
	}
	got = d.say("PATCH", "/patients/"+id, map[string]any{"label": "Other", "archived_at": "2020-01-01T00:00:00Z", "id": "1"}).is(200)
	if got.id() != id || !blank(got.obj["archived_at"]) || got.str("label") == "Other" {
		t.Errorf("read-only fields were written: %s", got.raw)
	}
}

// Section 11: a patient made by staff has an id of its own and is listed.
func TestSheetPatientMadeByStaff(t *testing.T) {
	d := openDesk(t)
	id, err := d.server.AddPatient(sandbox.Patient{FirstName: "Walk", LastName: "In", BirthDate: "1970-01-01"})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.get("/patients?" + url.Values{"q[]": {"last_name:=In"}}.Encode()).list("patients"); !slices.Equal(got, []string{id}) {
		t.Errorf("GET /patients by name = %v, want %s", got, id)
	}
	if err := d.server.EditPatient(id, func(p *sandbox.Patient) { p.BirthDate = "1971-01-01" }); err != nil {
		t.Fatal(err)
	}
	if got := d.get("/patients/" + id).is(200).str("date_of_birth"); got != "1971-01-01" {
		t.Errorf("date_of_birth = %s after the front desk changed it", got)
	}
	if err := d.server.ArchivePatient(id); err != nil {
		t.Fatal(err)
	}
	d.get("/patients/" + id).is(404)
	if err := d.server.UnarchivePatient(id); err != nil {
		t.Fatal(err)
	}
	d.get("/patients/" + id).is(200)
}
