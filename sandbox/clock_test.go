package sandbox_test

import (
	"testing"
	"testing/synctest"
	"time"

	"carryover/sandbox"
)

func TestClockShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := sandbox.NewClock(10 * time.Second)
		time.Sleep(time.Hour)
		if got := c.Share(); got != 0 || c.Begun() {
			t.Errorf("before Begin: Share() = %v, Begun() = %v, want 0, false", got, c.Begun())
		}
		c.Begin()
		time.Sleep(5 * time.Second)
		c.Begin() // changes nothing
		c.Advance(24 * time.Hour)
		if got := c.Share(); got != 0.5 {
			t.Errorf("half-way: Share() = %v, want 0.5 whatever Advance did", got)
		}
		c.Finish()
		if got := c.Share(); got != 1 {
			t.Errorf("after Finish: Share() = %v, want 1", got)
		}
		time.Sleep(5 * time.Second)
		c.Finish()
		if got := c.Share(); got != 1.5 {
			t.Errorf("after the end: Share() = %v, want 1.5", got)
		}
	})
}

func TestClockFinishBeginsTheDay(t *testing.T) {
	c := sandbox.NewClock(time.Hour)
	c.Finish()
	if got := c.Share(); got < 1 {
		t.Errorf("Share() = %v, want at least 1", got)
	}
	if c := sandbox.NewClock(0); c.Share() != 0 {
		t.Error("a day without a pace has passed before it began")
	} else if c.Begin(); c.Share() != 1 {
		t.Error("a day without a pace has not passed at once")
	}
}

func TestClockNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := sandbox.NewClock(0)
		c.Advance(2 * time.Hour)
		c.Advance(-30 * time.Minute)
		if got, want := c.Now(), time.Now().UTC().Add(90*time.Minute); !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("Now() = %v, want %v in UTC", got, want)
		}
	})
}
