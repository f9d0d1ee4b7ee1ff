package pipeline

import (
	"context"
	"sync/atomic"
)

// Cliniko allows 200 requests a minute, and no read that safety asks for is
// dropped to save some. So it is counted what the reads are for: the road
// knows the purpose and says so in the context, the transport counts what
// really leaves, pages and second tries included.

// A purpose is what a read of Cliniko is for.
type purpose int

// The purposes. The zero value is that of a context that names none.
const (
	forOther      purpose = iota // keys at the start, names on a screen
	forCandidates                // the register, for matching
	forDiary                     // bookings and attendees, for matching
	forReadAgain                 // the patient's record, once more before the POST
	forNotes                     // an author's notes and files, note templates: look first, settle, prove, sweep
	forHeld                      // what changed, and what is held looked at again
	purposes      int     = iota
)

type purposeKey struct{}

// reading returns a context whose requests count for w, unless it counts for
// something already: looking again at what is held is one purpose, whatever
// that asks for.
func (w purpose) reading(ctx context.Context) context.Context {
	if ctx.Value(purposeKey{}) != nil {
		return ctx
	}
	return context.WithValue(ctx, purposeKey{}, w)
}

// A ReadCounter counts requests by what they are for. The zero value is ready;
// it is safe for concurrent use.
type ReadCounter struct{ n [purposes]atomic.Int64 }

// Count adds one request that was made with ctx. Whoever builds the client
// calls it for every read that leaves.
func (c *ReadCounter) Count(ctx context.Context) {
	w, _ := ctx.Value(purposeKey{}).(purpose)
	c.n[w].Add(1)
	if t, past := ctx.Value(pastKey{}).(*pastTally); past {
		t.reads.n[w].Add(1)
	}
}

// Reads are requests to Cliniko that only read, by what they were for.
type Reads struct {
	Candidates int `json:"candidates"` // patients looked for while matching
	Diary      int `json:"diary"`      // bookings and attendees, while matching
	ReadAgain  int `json:"read_again"` // the patient's record, just before a note is sent
	Notes      int `json:"notes"`      // an author's notes: before sending, after a lost answer, as proof
	Held       int `json:"held"`       // looking again at what is held
	Other      int `json:"other"`      // whose key it is, names for a screen
}

// Total returns all of them together.
func (r Reads) Total() int {
	return r.Candidates + r.Diary + r.ReadAgain + r.Notes + r.Held + r.Other
}

// Reads returns the count so far.
func (c *ReadCounter) Reads() Reads {
	n := func(w purpose) int { return int(c.n[w].Load()) }
	return Reads{
		Candidates: n(forCandidates), Diary: n(forDiary), ReadAgain: n(forReadAgain),
		Notes: n(forNotes), Held: n(forHeld), Other: n(forOther),
	}
}

// Reads returns what the clients have read from Cliniko so far, by purpose;
// zero where nobody counts.
func (p *Pipeline) Reads() Reads {
	if p.Counter == nil {
		return Reads{}
	}
	return p.Counter.Reads()
}
