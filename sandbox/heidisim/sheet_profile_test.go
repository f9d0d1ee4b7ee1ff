package heidisim_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox/heidisim"
)

// madeProfile makes a patient profile and returns what the answer's data says.
func (c *caller) madeProfile(token, body string) map[string]any {
	c.t.Helper()
	o, _ := c.with(token, "POST", "/patient-profiles", body).want(200).object()["data"].(map[string]any)
	if id := fmt.Sprint(o["id"]); !hex24.MatchString(id) {
		c.t.Fatalf("profile id = %q, want 24 hex digits", id)
	}
	return o
}

// §9, §11: POST takes optional fields only, under the official names, and
// answers them with an id; PATCH changes what it is given.
func TestSheetProfileWrites(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	made := c.madeProfile(token, `{"first_name":"Mara","last_name":"Ōrua-O'Invented","birth_date":"1980-02-29","gender":"FEMALE",
		"ehr_patient_id":"601","phone":"0400 000 000","email":"mara@example.com","patient_sex_code":2,"identifiers":[],
		"demographic_string":"d","additional_context":"a"}`)
	for k, want := range map[string]any{
		"first_name": "Mara", "last_name": "Ōrua-O'Invented", "birth_date": "1980-02-29", "gender": "FEMALE", "ehr_patient_id": "601",
		"phone": "0400 000 000", "email": "mara@example.com", "patient_sex_code": json.Number("2"),
	} {
		if diff := cmp.Diff(want, made[k]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", k, diff)
		}
	}
	c.madeProfile(token, `{}`)
	path := "/patient-profiles/" + fmt.Sprint(made["id"])
	c.with(token, "PATCH", path, `{"last_name":"Renamed"}`).want(200)
	got, _ := c.get(token, path).want(200).object()["data"].(map[string]any)
	if got["first_name"] != "Mara" || got["last_name"] != "Renamed" || got["birth_date"] != "1980-02-29" {
		t.Errorf("after PATCH of the last name: %v", got)
	}
	c.get(token, "/patient-profiles/64b0000000000000000000ff").want(404)
	heron := c.token("heron@example.com", "user-3")
	c.with(heron, "PATCH", path, `{"last_name":"Other"}`).want(400) // §3: an unlinked user's profile write
	// §9: the observed lower case and "unknown" are accepted.
	for _, gender := range []string{"male", "female", "other", "unknown"} {
		c.madeProfile(token, `{"first_name":"A","gender":"`+gender+`"}`)
	}
}

// §9, §19: profiles are found by the EHR's patient id, and paged.
func TestSheetProfileReads(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	for i := range 7 {
		c.madeProfile(token, fmt.Sprintf(`{"first_name":"P%d","ehr_patient_id":"70%d"}`, i, i))
	}
	list := func(query string) ([]map[string]any, map[string]any) {
		o := c.get(token, "/patient-profiles"+query).want(200).object()
		return objects(t, o["data"]), o
	}
	found, _ := list("?ehr_patient_id=703")
	if len(found) != 1 || found[0]["first_name"] != "P3" {
		t.Errorf("ehr_patient_id=703 finds %v, want P3", found)
	}
	if found, _ := list("?ehr_patient_id=70"); len(found) != 0 {
		t.Errorf("half an id finds %v, want nobody", found)
	}
	everyone, _ := list("?page_size=1000")
	seen := map[string]bool{}
	for page := 1; ; page++ {
		items, body := list(fmt.Sprintf("?page=%d&page_size=3", page))
		want := (len(everyone) + 2) / 3
		if body["total_pages"] != json.Number(fmt.Sprint(want)) {
			t.Errorf("page %d: total_pages = %v, want %d", page, body["total_pages"], want)
		}
		for _, item := range items {
			seen[fmt.Sprint(item["id"])] = true
		}
		if page >= want {
			break
		}
	}
	if len(seen) != len(everyone) || len(seen) < 7 {
		t.Errorf("the pages hold %d profiles, one long page %d, want the same and at least 7", len(seen), len(everyone))
	}
}

// §9, §10, §19: a profile is linked to sessions by session_ids, and ties them
// to its EHR patient; §9: the answer has two known forms.
func TestSheetProfileLink(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	made := c.madeProfile(token, `{"first_name":"Mara","last_name":"Invented","ehr_patient_id":"601"}`)
	path := fmt.Sprintf("/patient-profiles/%v/sessions", made["id"])
	got := objects(t, c.with(token, "POST", path, `{"session_ids":["`+kneeID+`"]}`).want(200).object()["data"])
	if len(got) != 1 || got[0]["session_id"] != kneeID {
		t.Errorf("link answers %v, want the session", got)
	}
	if s := c.session(token, kneeID); s["ehr_patient_id"] != "601" {
		t.Errorf("ehr_patient_id = %v after the link, want 601", s["ehr_patient_id"])
	}
	c.with(token, "POST", path, `{"session_ids":["12345"]}`).want(404)
	c.server.SetSwitches(heidisim.Switches{ProfileLinkSingle: true})
	single := c.with(token, "POST", path, `{"session_ids":["`+kneeID+`"]}`).want(200).object()
	if single["session_id"] != kneeID {
		t.Errorf("link answers %v, want session_id alone", single)
	}
}

// §9: the provider filter's name is in conflict; one switch for each.
func TestSheetProfileProviderFilter(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("finch@example.com", "user-2") // who recorded the session of Cliniko's patient 501
	count := func(query string) int {
		return len(objects(t, c.get(token, "/patient-profiles?ehr_patient_id=501&"+query).want(200).object()["data"]))
	}
	for _, w := range []heidisim.Switches{{}, {ProfileFilter: heidisim.FilterPlain}} {
		c.server.SetSwitches(w)
		works, idle := "ehr_provider", "provider"
		if w.ProfileFilter == heidisim.FilterPlain {
			works, idle = idle, works
		}
		if got := count(""); got != 1 {
			t.Errorf("profiles of patient 501: %d, want 1", got)
		}
		if got := count(works + "=NobodysEHR"); got != 0 {
			t.Errorf("%s of another EHR finds %d, want 0", works, got)
		}
		if got := count(idle + "=NobodysEHR"); got != 1 {
			t.Errorf("%s, which is no filter here, finds %d, want 1", idle, got)
		}
	}
}

// §9, §19: batch-delete and every other write is counted, so that a test can
// prove that none was made; reads count for nothing.
func TestSheetWriteCounters(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	for _, path := range []string{
		"/users/linked-account/access", "/sessions/linked-user?page_size=20", "/sessions/" + kneeID, "/sessions/" + kneeID + "/documents",
		"/templates/document-templates", "/patient-profiles?ehr_patient_id=501", "/sessions/" + kneeID + "/transcript", "/nothing",
	} {
		c.get(token, path)
	}
	if got := c.server.WriteCalls(); len(got) != 0 {
		t.Errorf("after reads alone the counters say %v", got)
	}
	made := c.madeProfile(token, `{"first_name":"Mara"}`)
	c.with(token, "POST", "/patient-profiles:batch-delete", fmt.Sprintf(`{"patient_profile_ids":[%q]}`, made["id"])).want(200)
	c.get(token, "/patient-profiles/"+fmt.Sprint(made["id"])).want(404)
	c.with(token, "POST", "/sessions/"+kneeID+"/consult-note", `{"addition":""}`)
	c.with(token, "POST", "/sessions/"+kneeID+"/documents", `{}`)
	c.with("bad", "POST", "/sessions/"+kneeID+"/documents", `{}`)
	c.with(token, "PATCH", "/sessions/"+kneeID, `{"duration":1}`)
	c.with(token, "DELETE", "/users/linked-account:unlink", "")
	want := map[string]int{
		"POST /patient-profiles": 1, "POST /patient-profiles:batch-delete": 1, "POST /sessions/{id}/consult-note": 1,
		"POST /sessions/{id}/documents": 2, "PATCH /sessions/{id}": 1, "DELETE /users/linked-account:unlink": 1,
	}
	if diff := cmp.Diff(want, c.server.WriteCalls()); diff != "" {
		t.Errorf("WriteCalls (-want +got):\n%s", diff)
	}
}
