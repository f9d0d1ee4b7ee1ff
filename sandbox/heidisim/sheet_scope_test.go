package heidisim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox"
	"carryover/sandbox/heidisim"
)

// linkedSentence is §11's text for a user without a link.
const linkedSentence = "Linked Account is required. Please link your account before using this feature."

// abroad is the data of another region: a clinician of the same name and id,
// another session.
func abroad() *sandbox.Practice {
	p := team()
	p.Region = "UK"
	p.Sessions = []sandbox.Session{{ID: "299792458299792458299792458299792458299", PractitionerID: "1"}}
	return p
}

// §1, §19: one key for each region, with disjoint data; a token of one is
// refused by the other, even for the same clinician.
func TestSheetRegionsAreDisjoint(t *testing.T) {
	au := opened(t, heidisim.Options{
		Practice: team(), Further: []*sandbox.Practice{abroad()}, APIKeys: []string{"SANDBOX-au", "SANDBOX-uk"},
	})
	const far = "299792458299792458299792458299792458299"
	auToken := au.tokenUnder("SANDBOX-au", "wren@example.com", "user-1")
	ukToken := au.tokenUnder("SANDBOX-uk", "wren@example.com", "user-1")
	au.get(auToken, "/sessions/"+kneeID).want(200)
	au.get(ukToken, "/sessions/"+far).want(200)
	for token, id := range map[string]string{auToken: far, ukToken: kneeID} {
		got := au.get(token, "/sessions/"+id).want(404).object()
		if diff := cmp.Diff(map[string]any{"detail": notFoundDetail}, got); diff != "" {
			t.Errorf("another region's session (-want +got):\n%s", diff)
		}
		au.get(token, "/sessions/"+id+"/documents").want(404)
	}
	a := au.send("GET", "/sessions/"+kneeID, "", "Authorization", "Bearer "+auToken, "Heidi-Api-Key", "SANDBOX-uk")
	if a.status != 401 && a.status != 403 {
		t.Errorf("a token under another region's key = %d, want 401 or 403", a.status)
	}

	made := au.with(auToken, "POST", "/patient-profiles", `{"first_name":"Mara","ehr_patient_id":"888"}`).want(200).object()["data"].(map[string]any)
	au.get(auToken, fmt.Sprint("/patient-profiles/", made["id"])).want(200)
	au.get(ukToken, fmt.Sprint("/patient-profiles/", made["id"])).want(404)
	if found := objects(t, au.get(ukToken, "/patient-profiles?ehr_patient_id=888").want(200).object()["data"]); len(found) != 0 {
		t.Errorf("another region's profiles are listed: %v", found)
	}

	uk := opened(t, heidisim.Options{Practice: team(), APIKeys: []string{"SANDBOX-uk"}})
	uk.get(auToken, "/sessions/"+kneeID).want(401)
}

// §3, §19: a clinician reads what the linked account owns or shares, and 404
// else. On the test host reads may be scoped to the key: then every user of the
// key reads every session by its id.
func TestSheetReadScope(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	wren, finch := c.token("wren@example.com", "user-1"), c.token("finch@example.com", "user-2")
	heron, stranger := c.token("heron@example.com", "user-3"), c.token("heidi@example.com", "random")
	status := func(token, id string) int { return c.get(token, "/sessions/"+id).status }
	type row struct{ Wren, Finch, Heron, Stranger int }
	read := func(id string) row {
		return row{status(wren, id), status(finch, id), status(heron, id), status(stranger, id)}
	}
	if diff := cmp.Diff(row{200, 404, 404, 404}, read(kneeID)); diff != "" {
		t.Errorf("knee (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(row{200, 200, 404, 404}, read(ankleID)); diff != "" { // shared with wren
		t.Errorf("ankle (-want +got):\n%s", diff)
	}
	c.server.SetSwitches(heidisim.Switches{ReadScope: heidisim.ScopeKey})
	if diff := cmp.Diff(row{200, 200, 200, 200}, read(kneeID)); diff != "" {
		t.Errorf("knee by key (-want +got):\n%s", diff)
	}
}

// §3, §11: a session that is unknown answers like one that is foreign, on
// every route below it.
func TestSheetForeignLooksUnknown(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	finch := c.token("finch@example.com", "user-2")
	want := map[string]any{"detail": notFoundDetail}
	for _, id := range []string{kneeID, "1", "999999999999999999999999999999999999999", "not-a-number"} {
		for _, call := range [][3]string{
			{"GET", "", ""},
			{"GET", "/documents", ""},
			{"GET", "/transcript", ""},
			{"PATCH", "", `{"duration":5}`},
			{"POST", "/documents", `{"document_tab_type":"DOCUMENT","generation_method":"TEMPLATE","template_id":"64b000000000000000000002","brain":"LEFT"}`},
		} {
			a := c.with(finch, call[0], "/sessions/"+id+call[1], call[2])
			if a.status != 404 || !cmp.Equal(a.value(), any(want)) {
				t.Errorf("%s = %d %s, want 404 SessionNotFoundError", a.what, a.status, a.raw)
			}
		}
	}
}

// §2: email and third_party_internal_id together are the API user. Another id
// is another user, and the clinician's account stays with the old one.
func TestSheetAnotherIDIsAnotherUser(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	for i, user := range [][2]string{{"wren@example.com", "user-1b"}, {"other@example.com", "user-1"}} {
		access := c.get(c.token(user[0], user[1]), "/users/linked-account/access").want(200).object()
		if access["is_linked"] != false {
			t.Errorf("%d: %v is_linked = %v, want false", i, user, access["is_linked"])
		}
	}
	again := c.get(c.token("wren@example.com", "user-1"), "/users/linked-account/access").want(200).object()
	if again["is_linked"] != true {
		t.Errorf("the first user is_linked = %v, want true still", again["is_linked"])
	}
}

// §3, §18, §19: the team of one who is linked, one who is linked and shares,
// one who is not and one whose link has expired.
func TestSheetTeam(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	for n, want := range []struct {
		name          string
		linked, valid bool
		listing       []string // nil: refused
	}{
		{"wren", true, true, []string{kneeID, ankleID}},
		{"finch", true, true, []string{ankleID}},
		{"heron", false, false, nil},
		{"egret", true, false, nil},
	} {
		token := c.token(want.name+"@example.com", fmt.Sprint("user-", n+1))
		access := c.get(token, "/users/linked-account/access").want(200).object()
		if access["is_linked"] != want.linked {
			t.Errorf("%s: is_linked = %v, want %v", want.name, access["is_linked"], want.linked)
		}
		if want.linked && access["is_valid"] != want.valid {
			t.Errorf("%s: is_valid = %v, want %v", want.name, access["is_valid"], want.valid)
		}
		a := c.get(token, "/sessions/linked-user?page_size=50")
		if want.listing == nil {
			a.want(400)
			continue
		}
		got := map[string]bool{}
		for _, item := range objects(t, a.want(200).object()["sessions"]) {
			got[fmt.Sprint(item["session_id"])] = true
		}
		wanted := map[string]bool{}
		for _, id := range want.listing {
			wanted[id] = true
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("%s's listing (-want +got):\n%s", want.name, diff)
		}
	}
	c.server.SetSwitches(heidisim.Switches{HideShared: true})
	items := objects(t, c.get(c.token("wren@example.com", "user-1"), "/sessions/linked-user?page_size=50").want(200).object()["sessions"])
	if len(items) != 1 || items[0]["session_id"] != kneeID {
		t.Errorf("with shared sessions hidden wren lists %v, want the knee alone", items)
	}
}

// §3, §11, §19, §20.10: what is refused without a link, and what is not.
func TestSheetUnlinked(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	heron := c.token("heron@example.com", "user-3")
	mine, _ := c.with(heron, "POST", "/sessions", "").want(200).object()["session_id"].(string)
	c.get(heron, "/sessions/"+mine).want(200)
	c.get(heron, "/sessions/"+mine+"/documents").want(200)
	c.get(heron, "/sessions/"+kneeID).want(404)
	refused := [][3]string{
		{"GET", "/sessions/linked-user?page_size=20", ""},
		{"POST", "/patient-profiles", `{"first_name":"Mara","last_name":"Invented"}`},
	}
	for _, call := range refused {
		a := c.with(heron, call[0], call[1], call[2]).want(400)
		if !cmp.Equal(a.value(), any(map[string]any{"detail": linkedSentence})) {
			t.Errorf("%s = %s, want the sentence of §11 as detail", a.what, a.raw)
		}
	}
	c.server.SetSwitches(heidisim.Switches{UnlinkedStatus: 403, UnlinkedObject: true})
	for _, call := range refused {
		detail, _ := c.with(heron, call[0], call[1], call[2]).want(403).object()["detail"].(map[string]any)
		if msg, _ := detail["msg"].(string); !strings.Contains(strings.ToLower(msg), "linked") {
			t.Errorf("%s: detail = %v, want an object that says linked", call[1], detail)
		}
	}
	c.server.SetSwitches(heidisim.Switches{UnlinkedStatus: 200})
	if items := objects(t, c.get(heron, "/sessions/linked-user?page_size=20").want(200).object()["sessions"]); len(items) != 0 {
		t.Errorf("the empty answer to an unlinked user holds %v", items)
	}
}
