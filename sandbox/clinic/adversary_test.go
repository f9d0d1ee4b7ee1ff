package clinic

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
)

func TestPlotsAreDeterministic(t *testing.T) {
	for name, plot := range map[string]func(uint64, time.Time) *Plot{"Adversary": Adversary, "Slips": Slips} {
		text := func(seed uint64) string {
			b, err := json.Marshal(plot(seed, testDay))
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		one, two := text(7), text(7)
		if one != two {
			t.Errorf("%s(7) twice gives two plots, want one", name)
		}
		if one == text(8) {
			t.Errorf("%s(7) = %s(8), want different plots", name, name)
		}
	}
}

// Every lure has its turn on every day, beside enough visits that are easy to
// file; what must be held says for which reasons, what must be filed has none.
func TestAdversaryPlaysEveryLure(t *testing.T) {
	total := 0
	for _, group := range lures() {
		total += len(group)
	}
	for seed := range seeds() / 2 {
		plot := Adversary(uint64(seed+1), testDay)
		played, count := map[string]bool{}, map[string]int{}
		for _, s := range plot.Practice.Sessions {
			d := s.Documents[0]
			count[d.Expect]++
			reasons, lured := plot.Reasons[s.ID]
			if lured {
				if played[s.Case] {
					t.Errorf("seed %d: lure %s is played twice", seed+1, s.Case)
				}
				played[s.Case] = true
			}
			if wants := d.Expect != expectProven; wants != (len(reasons) > 0) {
				t.Errorf("seed %d: lure %s expects %s with the reasons %q", seed+1, s.Case, d.Expect, reasons)
			}
			if d.Expect == expectHeld && d.Why == "" || d.Expect != expectHeld && s.Belongs == "" {
				t.Errorf("seed %d: lure %s expects %s and does not say why, or whose it is", seed+1, s.Case, d.Expect)
			}
			if err := checkStages(s); err != nil {
				t.Errorf("seed %d: lure %s: %v", seed+1, s.Case, err)
			}
		}
		if len(played) != total || count[expectProven] < 20 || count[expectHeld] < 50 {
			t.Errorf("seed %d: %d of %d lures, expectations %v; want all, 20 proven and 50 held at least", seed+1, len(played), total, count)
		}
		if seed == 0 {
			t.Logf("%d lures, %v, %d patients, %d appointments", total, count, len(plot.Practice.Patients), len(plot.Practice.Appointments))
		}
	}
}

// checkStages says what is wrong with the only document's life.
func checkStages(s sandbox.Session) error {
	d := s.Documents[0]
	return checkLife(sandbox.Session{At: s.At}, d)
}

// Happenings come in the order of their time, name records that are there, and
// are over before the day is.
func TestHappeningsArePossible(t *testing.T) {
	for seed := range seeds() / 10 {
		plot := Adversary(uint64(seed+1), testDay)
		w := newWitness(plot.Practice)
		if !slices.IsSortedFunc(plot.Happenings, func(a, b Happening) int { return int(1e9 * (a.At - b.At)) }) {
			t.Errorf("seed %d: the happenings are not in order", seed+1)
		}
		for _, h := range plot.Happenings {
			known := w.patients[h.Of].ID + w.appointments[h.Of].ID
			if known == "" || h.What == "merge" && w.patients[h.With].ID == "" || h.At <= 0 || h.At >= 1 {
				t.Errorf("seed %d: %s of %q with %q at %.2f names no record, or is not during the day", seed+1, h.What, h.Of, h.With, h.At)
			}
		}
	}
}

// The clinic does what the plot says, each once, and stops when it closes.
func TestClinicPlaysHappenings(t *testing.T) {
	plot := Adversary(3, testDay)
	c, err := Start(Options{Plot: plot, Pace: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if c.Happened() != 0 {
		t.Error("something has happened before the day began")
	}
	c.Begin()
	for c.Happened() < len(plot.Happenings) && t.Context().Err() == nil {
		time.Sleep(time.Millisecond)
	}
	for _, h := range plot.Happenings {
		if h.What == "merge" && c.Cliniko.Survivor(h.Of) == h.Of {
			t.Errorf("patient %s is not merged", h.Of)
		}
	}
	for _, d := range c.Truth().Documents {
		if want := plot.Reasons[d.SessionID]; !slices.Equal(d.Reasons, want) {
			t.Errorf("the truth of session %s has the reasons %q, want %q", d.SessionID, d.Reasons, want)
		}
	}
}

func TestHappeningUnknown(t *testing.T) {
	c, err := Start(Options{Practice: practiceOf(nil)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	err = Happening{What: "vanish"}.do(c.Cliniko)
	if err == nil || !strings.Contains(err.Error(), "vanish") {
		t.Errorf("an unknown happening = %v, want an error that names it", err)
	}
}
