package heidisim_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox"
	"carryover/sandbox/heidisim"
)

// struck serves a simulator behind a plan of one rule for session reads, and
// returns a function that reads a session with a deadline.
func struck(t *testing.T, rule sandbox.Rule) (read func(time.Duration) (*http.Response, []byte, error), journal *sandbox.Journal) {
	t.Helper()
	rule.API, rule.Method, rule.Path = "heidi", "GET", "/sessions/*"
	clock := sandbox.NewClock(0)
	clock.Finish()
	faults := sandbox.NewFaults(&sandbox.Plan{Seed: 1, Rules: []sandbox.Rule{rule}}, clock)
	journal = sandbox.NewJournal()
	server := heidisim.New(heidisim.Options{Practice: team(), Clock: clock})
	ts := httptest.NewServer(faults.Wrap("heidi", journal, server))
	t.Cleanup(ts.Close)
	t.Cleanup(faults.Close) // first: it ends the waits that the server's Close waits for
	c := &caller{t: t, server: server, url: ts.URL}
	token := c.token("wren@example.com", "user-1")
	return func(patience time.Duration) (*http.Response, []byte, error) {
		r, err := http.NewRequest("GET", ts.URL+heidisim.Base+"/sessions/"+kneeID, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
		response, err := client.Do(r)
		if err != nil {
			return nil, nil, err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		return response, body, err
	}, journal
}

// §11, §19: answers from the edge: HTML 502, a JSON 500 and 503, a 401 for a
// good token, a 429. The second attempt gets through.
func TestSheetFaultAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		rule   sandbox.Rule
		status int
		kind   string
	}{
		"html 502": {sandbox.Rule{Fault: sandbox.FaultHTML, Status: 502, Count: 1}, 502, "text/html"},
		"json 500": {sandbox.Rule{Fault: sandbox.FaultStatus, Status: 500, Count: 1}, 500, "application/json"},
		"json 503": {sandbox.Rule{Fault: sandbox.FaultStatus, Status: 503, Count: 1}, 503, "application/json"},
		"401":      {sandbox.Rule{Fault: sandbox.FaultUnauthorized, Count: 1}, 401, "application/json"},
		"429":      {sandbox.Rule{Fault: sandbox.FaultRateLimited, Delay: sandbox.Duration(time.Second), Count: 1}, 429, ""},
	} {
		read, journal := struck(t, test.rule)
		response, body, err := read(5 * time.Second)
		if err != nil || response.StatusCode != test.status || !strings.HasPrefix(response.Header.Get("Content-Type"), test.kind) {
			t.Errorf("%s: %v %v %.80s, want %d %s", name, response, err, body, test.status, test.kind)
			continue
		}
		if test.kind == "application/json" && !json.Valid(body) {
			t.Errorf("%s: %.80s is not JSON", name, body)
		}
		if response, _, err = read(5 * time.Second); err != nil || response.StatusCode != 200 {
			t.Errorf("%s: the next read = %v %v, want 200", name, response, err)
		}
		var faults []string
		for _, e := range journal.Entries(func(e sandbox.Entry) bool { return e.Path == "/sessions/"+kneeID }) {
			faults = append(faults, e.Fault)
		}
		if diff := cmp.Diff([]string{string(test.rule.Fault), ""}, faults); diff != "" {
			t.Errorf("%s: the journal's faults (-want +got):\n%s", name, diff)
		}
	}
}

// §19: a hang, a reset, a body that stops half-way, one that drips, as the
// first transcript's does.
func TestSheetFaultConnections(t *testing.T) {
	for _, rule := range []sandbox.Rule{
		{Fault: sandbox.FaultRequestLost, Delay: sandbox.Duration(20 * time.Second)}, {Fault: sandbox.FaultStall, Delay: sandbox.Duration(20 * time.Second)},
	} {
		read, _ := struck(t, rule)
		begun := time.Now()
		if response, _, err := read(150 * time.Millisecond); err == nil || time.Since(begun) < 100*time.Millisecond {
			t.Errorf("%s: %v after %v, want silence until the deadline", rule.Fault, response, time.Since(begun))
		}
	}
	for _, rule := range []sandbox.Rule{{Fault: sandbox.FaultCutBefore}, {Fault: sandbox.FaultCutAfter}} {
		read, _ := struck(t, rule)
		if response, _, err := read(5 * time.Second); err == nil {
			t.Errorf("%s: %v, want a broken connection", rule.Fault, response)
		}
	}
	read, _ := struck(t, sandbox.Rule{Fault: sandbox.FaultTruncated})
	response, body, err := read(5 * time.Second)
	if response == nil || response.StatusCode != 200 || !errors.Is(err, io.ErrUnexpectedEOF) || json.Valid(body) || len(body) == 0 {
		t.Errorf("truncated: %v, %d bytes, %v, want half a body", response, len(body), err)
	}
	read, _ = struck(t, sandbox.Rule{Fault: sandbox.FaultSlow, Delay: sandbox.Duration(300 * time.Millisecond)})
	begun := time.Now()
	response, body, err = read(5 * time.Second)
	if err != nil || response.StatusCode != 200 || !json.Valid(body) || time.Since(begun) < 200*time.Millisecond {
		t.Errorf("slow: %v %v after %v, want a whole body late", response, err, time.Since(begun))
	}
}

// §12, §19: a 429 with Retry-After in seconds, and one without.
func TestSheetFaultRetryAfter(t *testing.T) {
	read, _ := struck(t, sandbox.Rule{Fault: sandbox.FaultRateLimited, Delay: sandbox.Duration(1500 * time.Millisecond), Count: 1})
	response, _, err := read(5 * time.Second)
	if err != nil || response.StatusCode != 429 || response.Header.Get("Retry-After") != "2" {
		t.Errorf("rate limited for 1.5s: %v %v, want 429 and Retry-After: 2", response, err)
	}
	read, _ = struck(t, sandbox.Rule{Fault: sandbox.FaultStatus, Status: 429, Count: 1})
	response, _, err = read(5 * time.Second)
	if err != nil || response.StatusCode != 429 || response.Header.Values("Retry-After") != nil {
		t.Errorf("bare 429: %v %v, want no Retry-After", response, err)
	}
}

// §14, §19: the first read of a transcript can be slow, because transcription is
// lazy; the next is not.
func TestSheetSlowFirstTranscript(t *testing.T) {
	wait := 300 * time.Millisecond
	faults := sandbox.NewFaults(&sandbox.Plan{Rules: []sandbox.Rule{
		{API: "heidi", Path: "/sessions/*/transcript", Fault: sandbox.FaultStall, Delay: sandbox.Duration(wait), Count: 1},
	}}, sandbox.NewClock(0))
	server := heidisim.New(heidisim.Options{Practice: team()})
	ts := httptest.NewServer(faults.Wrap("heidi", nil, server))
	t.Cleanup(ts.Close)
	t.Cleanup(faults.Close)
	c := &caller{t: t, server: server, url: ts.URL}
	token := c.token("wren@example.com", "user-1")
	var took [2]time.Duration
	for i := range took {
		begun := time.Now()
		c.get(token, "/sessions/"+kneeID+"/transcript").want(200)
		took[i] = time.Since(begun)
	}
	if took[0] < wait || took[1] > took[0] {
		t.Errorf("two reads of a transcript took %v, want the first alone to take %v", took, wait)
	}
}

// §15: the journal proves what a polling client did: its reads, on whose
// behalf, and no write.
func TestSheetJournal(t *testing.T) {
	read, journal := struck(t, sandbox.Rule{Fault: sandbox.FaultHTML, Rate: 1, Count: 1})
	for range 3 {
		_, _, _ = read(5 * time.Second)
	}
	if got := journal.Writes("heidi"); len(got) != 0 {
		t.Errorf("Writes after reads = %v", got)
	}
	counts := journal.Counts()
	if counts["heidi GET /jwt"] != 1 || counts["heidi GET /sessions/{id}"] != 3 {
		t.Errorf("Counts = %v, want 1 token and 3 reads", counts)
	}
	for _, e := range journal.Entries(func(e sandbox.Entry) bool { return e.Fault == "" && e.Path == "/sessions/"+kneeID }) {
		if e.Who == "" {
			t.Errorf("entry %d does not say on whose behalf", e.N)
		}
	}
}
