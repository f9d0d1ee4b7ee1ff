package heidisim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox"
	"carryover/sandbox/heidisim"
)

// §2: the forms of expiration_time that clients tolerate.
func TestSheetExpiryForms(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team(), TokenLife: time.Hour})
	expiry := func(form string) (any, bool) {
		c.server.SetSwitches(heidisim.Switches{Expiry: form})
		v, ok := c.send("GET", jwtPath("wren@example.com", "user-1"), "", "Heidi-Api-Key", heidisim.DefaultKey).want(200).object()["expiration_time"]
		return v, ok
	}
	for form, unit := range map[string]time.Duration{heidisim.ExpirySeconds: time.Second, heidisim.ExpiryMillis: time.Millisecond} {
		v, _ := expiry(form)
		number, ok := v.(json.Number)
		n, err := number.Int64()
		left := time.Until(time.Unix(0, n*int64(unit)))
		if !ok || err != nil || left < 58*time.Minute || left > 61*time.Minute {
			t.Errorf("%s: expiration_time = %v, %v away, want an hour", form, v, left)
		}
	}
	if v, ok := expiry(heidisim.ExpiryMissing); ok {
		t.Errorf("missing: expiration_time = %v", v)
	}
}

// §19: unknown fields in every object of every answer, refusals too; what is
// known stays as it was.
func TestSheetExtraFieldsEverywhere(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("finch@example.com", "user-2")
	for _, path := range []string{
		jwtPath("a@example.com", "x"), "/users/linked-account/access", "/sessions/linked-user?page_size=5", "/sessions/" + ankleID, "/sessions/1",
		"/sessions/" + kneeID + "/documents", "/templates/document-templates", "/templates/consult-note-templates", "/patient-profiles?ehr_patient_id=501",
		"/sessions/" + ankleID + "/transcript",
	} {
		read := func(extra bool) any {
			c.server.SetSwitches(heidisim.Switches{ExtraFields: extra})
			return c.send("GET", path, "", "Authorization", "Bearer "+token, "Heidi-Api-Key", heidisim.DefaultKey).value()
		}
		plain, more := read(false), read(true)
		if missing := lacking(path, plain, more); missing != "" {
			t.Errorf("%s", missing)
		}
	}
}

// lacking walks two trees and tells where more has no key that plain lacks, or
// has lost one; tokens and expiries differ from call to call.
func lacking(at string, plain, more any) string {
	switch p := plain.(type) {
	case map[string]any:
		m, ok := more.(map[string]any)
		if !ok || len(m) <= len(p) {
			return fmt.Sprintf("%s: %v has no unknown field", at, more)
		}
		for k := range p {
			if missing := lacking(at+"."+k, p[k], m[k]); missing != "" {
				return missing
			}
		}
	case []any:
		m, _ := more.([]any)
		if len(m) != len(p) {
			return fmt.Sprintf("%s: %d items, want %d", at, len(m), len(p))
		}
		for i := range p {
			if missing := lacking(fmt.Sprint(at, "[", i, "]"), p[i], m[i]); missing != "" {
				return missing
			}
		}
	default:
		if !strings.HasSuffix(at, ".token") && !strings.HasSuffix(at, ".expiration_time") && plain != more {
			return fmt.Sprintf("%s: %v became %v", at, plain, more)
		}
	}
	return ""
}

// §11: a body that is not JSON, or of the wrong type, is 422 with an array;
// nothing a client can send is a 5xx.
func TestSheetBadBodies(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	made := c.madeProfile(token, `{"first_name":"Mara"}`)
	profile := "/patient-profiles/" + fmt.Sprint(made["id"])
	for _, call := range [][2]string{
		{"POST", "/users/linked-account"},
		{"PATCH", "/sessions/" + kneeID},
		{"POST", "/sessions"},
		{"POST", "/sessions/" + kneeID + "/documents"},
		{"POST", "/sessions/" + kneeID + "/consult-note"},
		{"POST", "/patient-profiles"},
		{"PATCH", profile},
		{"POST", profile + "/sessions"},
		{"POST", "/patient-profiles:batch-delete"},
	} {
		for _, body := range []string{`{"first_name":`, `[1,2]`, `"text"`, `not json`} {
			a := c.with(token, call[0], call[1], body).want(422)
			objects(t, a.object()["detail"])
		}
		for _, body := range []string{`null`, `{"patient":null,"ehr_patient_id":null,"session_ids":null,"linked_sessions_for_context":null}`, `{"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`} {
			if a := c.with(token, call[0], call[1], body); a.status >= 500 {
				t.Errorf("%s %s %.40s = %d, want no 5xx", call[0], call[1], body, a.status)
			}
		}
	}
	for _, query := range []string{"page=0", "page=-1", "page=99999999999999999999", "page_size=0", "page_size=-3", "page_size=1e9", "cursor=%00"} {
		for _, w := range []heidisim.Switches{{}, {Listing: heidisim.ListingA}, {Paging: heidisim.PagingCursor}} {
			c.server.SetSwitches(w)
			for _, path := range []string{"/sessions/linked-user?", "/patient-profiles?"} {
				if a := c.get(token, path+query); a.status >= 500 {
					t.Errorf("GET %s%s = %d, want no 5xx", path, query, a.status)
				}
			}
		}
	}
}

// §5, §19: what the day has not brought yet is neither listed nor read; what it
// took is gone; corrections show.
func TestSheetSessionsFollowTheDay(t *testing.T) {
	p := team()
	p.Sessions[0].At = 0.5
	p.Sessions[0].Corrections = []sandbox.Correction{{At: 0.7, PatientName: "Mara Invented", PatientDOB: "1980-03-01", EHRPatientID: "502"}}
	p.Sessions[1].GoneAt = 0.6
	clock := sandbox.NewClock(time.Hour)
	c := opened(t, heidisim.Options{Practice: p, Clock: clock})
	token := c.token("wren@example.com", "user-1")
	listed := func() []string {
		return idsOf(objects(t, c.get(token, "/sessions/linked-user?page_size=9").want(200).object()["sessions"]))
	}
	c.get(token, "/sessions/"+kneeID).want(404)
	c.get(token, "/sessions/"+ankleID).want(200)
	if diff := cmp.Diff([]string{ankleID}, listed()); diff != "" {
		t.Errorf("before the day (-want +got):\n%s", diff)
	}
	clock.Finish()
	s := c.session(token, kneeID)
	if diff := cmp.Diff(any(map[string]any{"name": "Mara Invented", "gender": nil, "dob": "1980-03-01"}), s["patient"]); diff != "" || s["ehr_patient_id"] != "502" {
		t.Errorf("corrected: ehr_patient_id %v, patient (-want +got):\n%s", s["ehr_patient_id"], diff)
	}
	c.get(token, "/sessions/"+ankleID).want(404)
	if diff := cmp.Diff([]string{kneeID}, listed()); diff != "" {
		t.Errorf("after the day (-want +got):\n%s", diff)
	}
}

// §3, §19: a link that has expired still reads under its switch; linking again
// renews it.
func TestSheetExpiredLink(t *testing.T) {
	p := team()
	p.Sessions[0].PractitionerID = "4"
	c := opened(t, heidisim.Options{Practice: p})
	egret := c.token("egret@example.com", "user-4")
	c.get(egret, "/sessions/linked-user?page_size=5").want(400)
	c.server.SetSwitches(heidisim.Switches{ExpiredLinkWorks: true})
	c.get(egret, "/sessions/linked-user?page_size=5").want(200)
	c.get(egret, "/sessions/"+kneeID).want(200)
	c.server.SetSwitches(heidisim.Switches{})
	status, _ := c.browse("reset=true&region=AU&productName=Carryover&t="+egret, "egret@example.com")
	access := c.get(egret, "/users/linked-account/access").want(200).object()
	if status != http.StatusOK || access["is_valid"] != true {
		t.Errorf("linking again: %d, is_valid %v, want 200, true", status, access["is_valid"])
	}
	c.get(egret, "/sessions/linked-user?page_size=5").want(200)
}
