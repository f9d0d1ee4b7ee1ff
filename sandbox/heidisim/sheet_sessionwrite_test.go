package heidisim_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox"
	"carryover/sandbox/heidisim"
)

// §6, §19: the request says ehr_appointment_id, the response ehr_appt_id; POST
// answers the id alone, with 200 or 201.
func TestSheetCreateSession(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	made := c.with(token, "POST", "/sessions", `{"ehr_appointment_id":"9001"}`).want(200).object()
	wantKeys(t, "POST /sessions", made, "session_id")
	id := fmt.Sprint(made["session_id"])
	s := c.session(token, id)
	if s["ehr_appt_id"] != "9001" {
		t.Errorf("ehr_appt_id = %v, want 9001", s["ehr_appt_id"])
	}
	for _, k := range []string{"created_at", "updated_at"} {
		text := fmt.Sprint(s[k])
		when, err := time.Parse("2006-01-02T15:04:05", text)
		if ago := time.Since(when); err != nil || ago < -2*time.Second || ago > time.Minute {
			t.Errorf("%s = %s, want now in UTC", k, text)
		}
	}
	if diff := cmp.Diff(any(map[string]any{"name": "", "gender": nil, "dob": nil}), s["patient"]); diff != "" {
		t.Errorf("patient of a new session (-want +got):\n%s", diff)
	}
	wrong := c.with(token, "POST", "/sessions", `{"ehr_appt_id":"9002"}`)
	if wrong.status < 300 {
		if s := c.session(token, fmt.Sprint(wrong.object()["session_id"])); s["ehr_appt_id"] != nil {
			t.Errorf("the response's name in a request was taken: %v", s["ehr_appt_id"])
		}
	}
	c.server.SetSwitches(heidisim.Switches{CreatedStatus: 201})
	c.with(token, "POST", "/sessions", "").want(201)

	profile, _ := c.with(token, "POST", "/patient-profiles", `{"first_name":"Mara","last_name":"Invented","ehr_patient_id":"777"}`).want(201).object()["data"].(map[string]any)
	body := fmt.Sprintf(`{"patient_profile_id":%q,"ehr_appointment_id":"9003"}`, profile["id"])
	id = fmt.Sprint(c.with(token, "POST", "/sessions", body).want(201).object()["session_id"])
	if s := c.session(token, id); s["ehr_patient_id"] != "777" || s["ehr_appt_id"] != "9003" {
		t.Errorf("session made with a profile = %v, %v, want 777, 9003", s["ehr_patient_id"], s["ehr_appt_id"])
	}
}

// §6: what PATCH takes, what it answers, and that notes are not echoed.
func TestSheetPatchSession(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	a := c.with(token, "PATCH", "/sessions/"+kneeID, `{"duration":99,"language_code":"de","output_language_code":"fr",
		"patient":{"name":"Mara Invented","gender":"OTHER","dob":"1979-12-31"},"clinician_notes":["one","two"],
		"linked_sessions_for_context":["`+ankleID+`"],"ehr_patient_id":"502","ehr_appointment_id":"902",
		"generate_output_without_recording":true}`).want(200)
	wantKeys(t, "PATCH", a.object(), "session")
	s, _ := a.object()["session"].(map[string]any)
	want := map[string]any{
		"duration": json.Number("99"), "language_code": "de", "output_language_code": "fr",
		"patient":         map[string]any{"name": "Mara Invented", "gender": "OTHER", "dob": "1979-12-31"},
		"clinician_notes": []any{}, "linked_sessions_for_context": []any{ankleID},
		"ehr_patient_id": "502", "ehr_appt_id": "902",
	}
	after := c.session(token, kneeID)
	for k, v := range want {
		if diff := cmp.Diff(v, s[k]); diff != "" {
			t.Errorf("PATCH answers %s (-want +got):\n%s", k, diff)
		}
		if diff := cmp.Diff(v, after[k]); diff != "" {
			t.Errorf("afterwards %s (-want +got):\n%s", k, diff)
		}
	}
	if _, ok := after["generate_output_without_recording"]; ok {
		t.Error("generate_output_without_recording is a request field alone")
	}
	again, _ := c.with(token, "PATCH", "/sessions/"+kneeID, `{"duration":100}`).want(200).object()["session"].(map[string]any)
	if again["ehr_patient_id"] != "502" || again["language_code"] != "de" {
		t.Errorf("a PATCH of the duration changed %v %v", again["ehr_patient_id"], again["language_code"])
	}
	c.with(token, "PATCH", "/sessions/"+kneeID, `{"duration":"long"}`).want(422)
}

// §6, §15, §19: a document edit leaves the session's updated_at alone; one
// mode moves it.
func TestSheetEditAndUpdatedAt(t *testing.T) {
	clock := sandbox.NewClock(0)
	c := opened(t, heidisim.Options{Practice: team(), Clock: clock, Switches: heidisim.Switches{Timestamps: heidisim.StampMicros}})
	clock.Finish()
	token := c.token("wren@example.com", "user-1")
	for _, moves := range []bool{false, true} {
		c.server.SetSwitches(heidisim.Switches{Timestamps: heidisim.StampMicros, EditMovesUpdatedAt: moves})
		before := c.session(token, kneeID)
		clock.Advance(5 * time.Minute)
		if err := c.server.EditDocument(kneeID, "64b0000000000000000000d1", fmt.Sprint("edited, moves ", moves)); err != nil {
			t.Fatal(err)
		}
		after := c.session(token, kneeID)
		if (before["updated_at"] != after["updated_at"]) != moves {
			t.Errorf("an edit took updated_at from %v to %v, want moved %v", before["updated_at"], after["updated_at"], moves)
		}
		if before["created_at"] != after["created_at"] {
			t.Errorf("created_at moved from %v to %v", before["created_at"], after["created_at"])
		}
	}
}

// §18, §19: retention turns a session into 404 SessionNotFoundError on every
// route and out of the listing, n days after it was made; not a day before.
func TestSheetRetention(t *testing.T) {
	for _, days := range []int{1, 7, 90} {
		p := team()
		p.Sessions[0].StartedAt = time.Now().Add(-time.Hour)
		p.Sessions = p.Sessions[:1]
		clock := sandbox.NewClock(0)
		c := opened(t, heidisim.Options{Practice: p, Clock: clock, Switches: heidisim.Switches{RetentionDays: days}, TokenLife: 9000 * time.Hour})
		clock.Finish()
		token := c.token("wren@example.com", "user-1")
		clock.Advance(time.Duration(days)*24*time.Hour - 2*time.Hour)
		c.get(token, "/sessions/"+kneeID).want(200)
		clock.Advance(2 * time.Hour)
		for _, path := range []string{"", "/documents", "/transcript"} {
			got := c.get(token, "/sessions/"+kneeID+path).want(404).object()
			if diff := cmp.Diff(map[string]any{"detail": notFoundDetail}, got); diff != "" {
				t.Errorf("%s after %d days (-want +got):\n%s", path, days, diff)
			}
		}
		if items := objects(t, c.get(token, "/sessions/linked-user?page_size=5").want(200).object()["sessions"]); len(items) != 0 {
			t.Errorf("after %d days the listing holds %v", days, idsOf(items))
		}
	}
}

// §18, §19: a session that its owner deletes is gone, like one that never was.
func TestSheetDeletedSession(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	wren, finch := c.token("wren@example.com", "user-1"), c.token("finch@example.com", "user-2")
	if err := c.server.DeleteSession(ankleID); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{wren, finch} {
		c.get(token, "/sessions/"+ankleID).want(404)
		c.get(token, "/sessions/"+ankleID+"/documents").want(404)
		for _, id := range idsOf(objects(t, c.get(token, "/sessions/linked-user?page_size=5").want(200).object()["sessions"])) {
			if id == ankleID {
				t.Error("a deleted session is listed")
			}
		}
	}
}
