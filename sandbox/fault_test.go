package sandbox_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"carryover/sandbox"
)

// struck sends the bodies as note POSTs in the given order and returns, for
// each body, the faults that its requests met.
func struck(plan *sandbox.Plan, bodies []string) map[string][]string {
	j := sandbox.NewJournal()
	handler := sandbox.NewFaults(plan, sandbox.NewClock(0)).Wrap("cliniko", j, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, body := range bodies {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/v1/treatment_notes", strings.NewReader(body)))
	}
	met := map[string][]string{}
	for _, e := range j.Entries(nil) {
		met[string(e.Body)] = append(met[string(e.Body)], e.Fault)
	}
	return met
}

func TestFaultsReplayWhateverTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := &sandbox.Plan{Seed: rapid.Uint64().Draw(t, "seed"), Rules: []sandbox.Rule{
			{Fault: sandbox.FaultStatus, Rate: 0.3}, {Fault: sandbox.FaultHTML, Rate: 0.3, Again: 2}, {Fault: sandbox.FaultUnauthorized, Rate: 0.2},
		}}
		var bodies []string
		for i := range 20 {
			bodies = append(bodies, fmt.Sprint(i), fmt.Sprint(i), fmt.Sprint(i)) // each three times
		}
		first := struck(plan, bodies)
		order := slices.Clone(bodies)
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0)).Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		if diff := cmp.Diff(first, struck(plan, order)); diff != "" {
			t.Errorf("another order changed who is struck:\n%s", diff)
		}
		for body, faults := range first {
			count := map[string]int{}
			for _, f := range faults {
				count[f]++
			}
			if count["status"] > 1 || count["unauthorized"] > 1 || count["html"] > 2 {
				t.Errorf("body %s met %v, want at most once each but html twice", body, faults)
			}
		}
	})
}

func TestFaultRateIsMet(t *testing.T) {
	bodies := make([]string, 20_000)
	for i := range bodies {
		bodies[i] = fmt.Sprint(i)
	}
	hit := 0
	for _, faults := range struck(&sandbox.Plan{Seed: 11, Rules: []sandbox.Rule{{Fault: sandbox.FaultStatus, Rate: 0.04}}}, bodies) {
		if faults[0] != "" {
			hit++
		}
	}
	if hit < 700 || hit > 900 {
		t.Errorf("struck %d of %d at a rate of 0.04, want about 800", hit, len(bodies))
	}
}

func TestFaultRuleLimits(t *testing.T) {
	clock := sandbox.NewClock(time.Hour)
	plan := &sandbox.Plan{Rules: []sandbox.Rule{
		{API: "cliniko", Method: "GET", Path: "/patients/*", Fault: sandbox.FaultStatus, Count: 2, Again: 9},
		{API: "heidi", Path: "/sessions/**", Fault: sandbox.FaultHTML, Again: 9, From: 1},
	}}
	f := sandbox.NewFaults(plan, clock)
	got := func(api, method, path string) int {
		w := httptest.NewRecorder()
		f.Wrap(api, nil, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w.Code
	}
	for i, tt := range []struct {
		api, method, path string
		want              int
	}{
		{"cliniko", "GET", "/v1/patients", 200},
		{"cliniko", "POST", "/v1/patients/1", 200},
		{"heidi", "GET", "/api/v2/ml-scribe/open-api/patients/1", 200},
		{"cliniko", "GET", "/v1/patients/1", 503},
		{"cliniko", "GET", "/v1/patients/1", 503},
		{"cliniko", "GET", "/v1/patients/2", 200}, // the count is used up
		{"heidi", "GET", "/api/v2/ml-scribe/open-api/sessions/1/documents", 200},
	} {
		if got := got(tt.api, tt.method, tt.path); got != tt.want {
			t.Errorf("request %d, %s %s %s = %d, want %d", i, tt.api, tt.method, tt.path, got, tt.want)
		}
	}
	clock.Finish() // from the end of the day on
	if got := got("heidi", "GET", "/api/v2/ml-scribe/open-api/sessions/1/documents"); got != 502 {
		t.Errorf("after the end of the day: %d, want 502", got)
	}
	f.SetPlan(nil)
	if got := got("cliniko", "GET", "/v1/patients/1"); got != 200 {
		t.Errorf("without a plan: %d, want 200", got)
	}
}
