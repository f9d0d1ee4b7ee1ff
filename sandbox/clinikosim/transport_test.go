package clinikosim_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

func TestKeys(t *testing.T) {
	server, anna := start(t)
	if err := server.AddKey(annaUser, "SANDBOXsecond"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		key    string
		status int
	}{
		{annaKey, 200},
		{strings.TrimSuffix(annaKey, "-au3"), 200}, // the suffix may be left out
		{strings.TrimSuffix(annaKey, "-au3") + "-AU3", 200},
		{"SANDBOXsecond-au3", 200},
		{strings.TrimSuffix(annaKey, "-au3") + "-au2", 401}, // another shard
		{"SANDBOXanna-with", 401},
		{"SANDBOXnobody-au3", 401},
		{"", 401},
	} {
		if got := anna.as(tt.key).do("GET", "/user", "").code; got != tt.status {
			t.Errorf("GET /user with key %q = %d, want %d", tt.key, got, tt.status)
		}
	}
	if err := server.RevokeKey(annaKey); err != nil {
		t.Fatal(err)
	}
	anna.want(401, "GET", "/user", "")
	anna.as("SANDBOXsecond").want(200, "GET", "/user", "")
	if err := server.RestoreKey(annaKey); err != nil {
		t.Fatal(err)
	}
	anna.want(200, "GET", "/user", "")
	if err := server.RevokeKey("SANDBOXunknown-key"); err == nil || strings.Contains(err.Error(), "unknown-key") {
		t.Errorf("RevokeKey(unknown) = %v, want an error that does not repeat the key", err)
	}
}

func TestRealLookingKeysAreRefused(t *testing.T) {
	_, anna := start(t, func(o *clinikosim.Options) {
		o.Practice.Practitioners[0].Key = "MS0looksREAL0-au3"
	})
	anna.as("MS0looksREAL0-au3").want(401, "GET", "/user", "")
}

func TestBasicAuthForms(t *testing.T) {
	server, _ := start(t)
	for _, tt := range []struct {
		name   string
		set    func(*http.Request)
		status int
	}{
		{"none", func(*http.Request) {}, 401},
		{"bearer", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+annaKey) }, 401},
		{"with a password", func(r *http.Request) { r.SetBasicAuth(annaKey, "x") }, 401},
		{"in the query", func(r *http.Request) { r.URL.RawQuery = "api_key=" + annaKey }, 401},
		{"empty password", func(r *http.Request) { r.SetBasicAuth(annaKey, "") }, 200},
	} {
		r := httptest.NewRequest("GET", "/v1/user", nil)
		tt.set(r)
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if w.Code != tt.status {
			t.Errorf("%s: %d, want %d", tt.name, w.Code, tt.status)
		}
		if w.Code == 401 && w.Body.String() != "HTTP Basic: Access denied.\n" {
			t.Errorf("%s: body %q, want the old text", tt.name, w.Body)
		}
	}
}

func TestHeadersAreJudged(t *testing.T) {
	_, anna := start(t)
	anna.with("Accept", "text/html").want(406, "GET", "/user", "")
	anna.with("Accept", "text/html, application/json;q=0.9").want(200, "GET", "/user", "")
	anna.with("Accept", "*/*").want(200, "GET", "/user", "")
	anna.with("User-Agent", "curl/8").want(200, "GET", "/user", "") // reported only

	server, anna := start(t, func(o *clinikosim.Options) {
		o.Switches = clinikosim.Switches{AcceptAnything: true, RefuseUserAgent: true}
	})
	anna.with("Accept", "text/html").want(200, "GET", "/user", "")
	for agent, status := range map[string]int{"curl/8": 403, "": 403, "Bridge (nowhere)": 403, "(a@example.com)": 403, "Clinic bridge (ops@example.com)": 200} {
		if got := anna.with("User-Agent", agent).do("GET", "/user", "").code; got != status {
			t.Errorf("User-Agent %q = %d, want %d", agent, got, status)
		}
	}
	server.SetSwitches(clinikosim.Switches{})
	anna.with("User-Agent", "curl/8").want(200, "GET", "/user", "")
}

func TestRateLimitIsPerUser(t *testing.T) {
	clock := sandbox.NewClock(0)
	server, anna := start(t, func(o *clinikosim.Options) { o.RateLimit, o.Clock = 3, clock })
	if err := server.AddKey(annaUser, "SANDBOXsecond-au3"); err != nil {
		t.Fatal(err)
	}
	second := anna.as("SANDBOXsecond-au3")
	began := clock.Now()
	anna.want(200, "GET", "/user", "")
	second.want(200, "GET", "/user", "")
	anna.want(404, "GET", "/patients/1", "") // errors count too
	a := second.want(429, "GET", "/user", "")
	reset, err := strconv.ParseInt(a.header.Get("X-RateLimit-Reset"), 10, 64)
	if at := time.Unix(reset, 0); err != nil || at.Before(began.Add(time.Minute)) || at.After(began.Add(62*time.Second)) {
		t.Errorf("X-RateLimit-Reset = %q, want a minute from the first request in epoch seconds", a.header.Get("X-RateLimit-Reset"))
	}
	if a.header.Get("Retry-After") != "" {
		t.Error("Retry-After is there, want it only by switch")
	}
	anna.as(benKey).want(200, "GET", "/user", "") // a user of their own

	server.SetSwitches(clinikosim.Switches{RetryAfter: true})
	if wait, err := strconv.Atoi(anna.want(429, "GET", "/user", "").header.Get("Retry-After")); err != nil || wait < 1 || wait > 61 {
		t.Errorf("Retry-After = %d (%v), want up to a minute", wait, err)
	}
	clock.Advance(61 * time.Second)
	anna.want(200, "GET", "/user", "")
}

func TestSlidingRateLimit(t *testing.T) {
	clock := sandbox.NewClock(0)
	_, anna := start(t, func(o *clinikosim.Options) {
		o.RateLimit, o.Clock, o.Switches.SlidingWindow = 2, clock, true
	})
	anna.want(200, "GET", "/user", "")
	clock.Advance(50 * time.Second)
	anna.want(200, "GET", "/user", "")
	anna.want(429, "GET", "/user", "")
	clock.Advance(11 * time.Second) // the first one is over a minute old, the second is not
	anna.want(200, "GET", "/user", "")
	anna.want(429, "GET", "/user", "")
}

func TestDefaultRateLimit(t *testing.T) {
	_, anna := start(t, func(o *clinikosim.Options) { o.RateLimit = 0 })
	for range 200 {
		anna.want(200, "GET", "/user", "")
	}
	anna.want(429, "GET", "/user", "")
}

func TestZeroOptionsWork(t *testing.T) {
	_, c := start(t, func(o *clinikosim.Options) { *o = clinikosim.Options{} })
	c = c.as(clinikosim.DefaultKey)
	user := c.want(200, "GET", "/user", "").body["id"].(string)
	if got := c.want(200, "GET", filter("/practitioners", "user_id:="+user), "").ids("practitioners"); len(got) != 1 {
		t.Errorf("practitioners of the default user = %v, want one", got)
	}
	patient := c.want(201, "POST", "/patients", `{"first_name":"Zero","last_name":"Optionson"}`).body["id"].(string)
	c.want(201, "POST", "/treatment_notes", `{"patient_id":"`+patient+`","title":"T","draft":true}`)
}

func TestRoutesThatAreNotThere(t *testing.T) {
	_, anna := start(t)
	for path, status := range map[string]int{
		"/users/me": 404, "/nonsense": 404, "/patients/archived": 404, "/treatment_notes/deleted": 404, "/patients/": 404,
		"/medical_alerts": 501, "/patient_forms/5": 501, "/patient_attachments/5": 404, "/patient_cases/5/patient_attachments": 501,
	} {
		if got := anna.do("GET", path, "").code; got != status {
			t.Errorf("GET %s = %d, want %d", path, got, status)
		}
	}
	anna.want(404, "PUT", "/treatment_notes/"+oldNote+"/content", `{}`)
	anna.want(501, "POST", "/individual_appointments", `{}`)

	_, anna = start(t, func(o *clinikosim.Options) { o.Switches = clinikosim.Switches{LegacyLists: true, RefusePut: true} })
	if got := nicknames(anna.want(200, "GET", "/patients/archived", "").ids("patients")); !cmp.Equal(got, []string{"archived", "merged"}) {
		t.Errorf("/patients/archived = %v, want the two", got)
	}
	if got := nicknames(anna.want(200, "GET", "/individual_appointments/cancelled", "").ids("individual_appointments")); !cmp.Equal(got, []string{"cancelled"}) {
		t.Errorf("/individual_appointments/cancelled = %v, want the one", got)
	}
	anna.want(404, "PUT", "/patients/"+fionaID, `{}`)
}

func TestLinksUseTheHostTheRequestCameTo(t *testing.T) {
	server, _ := start(t)
	for host, want := range map[string]string{
		"127.0.0.1:8080":  "http://127.0.0.1:8080/v1/users/",
		"localhost:8080":  "http://localhost:8080/v1/users/",
		"[::1]:8080":      "http://[::1]:8080/v1/users/",
		"cliniko.example": "https://api.au3.cliniko.com/v1/users/",
	} {
		r := httptest.NewRequest("GET", "http://"+host+"/v1/user", nil)
		r.SetBasicAuth(annaKey, "")
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if !strings.Contains(w.Body.String(), `"self":"`+want) {
			t.Errorf("links for host %s: %s, want %s…", host, w.Body, want)
		}
	}
}

func TestDateHeaderFollowsTheClock(t *testing.T) {
	clock := sandbox.NewClock(0)
	clock.Advance(3 * time.Hour)
	_, anna := start(t, func(o *clinikosim.Options) { o.Clock = clock })
	a := anna.want(201, "POST", "/treatment_notes", note(nil))
	date, err := http.ParseTime(a.header.Get("Date"))
	made, err2 := time.Parse(time.RFC3339, a.body["created_at"].(string))
	if err != nil || err2 != nil || time.Until(date) < 2*time.Hour || date.Sub(made).Abs() > 2*time.Second {
		t.Errorf("Date %v, created_at %v, want both three hours ahead", date, made)
	}
}
