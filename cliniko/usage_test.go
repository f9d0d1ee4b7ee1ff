package cliniko

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestUsage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(120)
		check := func(what string, want Usage) {
			t.Helper()
			if got := b.Usage(); got != want {
				t.Errorf("%s: Usage() = %+v, want %+v", what, got, want)
			}
		}
		send := func(n int) {
			t.Helper()
			for range n {
				if err := b.Wait(t.Context(), Live); err != nil {
					t.Fatal(err)
				}
			}
		}
		check("nothing was sent", Usage{Ceiling: 120, Limit: 120})
		send(40)
		check("forty", Usage{Ceiling: 120, Limit: 120, Minute: 40, Hour: 40})
		time.Sleep(30 * time.Minute)
		send(10)
		check("ten, half an hour later", Usage{Ceiling: 120, Limit: 120, Minute: 10, Hour: 50})
		time.Sleep(45 * time.Minute)
		check("the first forty are over an hour ago", Usage{Ceiling: 120, Limit: 120, Hour: 10})
		at := time.Now()
		b.limited(at)
		check("refused", Usage{Ceiling: 120, Limit: 60, Hour: 10, Refused: at})
		time.Sleep(3 * time.Hour)
		check("long after", Usage{Ceiling: 120, Limit: 120, Refused: at})
		b.Resume(7, time.Now())
		check("what another process sent", Usage{Ceiling: 120, Limit: 120, Minute: 7, Hour: 7, Refused: at})
	})
	if got := (Usage{Ceiling: 120}).Others(); got != 80 {
		t.Errorf("Others() of a ceiling of 120 = %d, want 80", got)
	}
}
