package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
)

// ParsePlan reads a plan of faults from JSON. It is strict: an unknown field, a
// kind that does not exist or a rate above 1 is an error that names the rule by
// its number (from 1), the field, and what is allowed, because a plan with a
// typing error would otherwise quietly test nothing. All mistakes are reported
// at once.
func ParsePlan(text []byte) (*Plan, error) {
	var outer struct {
		Seed  uint64                       `json:"seed"`
		Rules []map[string]json.RawMessage `json:"rules"`
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&outer); err != nil {
		return nil, fmt.Errorf("fault plan: want {\"seed\": number, \"rules\": [...]}: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("fault plan: text after the closing brace")
	}
	plan := &Plan{Seed: outer.Seed, Rules: make([]Rule, len(outer.Rules))}
	var mistakes []error
	for i, fields := range outer.Rules {
		for _, err := range parseRule(&plan.Rules[i], fields) {
			mistakes = append(mistakes, fmt.Errorf("fault plan: rule %d: %w", i+1, err))
		}
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	return plan, nil
}

// parseRule fills r from its JSON fields and returns every mistake.
func parseRule(r *Rule, fields map[string]json.RawMessage) []error {
	into := map[string]any{
		"api": &r.API, "method": &r.Method, "path": &r.Path, "fault": &r.Fault, "rate": &r.Rate,
		"count": &r.Count, "again": &r.Again, "from": &r.From, "until": &r.Until, "status": &r.Status, "delay": &r.Delay,
	}
	var mistakes []error
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		target, known := into[name]
		if !known {
			allowed := strings.Join(slices.Sorted(maps.Keys(into)), ", ")
			mistakes = append(mistakes, fmt.Errorf("%s: unknown field; allowed: %s", name, allowed))
			continue
		}
		if err := json.Unmarshal(fields[name], target); err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s: %w", name, err))
		}
	}
	if len(mistakes) > 0 {
		return mistakes
	}
	if rate, given := fields["rate"]; given && r.Rate == 0 {
		return []error{fmt.Errorf("rate: %s strikes nothing; allowed: above 0 and up to 1, or leave the rule out", rate)}
	}
	return checkRule(r)
}

// checkRule says what is wrong with the values of r.
func checkRule(r *Rule) []error {
	var mistakes []error
	refuse := func(bad bool, field string, got any, allowed string) {
		if bad {
			mistakes = append(mistakes, fmt.Errorf("%s: %v; allowed: %s", field, got, allowed))
		}
	}
	methods := []string{"", http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodDelete}
	_, globErr := path.Match(strings.TrimSuffix(r.Path, "/**"), "")
	refuse(r.API != "" && r.API != "heidi" && r.API != "cliniko", "api", r.API, "heidi, cliniko, or left out for both")
	refuse(!slices.Contains(methods, r.Method), "method", r.Method, "GET, POST, PATCH, PUT, DELETE, or left out for all")
	refuse(globErr != nil || (r.Path != "" && r.Path[0] != '/'), "path", r.Path,
		"a glob that begins with /, such as /treatment_notes or /sessions/* or /sessions/**")
	refuse(!slices.Contains(FaultKinds, r.Fault), "fault", fmt.Sprintf("%q", r.Fault), kindNames())
	refuse(r.Rate < 0 || r.Rate > 1, "rate", r.Rate, "above 0 and up to 1")
	refuse(r.Count < 0, "count", r.Count, "0 (no limit) or more")
	refuse(r.Again < 0, "again", r.Again, "0 (once) or more")
	refuse(r.From < 0, "from", r.From, "a share of the day, 0 or more")
	refuse(r.Until < 0 || (r.Until != 0 && r.Until <= r.From), "until", r.Until, "0 (no end) or a share of the day after from")
	refuse(r.Status != 0 && (r.Status < 400 || r.Status > 599), "status", r.Status, "400 to 599")
	refuse(r.Delay < 0, "delay", r.Delay, "a duration of 0s or more")
	return mistakes
}

func kindNames() string {
	names := make([]string, len(FaultKinds))
	for i, k := range FaultKinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}
