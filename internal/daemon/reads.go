package daemon

import (
	"net/http"
	"time"

	"carryover/cliniko"
	"carryover/pipeline"
)

// counted is Cliniko's read transport with a count of what each request is
// for. It stands at the very end, so that pages and second tries count too.
type counted struct {
	http.RoundTripper
	reads *pipeline.ReadCounter
}

// RoundTrip implements http.RoundTripper.
func (c counted) RoundTrip(r *http.Request) (*http.Response, error) {
	c.reads.Count(r.Context())
	return c.RoundTripper.RoundTrip(r)
}

// Reads returns how often Cliniko was read so far, by purpose, over all
// practitioners. Divided by the notes that were filed it is what a note costs;
// Requests has the writes besides. It may be called at any time.
func (d *Daemon) Reads() pipeline.Reads { return d.line.Reads() }

// LongestWait returns how long a request of priority p has had to wait at most for
// its turn at Cliniko, over all practitioners. It may be called at any time.
func (d *Daemon) LongestWait(p cliniko.Priority) (longest time.Duration) {
	for _, s := range d.sides {
		longest = max(longest, s.cliniko.Budget().Longest(p))
	}
	return longest
}
