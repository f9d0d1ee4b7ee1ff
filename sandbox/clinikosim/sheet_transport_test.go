package clinikosim_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// Section 2: Basic with the key as user name and an empty password, the key
// with or without its shard; anything else is 401. Section 21, transport.
func TestSheetAuthentication(t *testing.T) {
	d := openDesk(t)
	for _, c := range []struct {
		name, header string
		want         int
	}{
		{"key with shard", basic(piaKey + ":"), 200},
		{"key without shard", basic("SANDBOXpia-with-hyphens:"), 200},
		{"key without shard and hyphens", basic("SANDBOXpaul:"), 200},
		{"no header", "", 401},
		{"bearer", "Bearer " + piaKey, 401},
		{"unknown key", basic("SANDBOXnobody-au4:"), 401},
		{"key of another shard", basic("SANDBOXpaul-au1:"), 401},
		{"empty key", basic(":"), 401},
		{"key as password", basic("x:" + piaKey), 401},
		{"garbage", "Basic !!!", 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, _ := http.NewRequest("GET", d.root+"/v1/user", nil)
			r.Header.Set("User-Agent", d.agent)
			r.Header.Set("Accept", d.accept)
			if c.header != "" {
				r.Header.Set("Authorization", c.header)
			}
			if got := d.send(r); got.code != c.want {
				t.Errorf("GET /user with %q = %d %s, want %d", c.header, got.code, got.raw, c.want)
			}
		})
	}
}

func basic(userinfo string) string {
	r, _ := http.NewRequest("GET", "http://example.com", nil)
	name, password, _ := strings.Cut(userinfo, ":")
	r.SetBasicAuth(name, password)
	return r.Header.Get("Authorization")
}

// Section 2: several keys of one user; a revoked key is 401, the others go on.
// A key that might be real is never let in (the simulator's own rule).
func TestSheetSeveralKeysOfOneUser(t *testing.T) {
	d := openDesk(t)
	if err := d.server.AddKey(piaUser, "SANDBOXsecond-au4"); err != nil {
		t.Fatal(err)
	}
	second := d.sits("SANDBOXsecond-au4")
	if got := second.get("/user").is(200).id(); got != piaUser {
		t.Errorf("GET /user with the second key = %s, want %s", got, piaUser)
	}
	if err := d.server.RevokeKey(piaKey); err != nil {
		t.Fatal(err)
	}
	d.get("/user").is(401)
	second.get("/user").is(200)
	if err := d.server.RestoreKey(piaKey); err != nil {
		t.Fatal(err)
	}
	d.get("/user").is(200)
	if err := d.server.AddKey(piaUser, "MS0xMjM-au4"); err == nil {
		t.Error("AddKey of a key that looks real = nil, want an error")
	}
}

// Sections 1 and 5: the base path is /v1, whatever is not there is 404.
func TestSheetBasePathAndUnknownRoutes(t *testing.T) {
	d := openDesk(t)
	for _, path := range []string{"/user", "/v2/user", "/V1/user"} {
		r, _ := http.NewRequest("GET", d.root+path, nil)
		r.SetBasicAuth(piaKey, "")
		r.Header.Set("Accept", d.accept)
		r.Header.Set("User-Agent", d.agent)
		if got := d.send(r); got.code != 404 {
			t.Errorf("GET %s = %d, want 404", path, got.code)
		}
	}
	for _, c := range [][2]string{ // 5, 9, 10, 14.1, 18, 21 "must not do"
		{"GET", "/users/me"},
		{"GET", "/account"},
		{"GET", "/nonsense"},
		{"POST", "/invoices"},
		{"GET", "/webhooks"},
		{"POST", "/webhooks"},
		{"POST", "/practitioners"},
		{"POST", "/bookings"},
		{"PUT", "/treatment_notes/1/content"},
		{"GET", "/patients/1"},
		{"GET", "/patients/999999999999999999999999"},
		{"GET", "/patients/abc"},
		{"GET", "/treatment_notes/1968645883121642782"},
	} {
		got := d.say(c[0], c[1], map[string]any{})
		if got.code != 404 {
			t.Errorf("%s %s = %d %s, want 404", c[0], c[1], got.code, got.raw)
			continue
		}
		if got.str("message") == "" {
			t.Errorf("%s %s: body %q, want JSON with a message", c[0], c[1], got.raw)
		}
	}
}

// Section 3 and 21: User-Agent is reported, refused by a switch.
func TestSheetUserAgent(t *testing.T) {
	var log bytes.Buffer
	d := openDesk(t, func(o *clinikosim.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	d.get("/user").is(200)
	if strings.Contains(strings.ToLower(log.String()), "agent") {
		t.Errorf("a good User-Agent was reported: %s", log.String())
	}
	strict := switched(t, func(s *clinikosim.Switches) { s.RefuseUserAgent = true })
	strict.get("/user").is(200)
	for _, agent := range []string{"", "Go-http-client/1.1", "Sheet reader", "(sheet@example.com)", "Sheet reader (no address)"} {
		log.Reset()
		d.agent, strict.agent = agent, agent
		d.get("/user").is(200)
		if !strings.Contains(strings.ToLower(log.String()), "agent") {
			t.Errorf("User-Agent %q was not reported: %q", agent, log.String())
		}
		if got := strict.get("/user"); got.code != 403 {
			t.Errorf("User-Agent %q with RefuseUserAgent = %d, want 403", agent, got.code)
		}
	}
}

// Section 3: only JSON is served; another Accept is 406 unless switched.
func TestSheetAccept(t *testing.T) {
	d := openDesk(t)
	d.accept = "text/html"
	d.get("/user").is(406)
	d.accept = "application/json; charset=utf-8"
	d.get("/user").is(200)
	d.accept = "text/html, application/json;q=0.9"
	d.get("/user").is(200)
	d = switched(t, func(s *clinikosim.Switches) { s.AcceptAnything = true })
	d.accept = "text/html"
	d.get("/user").is(200)
}

// Section 3: without a JSON content type the body is not parsed, and 422 says
// that every required field is blank.
func TestSheetContentType(t *testing.T) {
	d := openDesk(t)
	for _, ctype := range []string{"", "text/plain", "application/x-www-form-urlencoded"} {
		d.ctype = ctype
		errors := d.say("POST", "/patients", map[string]any{"first_name": "Typ", "last_name": "Eless"}).errorsOf()
		for _, field := range []string{"first_name", "last_name"} {
			if errors[field] != "can’t be blank" {
				t.Errorf("POST /patients as %q: errors[%s] = %v, want can’t be blank", ctype, field, errors[field])
			}
		}
		errors = d.say("POST", "/treatment_notes", noteFor(zoeID)).errorsOf()
		for _, field := range []string{"patient", "title", "draft"} {
			if errors[field] == nil {
				t.Errorf("POST /treatment_notes as %q: errors %v, want one for %s", ctype, errors, field)
			}
		}
	}
	d.ctype = "application/json; charset=utf-8"
	d.say("POST", "/patients", map[string]any{"first_name": "Typed", "last_name": "Well"}).is(201)
}

// Section 4: 200 a minute for each user over all keys; 429 carries the moment
// of the reset in whole seconds since the epoch; no Retry-After by default.
func TestSheetRateLimit(t *testing.T) {
	clock := sheetClock()
	d := openDesk(t, func(o *clinikosim.Options) { o.RateLimit, o.Clock = 0, clock })
	if err := d.server.AddKey(piaUser, "SANDBOXsecond-au4"); err != nil {
		t.Fatal(err)
	}
	second := d.sits("SANDBOXsecond-au4")
	for n := range 200 {
		who := d
		if n%2 == 1 {
			who = second
		}
		if got := who.get("/user"); got.code != 200 {
			t.Fatalf("request %d of a minute = %d, want 200", n+1, got.code)
		}
	}
	for _, who := range []desk{d, second} {
		got := who.get("/user").is(429)
		reset, err := strconv.ParseInt(got.header.Get("X-RateLimit-Reset"), 10, 64)
		if err != nil {
			t.Fatalf("X-RateLimit-Reset = %q, want whole seconds", got.header.Get("X-RateLimit-Reset"))
		}
		if wait := reset - clock.Now().Unix(); wait < 0 || wait > 61 {
			t.Errorf("X-RateLimit-Reset is %d s from now, want 0 to 60", wait)
		}
		for _, name := range []string{"Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining"} {
			if v := got.header.Get(name); v != "" {
				t.Errorf("%s: %s on 429, want none", name, v)
			}
		}
		clock2 := time.Unix(reset, 0)
		if clock2.Before(clock.Now().Add(-time.Second)) {
			t.Errorf("reset %v lies before now %v", clock2, clock.Now())
		}
	}
	d.sits(paulKey).get("/user").is(200) // another user has a count of its own
	reset, _ := strconv.ParseInt(d.get("/user").is(429).header.Get("X-RateLimit-Reset"), 10, 64)
	clock.Advance(time.Unix(reset, 0).Sub(clock.Now()) + 100*time.Millisecond)
	d.get("/user").is(200) // the moment named is good
}

// Section 4 and 21: a limit of its own, Retry-After and a sliding window by
// switch; a refused POST has no effect.
func TestSheetRateLimitSwitches(t *testing.T) {
	clock := sheetClock()
	d := openDesk(t, func(o *clinikosim.Options) {
		o.RateLimit, o.Clock = 3, clock
		o.Switches.RetryAfter, o.Switches.SlidingWindow = true, true
	})
	d.get("/user").is(200)
	clock.Advance(40 * time.Second)
	d.get("/user").is(200)
	d.get("/user").is(200)
	got := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(429)
	if wait, err := strconv.Atoi(got.header.Get("Retry-After")); err != nil || wait < 1 || wait > 60 {
		t.Errorf("Retry-After = %q, want seconds", got.header.Get("Retry-After"))
	}
	if n := len(d.server.Notes()); n != 0 {
		t.Errorf("%d notes after a refused POST, want 0", n)
	}
	clock.Advance(25 * time.Second) // the first is 65 s old, the others 25 s
	d.get("/user").is(200)
	d.get("/user").is(429)
}

// Section 5: the bodies of 401, 403, 404 and 429, and the switches for them.
func TestSheetErrorBodies(t *testing.T) {
	d := openDesk(t, func(o *clinikosim.Options) { o.RateLimit = 50 })
	if got := d.sits("SANDBOXnobody-au4").get("/user").is(401); !strings.Contains(got.raw, "HTTP Basic: Access denied.") {
		t.Errorf("401 body = %q, want HTTP Basic: Access denied.", got.raw)
	}
	if got := d.sits(rheaKey).say("POST", "/treatment_notes", noteFor(zoeID)).is(403); got.raw != "" {
		t.Errorf("403 body = %q, want none", got.raw)
	}
	shapes := map[clinikosim.ErrorBody]func(string) bool{
		clinikosim.BodyEmpty: func(s string) bool { return s == "" },
		clinikosim.BodyJSON:  func(s string) bool { return strings.HasPrefix(s, "{") },
		clinikosim.BodyHTML:  func(s string) bool { return strings.HasPrefix(strings.TrimSpace(s), "<") },
		clinikosim.BodyText:  func(s string) bool { return s != "" && !strings.HasPrefix(s, "{") && !strings.Contains(s, "<") },
	}
	for form, shape := range shapes {
		d.server.SetSwitches(clinikosim.Switches{UnauthorizedBody: form, ForbiddenBody: form, NotFoundBody: form})
		for code, got := range map[int]heard{
			401: d.sits("SANDBOXnobody-au4").get("/user"),
			403: d.sits(rheaKey).say("POST", "/treatment_notes", noteFor(zoeID)),
			404: d.get("/patients/1"),
		} {
			if got.code != code || !shape(got.raw) {
				t.Errorf("body of %d as %s = %d %q", code, form, got.code, got.raw)
			}
		}
	}
	limited := openDesk(t, func(o *clinikosim.Options) { o.RateLimit, o.Clock = 1, sheetClock() })
	limited.get("/user").is(200)
	for form, shape := range shapes {
		limited.server.SetSwitches(clinikosim.Switches{RateLimitBody: form})
		if got := limited.get("/user").is(429); !shape(got.raw) {
			t.Errorf("body of 429 as %s = %q", form, got.raw)
		}
	}
}

// Section 5: a 422 has a message and an object of one string a field, with the
// apostrophe U+2019; null and arrays by switch.
func TestSheetValidationBody(t *testing.T) {
	d := openDesk(t)
	got := d.say("POST", "/patients", map[string]any{"last_name": "Alone"})
	errors := got.errorsOf()
	if got.str("message") == "" || errors["first_name"] != "can’t be blank" || len(errors) != 1 {
		t.Errorf("POST /patients without first_name = %s", got.raw)
	}
	bad := noteFor(zoeID, "content", map[string]any{"sections": []any{}})
	if s, ok := d.say("POST", "/treatment_notes", bad).errorsOf()["content"].(string); !ok || s == "" {
		t.Error("422 on content: no sentence for content")
	}
	d.server.SetSwitches(clinikosim.Switches{NullErrors: true})
	errors = d.say("POST", "/treatment_notes", bad).errorsOf()
	if v, ok := errors["content"]; !ok || v != nil {
		t.Errorf("content with NullErrors = %v, %v, want null", v, ok)
	}
	d.server.SetSwitches(clinikosim.Switches{ArrayErrors: true})
	errors = d.say("POST", "/patients", map[string]any{}).errorsOf()
	if _, ok := errors["first_name"].([]any); !ok {
		t.Errorf("first_name with ArrayErrors = %v, want an array", errors["first_name"])
	}
}

// Section 5: 400 for a bad filter has a JSON body; 201 has a Location.
func TestSheetBadFilterBodyAndLocation(t *testing.T) {
	d := openDesk(t)
	if got := d.get("/patients", "medicare:=1").is(400); got.obj == nil {
		t.Errorf("400 body = %q, want JSON", got.raw)
	}
	if got := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201); !strings.HasSuffix(got.header.Get("Location"), "/treatment_notes/"+got.id()) {
		t.Errorf("Location = %q, want …/treatment_notes/%s", got.header.Get("Location"), got.id())
	}
}

// Sections 3, 18: no ETag, no conditional answers, no idempotency key: the same
// POST twice makes two notes.
func TestSheetNoIdempotency(t *testing.T) {
	d := openDesk(t)
	d.extra = http.Header{"Idempotency-Key": {"the-same"}, "If-Match": {`"nothing"`}, "If-None-Match": {"*"}}
	first := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201)
	second := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201)
	if first.id() == second.id() {
		t.Errorf("two identical POSTs made one note %s", first.id())
	}
	if etag := d.get("/treatment_notes/" + first.id()).is(200).header.Get("ETag"); etag != "" {
		t.Errorf("ETag = %s, want none", etag)
	}
	d.say("PATCH", "/treatment_notes/"+first.id(), map[string]any{"title": "Changed"}).is(200)
}

// Section 21, transport: faults before and after the effect, around a POST.
func TestSheetFaultsAroundAPost(t *testing.T) {
	for _, c := range []struct {
		fault sandbox.FaultKind
		code  int // 0: the connection breaks
		notes int
	}{
		{sandbox.FaultStatus, 500, 0},
		{sandbox.FaultHTML, 502, 0},
		{sandbox.FaultStall, 201, 1},
		{sandbox.FaultCutBefore, 0, 0},
		{sandbox.FaultCutAfter, 0, 1},
		{sandbox.FaultRequestLost, 0, 0},
		{sandbox.FaultAnswerLost, 0, 1},
		{sandbox.FaultTruncated, 0, 1},
		{sandbox.FaultSlow, 201, 1},
		{sandbox.FaultRateLimited, 429, 0},
		{sandbox.FaultUnauthorized, 401, 0},
		{sandbox.FaultStatusAfter, 500, 1},
		{sandbox.FaultHTMLAfter, 502, 1},
	} {
		t.Run(string(c.fault), func(t *testing.T) {
			d := openDesk(t)
			rule := sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: c.fault, Delay: sandbox.Duration(20 * time.Millisecond)}
			if c.code >= 500 {
				rule.Status = c.code
			}
			faults := sandbox.NewFaults(&sandbox.Plan{Seed: 1, Rules: []sandbox.Rule{rule}}, nil)
			t.Cleanup(faults.Close)
			journal := sandbox.NewJournal()
			web := httptest.NewServer(faults.Wrap("cliniko", journal, d.server))
			t.Cleanup(web.Close)
			code := postOnce(t, web.URL, `{"patient_id":"`+zoeID+`","title":"Struck","draft":true,"content":null}`)
			if code != c.code {
				t.Errorf("status = %d, want %d", code, c.code)
			}
			if n := len(d.server.Notes()); n != c.notes {
				t.Errorf("%d notes, want %d", n, c.notes)
			}
			if writes := journal.Writes("cliniko"); len(writes) != 1 || c.notes == 1 && writes[0].Who != piaUser {
				t.Errorf("journal has %+v, want one write by %s", writes, piaUser)
			}
		})
	}
}

// postOnce sends a note on a connection of its own and returns the status, or
// 0 when the answer did not arrive whole.
func postOnce(t *testing.T, root, body string) int {
	t.Helper()
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := http.NewRequest("POST", root+"/v1/treatment_notes", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.GetBody = nil // no second try by the transport
	r.SetBasicAuth(piaKey, "")
	r.Header.Set("User-Agent", "Sheet reader (sheet@example.com)")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(r)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(answer.Body); err != nil {
		return 0
	}
	if answer.StatusCode == 502 && !regexp.MustCompile(`(?i)<html`).MatchString(text.String()) {
		t.Errorf("body of 502 = %q, want HTML", text.String())
	}
	return answer.StatusCode
}
