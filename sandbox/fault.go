package sandbox

import (
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"sync"
)

// Faults decides which requests go wrong and makes them go wrong.
//
// Every decision is a hash of the plan's seed, the kind of fault, the entity
// the request is about, and how many requests that entity has had. Nothing
// depends on the order in which different entities are asked for, so a seed
// replays the same misfortunes whatever the scheduler does.
type Faults struct {
	clock *Clock
	stop  chan struct{}  // closed by Close; ends waits
	late  sync.WaitGroup // effects that are still to happen

	mu     sync.Mutex // guards what follows
	plan   *Plan      // nil: nothing goes wrong
	seen   map[entity]int
	struck map[entity]int // by all rules together
	total  map[int]int    // by rule
	closed bool
}

// An entity is what a request is about, as a digest: for a request with a body
// its method, path and body, so that a repeated POST is recognised as the same;
// for any other its method and path without the query.
type entity [sha256.Size]byte

// NewFaults returns faults that follow plan; a nil plan means none. A nil clock
// is one whose day has not begun.
func NewFaults(plan *Plan, clock *Clock) *Faults {
	if clock == nil {
		clock = NewClock(0)
	}
	f := &Faults{clock: clock, stop: make(chan struct{})}
	f.SetPlan(plan)
	return f
}

// SetPlan replaces the plan and forgets all counts; nil turns faults off.
func (f *Faults) SetPlan(plan *Plan) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.plan = plan
	f.seen, f.struck, f.total = map[entity]int{}, map[entity]int{}, map[int]int{}
}

// Plan returns the plan in force, nil when there is none.
func (f *Faults) Plan() *Plan {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.plan
}

// Close ends all waits, drops late effects that are not due yet, and returns
// when no goroutine of f is left. Requests may still be served, without faults.
func (f *Faults) Close() {
	f.mu.Lock()
	if !f.closed {
		f.closed = true
		f.plan = nil
		close(f.stop)
	}
	f.mu.Unlock()
	f.late.Wait()
}

// decide returns the rule that strikes the request, or nil.
func (f *Faults) decide(api string, r *http.Request, body []byte) *Rule {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.plan == nil {
		return nil
	}
	e := entityOf(api, r, body)
	f.seen[e]++
	nth := f.seen[e]
	share := f.clock.Share()
	rest := underBase(api, r.URL.Path)
	for i := range f.plan.Rules {
		rule := &f.plan.Rules[i]
		if !rule.appliesTo(api, r.Method, rest, share) || !draw(f.plan.Seed, rule.Fault, e, nth, rule.rate()) {
			continue
		}
		if f.struck[e] >= rule.again() || (rule.Count > 0 && f.total[i] >= rule.Count) {
			continue
		}
		f.struck[e]++
		f.total[i]++
		chosen := *rule
		return &chosen
	}
	return nil
}

func entityOf(api string, r *http.Request, body []byte) entity {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(api), []byte(r.Method), []byte(r.URL.Path), body} {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write(part)
	}
	return entity(h.Sum(nil))
}

// draw is true for a share of about rate of all its inputs.
func draw(seed uint64, kind FaultKind, e entity, nth int, rate float64) bool {
	if rate >= 1 {
		return true
	}
	text := binary.BigEndian.AppendUint64(nil, seed)
	text = binary.BigEndian.AppendUint64(text, uint64(nth))
	text = append(text, e[:]...)
	text = append(text, kind...)
	sum := sha256.Sum256(text)
	const unit = 1 << 53 // the whole numbers that a float64 holds exactly
	return float64(binary.BigEndian.Uint64(sum[:8])>>11)/unit < rate
}
