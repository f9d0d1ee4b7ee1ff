package heidisim_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox"
	"carryover/sandbox/heidisim"
)

// §1, §4, §11, §19: the base path, and 404 with FastAPI's body elsewhere. The
// paths that others guessed (§4) exist no more than any other.
func TestSheetUnknownPaths(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	for _, path := range []string{
		"/nothing", "/sessions/" + kneeID + "/notes", "/sessions/" + kneeID + "/transcription",
		"/sessions/" + kneeID + "/consult-notes", "/sessions/" + kneeID + "/coding", "/sessions/" + kneeID + "/context",
		"/patients", "/ask-heidi", "/sessions/" + kneeID + "/documents/64b0000000000000000000d1",
		"/webhooks", "/events", "/subscriptions", // §15: no webhook
		"/api/v2/ml-scribe/integrations/cliniko", "/api/v2/ml-scribe/internal-admin/teams", "/api/v1/jwt", "/api/v2/ml-scribe/jwt",
	} {
		for name, a := range map[string]answer{"with": c.get(token, path), "without": c.send("GET", path, "")} {
			if a.status != 404 || !cmp.Equal(a.value(), any(map[string]any{"detail": "Not Found"})) {
				t.Errorf(`GET %s %s a token = %d %s, want 404 {"detail":"Not Found"}`, path, name, a.status, a.raw)
			}
		}
	}
}

// §11, §19: 405 for a wrong verb. §2: POST /jwt is wrong. §4: there is no PUT
// of a profile, no list at /sessions, no edit of a document.
func TestSheetWrongVerbs(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	for _, call := range [][2]string{
		{"POST", "/jwt"},
		{"PUT", "/jwt"},
		{"GET", "/sessions"},
		{"GET", "/sessions?updated_after=2026-11-03&status=done"},
		{"DELETE", "/sessions/" + kneeID},
		{"PUT", "/sessions/" + kneeID},
		{"POST", "/sessions/" + kneeID},
		{"DELETE", "/sessions/" + kneeID + "/documents"},
		{"PATCH", "/sessions/" + kneeID + "/documents"},
		{"POST", "/users/linked-account/access"},
		{"GET", "/users/linked-account:unlink"},
		{"POST", "/users/linked-account:unlink"},
		{"POST", "/templates/document-templates"},
		{"PUT", "/patient-profiles/64b0000000000000000000aa"},
		{"GET", "/patient-profiles:batch-delete"},
		{"GET", "/sessions/" + kneeID + "/consult-note"},
	} {
		a := c.with(token, call[0], call[1], "")
		if a.status != 405 || !cmp.Equal(a.value(), any(map[string]any{"detail": "Method Not Allowed"})) {
			t.Errorf(`%s %s = %d %s, want 405 {"detail":"Method Not Allowed"}`, call[0], call[1], a.status, a.raw)
		}
	}
}

// §11, §19: a trailing slash is answered by a redirect that keeps verb and query.
func TestSheetTrailingSlash(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	for path, want := range map[string]string{
		"/sessions/linked-user/?page_size=5":           "/sessions/linked-user?page_size=5",
		"/sessions/" + kneeID + "/":                    "/sessions/" + kneeID,
		"/sessions/" + kneeID + "/documents/":          "/sessions/" + kneeID + "/documents",
		"/jwt/?email=a%40example.com":                  "/jwt?email=a%40example.com",
		"/users/linked-account/access/":                "/users/linked-account/access",
		"/templates/document-templates/":               "/templates/document-templates",
		"/patient-profiles/?ehr_patient_id=501&page=1": "/patient-profiles?ehr_patient_id=501&page=1",
	} {
		a := c.get(token, path).want(307)
		if got := a.header.Get("Location"); !strings.HasSuffix(got, heidisim.Base+want) {
			t.Errorf("GET %s is redirected to %q, want …%s", path, got, want)
		}
	}
}

// §2: GET /jwt answers a token and an expiry, ISO 8601 with milliseconds and Z.
func TestSheetToken(t *testing.T) {
	clock := sandbox.NewClock(0)
	c := opened(t, heidisim.Options{Practice: team(), Clock: clock, TokenLife: 90 * time.Second})
	before := time.Now().UTC()
	a := c.send("GET", jwtPath("wren@example.com", "user-1"), "", "Heidi-Api-Key", heidisim.DefaultKey).want(200)
	wantKeys(t, "GET /jwt", a.object(), "token", "expiration_time")
	if got := a.header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
		t.Errorf("Content-Type = %q, want application/json", got)
	}
	expiry, _ := a.object()["expiration_time"].(string)
	if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`).MatchString(expiry) {
		t.Errorf("expiration_time = %q, want milliseconds and Z", expiry)
	}
	when, err := time.Parse(time.RFC3339, expiry)
	if left := when.Sub(before); err != nil || left < 88*time.Second || left > 100*time.Second {
		t.Errorf("expiration_time is %v away, want about 90s (%v)", left, err)
	}
	if token, _ := a.object()["token"].(string); strings.Count(token, ".") != 2 || strings.ContainsAny(token, " \n") {
		t.Errorf("token %q does not look like a JWT", token)
	}
	// Any id is accepted in a test environment (§2).
	c.token("stranger@example.com", "never heard of")
}

// §2, §11: 422 with an array when a parameter is missing, in both styles.
func TestSheetTokenValidation(t *testing.T) {
	old := func(name string) map[string]any {
		return map[string]any{"loc": []any{"query", name}, "msg": "field required", "type": "value_error.missing"}
	}
	c := opened(t, heidisim.Options{Practice: team()})
	for query, want := range map[string][]any{
		"?third_party_internal_id=x": {old("email")},
		"?email=wren%40example.com":  {old("third_party_internal_id")},
		"":                           {old("email"), old("third_party_internal_id")},
	} {
		got := c.send("GET", "/jwt"+query, "", "Heidi-Api-Key", heidisim.DefaultKey).want(422).object()
		if diff := cmp.Diff(map[string]any{"detail": want}, got); diff != "" {
			t.Errorf("GET /jwt%s (-want +got):\n%s", query, diff)
		}
	}
	c.server.SetSwitches(heidisim.Switches{NewValidation: true})
	got := objects(t, c.send("GET", "/jwt?email=a%40example.com", "", "Heidi-Api-Key", heidisim.DefaultKey).want(422).object()["detail"])
	if len(got) != 1 || got[0]["type"] != "missing" || got[0]["msg"] != "Field required" {
		t.Errorf(`newer style = %v, want type "missing", msg "Field required"`, got)
	}
	if _, ok := got[0]["input"]; !ok {
		t.Errorf("newer style = %v, want an input", got)
	}
}

// §2, §11, §19: a bad or missing key is refused with 401 or 403.
func TestSheetBadKey(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team(), APIKeys: []string{"SANDBOX-a", "production-like-key"}})
	path := jwtPath("wren@example.com", "user-1")
	bearer := "Bearer " + c.tokenUnder("SANDBOX-a", "wren@example.com", "user-1")
	for _, w := range []heidisim.Switches{{}, {BadKeyStatus: 401}, {BadKeyStatus: 403}} {
		c.server.SetSwitches(w)
		want := max(w.BadKeyStatus, 401)
		c.send("GET", path, "").want(want)
		c.send("GET", path, "", "Heidi-Api-Key", "").want(want)
		c.send("GET", path, "", "Heidi-Api-Key", "SANDBOX-b").want(want)
		c.send("GET", path, "", "Heidi-Api-Key", "production-like-key").want(want) // §19: synthetic only
		c.send("GET", path, "", "Authorization", bearer).want(want)                // a token is no key
		c.send("GET", path, "", "Authorization", "Bearer SANDBOX-a").want(want)    // the key has a header of its own
		c.send("GET", path, "", "heidi-api-key", "SANDBOX-a").want(200)            // header names know no case
	}
	c.server.SetSwitches(heidisim.Switches{})
	c.server.RevokeKey("SANDBOX-a")
	c.send("GET", path, "", "Heidi-Api-Key", "SANDBOX-a").want(401)
	c.send("GET", "/sessions/"+kneeID, "", "Authorization", bearer).want(401)
	c.server.RestoreKey("SANDBOX-a")
	c.send("GET", path, "", "Heidi-Api-Key", "SANDBOX-a").want(200)
}

// §2, §11, §19: everything but /jwt needs the bearer, and the key is no
// substitute. The body is FastAPI's.
func TestSheetBearerEverywhere(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	for _, w := range []heidisim.Switches{{}, {NoBearerStatus: 403}} {
		c.server.SetSwitches(w)
		for _, call := range [][2]string{
			{"GET", "/users/linked-account/access"},
			{"POST", "/users/linked-account"},
			{"DELETE", "/users/linked-account:unlink"},
			{"GET", "/sessions/linked-user?page_size=5"},
			{"GET", "/sessions/" + kneeID},
			{"PATCH", "/sessions/" + kneeID},
			{"POST", "/sessions"},
			{"GET", "/sessions/" + kneeID + "/documents"},
			{"POST", "/sessions/" + kneeID + "/documents"},
			{"GET", "/templates/document-templates"},
			{"GET", "/templates/consult-note-templates"},
			{"GET", "/patient-profiles"},
			{"POST", "/patient-profiles"},
			{"GET", "/patient-profiles/64b0000000000000000000aa"},
			{"PATCH", "/patient-profiles/64b0000000000000000000aa"},
			{"POST", "/patient-profiles:batch-delete"},
			{"POST", "/patient-profiles/64b0000000000000000000aa/sessions"},
			{"POST", "/sessions/" + kneeID + "/consult-note"},
			{"POST", "/sessions/" + kneeID + "/ask-ai"},
			{"GET", "/sessions/" + kneeID + "/transcript"},
		} {
			a := c.send(call[0], call[1], "", "Heidi-Api-Key", heidisim.DefaultKey).want(max(w.NoBearerStatus, 401))
			if !cmp.Equal(a.value(), any(map[string]any{"detail": "Not authenticated"})) {
				t.Errorf(`%s %s without a bearer = %s, want {"detail":"Not authenticated"}`, call[0], call[1], a.raw)
			}
		}
	}
}

// §2, §11, §19, §20.8: tokens end when they say so, or at once when revoked.
func TestSheetTokenEnds(t *testing.T) {
	clock := sandbox.NewClock(0)
	c := opened(t, heidisim.Options{Practice: team(), Clock: clock, TokenLife: 2 * time.Second})
	clock.Finish()
	path := "/sessions/" + kneeID
	token := c.token("wren@example.com", "user-1")
	c.get(token, path).want(200)
	clock.Advance(3 * time.Second)
	c.get(token, path).want(401)
	c.server.SetSwitches(heidisim.Switches{BadTokenStatus: 403})
	c.get(token, path).want(403)
	c.server.SetSwitches(heidisim.Switches{})

	c.server.SetTokenLife(time.Hour)
	token = c.token("wren@example.com", "user-1")
	clock.Advance(50 * time.Minute)
	c.get(token, path).want(200)
	c.server.RevokeTokens()
	c.get(token, path).want(401)
	c.get(c.token("wren@example.com", "user-1"), path).want(200)
	c.get("aaaa.bbbb.cccc", path).want(401)
}

// §2, §19, §20.9: a key beside the bearer is tolerated; a switch requires it.
func TestSheetKeyBesideBearer(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	bearer := "Bearer " + c.token("wren@example.com", "user-1")
	path := "/sessions/" + kneeID
	c.send("GET", path, "", "Authorization", bearer, "Heidi-Api-Key", heidisim.DefaultKey).want(200)
	c.server.SetSwitches(heidisim.Switches{KeyRequired: true})
	c.send("GET", path, "", "Authorization", bearer, "Heidi-Api-Key", heidisim.DefaultKey).want(200)
	if a := c.send("GET", path, "", "Authorization", bearer); a.status != http.StatusUnauthorized && a.status != http.StatusForbidden {
		t.Errorf("GET %s without the key that is required = %d, want 401 or 403", path, a.status)
	}
}
