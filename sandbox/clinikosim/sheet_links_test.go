package clinikosim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"carryover/sandbox/clinikosim"
)

// linkForm is how a relation's address should look: the path under /v1 with
// {id} for the record's own id, {} for another's; a filter ends in "q " and its
// expression.
type linkForms map[string]string

// appendixA3 is Appendix A.3 for the records that the simulator serves.
var appendixA3 = []struct {
	path  string
	forms linkForms
}{
	{"/patients/" + zoeID, linkForms{
		"appointments": "/patients/{id}/appointments", "attendees": "/attendees?q patient_id:={id}", "invoices": "/patients/{id}/invoices",
		"latest_booking": "/bookings/{}", "medical_alerts": "/patients/{id}/medical_alerts", "patient_attachments": "/patients/{id}/patient_attachments",
		"relationships": "/relationships?q patient_id:={id}",
	}},
	{"/individual_appointments/" + soloVisit, linkForms{
		"appointment_type": "/appointment_types/{}", "attendees": "/individual_appointments/{id}/attendees", "business": "/businesses/{}",
		"conflicts": "/individual_appointments/{id}/conflicts", "patient": "/patients/{}", "practitioner": "/practitioners/{}",
		"repeats": "/individual_appointments?q repeated_from_id:={id}",
	}},
	{"/group_appointments/" + classVisit, linkForms{
		"appointment_type": "/appointment_types/{}", "attendees": "/group_appointments/{id}/attendees", "business": "/businesses/{}",
		"conflicts": "/group_appointments/{id}/conflicts", "practitioner": "/practitioners/{}", "repeats": "/group_appointments?q repeated_from_id:={id}",
	}},
	{"/bookings/" + lunchBlock, linkForms{"business": "/businesses/{}", "practitioner": "/practitioners/{}"}},
	{"/attendees/" + classZoe, linkForms{
		"booking": "/bookings/{}", "invoices": "/attendees/{id}/invoices", "patient": "/patients/{}", "patient_forms": "/attendees/{id}/patient_forms",
	}},
	{"/practitioners/" + piaSheet, linkForms{
		"appointment_types": "/practitioners/{id}/appointment_types", "appointments": "/practitioners/{id}/appointments",
		"invoices": "/practitioners/{id}/invoices", "practitioner_reference_numbers": "/practitioners/{id}/practitioner_reference_numbers", "user": "/users/{}",
	}},
	{"/businesses/" + northSheet, linkForms{"appointments": "/businesses/{id}/appointments", "practitioners": "/businesses/{id}/practitioners"}},
}

// Appendix A.3: the address of each relation.
func TestSheetLinkObjects(t *testing.T) {
	d := openDesk(t)
	for _, c := range appendixA3 {
		record := d.get(c.path).is(200)
		for relation, form := range c.forms {
			address, ok := strings.CutPrefix(self(record.obj[relation]), d.root+"/v1")
			want := strings.ReplaceAll(form, "{id}", record.id())
			if before, expression, filtered := strings.Cut(want, "q "); filtered {
				address = strings.NewReplacer("%5B%5D", "[]", "%3A", ":", "%3D", "=").Replace(address)
				want = before + "q[]=" + expression
			}
			if path, open := strings.CutSuffix(want, "{}"); open {
				ok = ok && strings.HasPrefix(address, path) && !strings.Contains(address[len(path):], "/") && len(address) > len(path)
			} else {
				ok = ok && address == want
			}
			if !ok {
				t.Errorf("%s: %s links to %q, want …%s", c.path, relation, self(record.obj[relation]), want)
			}
		}
	}
}

// Section 12: the fields of a group appointment, and nothing else; those of an
// individual one and of an attendee.
func TestSheetDiaryFields(t *testing.T) {
	d := openDesk(t)
	both := "id starts_at ends_at practitioner business appointment_type attendees notes repeat_rule repeats conflicts telehealth_url archived_at deleted_at created_at updated_at links"
	group := d.get("/group_appointments/" + classVisit).is(200)
	allowed := strings.Fields(both + " max_attendees patient_ids repeated_from")
	for field := range group.obj {
		if !slices.Contains(allowed, field) {
			t.Errorf("a group appointment has %s", field)
		}
	}
	for path, names := range map[string]string{
		"/group_appointments/" + classVisit: both + " max_attendees patient_ids",
		"/individual_appointments/" + soloVisit: both + " patient patient_name patient_arrived did_not_arrive cancelled_at cancellation_reason cancellation_reason_description " +
			"cancellation_note treatment_note_status invoice_status has_patient_appointment_notes booking_ip_address online_booking_policy_accepted email_reminder_sent sms_reminder_sent",
		"/attendees/" + classZoe: "id booking patient patient_forms invoices arrived notes cancelled_at cancellation_reason cancellation_reason_description cancellation_note " +
			"cancellation_url invoice_status treatment_note_status telehealth_url sent_email_reminders_count sent_sms_reminders_count sent_email_follow_ups_count " +
			"sent_sms_follow_ups_count online_booking_policy_accepted booking_ip_address archived_at deleted_at created_at updated_at links",
	} {
		record := d.get(path).is(200)
		for field := range strings.FieldsSeq(names) {
			if _, ok := record.obj[field]; !ok {
				t.Errorf("%s has no %s", path, field)
			}
		}
	}
	if n := fmt.Sprint(group.obj["max_attendees"]); n == "0" || n == "1" || n == "<nil>" {
		t.Errorf("max_attendees = %s, want 2 to 99", n)
	}
	if url := d.get("/individual_appointments/" + soloVisit).str("telehealth_url"); url == "" {
		t.Error("telehealth_url is empty, it is always filled")
	}
}

// Sections 9 to 14: every field that a list row has, the single record has too.
func TestSheetRowsAreRecords(t *testing.T) {
	d := openDesk(t).sits(adaKey)
	d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201)
	if _, err := d.server.AddAttachment(clinikosim.File{PatientID: zoeID, UserID: adaUser, Name: "a.pdf", ContentType: "application/pdf"}); err != nil {
		t.Fatal(err)
	}
	for _, list := range []string{"patients", "practitioners", "users", "businesses", "individual_appointments", "group_appointments", "attendees", "bookings", "treatment_notes", "treatment_note_templates", "appointment_types", "patient_attachments"} {
		rows := d.get("/" + list).is(200).rows(list)
		if len(rows) == 0 {
			t.Errorf("/%s is empty", list)
		}
		for _, row := range rows {
			record := d.get("/" + list + "/" + fmt.Sprint(row["id"])).is(200)
			if fmt.Sprint(record.obj) != fmt.Sprint(row) {
				t.Errorf("/%s/%s differs from its row:\n%v\n%v", list, row["id"], record.obj, row)
			}
		}
	}
}
