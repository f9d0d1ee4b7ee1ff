package sandbox

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	// bodyCap bounds how much of a request's body an entry keeps.
	bodyCap = 1 << 20
	// entryCap bounds a journal's length, so that a sandbox can run for weeks;
	// the oldest entries go first, the counts stay.
	entryCap = 200_000
)

// An Entry is one request as it reached a simulator, and what came of it.
type Entry struct {
	N      int           `json:"n"` // from 1, in the order of completion
	At     time.Time     `json:"at"`
	API    string        `json:"api"` // heidi or cliniko
	Method string        `json:"method"`
	Path   string        `json:"path"` // under the API's base, e.g. /treatment_notes
	Query  string        `json:"query,omitempty"`
	Who    string        `json:"who,omitempty"`   // the user behind the key, as the handler learnt it
	Status int           `json:"status"`          // as the client saw it; 0: the connection was cut
	Effect int           `json:"effect"`          // what the handler answered, seen or not; 0: it never ran
	Fault  string        `json:"fault,omitempty"` // the kind of fault that struck, if any
	Took   time.Duration `json:"took_ns"`         // from the request's arrival to the end of the answer
	Body   []byte        `json:"-"`               // the request's body, at most 1 MiB of it
}

// A Journal keeps every request that both simulators saw, with its outcome. It
// is the witness that tests call: that no read was dropped, that nothing but GET
// ever reached an API, that one document made one POST.
type Journal struct {
	mu      sync.Mutex // guards what follows
	entries []Entry
	counts  map[string]int
	added   int
}

// NewJournal returns an empty journal.
func NewJournal() *Journal {
	return &Journal{counts: map[string]int{}}
}

// Add appends e, gives it its number and returns that number.
func (j *Journal) Add(e Entry) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.added++
	e.N = j.added
	if len(e.Body) > bodyCap {
		e.Body = e.Body[:bodyCap]
	}
	if len(j.entries) >= entryCap {
		j.entries = slices.Delete(j.entries, 0, entryCap/10)
	}
	j.entries = append(j.entries, e)
	j.counts[e.API+" "+e.Method+" "+routeShape(e.Path)]++
	return e.N
}

// tookEffect records that the request with number n had its effect after all,
// as a late one does; status is what its handler answered to nobody.
func (j *Journal) tookEffect(n, status int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := len(j.entries) - 1; i >= 0; i-- {
		if j.entries[i].N == n {
			j.entries[i].Effect = status
			return
		}
	}
}

// Entries returns the entries for which keep answers true, oldest first; a nil
// keep means all.
func (j *Journal) Entries(keep func(Entry) bool) []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	kept := make([]Entry, 0, len(j.entries))
	for _, e := range j.entries {
		if keep == nil || keep(e) {
			kept = append(kept, e)
		}
	}
	return kept
}

// Writes returns the requests to api that could change something: all but GET,
// HEAD and OPTIONS.
func (j *Journal) Writes(api string) []Entry {
	return j.Entries(func(e Entry) bool {
		return e.API == api && e.Method != http.MethodGet && e.Method != http.MethodHead && e.Method != http.MethodOptions
	})
}

// Counts returns how many requests each route has seen since the start, by
// "api METHOD /route/{id}", e.g. "cliniko GET /treatment_notes/{id}".
func (j *Journal) Counts() map[string]int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return maps.Clone(j.counts)
}

// whoKey is the context key of the slot that SetWho fills.
type whoKey struct{}

// withWho gives the handler a slot for the user it recognises.
func withWho(ctx context.Context) (context.Context, *string) {
	slot := new(string)
	return context.WithValue(ctx, whoKey{}, slot), slot
}

// SetWho tells the journal on whose behalf r is served: a Cliniko user id or a
// Heidi clinician. Handlers call it once they know. Without a journal around
// the handler it does nothing.
func SetWho(r *http.Request, id string) {
	if slot, ok := r.Context().Value(whoKey{}).(*string); ok {
		*slot = id
	}
}
