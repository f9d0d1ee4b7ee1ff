package cliniko

import (
	"math"
	"testing"
	"time"
)

func TestBudgetOutlivesTheProcess(t *testing.T) {
	b := NewBudget(120)
	full := b.Level()
	for range 10 {
		if err := b.Wait(t.Context(), Live); err != nil {
			t.Fatal(err)
		}
	}
	left := b.Level()
	if full-left < 9 || full-left > 10 {
		t.Fatalf("Level fell by %.1f after 10 requests", full-left)
	}
	tests := []struct {
		why  string
		at   time.Time
		want float64
	}{
		{"at once", time.Now(), left},
		{"two seconds later", time.Now().Add(-2 * time.Second), left + 3},
		{"an hour later", time.Now().Add(-time.Hour), full},
		{"by a clock that was set back", time.Now().Add(time.Hour), left},
	}
	for _, tt := range tests {
		next := NewBudget(120)
		next.Resume(left, tt.at)
		if got := next.Level(); math.Abs(got-tt.want) > 0.5 {
			t.Errorf("%s: Level = %.2f, want %.2f", tt.why, got, tt.want)
		}
	}
}

// TestReservedTurnIsUsedOnce: the write after Reserve does not wait, the next
// one does.
func TestReservedTurnIsUsedOnce(t *testing.T) {
	c := &Client{budget: NewBudget(60), deadline: time.Second}
	if err := c.Reserve(t.Context()); err != nil {
		t.Fatal(err)
	}
	used := c.budget.Used()
	if err := c.turn(t.Context()); err != nil || c.budget.Used() != used {
		t.Errorf("turn after Reserve = %v, %d requests used, want %d", err, c.budget.Used(), used)
	}
	if err := c.turn(t.Context()); err != nil || c.budget.Used() != used+1 {
		t.Errorf("second turn = %v, %d requests used, want %d", err, c.budget.Used(), used+1)
	}
}
