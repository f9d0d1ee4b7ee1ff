package clinikosim_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox/clinikosim"
)

func TestPeople(t *testing.T) {
	_, anna := start(t)
	if got := anna.want(200, "GET", "/user", "").body["id"]; got != annaUser {
		t.Errorf("/user = %v, want the key's own user", got)
	}
	anna.want(200, "GET", "/users/"+annaUser, "")
	anna.want(403, "GET", "/users/"+benUser, "")
	anna.want(403, "GET", "/users", "")
	if got := anna.as(bossKey).want(200, "GET", "/users", "").ids("users"); len(got) != 5 {
		t.Errorf("/users for the owner = %v, want all five", got)
	}
	anna.want(403, "GET", "/settings", "")
	if a := anna.as(deskKey).want(200, "GET", "/settings/public", ""); !strings.Contains(a.text, `"subdomain":"invented-physio"`) {
		t.Errorf("/settings/public = %s, want the subdomain", a.text)
	}
	for path, want := range map[string][]string{
		"/practitioners":                                    {"anna", "ben"},
		"/practitioners/inactive":                           {"gone"},
		"/businesses/" + siteID + "/practitioners":          {"anna", "ben"},
		"/businesses/" + siteID + "/practitioners/inactive": {"gone"},
		filter("/practitioners", "user_id:="+deskUser):      {},
	} {
		if diff := cmp.Diff(want, nicknames(anna.want(200, "GET", path, "").ids("practitioners"))); diff != "" {
			t.Errorf("GET %s (-want +got):\n%s", path, diff)
		}
	}
	anna.want(404, "GET", "/businesses/1/practitioners", "")
	anna.want(200, "GET", "/practitioners/"+goneID, "")
}

func TestPatients(t *testing.T) {
	_, anna := start(t)
	a := anna.want(200, "GET", "/patients/"+fionaID, "")
	phones, _ := json.Marshal(a.body["patient_phone_numbers"])
	got := []any{a.body["label"], a.body["date_of_birth"], a.body["preferred_first_name"], string(phones), a.linked("latest_booking")}
	want := []any{"Fiona O'Testy-Müller", "1980-05-17", "Fi", `[{"normalized_number":"61400000001","number":"0400 000 001","phone_type":"Mobile"}]`, visitID}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("patient (-want +got):\n%s", diff)
	}
	if _, shown := a.body["reminders_communication_channels"]; !shown {
		t.Error("the undescribed fields are missing")
	}
	nulls, empties := 0, 0
	for _, name := range []string{"address_1", "address_2", "city", "state", "notes", "occupation", "title", "medicare", "post_code", "referral_source"} {
		switch a.body[name] {
		case nil:
			nulls++
		case "":
			empties++
		}
	}
	if nulls == 0 || empties == 0 {
		t.Errorf("empty fields: %d null and %d \"\", want some of each", nulls, empties)
	}
	for _, tt := range []struct {
		body string
		want map[string]any
	}{
		{`{}`, map[string]any{"first_name": "can’t be blank", "last_name": "can’t be blank"}},
		{`{"first_name":"A","last_name":null}`, map[string]any{"last_name": "can’t be blank"}},
		{`{"first_name":"` + strings.Repeat("x", 256) + `","last_name":"B"}`, map[string]any{"first_name": "is too long"}},
		{`{"first_name":"A","last_name":"B","email":"nowhere","date_of_birth":"1/2/2003"}`, map[string]any{"email": "is invalid", "date_of_birth": "is invalid"}},
	} {
		if diff := cmp.Diff(tt.want, anna.want(422, "POST", "/patients", tt.body).body["errors"]); diff != "" {
			t.Errorf("errors of %.60s (-want +got):\n%s", tt.body, diff)
		}
	}
	anna.want(404, "GET", "/patients/"+archivedID, "")
	anna.want(404, "PATCH", "/patients/"+archivedID, `{"title":"x"}`)
	anna.want(200, "POST", "/patients/"+archivedID+"/unarchive", "")
	anna.want(204, "DELETE", "/patients/"+archivedID, "")
	anna.want(404, "POST", "/patients/"+mergedID+"/unarchive", "")
}

func TestSwitchesOnRecords(t *testing.T) {
	show := func(sw clinikosim.Switches, path string) answered {
		_, anna := start(t, func(o *clinikosim.Options) { o.Switches = sw })
		return anna.want(200, "GET", path, "")
	}
	archived := filter("/patients/"+archivedID, "archived_at:*")
	for _, tt := range []struct {
		name, path, want string
		sw               clinikosim.Switches
	}{
		{"ids as numbers", "/patients/" + fionaID, `"id":` + fionaID + `,`, clinikosim.Switches{IDsAsNumbers: true}},
		{"offset", "/individual_appointments/" + visitID, `"starts_at":"2026-03-02T08:00:00+10:00"`, clinikosim.Switches{StampStyle: clinikosim.StampOffset}},
		{"compact offset", "/individual_appointments/" + visitID, `"starts_at":"2026-03-02T08:00:00+1000"`, clinikosim.Switches{StampStyle: clinikosim.StampCompact}},
		{"fraction", "/individual_appointments/" + visitID, `"starts_at":"2026-03-01T22:00:00.000Z"`, clinikosim.Switches{StampStyle: clinikosim.StampFraction}},
		{"plain", "/individual_appointments/" + visitID, `"starts_at":"2026-03-01T22:00:00Z"`, clinikosim.Switches{}},
		{"absent as null", "/treatment_notes/" + oldNote, `"booking":null`, clinikosim.Switches{Absent: clinikosim.AbsentNull}},
		{"absent as empty", "/treatment_notes/" + oldNote, `"booking":{}`, clinikosim.Switches{Absent: clinikosim.AbsentEmpty}},
		{"names stripped", archived, `"first_name":""`, clinikosim.Switches{StripArchived: true}},
		{"deleted twin", archived, `"deleted_at":"2026-01-01T22:00:00Z"`, clinikosim.Switches{DeletedTwin: true}},
		{"total as string", "/patients", `"total_entries":"3"`, clinikosim.Switches{TotalAsString: true}},
		{"archived leak", filter("/patients", "last_name:=Vedson"), `"total_entries":1`, clinikosim.Switches{ArchivedLeak: true}},
		{"no leak", filter("/patients", "last_name:=Vedson"), `"total_entries":0`, clinikosim.Switches{}},
		{"cancelled by id", "/individual_appointments/" + cancelledID, `"cancelled_at":"2026-`, clinikosim.Switches{CancelledByID: true}},
		{"groups only", filter("/bookings", "patient_ids:~"+fionaID), `"total_entries":0`, clinikosim.Switches{GroupsOnly: true}},
		{"bad sort ignored", "/patients?sort=-created_at", `"total_entries":3`, clinikosim.Switches{IgnoreBadSort: true}},
		{"bare q ignored", "/patients?q=last_name:=x", `"total_entries":3`, clinikosim.Switches{RefuseBareQ: true}},
	} {
		if a := show(tt.sw, tt.path); !strings.Contains(a.text, tt.want) {
			t.Errorf("%s: GET %s = %s, want %s in it", tt.name, tt.path, a.text, tt.want)
		}
	}
	_, anna := start(t, func(o *clinikosim.Options) {
		o.Switches = clinikosim.Switches{ArchivedUnreachable: true, RefuseLongPages: true, RefusePastEnd: true, ForbiddenBody: clinikosim.BodyJSON, NotFoundBody: clinikosim.BodyHTML}
	})
	if a := anna.want(404, "GET", archived, ""); !strings.HasPrefix(a.text, "<html>") {
		t.Errorf("404 body = %q, want HTML", a.text)
	}
	anna.want(400, "GET", "/patients?per_page=101", "")
	anna.want(404, "GET", "/patients?page=2", "")
	if a := anna.as(deskKey).want(403, "GET", "/treatment_notes", ""); a.body["message"] == nil {
		t.Errorf("403 body = %q, want JSON", a.text)
	}
}

// The names in JSON are the interface of the control port: one for each field.
func TestSwitchesThroughJSON(t *testing.T) {
	want := clinikosim.Switches{StampStyle: clinikosim.StampOffset, KeepNewlines: true, ListLag: 1_500_000_000}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got clinikosim.Switches
	if err := json.Unmarshal(text, &got); err != nil || !cmp.Equal(got, want) {
		t.Errorf("through JSON %s = %+v (%v), want %+v", text, got, err, want)
	}
	if !strings.Contains(string(text), `"keep_newlines":true`) || !strings.Contains(string(text), `"list_lag":"1.5s"`) {
		t.Errorf("JSON = %s, want snake-case names and a readable duration", text)
	}
}
