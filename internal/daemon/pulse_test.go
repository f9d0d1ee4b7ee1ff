package daemon

import (
	"testing"
	"testing/synctest"
	"time"

	"carryover"
)

// TestPulses: a lane that gives no sign of life for too long has stopped, even
// while another goes on; any sign will do, and begun takes a turn of each.
func TestPulses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPulses([]carryover.PractitionerID{"71", "72"})
		look := func(when string, stopped, begun bool) {
			t.Helper()
			if p.stopped(time.Minute) != stopped || p.begun() != begun {
				t.Errorf("%s: stopped %v, begun %v, want %v, %v", when, p.stopped(time.Minute), p.begun(), stopped, begun)
			}
		}
		look("at the start", false, false)
		p.turned("71")
		look("after one lane's turn", false, false)
		p.turned("72")
		look("after both", false, true)
		time.Sleep(50 * time.Second)
		p.beat("71")
		time.Sleep(11 * time.Second)
		look("when one was still for too long", true, true)
		p.beat("72")
		look("when it gave a sign", false, true)
	})
}
