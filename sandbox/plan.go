package sandbox

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"time"
)

// A FaultKind names one way in which a simulator misbehaves. Kinds come in
// pairs where it matters: failed, and failed but took effect.
type FaultKind string

// The kinds of fault.
const (
	FaultStatus       FaultKind = "status"       // answers Status with a JSON body, no effect
	FaultHTML         FaultKind = "html"         // answers Status with an HTML body, no effect
	FaultStall        FaultKind = "stall"        // holds the request for Delay, then goes on normally
	FaultCutBefore    FaultKind = "cut_before"   // connection reset before any effect
	FaultCutAfter     FaultKind = "cut_after"    // effect, then connection reset
	FaultRequestLost  FaultKind = "request_lost" // silence for Delay, then cut; no effect
	FaultAnswerLost   FaultKind = "answer_lost"  // effect, then silence for Delay, then cut
	FaultLate         FaultKind = "late"         // cut at once; the effect happens Delay later
	FaultTruncated    FaultKind = "truncated"    // effect; the body stops half-way, Content-Length is full
	FaultSlow         FaultKind = "slow"         // effect; the body drips over Delay
	FaultRateLimited  FaultKind = "rate_limited" // 429, X-RateLimit-Reset Delay from now; no effect
	FaultUnauthorized FaultKind = "unauthorized" // 401 although the key is good; no effect
	FaultStatusAfter  FaultKind = "status_after" // effect, then Status with a JSON body
	FaultHTMLAfter    FaultKind = "html_after"   // effect, then Status with an HTML body
)

// FaultKinds lists every kind, in the order of their documentation.
var FaultKinds = []FaultKind{
	FaultStatus, FaultHTML, FaultStall, FaultCutBefore, FaultCutAfter, FaultRequestLost, FaultAnswerLost,
	FaultLate, FaultTruncated, FaultSlow, FaultRateLimited, FaultUnauthorized, FaultStatusAfter, FaultHTMLAfter,
}

// A Plan says how the simulators misbehave. The first rule that decides to
// strike a request wins.
type Plan struct {
	Seed  uint64 `json:"seed"`
	Rules []Rule `json:"rules"`
}

// A Rule strikes a share of the requests it applies to.
type Rule struct {
	API    string    `json:"api,omitempty"`    // heidi or cliniko; empty: both
	Method string    `json:"method,omitempty"` // e.g. POST; empty: every method
	Path   string    `json:"path,omitempty"`   // glob on the path under the API's base, * within a segment, /** at the end for the rest; empty: every path
	Fault  FaultKind `json:"fault"`
	Rate   float64   `json:"rate,omitempty"`   // share of the requests that are struck; 0 means 1, every one
	Count  int       `json:"count,omitempty"`  // at most so many strikes in all; 0: no limit
	Again  int       `json:"again,omitempty"`  // only while the entity was struck less often, by all rules together; 0 means 1
	From   float64   `json:"from,omitempty"`   // share of the day from which the rule holds
	Until  float64   `json:"until,omitempty"`  // share of the day until which it holds; 0: no end
	Status int       `json:"status,omitempty"` // for the kinds that answer; 0 means 503 for JSON, 502 for HTML
	Delay  Duration  `json:"delay,omitempty"`  // for the kinds that wait; 0: no wait
}

// appliesTo reports whether r concerns a request at all, at this share of the
// day; rest is the path under the API's base.
func (r *Rule) appliesTo(api, method, rest string, share float64) bool {
	return (r.API == "" || r.API == api) &&
		(r.Method == "" || r.Method == method) &&
		globMatches(r.Path, rest) &&
		share >= r.From && (r.Until == 0 || share < r.Until)
}

// again is how often one entity may be struck.
func (r *Rule) again() int { return max(r.Again, 1) }

// rate is the share of requests struck.
func (r *Rule) rate() float64 {
	if r.Rate == 0 {
		return 1
	}
	return r.Rate
}

// status is what the answering kinds answer.
func (r *Rule) status() int {
	switch {
	case r.Status != 0:
		return r.Status
	case r.Fault == FaultHTML || r.Fault == FaultHTMLAfter:
		return 502
	}
	return 503
}

// globMatches is path.Match with two additions: an empty pattern matches all,
// and a final /** matches any number of further segments.
func globMatches(pattern, name string) bool {
	if pattern == "" {
		return true
	}
	if head, ok := strings.CutSuffix(pattern, "/**"); ok {
		want := strings.Count(head, "/") + 1
		parts := strings.SplitN(name, "/", want+1)
		if len(parts) < want {
			return false
		}
		pattern, name = head, strings.Join(parts[:want], "/")
	}
	matched, err := path.Match(pattern, name)
	return err == nil && matched // a bad pattern is refused by ParsePlan
}

// A Duration is a time.Duration that JSON writes as people do: "1.5s".
type Duration time.Duration

// MarshalJSON writes d as Go writes durations, e.g. "1.5s".
func (d Duration) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Duration(d).String())
}

// UnmarshalJSON reads a string such as "250ms" or "1.5s".
func (d *Duration) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf(`want a duration in quotes such as "1.5s"`)
	}
	parsed, err := time.ParseDuration(s)
	if err != nil {
		return fmt.Errorf(`want a duration such as "250ms" or "1.5s", got %q`, s)
	}
	*d = Duration(parsed)
	return nil
}
