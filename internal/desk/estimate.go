package desk

import (
	"context"
	"errors"
	"math"
	"time"

	"carryover"
	"carryover/ledger"
)

// Requests are requests to Cliniko by endpoint.
type Requests struct {
	Bookings     int `json:"bookings"`      // GET bookings, attendees
	Patients     int `json:"patients"`      // GET patients
	NotesRead    int `json:"notes_read"`    // GET treatment_notes, patient_attachments
	NotesWritten int `json:"notes_written"` // POST of either
}

// Total returns all of them together.
func (r Requests) Total() int { return r.Bookings + r.Patients + r.NotesRead + r.NotesWritten }

func requestsOf(c ledger.BackfillCost) Requests {
	return Requests{Bookings: c.Diary, Patients: c.Patients, NotesRead: c.Notes, NotesWritten: c.Writes}
}

// An Estimate is what a backfill still takes, about. Documents are not listed by
// Heidi, so everything but the sessions is by experience: this practice's own
// once there is enough of it, else that of a simulated one.
type Estimate struct {
	Sessions      int      `json:"sessions"`
	Undated       int      `json:"undated,omitempty"` // besides: sessions without a date, each read to see
	Documents     int      `json:"documents"`
	Held          int      `json:"held"` // of which a person will have to decide
	Requests      Requests `json:"requests"`
	HeidiRequests int      `json:"heidi_requests"`
	PerMinute     int      `json:"requests_per_minute"` // the ceiling of one user
	Minutes       int      `json:"minutes"`
	HeidiMinutes  int      `json:"heidi_minutes"` // how long the reading of Heidi takes of that
	OwnHistory    bool     `json:"own_history"`   // by this practice's own documents
}

// enough is of how many documents on a practice's own experience counts.
const enough = 50

// The experience of the simulated practice: what a filed note costs in a backfill
// of a thousand sessions, measured by `make backfill`, and how many documents a
// session has.
const (
	usualDocuments = 1.0
	usualHeld      = 0.1
	usualBookings  = 0.11
	usualPatients  = 1.45
	usualNotesRead = 0.06
)

// readsOfHeidi is what a session takes of Heidi: it and its documents twice, and
// for each document once more just before it is sent.
const readsOfHeidi = 2

// A history is a practice's experience, per session or document.
type history struct {
	documents, held               float64 // a session's; the share of those
	bookings, patients, notesRead float64 // a document's
	own                           bool
}

// historyOf takes what the ledger knows, where that is enough.
func historyOf(ctx context.Context, tx *ledger.Tx) (history, error) {
	h := history{documents: usualDocuments, held: usualHeld, bookings: usualBookings, patients: usualPatients, notesRead: usualNotesRead}
	sessions, err := tx.SessionsRead(ctx)
	if err != nil {
		return h, err
	}
	counts, err := tx.Counts(ctx)
	if err != nil {
		return h, err
	}
	all := 0
	for s, n := range counts {
		if s != carryover.Skipped && s != carryover.Superseded {
			all += n
		}
	}
	if all >= enough && sessions > 0 {
		h.own = true
		h.documents = float64(all) / float64(sessions)
		waiting, err := tx.EverHeld(ctx)
		if err != nil {
			return h, err
		}
		h.held = min(float64(waiting)/float64(all), 1)
	}
	b, err := tx.LastBackfill(ctx)
	if errors.Is(err, carryover.ErrGone) || err == nil && b.Cost.Writes < enough {
		return h, nil
	}
	n := float64(b.Cost.Writes)
	h.bookings, h.patients, h.notesRead = float64(b.Cost.Diary)/n, float64(b.Cost.Patients)/n, float64(b.Cost.Notes)/n
	return h, err
}

// estimate says what so many sessions take. Users' requests are counted apart,
// but who has how many sessions is not known: the time is that of an even share.
func (h history) estimate(sessions int, at Historian) *Estimate {
	perMinute, users, heidiPerSecond := at.Ceilings()
	n := float64(sessions) * h.documents
	about := func(x float64) int { return int(math.Ceil(x)) }
	e := &Estimate{
		Sessions: sessions, Documents: about(n), Held: about(n * h.held), PerMinute: perMinute, OwnHistory: h.own,
		HeidiRequests: about(2*readsOfHeidi*float64(sessions) + readsOfHeidi*n),
	}
	filed := n * (1 - h.held)
	e.Requests = Requests{
		Bookings: about(filed * h.bookings), Patients: about(filed * h.patients),
		NotesRead: about(filed * h.notesRead), NotesWritten: about(filed),
	}
	e.Minutes = about(float64(e.Requests.Total()) / float64(max(perMinute*max(users, 1), 1)))
	if heidiPerSecond > 0 {
		e.HeidiMinutes = about(float64(e.HeidiRequests) / heidiPerSecond / time.Minute.Seconds())
	}
	e.Minutes = max(e.Minutes, e.HeidiMinutes)
	return e
}
