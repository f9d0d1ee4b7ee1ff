package sandbox_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox"
)

func TestParsePlan(t *testing.T) {
	got, err := sandbox.ParsePlan([]byte(`{"seed": 7, "rules": [
		{"api": "cliniko", "method": "POST", "path": "/treatment_notes", "fault": "answer_lost", "rate": 0.1, "count": 3,
		 "again": 2, "from": 0.2, "until": 0.8, "delay": "1.5s"},
		{"fault": "status", "status": 504}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := &sandbox.Plan{Seed: 7, Rules: []sandbox.Rule{
		{
			API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultAnswerLost, Rate: 0.1, Count: 3,
			Again: 2, From: 0.2, Until: 0.8, Delay: sandbox.Duration(1500 * time.Millisecond),
		},
		{Fault: sandbox.FaultStatus, Status: 504},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ParsePlan (-want +got):\n%s", diff)
	}
}

func TestParsePlanMistakes(t *testing.T) {
	for _, tt := range []struct{ name, plan, want string }{
		{"not JSON", `seed: 1`, "fault plan: want {"},
		{"unknown top field", `{"rulez": []}`, "rulez"},
		{"text after it", `{"rules": []} x`, "text after the closing brace"},
		{"unknown field", `{"rules": [{"fault": "html", "dealy": "1s"}]}`, "rule 1: dealy: unknown field; allowed: again, api, count, delay"},
		{"no kind", `{"rules": [{"fault": "html"}, {"rate": 0.5}]}`, `rule 2: fault: ""; allowed: status, html, stall`},
		{"unknown kind", `{"rules": [{"fault": "explode"}]}`, `rule 1: fault: "explode"; allowed: status`},
		{"rate too high", `{"rules": [{"fault": "html", "rate": 4}]}`, "rule 1: rate: 4; allowed: above 0 and up to 1"},
		{"rate zero", `{"rules": [{"fault": "html", "rate": 0}]}`, "rule 1: rate: 0 strikes nothing"},
		{"bare delay", `{"rules": [{"fault": "stall", "delay": 5}]}`, `rule 1: delay: want a duration in quotes such as "1.5s"`},
		{"odd delay", `{"rules": [{"fault": "stall", "delay": "5 sec"}]}`, `rule 1: delay: want a duration such as "250ms"`},
		{"negative delay", `{"rules": [{"fault": "stall", "delay": "-5s"}]}`, "rule 1: delay: "},
		{"odd API", `{"rules": [{"fault": "html", "api": "make"}]}`, "rule 1: api: make; allowed: heidi, cliniko"},
		{"odd method", `{"rules": [{"fault": "html", "method": "post"}]}`, "rule 1: method: post; allowed: GET, POST"},
		{"relative path", `{"rules": [{"fault": "html", "path": "sessions"}]}`, "rule 1: path: sessions; allowed: a glob"},
		{"bad glob", `{"rules": [{"fault": "html", "path": "/[a"}]}`, "rule 1: path: /[a; allowed"},
		{"until before from", `{"rules": [{"fault": "html", "from": 0.5, "until": 0.5}]}`, "rule 1: until: 0.5; allowed"},
		{"odd status", `{"rules": [{"fault": "status", "status": 200}]}`, "rule 1: status: 200; allowed: 400 to 599"},
		{"two at once", `{"rules": [{"fault": "x"}, {"fault": "html", "count": -1}]}`, "rule 2: count: -1; allowed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := sandbox.ParsePlan([]byte(tt.plan))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("ParsePlan(%s) = %v, want an error with %q", tt.plan, err, tt.want)
			}
		})
	}
}

func TestDefaultPlanIsLowAndReadable(t *testing.T) {
	const pace = 15 * time.Second
	plan := sandbox.DefaultPlan(3, pace)
	rates := map[string]float64{}
	for _, r := range plan.Rules {
		switch {
		case r.Method == "GET" && r.Path == "":
			rates["reads"] += r.Rate
		case r.Method == "POST" && r.API == "cliniko":
			rates[r.Path] += r.Rate
		default:
			t.Errorf("rule %+v strikes neither reads nor what is filed", r)
		}
		if d := time.Duration(r.Delay); d > pace/8 {
			t.Errorf("rule %+v holds a day of %v up for %v", r, pace, d)
		}
	}
	for what, about := range map[string]float64{"reads": 0.015, "/treatment_notes": 0.04, "/patient_attachments": 0.032, "/bucket/**": 0.016} {
		if got := rates[what]; got < about*0.7 || got > about*1.3 {
			t.Errorf("rate of %s = %v, want about %v", what, got, about)
		}
		delete(rates, what)
	}
	if len(rates) > 0 {
		t.Errorf("rules strike %v besides", rates)
	}
	text, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	again, err := sandbox.ParsePlan(text)
	if err != nil {
		t.Fatalf("ParsePlan(the default plan as JSON): %v", err)
	}
	if diff := cmp.Diff(plan, again); diff != "" {
		t.Errorf("through JSON (-want +got):\n%s", diff)
	}
}
