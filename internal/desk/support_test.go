package desk

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

func TestScrub(t *testing.T) {
	for _, tt := range []struct{ words, want string }{
		{"", ""},
		{"step failed: 422: refused", "step failed: 422: refused"},
		{"read patient 500100", "read patient #"},
		{"HD-7Q4K2MXA-2C7P", "HD-7Q4K2MXA-2C7P"},
		{"open /home/rowan/ledger.db: no space", "open …/ledger.db: no space"},
		{"write to rowan@example.com, please", "write to (address), please"},
		{"GET https://api.example/v1/patients/12345?q=1", "GET https:…/#?q=1"},
	} {
		if got := Scrub(tt.words); got != tt.want {
			t.Errorf("Scrub(%q) = %q, want %q", tt.words, got, tt.want)
		}
	}
}

// TestSupport: over the socket, with the daemon's lines; an open alarm is there
// without whom it is about, and that somebody took it out is in the chain.
func TestSupport(t *testing.T) {
	tb := newTable(t)
	v := tb.seen("words of nobody")
	tb.update(func(tx *ledger.Tx) error {
		_, err := alarm.Raise(t.Context(), tx, alarm.HeldLong, "500100", time.Now())
		return err
	})
	tb.Lines = func() []string { return []string{`{"msg":"moved"}`} }
	got, err := serve(t, t.TempDir(), tb.Local).Support(t.Context(), SupportRequest{Actor: "cli:0000"})
	if err != nil || got.Documents[string(carryover.Seen)] != 1 || len(got.Alarms) != 1 || got.Alarms[0].Kind != "held_long" ||
		got.Schema < 7 || got.AuditEntries == 0 || !got.Daemon || len(got.Log) != 1 || len(got.Practitioners) != 1 {
		t.Errorf("Support = %+v, %v", got, err)
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"500100", string(v.Session), string(v.Document), string(v.ID), "Canary"} {
		if strings.Contains(string(text), word) {
			t.Errorf("it holds %q: %s", word, text)
		}
	}
	a, err := tb.Audit(t.Context(), AuditRequest{Export: true, Actor: me})
	if err != nil || strings.Count(a.Export, `"note":"support"`) != 1 || strings.Contains(a.Export, "cli:0000") {
		t.Errorf("the chain does not say who took it out: %v\n%s", err, a.Export)
	}
}
