package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carryover"
	"carryover/ledger"
)

// A listing is a complete list of what an author has filed, and when it was
// begun: what happened later need not be in it.
type listing struct {
	filings []filing
	// sightings are the same, at the same places, with what only reversing asks;
	// what add notes has none.
	sightings []sighting
	files     bool // the author's files are in it, not their notes alone
	began     time.Time
	done      time.Time // when its notes were complete
}

// add notes what this round itself has sent, or may have sent: for what follows
// it is there, though the listing was made before.
func (l *listing) add(f filing) { l.filings = append(l.filings, f) }

// of returns what the listing has at one destination.
func (l listing) of(to carryover.Destination) []filing {
	return slices.DeleteFunc(slices.Clone(l.filings), func(f filing) bool { return f.to != to })
}

// tells says that the listing is complete for a destination.
func (l listing) tells(to carryover.Destination) bool { return l.files || to != carryover.ToAttachment }

// listFor is step 1: every note of the author, of all patients, archived ones
// too, since the oldest session or intent concerned; and every file, where a
// file is concerned.
func (p *Pipeline) listFor(ctx context.Context, author carryover.PractitionerID, ready []ledger.Version, sent []ledger.Delivery) (listing, error) {
	since, files, err := p.concerning(ctx, ready, sent)
	if err != nil {
		return listing{}, err
	}
	return p.listFiled(ctx, author, since.Add(-before), files)
}

// listFiled lists what an author has filed since a time, with files if they matter.
func (p *Pipeline) listFiled(ctx context.Context, author carryover.PractitionerID, since time.Time, files bool) (listing, error) {
	l := listing{began: time.Now(), files: files}
	notes, err := p.Sides[author].Chart.Notes(ctx, author, since)
	if err != nil {
		return listing{}, err
	}
	for _, n := range notes {
		l.sightings = append(l.sightings, noteSighting(n))
	}
	if l.done = time.Now(); !files {
		return l.filled(), nil
	}
	user, err := p.userOf(ctx, author)
	if err != nil {
		return listing{}, err
	}
	made, err := p.Sides[author].Files.Attachments(ctx, user, since)
	if err != nil {
		return listing{}, err
	}
	for _, a := range made {
		l.sightings = append(l.sightings, fileSighting(a, author))
	}
	return l.filled(), nil
}

// filled returns the listing with the filings of its sightings.
func (l listing) filled() listing {
	for _, s := range l.sightings {
		l.filings = append(l.filings, s.filing)
	}
	return l
}

// concerning says since when a listing must reach back for what is ready or
// sent, less the day before, and whether files matter.
func (p *Pipeline) concerning(ctx context.Context, ready []ledger.Version, sent []ledger.Delivery) (since time.Time, files bool, err error) {
	since = time.Now()
	err = p.view(ctx, func(tx *ledger.Tx) error {
		for _, v := range ready {
			row, err := tx.SessionRow(ctx, v.Session)
			if err != nil {
				return err
			}
			since = earlier(since, p.beganAt(row))
			to, err := p.destinationOf(ctx, tx, v)
			if err != nil {
				return err
			}
			files = files || to == carryover.ToAttachment
		}
		return nil
	})
	for _, d := range sent {
		since = earlier(since, d.IntentAt)
		files = files || d.Destination == carryover.ToAttachment
	}
	return since, files, err
}

// beganAt is when a session began, as far as anybody knows.
func (p *Pipeline) beganAt(row ledger.SessionRow) time.Time {
	switch {
	case row.StartedAt.IsZero() && ByHand(row.ID): // nobody said when: anywhere in the look-back
		return row.FirstSeen.Add(-p.Timing.LookBack)
	case row.StartedAt.IsZero(), row.FirstSeen.Before(row.StartedAt):
		return row.FirstSeen
	}
	return row.StartedAt
}

// destinationOf says what a version that is ready will become. One whose text
// is gone becomes nothing, which its own step finds out.
func (p *Pipeline) destinationOf(ctx context.Context, tx *ledger.Tx, v ledger.Version) (carryover.Destination, error) {
	doc, err := tx.Content(ctx, v.ID)
	if errors.Is(err, carryover.ErrGone) || errors.Is(err, carryover.ErrInvalid) {
		return carryover.ToNowhere, nil
	}
	if err != nil {
		return "", err
	}
	w := way{v: v, doc: doc, to: p.destination(doc, v.Practitioner)}
	if w.updated, w.follows, err = p.afterFiled(ctx, tx, v, doc); err != nil {
		return "", err
	}
	d, err := openDelivery(ctx, tx, w)
	return d.Destination, err
}

// userOf returns the user of an author's key: whose files are listed, since a
// file has no practitioner. The start of the daemon has written it down.
func (p *Pipeline) userOf(ctx context.Context, author carryover.PractitionerID) (carryover.UserID, error) {
	p.mu.Lock()
	user := p.users[author]
	p.mu.Unlock()
	if user != "" {
		return user, nil
	}
	err := p.view(ctx, func(tx *ledger.Tx) error {
		row, err := tx.Practitioner(ctx, author)
		user = row.UserID
		return err
	})
	if err != nil && !errors.Is(err, carryover.ErrGone) {
		return "", fmt.Errorf("read user of practitioner %s: %w", author, err)
	}
	if user == "" {
		who := carryover.PractitionerID("")
		if user, who, err = p.Sides[author].Files.Who(ctx); err != nil {
			return "", err
		}
		if who != author {
			return "", fmt.Errorf("the key of practitioner %s is another's: %w", author, carryover.ErrUnauthorized)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.users == nil {
		p.users = map[carryover.PractitionerID]carryover.UserID{}
	}
	p.users[author] = user
	return user, nil
}
