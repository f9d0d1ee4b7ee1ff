package sim

import (
	"net/http"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// Faults say what goes wrong in a world, and how often. The rates of what the
// world does by itself are chances for each occasion, in the words of the table
// that Sometimes prints.
type Faults struct {
	From    time.Time     // the first day; zero: firstDay
	Poll    time.Duration // how often the daemon polls; zero: every quarter of an hour
	Files   bool          // what one practitioner dictates becomes a file beside the notes
	Plan    *sandbox.Plan // of the simulators; nil: they behave
	Heidi   heidisim.Switches
	Cliniko clinikosim.Switches
	Rate    map[Trouble]float64 // of each trouble, by occasion; see troubles_test.go
}

// Delays that matter to the product. Its grace is ten minutes, its deadline 45 s.
const (
	silence     = time.Minute       // longer than the deadline
	lateWithin  = 390 * time.Second // with the lag of listings still within grace
	lateBeyond  = 25 * time.Minute  // longer than the product promises to bear, and than the next try takes
	listingLag  = 3 * time.Minute
	dripping    = 20 * time.Second // a slow body that still ends in time
	limitedFor  = 40 * time.Second
	onceInFew   = 3 // a share of one in so many, for what a seed has or has not
	manyStrikes = 1 << 30
)

// A Weather is how bad a world is.
type Weather int

// The weathers.
const (
	Calm    Weather = iota // nothing goes wrong
	Usual                  // a bad week
	Stormy                 // every other request for a note, and a crash an hour
	Merging                // nothing goes wrong, but every other record is merged into a second one
)

// newFaults returns what a seed decides on. Limits adds what the clients answer
// with chance of their own.
func newFaults(seed uint64, weather Weather, days int, limits bool) *Faults {
	switch weather {
	case Calm:
		return &Faults{}
	case Merging:
		return &Faults{Rate: map[Trouble]float64{Merges: 0.5}}
	}
	d := Dice{seed}
	scale := 1.0
	if weather == Stormy {
		scale = 6
	}
	f := &Faults{Plan: &sandbox.Plan{Seed: seed, Rules: append(outages(d, scale, days), rules(scale, limits)...)}, Rate: map[Trouble]float64{}}
	for _, t := range Troubles {
		f.Rate[t] = min(usually[t]*scale/2, 0.5)
	}
	if d.Chance(0.15, "dst", "", 0) {
		day := []time.Time{time.Date(2026, 10, 3, 2, 0, 0, 0, time.UTC), time.Date(2027, 4, 3, 2, 0, 0, 0, time.UTC)}[d.Pick(2, "dst which", "", 0)]
		f.From = day.AddDate(0, 0, d.Pick(2, "dst day", "", 0)) // the clocks go forward, or back, on the 4th
	}
	if d.Chance(1.0/onceInFew, "poll", "", 0) {
		f.Poll = 6 * time.Minute // less than listings lag behind what is filed, twice
	}
	f.Files = d.Chance(1.0/onceInFew, "files", "", 0)
	f.Heidi, f.Cliniko = switches(d)
	return f
}

// notesPath is where notes are filed and listed.
const notesPath = "/treatment_notes"

// outages: an outage is a time in which one part of an API does not answer at all, while
// others do: three tries in a row are no help then.
func outages(d Dice, scale float64, days int) (all []sandbox.Rule) {
	parts := []struct{ api, path string }{
		{"cliniko", notesPath},
		{"cliniko", filesPath},
		{"cliniko", "/patients"},
		{"cliniko", "/**"},
		{"heidi", "/sessions/**"},
		{"heidi", "/sessions/*/documents"},
		{"heidi", "/**"},
	}
	for day := range days {
		for _, part := range parts {
			what := part.api + part.path
			if !d.Chance(min(0.1*scale, 0.5), "outage", what, day) {
				continue
			}
			from := d.Between(8*time.Hour, 20*time.Hour, "outage from", what, day)
			long := d.Between(10*time.Minute, 90*time.Minute, "outage for", what, day)
			share := func(at time.Duration) float64 {
				return float64(time.Duration(day)*24*time.Hour+at) / float64(time.Duration(days)*24*time.Hour)
			}
			all = append(all, sandbox.Rule{
				API: part.api, Method: http.MethodGet, Path: part.path, Fault: sandbox.FaultStatus, Status: 503,
				Again: manyStrikes, From: share(from), Until: share(from + long),
			})
			if part.path == notesPath || part.path == filesPath { // and with the lists go the answers to writes
				all = append(all, sandbox.Rule{
					API: part.api, Method: http.MethodPost, Path: part.path, Fault: sandbox.FaultStatusAfter, Status: 504,
					Rate: 0.5, From: share(from), Until: share(from + long),
				})
			}
		}
	}
	return all
}

// rules are the simulators' misbehaviour. Reads are struck again and again,
// writes twice at most: records of notes and of files, and uploads. A plan draws
// once for each kind of fault, so that two rules of one kind share a draw: the
// second has what the first leaves of it.
func rules(scale float64, limits bool) (all []sandbox.Rule) {
	drawn := map[string]float64{} // by method and kind
	share := func(method string, kind sandbox.FaultKind, rate float64) float64 {
		drawn[method+string(kind)] += rate * scale
		return drawn[method+string(kind)]
	}
	read := func(kind sandbox.FaultKind, rate float64, status int, delay time.Duration) {
		all = append(all, sandbox.Rule{
			Method: http.MethodGet, Fault: kind, Rate: share(http.MethodGet, kind, rate),
			Again: manyStrikes, Status: status, Delay: sandbox.Duration(delay),
		})
	}
	file := func(kind sandbox.FaultKind, rate float64, status int, delay time.Duration) {
		rate = share(http.MethodPost, kind, rate)
		for _, path := range []string{notesPath, filesPath, clinikosim.BucketPath, clinikosim.BucketPath + "/"} {
			all = append(all, sandbox.Rule{
				API: "cliniko", Method: http.MethodPost, Path: path, Fault: kind, Rate: rate, Again: 2, Status: status, Delay: sandbox.Duration(delay),
			})
		}
	}
	read(sandbox.FaultHTML, 0.004, 502, 0)
	read(sandbox.FaultStatus, 0.003, 500, 0)
	read(sandbox.FaultStatus, 0.002, 302, 0)
	read(sandbox.FaultCutBefore, 0.003, 0, 0)
	read(sandbox.FaultRequestLost, 0.001, 0, silence)
	read(sandbox.FaultSlow, 0.003, 0, dripping)
	read(sandbox.FaultTruncated, 0.003, 0, 0)
	read(sandbox.FaultUnauthorized, 0.002, 0, 0)
	file(sandbox.FaultStatus, 0.01, 503, 0)
	file(sandbox.FaultHTML, 0.01, 502, 0)
	file(sandbox.FaultStatus, 0.005, 302, 0)
	file(sandbox.FaultStatus, 0.005, 422, 0)
	file(sandbox.FaultUnauthorized, 0.005, 0, 0)
	file(sandbox.FaultStall, 0.01, 0, 30*time.Second)
	file(sandbox.FaultCutBefore, 0.02, 0, 0)
	file(sandbox.FaultCutAfter, 0.02, 0, 0)
	file(sandbox.FaultRequestLost, 0.01, 0, silence)
	file(sandbox.FaultAnswerLost, 0.02, 0, silence)
	file(sandbox.FaultStatusAfter, 0.02, 503, 0)
	file(sandbox.FaultHTMLAfter, 0.01, 504, 0)
	file(sandbox.FaultStatusAfter, 0.005, 302, 0)
	file(sandbox.FaultTruncated, 0.01, 0, 0)
	file(sandbox.FaultSlow, 0.01, 0, dripping)
	file(sandbox.FaultLate, 0.02, 0, lateWithin)
	file(sandbox.FaultLate, 0.015, 0, lateBeyond)
	if limits {
		read(sandbox.FaultRateLimited, 0.001, 0, limitedFor)
		read(sandbox.FaultStatus, 0.001, 429, 0)
		file(sandbox.FaultRateLimited, 0.01, 0, limitedFor)
		file(sandbox.FaultStatus, 0.01, 429, 0)
	}
	return all
}

// switches choose between the answers to the APIs' open questions.
func switches(d Dice) (h heidisim.Switches, c clinikosim.Switches) {
	coin := func(kind string) bool { return d.Pick(onceInFew, "switch", kind, 0) == 0 }
	word := func(kind string, words ...string) string { return words[d.Pick(len(words), "switch", kind, 0)] }
	h.Listing = word("listing", heidisim.ListingA, heidisim.ListingB)
	h.Order = word("order", heidisim.OrderUnsorted, heidisim.OrderNewestFirst, heidisim.OrderOldestFirst)
	h.PageSizeCap = []int{0, 5, 20}[d.Pick(3, "switch", "page", 0)]
	h.DuplicateItems = coin("duplicate") // pages that shift while they are read
	h.EditMovesUpdatedAt = coin("moves") // else updated_at is frozen
	h.Timestamps = word("stamps", heidisim.StampMixed, heidisim.StampSeconds, heidisim.StampMicros)
	h.ExtraFields, h.SessionStatus = coin("extra"), coin("status")
	if coin("lag") {
		c.ListLag = sandbox.Duration(listingLag)
	}
	switch d.Pick(4, "switch", "sanitiser", 0) {
	case 1:
		c.DivBrOnly = true
	case 2:
		c.StrictTags = true
	case 3:
		c.KeepNewlines = true
	}
	c.QuietStamps, c.StripArchived, c.ArchivedLeak = coin("quiet"), coin("strip"), coin("leak")
	c.NotesStayOnMerge, c.IDsAsNumbers, c.NoCancelledBooking = coin("stay"), coin("numbers"), coin("cancelled")
	return h, c
}
