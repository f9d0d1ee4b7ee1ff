package cliniko

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestBudgetOutlivesTheProcess(t *testing.T) {
	b := NewBudget(120)
	for range 10 {
		if err := b.Wait(t.Context(), Live); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.Recent(); got != 10 {
		t.Fatalf("Recent = %d after 10 requests", got)
	}
	tests := []struct {
		why  string
		at   time.Time
		want int
	}{
		{"at once", time.Now(), 10},
		{"two seconds later", time.Now().Add(-2 * time.Second), 10},
		{"a minute later", time.Now().Add(-time.Minute), 0},
		{"by a clock that was set back", time.Now().Add(time.Hour), 10},
	}
	for _, tt := range tests {
		next := NewBudget(120)
		next.Resume(10, tt.at)
		if got := next.Recent(); got != tt.want {
			t.Errorf("%s: Recent = %d, want %d", tt.why, got, tt.want)
		}
	}
	wild := NewBudget(120)
	wild.Resume(1<<30, time.Now())
	if got := wild.Recent(); got != 120 {
		t.Errorf("Resume of nonsense leaves %d, want the ceiling", got)
	}
}

// TestLeft: what the last minute's requests leave, and nothing while a 429 says
// to wait; then half as much for a while.
func TestLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(120)
		b.Resume(10, time.Now())
		if got := b.Left(); got != 110 {
			t.Errorf("Left after 10 of 120 = %d, want 110", got)
		}
		b.limited(time.Now().Add(90 * time.Second))
		if got := b.Left(); got != 0 {
			t.Errorf("Left while blocked = %d, want 0", got)
		}
		time.Sleep(91 * time.Second)
		if got := b.Left(); got != 60 {
			t.Errorf("Left after that = %d, want 60", got)
		}
		b.Resume(100, time.Now())
		if got := b.Left(); got != 0 {
			t.Errorf("Left with more sent than half = %d, want 0", got)
		}
	})
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

// TestReservedTurnIsKept: a turn that was not used is still there the next time,
// so that whoever waited long and read everything again need not wait again.
func TestReservedTurnIsKept(t *testing.T) {
	c := &Client{budget: NewBudget(60), deadline: time.Second}
	for range 3 {
		if err := c.Reserve(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.budget.Used(); got != 1 {
		t.Errorf("three times Reserve used %d requests, want 1", got)
	}
}
