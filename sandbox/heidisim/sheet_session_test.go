package heidisim_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox"
	"carryover/sandbox/heidisim"
)

var noteKeys = []string{
	"status", "result", "heading", "brain", "voice_style", "generation_method", "template_id",
	"ai_command_id", "ai_command_text", "feedback", "dictation_cleanup_mode",
}

// §6: a session in its wrapper has the official example's fields, with the
// official example's nulls where nothing is set.
func TestSheetSessionFields(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	wantKeys(t, "GET /sessions/{id}", c.get(token, "/sessions/"+kneeID).want(200).object(), "session")
	s := c.session(token, kneeID)
	wantKeys(t, "session", s, "session_id", "session_name", "patient", "audio", "clinician_notes", "consult_note", "duration",
		"created_at", "updated_at", "language_code", "output_language_code", "documents", "ehr_appt_id", "ehr_provider", "ehr_patient_id")
	for k, want := range map[string]any{
		"session_id": kneeID, "patient": map[string]any{"name": "", "gender": nil, "dob": nil},
		"audio": []any{}, "clinician_notes": []any{}, "duration": json.Number("1512"), "documents": nil,
		"ehr_appt_id": nil, "ehr_patient_id": nil,
	} {
		if diff := cmp.Diff(want, s[k]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", k, diff)
		}
	}
	if name, _ := s["session_name"].(string); !strings.Contains(strings.ToLower(name), "sandbox") || !strings.Contains(name, "Follow-up knee") {
		t.Errorf("session_name = %q, want its name and a visible sandbox marker (§19)", name)
	}
	note, _ := s["consult_note"].(map[string]any)
	wantKeys(t, "consult_note", note, noteKeys...)
	if note["status"] != "CREATED" || note["result"] != "## Subjective\n- knee" {
		t.Errorf("consult_note = %v, want CREATED together with the finished text", note)
	}
	if note["brain"] != "LEFT" && note["brain"] != "RIGHT" {
		t.Errorf("brain = %v, want LEFT or RIGHT", note["brain"])
	}
	if style := note["voice_style"]; style != nil && !strings.Contains(" GOLDILOCKS DETAILED BRIEF SUPER_DETAILED MY_VOICE ", fmt.Sprint(" ", style, " ")) {
		t.Errorf("voice_style = %v, want a known one or null", style)
	}
	if id, _ := note["template_id"].(string); note["template_id"] != nil && !hex24.MatchString(id) {
		t.Errorf("template_id = %q, want 24 hex digits or null", id)
	}
}

// §6, §10, §19: a session with a patient and a tie. The response says
// ehr_appt_id, never ehr_appointment_id; the patient has one name, whole.
func TestSheetSessionTie(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	s := c.session(c.token("finch@example.com", "user-2"), ankleID)
	want := map[string]any{"name": "Mara Māori-O'Invented", "gender": "FEMALE", "dob": "1980-02-29"}
	if diff := cmp.Diff(any(want), s["patient"]); diff != "" {
		t.Errorf("patient (-want +got):\n%s", diff)
	}
	if s["ehr_provider"] != "Cliniko" || s["ehr_patient_id"] != "501" || s["ehr_appt_id"] != "901" {
		t.Errorf("tie = %v %v %v, want Cliniko 501 901", s["ehr_provider"], s["ehr_patient_id"], s["ehr_appt_id"])
	}
	if _, ok := s["ehr_appointment_id"]; ok {
		t.Error("the response has ehr_appointment_id, which is the request's name")
	}
}

// §6, §19: timestamps are naive, with 0, 3 or 6 decimals, and all three occur;
// they are UTC and keep the moment.
func TestSheetNaiveTimes(t *testing.T) {
	p := busy(60)
	for i := range p.Sessions {
		p.Sessions[i].StartedAt = p.Sessions[i].StartedAt.Add(time.Duration(i) * 137_911 * time.Microsecond)
	}
	c := opened(t, heidisim.Options{Practice: p})
	token := c.token("wren@example.com", "user-1")
	decimals := map[int]int{}
	for _, item := range objects(t, c.get(token, "/sessions/linked-user?page_size=100").want(200).object()["sessions"]) {
		s := c.session(token, fmt.Sprint(item["session_id"]))
		for _, k := range []string{"created_at", "updated_at"} {
			text, _ := s[k].(string)
			if !naiveTime.MatchString(text) {
				t.Fatalf("%s = %q, want no zone and at most 6 decimals", k, text)
			}
			_, fraction, _ := strings.Cut(text, ".")
			decimals[len(fraction)]++
		}
		var n int
		fmt.Sscanf(strings.TrimPrefix(fmt.Sprint(s["session_id"]), "27182818284590452353602874713526"), "%d", &n)
		got, err := time.Parse("2006-01-02T15:04:05", fmt.Sprint(s["created_at"]))
		if off := got.Sub(p.Sessions[n].StartedAt); err != nil || off > time.Second || off < -time.Second {
			t.Errorf("created_at = %v, want %v in UTC (%v)", s["created_at"], p.Sessions[n].StartedAt, err)
		}
	}
	for _, n := range []int{0, 3, 6} {
		if decimals[n] == 0 {
			t.Errorf("no timestamp with %d decimals among %v", n, decimals)
		}
	}
	for n := range decimals {
		if n != 0 && n != 3 && n != 6 {
			t.Errorf("timestamps with %d decimals, want 0, 3 or 6", n)
		}
	}
	for form, pattern := range map[string]string{
		heidisim.StampSeconds: `T\d\d:\d\d:\d\d$`, heidisim.StampMillis: `T\d\d:\d\d:\d\d\.\d{3}$`,
		heidisim.StampMicros: `T\d\d:\d\d:\d\d\.\d{6}$`, heidisim.StampSpace: ` \d\d:\d\d:\d\d(\.\d{1,6})?$`,
	} {
		c.server.SetSwitches(heidisim.Switches{Timestamps: form})
		s := c.session(token, p.Sessions[7].ID)
		if got := fmt.Sprint(s["created_at"]); !regexp.MustCompile(`^\d{4}-\d\d-\d\d` + pattern).MatchString(got) {
			t.Errorf("%s: created_at = %q", form, got)
		}
	}
}

// §6, §19: every state of the consult note that clients have met: absent or
// null, CREATED without text, CREATED with text, COMPLETED, an unknown word.
func TestSheetConsultNoteStates(t *testing.T) {
	p := busy(40)
	for i := range p.Sessions {
		p.Sessions[i].ConsultNote = [][]sandbox.Stage{
			nil, {{Text: ""}}, {{Text: "Note"}}, {{Text: "Note", Status: "COMPLETED"}}, {{Text: "Note", Status: "APPROVED_BY_OWL"}},
		}[i%5]
	}
	c := opened(t, heidisim.Options{Practice: p})
	token := c.token("wren@example.com", "user-1")
	seen := map[string]bool{}
	for i, want := range p.Sessions {
		note, present := c.session(token, want.ID)["consult_note"]
		o, _ := note.(map[string]any)
		result, hasResult := o["result"]
		empty := result == nil || result == ""
		switch i % 5 {
		case 0:
			seen[fmt.Sprint("no note: ", present)] = true
			if o != nil {
				t.Errorf("no note yet = %v, want absent or null", o)
			}
		case 1:
			seen[fmt.Sprintf("no text: %v %T", hasResult, result)] = true
			if o["status"] != "CREATED" || !empty {
				t.Errorf("note without text = %v, want CREATED and nothing", o)
			}
		default:
			wantStatus := map[int]string{2: "CREATED", 3: "COMPLETED", 4: "APPROVED_BY_OWL"}[i%5]
			if o["status"] != wantStatus || result != "Note" {
				t.Errorf("note = %v, want %s and Note", o, wantStatus)
			}
		}
	}
	for _, form := range []string{"no note: true", "no note: false", "no text: false <nil>", "no text: true <nil>", "no text: true string"} {
		if !seen[form] {
			t.Errorf("of 16 sessions none shows the form %q: %v", form, seen)
		}
	}
}

// §6, §19: ids are 128-bit numbers of up to 39 digits, as strings, different
// each time, also for sessions made through the API.
func TestSheetSessionIDs(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	limit := new(big.Int).Lsh(big.NewInt(1), 128)
	seen := map[string]bool{}
	for i := range 20 {
		id, ok := c.with(token, "POST", "/sessions", []string{"", "{}"}[i%2]).want(200).object()["session_id"].(string)
		n, decimal := new(big.Int).SetString(id, 10)
		if !ok || !decimal || len(id) < 36 || len(id) > 39 || n.Cmp(limit) >= 0 || n.String() != id || seen[id] {
			t.Fatalf("session_id = %q, want a new 128-bit number of 36 to 39 digits", id)
		}
		seen[id] = true
		if got := c.session(token, id)["session_id"]; got != id {
			t.Errorf("GET of %s shows %v", id, got)
		}
	}
	c.server.SetSwitches(heidisim.Switches{SessionIDAsNumber: true})
	if s := c.session(token, kneeID); s["session_id"] != json.Number(kneeID) {
		t.Errorf("session_id as a number = %v, want every digit", s["session_id"])
	}
	made := c.with(token, "POST", "/sessions", "").want(200).object()["session_id"]
	if _, ok := made.(json.Number); !ok {
		t.Errorf("POST /sessions as a number = %T %v", made, made)
	}
	docs := c.documents(token, kneeID)
	if docs[0]["session_id"] != json.Number(kneeID) {
		t.Errorf("a document's session_id = %v, want the number too", docs[0]["session_id"])
	}
}

// §6, §19: the shapes that others claim, by switch.
func TestSheetSessionShapes(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	c.server.SetSwitches(heidisim.Switches{BareSession: true})
	if got := c.get(token, "/sessions/"+kneeID).want(200).object(); got["session_id"] != kneeID {
		t.Errorf("a bare session = %v", got)
	}
	c.server.SetSwitches(heidisim.Switches{
		PatientNull: true, SessionDocuments: true, SessionProfile: true, SessionStatus: true, SessionConsent: true, ExtraFields: true,
	})
	s := c.session(token, kneeID)
	if s["patient"] != nil {
		t.Errorf("patient = %v, want null", s["patient"])
	}
	if docs := objects(t, s["documents"]); len(docs) != 1 {
		t.Errorf("documents = %v, want the one", docs)
	}
	for _, k := range []string{"status", "consent_obtained"} {
		if _, ok := s[k]; !ok {
			t.Errorf("session lacks %s under its switch", k)
		}
	}
	tied := c.session(token, ankleID)
	profile, _ := tied["patient_profile"].(map[string]any)
	if id := fmt.Sprint(profile["id"]); !hex24.MatchString(id) || tied["patient_profile_id"] != id || profile["ehr_patient_id"] != "501" {
		t.Errorf("patient_profile = %v, patient_profile_id = %v, want patient 501's", profile, tied["patient_profile_id"])
	}
	known := len(s)
	c.server.SetSwitches(heidisim.Switches{PatientNull: true, SessionDocuments: true, SessionProfile: true, SessionStatus: true, SessionConsent: true})
	if plain := len(c.session(token, kneeID)); known <= plain {
		t.Errorf("extra fields: %d keys, want more than the %d without", known, plain)
	}
}
