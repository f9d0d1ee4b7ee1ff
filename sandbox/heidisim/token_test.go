package heidisim

import (
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
)

func TestToken(t *testing.T) {
	b := newBench(t, Options{})
	got := b.askToken(DefaultKey, "wren@example.com", "user-1")
	if got.status != 200 {
		t.Fatalf("GET /jwt = %d %s, want 200", got.status, got.text)
	}
	if token, _ := got.object()["token"].(string); strings.Count(token, ".") != 2 || strings.Contains(token, "wren") {
		t.Errorf("token = %q, want three parts that say nothing", token)
	}
	stated, _ := got.object()["expiration_time"].(string)
	end, err := time.Parse("2006-01-02T15:04:05.000Z", stated)
	if err != nil || len(stated) != len("2024-08-01T00:00:00.000Z") {
		t.Fatalf("expiration_time = %q, want milliseconds and Z", stated)
	}
	if left := time.Until(end); left < 29*time.Minute || left > 30*time.Minute {
		t.Errorf("token is good for %v, want 30 minutes", left)
	}
}

func TestTokenRefusals(t *testing.T) {
	b := newBench(t, Options{})
	if got := b.askToken("SANDBOX-wrong", "wren@example.com", "user-1"); got.status != 401 {
		t.Errorf("wrong key = %d, want 401", got.status)
	}
	b.SetSwitches(Switches{BadKeyStatus: 403})
	if got := b.askToken("", "wren@example.com", "user-1"); got.status != 403 {
		t.Errorf("no key with bad_key_status 403 = %d, want 403", got.status)
	}
	got := b.do("GET", Base+"/jwt?email=wren@example.com", "", "", "Heidi-Api-Key", DefaultKey)
	want := `{"detail":[{"loc":["query","third_party_internal_id"],"msg":"field required","type":"value_error.missing"}]}`
	if got.status != 422 || got.text != want {
		t.Errorf("missing parameter = %d %s, want 422 %s", got.status, got.text, want)
	}
	b.SetSwitches(Switches{NewValidation: true})
	got = b.do("GET", Base+"/jwt", "", "", "Heidi-Api-Key", DefaultKey)
	if faults := got.list("detail"); got.status != 422 || len(faults) != 2 || !strings.Contains(got.text, `"type":"missing"`) {
		t.Errorf("newer validation = %d %s, want two faults of type missing", got.status, got.text)
	}
}

func TestRealLookingKeyNeverWorks(t *testing.T) {
	const looksReal = "hk_live_0123456789"
	b := newBench(t, Options{APIKeys: []string{looksReal, "SANDBOX-second"}})
	if got := b.askToken(looksReal, "wren@example.com", "user-1"); got.status != 401 || !strings.Contains(got.detail(), "SANDBOX") {
		t.Errorf("real-looking key = %d %s, want 401 that says SANDBOX", got.status, got.text)
	}
	if got := b.askToken("SANDBOX-second", "wren@example.com", "user-1"); got.status != 200 {
		t.Errorf("key beside it = %d, want 200", got.status)
	}
}

func TestTokenEnds(t *testing.T) {
	const path = "/users/linked-account/access"
	clock := sandbox.NewClock(time.Hour)
	b := newBench(t, Options{Clock: clock, TokenLife: 5 * time.Second})
	first := b.wren()
	if got := b.get(first, path); got.status != 200 {
		t.Fatalf("fresh token = %d, want 200", got.status)
	}
	clock.Advance(5 * time.Second)
	if got := b.get(first, path); got.status != 401 {
		t.Errorf("expired token = %d, want 401", got.status)
	}
	b.SetSwitches(Switches{BadTokenStatus: 403})
	if got := b.get(first, path); got.status != 403 {
		t.Errorf("expired token with bad_token_status 403 = %d, want 403", got.status)
	}
	second := b.wren()
	b.RevokeTokens()
	if got := b.get(second, path); got.status != 403 {
		t.Errorf("revoked token = %d, want 403", got.status)
	}
	b.SetTokenLife(time.Hour)
	third := b.wren()
	b.RevokeKey(DefaultKey)
	if got := b.get(third, path); got.status != 403 {
		t.Errorf("token of a revoked key = %d, want 403", got.status)
	}
	b.RestoreKey(DefaultKey)
	if got := b.get(third, path); got.status != 200 {
		t.Errorf("token of a restored key = %d, want 200", got.status)
	}
}

func TestBearerIsNeeded(t *testing.T) {
	b := newBench(t, Options{})
	path := Base + "/users/linked-account/access"
	if got := b.do("GET", path, "", ""); got.status != 401 || got.detail() != "Not authenticated" {
		t.Errorf("no bearer = %d %s, want 401 Not authenticated", got.status, got.text)
	}
	if got := b.do("GET", path, "", "", "Authorization", "Basic abc"); got.status != 401 {
		t.Errorf("basic = %d, want 401", got.status)
	}
	if got := b.do("GET", path, b.wren(), "", "Heidi-Api-Key", DefaultKey); got.status != 200 {
		t.Errorf("key beside the bearer = %d, want 200", got.status)
	}
	b.SetSwitches(Switches{KeyRequired: true})
	if got := b.do("GET", path, b.wren(), ""); got.status != 401 {
		t.Errorf("bearer alone where a key is required = %d, want 401", got.status)
	}
}

func TestKeysLeadToDisjointData(t *testing.T) {
	other := littlePractice()
	other.Sessions = other.Sessions[1:]
	other.Sessions[0].ID = "161803398874989484820458683436563811772"
	b := newBench(t, Options{APIKeys: []string{"SANDBOX-au", "SANDBOX-eu"}, Further: []*sandbox.Practice{other}})
	b.at(0.5)
	au := b.tokenUnder("SANDBOX-au", "wren@example.com", "user-1")
	eu := b.tokenUnder("SANDBOX-eu", "wren@example.com", "user-1")
	if got := b.get(eu, "/sessions/"+knee); got.status != 404 {
		t.Errorf("session of the other key = %d, want 404", got.status)
	}
	if n := len(b.get(au, "/sessions/linked-user").list("sessions")); n != 2 {
		t.Errorf("first key lists %d sessions, want 2", n)
	}
	if n := len(b.get(eu, "/sessions/linked-user").list("sessions")); n != 1 {
		t.Errorf("second key lists %d sessions, want 1", n)
	}
	if got := b.do("GET", Base+"/sessions/"+knee, au, "", "Heidi-Api-Key", "SANDBOX-eu"); got.status != 401 {
		t.Errorf("token beside the other region's key = %d, want 401", got.status)
	}
}

func TestExpiryForms(t *testing.T) {
	for form, want := range map[string]func(any) bool{
		ExpirySeconds: func(v any) bool { return v != nil && !strings.Contains(v.(interface{ String() string }).String(), "T") },
		ExpiryMissing: func(v any) bool { return v == nil },
	} {
		b := newBench(t, Options{Switches: Switches{Expiry: form}})
		if got := b.askToken(DefaultKey, "wren@example.com", "user-1").object()["expiration_time"]; !want(got) {
			t.Errorf("expiry %s = %v", form, got)
		}
	}
}
