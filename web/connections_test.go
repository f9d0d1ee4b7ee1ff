package web_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// TestRequestsAreShown: Connections shows what the daemon has counted for each
// practitioner of a day, from the same source as the status.
func TestRequestsAreShown(t *testing.T) {
	t.Parallel()
	p := demoDay(t)
	page := visit(t, site(t, p), "reviewer").get("/connections")
	status, err := p.desk.Status(t.Context())
	if err != nil || len(status.Practitioners) == 0 {
		t.Fatalf("Status = %d practitioners, %v", len(status.Practitioners), err)
	}
	sent := 0
	for _, pr := range status.Practitioners {
		r := pr.Budget
		if r == nil {
			t.Fatalf("practitioner %s: nothing was counted", pr.ID)
		}
		sent += r.LastHour
		if r.Most != p.cfg.Cliniko.RequestsPerMinute || r.LastMinute > r.Most || r.ForOthers != 0 || !r.Starved.IsZero() {
			t.Errorf("practitioner %s: %+v, want what the configuration has and no refusal", pr.ID, *r)
		}
	}
	if sent == 0 {
		t.Error("the daemon has asked Cliniko, and no request was counted")
	}
	rows := regexp.MustCompile(`<td[^>]*>\d+ of \d+</td><td[^>]*>\d+</td><td[^>]*>0 a minute</td>`).FindAllString(page, -1)
	if len(rows) != len(status.Practitioners) || !strings.Contains(page, fmt.Sprintf(" of %d</td>", p.cfg.Cliniko.RequestsPerMinute)) {
		t.Errorf("Connections has %d rows of requests, want one for each of %d practitioners", len(rows), len(status.Practitioners))
	}
}
