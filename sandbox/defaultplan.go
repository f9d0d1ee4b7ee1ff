package sandbox

import (
	"math"
	"net/http"
	"time"
)

// noLimit lets a rule strike one entity any number of times. It is for reads:
// a list is one entity however often it is asked for, and every new reading of
// it should run the same small risk.
const noLimit = math.MaxInt32

// Where Cliniko is written to: notes and files by the API, and the bytes of a
// file, before its record is made, by the bucket beside it.
const (
	notes       = "/treatment_notes"
	attachments = "/patient_attachments"
	uploads     = "/bucket/**"
)

// DefaultPlan returns the misbehaviour that is on unless someone turns it off:
// about 1.5 % of all reads, about 4 % of the requests that file a note at
// Cliniko, as many of those that put a file into a patient's record, and fewer
// of the uploads before them. Pace is how long the clinic's day takes; delays follow it, with the
// client's deadline for a POST taken to be pace/12, so that a day of 15 s is not
// held up by a single fault and a day of eight hours still has real ones.
func DefaultPlan(seed uint64, pace time.Duration) *Plan {
	read := func(kind FaultKind, rate float64, delay time.Duration) Rule {
		return Rule{Method: http.MethodGet, Fault: kind, Rate: rate, Again: noLimit, Delay: Duration(delay)}
	}
	file := func(path string, kind FaultKind, delay time.Duration) Rule {
		return Rule{API: "cliniko", Method: http.MethodPost, Path: path, Fault: kind, Rate: 0.008, Delay: Duration(delay)}
	}
	// Longer than the deadline, so that it is the client who gives up.
	silence := min(pace/10, time.Minute)
	// A client rightly slows down for minutes after a 429, which is half a short
	// day: seldom is enough.
	limited := read(FaultRateLimited, 0.001, min(pace/60, 20*time.Second))
	limited.Count = 2
	return &Plan{Seed: seed, Rules: []Rule{
		read(FaultHTML, 0.004, 0),
		read(FaultCutBefore, 0.003, 0),
		read(FaultSlow, 0.003, min(pace/60, 5*time.Second)),
		read(FaultTruncated, 0.002, 0),
		read(FaultUnauthorized, 0.002, 0),
		limited,
		file(notes, FaultCutBefore, 0),
		file(notes, FaultCutAfter, 0),
		file(notes, FaultStatusAfter, 0),
		file(notes, FaultAnswerLost, silence),
		file(notes, FaultHTML, 0),
		file(attachments, FaultCutBefore, 0),
		file(attachments, FaultCutAfter, 0),
		file(attachments, FaultStatusAfter, 0),
		file(attachments, FaultAnswerLost, silence),
		file(uploads, FaultHTML, 0),
		file(uploads, FaultCutAfter, 0),
	}}
}
