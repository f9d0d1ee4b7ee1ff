package clinikosim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"carryover/sandbox/clinikosim"
	"carryover/sandbox/contract"
)

// Every answer below is held against the published description of the API.
func TestAnswersKeepTheContract(t *testing.T) {
	spec := contract.Cliniko(t)
	server, anna := start(t)
	anna.handler = spec.Wrap(server, func(violation string) { t.Error(violation) })
	boss := anna.as(bossKey)

	for _, path := range []string{
		"/user", "/practitioners", "/practitioners/inactive", "/practitioners/" + annaID, "/businesses", "/businesses/" + siteID,
		"/businesses/" + siteID + "/practitioners", "/settings/public", "/appointment_types", "/patients", "/patients/" + fionaID,
		filter("/patients", "archived_at:*"), filter("/patients/"+mergedID, "archived_at:*"), "/patients/" + fionaID + "/treatment_notes",
		"/individual_appointments", filter("/individual_appointments", "cancelled_at:?"), "/individual_appointments/" + visitID,
		"/individual_appointments/" + visitID + "/conflicts", "/individual_appointments/" + visitID + "/attendees",
		"/group_appointments", "/group_appointments/" + teamID, "/group_appointments/" + teamID + "/attendees",
		"/bookings", "/bookings/" + blockID, "/bookings/" + teamID, "/attendees", "/attendees/" + teamAttendee,
		"/treatment_notes", "/treatment_notes/" + oldNote, "/treatment_note_templates", "/treatment_note_templates/" + templateID,
		"/treatment_notes?page=2&per_page=1&sort=created_at:desc",
	} {
		anna.want(200, "GET", path, "")
	}
	boss.want(200, "GET", "/users", "")
	boss.want(200, "GET", "/settings", "")

	patient := anna.want(201, "POST", "/patients", `{"first_name":"New","last_name":"Comer","patient_phone_numbers":[{"number":"0400000002","phone_type":"Mobile"}]}`)
	anna.want(200, "PATCH", "/patients/"+patient.body["id"].(string), `{"email":"new@example.com","date_of_birth":"1999-12-31"}`)
	anna.want(204, "POST", "/patients/"+twinID+"/archive", "")
	anna.want(200, "POST", "/patients/"+twinID+"/unarchive", "")
	note := anna.want(201, "POST", "/treatment_notes", fmt.Sprintf(
		`{"patient_id":%q,"booking_id":%q,"attendee_id":%q,"treatment_note_template_id":%q,"title":"Report","draft":true,"content":%s}`,
		fionaID, visitID, visitAttendee, templateID, everyQuestion))
	id := note.body["id"].(string)
	anna.want(200, "PATCH", "/treatment_notes/"+id, `{"title":"Report two"}`)
	anna.want(204, "POST", "/treatment_notes/"+id+"/archive", "")
	anna.want(200, "POST", "/treatment_notes/"+id+"/unarchive", "")
	anna.want(200, "PATCH", "/treatment_notes/"+id, `{"draft":false}`)
	anna.want(422, "POST", "/treatment_notes", `{}`)
	anna.want(422, "POST", "/patients", `{"last_name":"Alone"}`)
	anna.want(204, "PATCH", "/individual_appointments/"+visitID+"/cancel", `{"cancellation_reason":50,"apply_to_repeats":false}`)
	anna.want(204, "PATCH", "/attendees/"+teamAttendee+"/cancel", `{"cancellation_reason":30}`)
	anna.want(200, "GET", filter("/attendees", "cancelled_at:?"), "")
}

// The records, lists and forms of attachments are as the description has them,
// while a file is processed and afterwards, and for an export too. Neither the
// bucket nor the content route is in the description.
func TestAttachmentsKeepTheContract(t *testing.T) {
	spec := contract.Cliniko(t)
	for name, set := range map[string]func(*clinikosim.Switches){
		"processing": func(s *clinikosim.Switches) { s.NeverProcessed = true },
		"processed":  func(s *clinikosim.Switches) { instant(s); s.BareBucketURL, s.SecurityToken = true, true },
	} {
		t.Run(name, func(t *testing.T) {
			d := switched(t, set)
			d.root = serve(t, beside(d.server, spec.Wrap(d.server, func(violation string) { t.Error(violation) })))
			id := d.attach(zoeID, "a.pdf", "application/pdf", "x", "description", "HD-1", "filename", "b.pdf").id()
			if _, err := d.server.ExportPatient(zoeID); err != nil {
				t.Fatal(err)
			}
			for _, path := range []string{"/patient_attachments", "/patient_attachments/" + id, "/patients/" + zoeID + "/patient_attachments", "/patient_attachments?page=2&per_page=1&sort=size:desc"} {
				d.get(path).is(200)
			}
			d.say("PATCH", "/patient_attachments/"+id, map[string]any{"description": nil}).is(200)
			d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": "https://no.example/"}).is(422)
			d.say("POST", "/patient_attachments/"+id+"/archive", nil).is(204)
			d.get("/patient_attachments/"+id, "archived_at:*").is(200)
			d.say("DELETE", "/patient_attachments/"+id, nil).is(404)
		})
	}
}

// beside serves the bucket from server and everything else from api.
func beside(server, api http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(clinikosim.BucketPath+"/", server)
	mux.Handle(clinikosim.BucketPath, server)
	mux.Handle("/", api)
	return mux
}

// everyQuestion has a question of each type that the description knows.
const everyQuestion = `{"sections":[{"name":"All","description":"of them","questions":[
	{"name":"One line","type":"text","answer":"a line"},
	{"name":"Words","type":"paragraph","answer":"<p>two</p><p>lines</p>"},
	{"name":"When","type":"date","answer":"2026-03-02"},
	{"name":"Boxes","type":"checkboxes","answers":[{"value":"Yes","selected":true},{"value":"No"}],"other":{"enabled":true,"selected":true,"value":"perhaps"}},
	{"name":"Buttons","type":"radiobuttons","answers":[{"value":"Left","selected":true},{"value":"Right"}]},
	{"name":"Chart","type":"bodycharts"}]}]}`

// Switches that make answers unlike the description must be seen as such, or
// the checker would prove nothing.
func TestCheckerSeesADeparture(t *testing.T) {
	spec := contract.Cliniko(t)
	server, anna := start(t, func(o *clinikosim.Options) { o.Switches.TotalAsString = true })
	var violations []string
	anna.handler = spec.Wrap(server, func(v string) { violations = append(violations, v) })
	anna.do("GET", "/patients", "")
	anna.do("GET", "/users/me", "")
	anna.do("POST", "/treatment_notes", `{"practitioner_id":"1","draft":"yes"}`)
	all := strings.Join(violations, "\n")
	for _, want := range []string{"response GET /patients 200: /total_entries", "practitioner_id is not described", "request POST /treatment_notes: /draft"} {
		if !strings.Contains(all, want) {
			t.Errorf("violations = %q, want one with %q", all, want)
		}
	}
	if strings.Contains(all, "Fiona") {
		t.Errorf("violations = %q, want no values in them", all)
	}
}
