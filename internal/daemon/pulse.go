package daemon

import (
	"net/http"
	"sync/atomic"
	"time"

	"carryover"
)

// pulses are the lanes' signs of life. The map is not changed after its making.
type pulses struct {
	since time.Time // the daemon's making; the rest is counted from it by the clock that no one sets
	of    map[carryover.PractitionerID]*pulse
}

// A pulse is one lane's: a turn of its loop, or an answer to one of its requests,
// since a round may take long when much is to be done at Cliniko's pace.
type pulse struct {
	beat  atomic.Int64 // nanoseconds since the daemon's making
	turns atomic.Int64
}

func newPulses(lanes []carryover.PractitionerID) pulses {
	p := pulses{since: time.Now(), of: map[carryover.PractitionerID]*pulse{}}
	for _, id := range lanes {
		p.of[id] = &pulse{}
	}
	return p
}

// beat notes a sign of life.
func (p pulses) beat(who carryover.PractitionerID) {
	p.of[who].beat.Store(int64(time.Since(p.since)))
}

// turned notes that a lane's loop has gone round once more.
func (p pulses) turned(who carryover.PractitionerID) {
	p.beat(who)
	p.of[who].turns.Add(1)
}

// stopped says that some lane has given no sign for longer than so long.
func (p pulses) stopped(most time.Duration) bool {
	for _, one := range p.of {
		if time.Since(p.since)-time.Duration(one.beat.Load()) > most {
			return true
		}
	}
	return false
}

// begun says that every lane has been round at least once.
func (p pulses) begun() bool {
	for _, one := range p.of {
		if one.turns.Load() == 0 {
			return false
		}
	}
	return true
}

// felt is a transport of one practitioner's clients: each answer is a sign of
// life, and counts for whoever watches.
func (d *Daemon) felt(who carryover.PractitionerID, api string, next http.RoundTripper) http.RoundTripper {
	if d.meter != nil {
		next = d.meter.Requests(api, next)
	}
	return feels{next, d.pulses, who}
}

type feels struct {
	http.RoundTripper
	pulses pulses
	who    carryover.PractitionerID
}

// RoundTrip implements http.RoundTripper.
func (f feels) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := f.RoundTripper.RoundTrip(r)
	f.pulses.beat(f.who)
	return res, err
}
