package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"carryover"
	"carryover/ledger"
	"carryover/match"
)

// Judging asks Cliniko for everybody who may be meant and lets the matcher
// decide. It changes nothing, so that what is held can be judged again.

// A verdict is what matching came to for one version.
type verdict struct {
	match  carryover.Match
	author carryover.PractitionerID
	doc    carryover.Document
	chosen carryover.Patient // the record of the match's patient, as it was read
	// booked is whose diary the patient's booking stands in, where one link
	// alone showed the session: it tells whether that link is the right one.
	booked carryover.PractitionerID
}

// judge finds a version's patient and author. It changes nothing.
func (p *Pipeline) judge(ctx context.Context, l *lookups, v ledger.Version, s carryover.Session) (f verdict, err error) {
	var row ledger.SessionRow
	if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		if f.doc, err = tx.Content(ctx, v.ID); err != nil {
			return err
		}
		row, err = tx.SessionRow(ctx, v.Session)
		return err
	}); err != nil {
		return f, fmt.Errorf("read version %s: %w", v.ID, err)
	}
	m, err := p.decide(ctx, l, s, f.doc, row.Links)
	if err != nil {
		return f, err
	}
	whose := false
	f.author, whose = p.authorOf(l, m, s, row)
	if m.Grade == carryover.Certain && len(row.Links) == 1 {
		f.booked = l.bookedWith(m.Booking)
	}
	if !whose && m.Grade == carryover.Certain {
		m.Grade, m.Patient, m.Reason = carryover.Probable, "", carryover.WhoseSession
		m.Booking = "" // it says another practitioner's name
	}
	err = p.withAttendee(ctx, l, &m)
	f.match, f.chosen = m, l.byID[m.Patient]
	return f, err
}

// decide gathers candidates in the order of DESIGN §5 and stops asking only
// when no search by name could change the answer.
func (p *Pipeline) decide(ctx context.Context, l *lookups, s carryover.Session, doc carryover.Document, links []carryover.PractitionerID) (carryover.Match, error) {
	trusted := p.trusts(s)
	near, err := l.near(ctx, s, trusted)
	if err != nil {
		return carryover.Match{}, err
	}
	var ids []carryover.PatientID
	if trusted {
		ids = append(ids, s.Claim.PatientID)
	}
	for _, b := range near {
		ids = append(ids, b.Patients...)
	}
	plan := match.PlanSearches(s)
	for _, d := range plan.BirthDates {
		born, err := l.bornOn(ctx, d)
		if err != nil {
			return carryover.Match{}, err
		}
		ids = append(ids, born...)
	}
	in := match.Input{
		Session: s, Practitioners: links, Document: doc, TrustedTie: trusted, Bookings: near,
		Candidates: l.records(ids), Settings: p.Matching,
	}
	if m := match.Decide(in); match.Enough(m) {
		m.Candidates = worthShowing(m.Candidates)
		return m, nil
	}
	for _, w := range plan.LastNames {
		named, err := l.namedLike(ctx, w)
		if err != nil {
			return carryover.Match{}, err
		}
		ids = append(ids, named...)
	}
	in.Candidates = l.records(ids)
	m := match.Decide(in)
	m.Candidates = worthShowing(m.Candidates)
	return m, nil
}

// worthShowing leaves a reviewer those candidates who have something for them.
func worthShowing(all []carryover.Candidate) []carryover.Candidate {
	kept := slices.DeleteFunc(slices.Clone(all), func(c carryover.Candidate) bool { return c.Grade == carryover.CertainlyNot })
	return kept[:min(len(kept), 10)]
}

// authorOf says whose session it is: the practitioner who recorded it; with
// several links, the one whose booking matched.
func (p *Pipeline) authorOf(l *lookups, m carryover.Match, s carryover.Session, row ledger.SessionRow) (carryover.PractitionerID, bool) {
	booked := l.bookedWith(m.Booking)
	switch {
	case len(row.Links) > 1 && booked != "" && slices.Contains(row.Links, booked):
		return booked, true
	case len(row.Links) > 1:
		return s.Practitioner, false
	case booked != "" && booked != s.Practitioner:
		// The booking is another practitioner's: two swapped links look like this.
		return s.Practitioner, false
	}
	return s.Practitioner, true
}

// withAttendee names the patient's place in a group appointment.
func (p *Pipeline) withAttendee(ctx context.Context, l *lookups, m *carryover.Match) error {
	i := slices.IndexFunc(l.diary, func(b carryover.Booking) bool { return b.ID == m.Booking })
	if m.Booking == "" || m.Patient == "" || i < 0 || l.diary[i].Kind != carryover.GroupAppointment {
		return nil
	}
	id, err := l.chart.Attendee(forDiary.reading(ctx), m.Booking, m.Patient)
	if errors.Is(err, carryover.ErrGone) {
		m.Booking = "" // the booking lists the patient, the attendees do not: leave it untied
		return nil
	}
	m.Attendee = id
	return err
}
