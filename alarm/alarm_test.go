package alarm_test

import (
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
	"carryover/alarm"
	"carryover/internal/seal"
	"carryover/ledger"
)

var monday = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// Alarms need nothing of the ledger but this.
var _ alarm.DB = (*ledger.Tx)(nil)

func open(t *testing.T) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), ledger.Config{Path: filepath.Join(t.TempDir(), "ledger.db"), MasterKey: seal.NewMasterKey()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// TestRaisedOnce walks a matter through its life twice: whoever is told hears
// of each life exactly twice.
func TestRaisedOnce(t *testing.T) {
	l, ctx := open(t), t.Context()
	for i, step := range []struct {
		raise bool
		after time.Duration
		want  bool // somebody is told
		open  []alarm.Alarm
	}{
		{false, 0, false, nil},
		{true, time.Minute, true, []alarm.Alarm{{Kind: alarm.KeyRefused, Subject: "41", RaisedAt: monday.Add(time.Minute)}}},
		{true, 2 * time.Minute, false, []alarm.Alarm{{Kind: alarm.KeyRefused, Subject: "41", RaisedAt: monday.Add(time.Minute)}}},
		{false, 3 * time.Minute, true, nil},
		{false, 4 * time.Minute, false, nil},
		{true, 5 * time.Minute, true, []alarm.Alarm{{Kind: alarm.KeyRefused, Subject: "41", RaisedAt: monday.Add(5 * time.Minute)}}},
		{false, 6 * time.Minute, true, nil},
	} {
		err := l.Update(ctx, func(tx *ledger.Tx) error {
			do := alarm.Clear
			if step.raise {
				do = alarm.Raise
			}
			got, err := do(ctx, tx, alarm.KeyRefused, "41", monday.Add(step.after))
			if got != step.want {
				t.Errorf("step %d: somebody is told: %v, want %v", i, got, step.want)
			}
			if err != nil {
				return err
			}
			open, err := alarm.Open(ctx, tx)
			if diff := cmp.Diff(step.open, open); diff != "" {
				t.Errorf("step %d: Open (-want +got):\n%s", i, diff)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenIsOldestFirst(t *testing.T) {
	l, ctx := open(t), t.Context()
	err := l.Update(ctx, func(tx *ledger.Tx) error {
		for i, m := range []struct {
			kind    alarm.Kind
			subject string
		}{{alarm.PollSilent, ""}, {alarm.HeldLong, "v2"}, {alarm.HeldLong, "v1"}} {
			if _, err := alarm.Raise(ctx, tx, m.kind, m.subject, monday.Add(-time.Duration(i)*time.Hour)); err != nil {
				return err
			}
		}
		if cleared, err := alarm.Clear(ctx, tx, alarm.HeldLong, "v3", monday); cleared || err != nil {
			t.Errorf("Clear of another subject = %v, %v, want false", cleared, err)
		}
		open, err := alarm.Open(ctx, tx)
		want := []alarm.Alarm{
			{Kind: alarm.HeldLong, Subject: "v1", RaisedAt: monday.Add(-2 * time.Hour)},
			{Kind: alarm.HeldLong, Subject: "v2", RaisedAt: monday.Add(-time.Hour)},
			{Kind: alarm.PollSilent, RaisedAt: monday},
		}
		if diff := cmp.Diff(want, open); diff != "" {
			t.Errorf("Open (-want +got):\n%s", diff)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRaiseRefuses(t *testing.T) {
	l, ctx := open(t), t.Context()
	for _, c := range []struct {
		kind    alarm.Kind
		subject string
	}{{"", ""}, {"on_fire", ""}, {alarm.HeldLong, "Testina Quokka"}, {alarm.HeldLong, "t@example.com"}, {alarm.HeldLong, strings.Repeat("a", 129)}} {
		err := l.Update(ctx, func(tx *ledger.Tx) error {
			_, err := alarm.Raise(ctx, tx, c.kind, c.subject, monday)
			return err
		})
		if !errors.Is(err, carryover.ErrInvalid) || strings.Contains(err.Error(), "Quokka") {
			t.Errorf("Raise(%q, %q) = %v, want %v without the subject", c.kind, c.subject, err, carryover.ErrInvalid)
		}
	}
}

// TestWords: each kind says what is the matter and what helps, in sentences.
func TestWords(t *testing.T) {
	name := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	seen := map[string]alarm.Kind{}
	for _, k := range alarm.Kinds {
		if !name.MatchString(string(k)) {
			t.Errorf("kind %q is not in small letters and underscores", k)
		}
		for _, s := range []string{k.Sentence(), k.NextStep()} {
			if len(s) < 20 || !strings.HasSuffix(s, ".") || s[0] < 'A' || s[0] > 'Z' {
				t.Errorf("%s: %q is not a sentence", k, s)
			}
			if other, twice := seen[s]; twice {
				t.Errorf("%s and %s say the same", k, other)
			}
			seen[s] = k
		}
	}
	if alarm.Kind("on_fire").Sentence() != "" {
		t.Error("Sentence of an unknown kind is not empty")
	}
}
