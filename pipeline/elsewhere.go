package pipeline

import (
	"context"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

// A redirect, or an address that is not Heidi's or Cliniko's, is trouble of the
// network: a sign-in page, a filter. It says nothing of a document, so it is
// waited out as an outage is, and told only when it lasts.

// elsewhereLasts is after how many polls a person is told.
const elsewhereLasts = 10

// ledElsewhere puts off what an author's request was led elsewhere for.
func (p *Pipeline) ledElsewhere(ctx context.Context, author carryover.PractitionerID, vs []ledger.Version, cause error) error {
	p.mu.Lock()
	since := p.elsewhere[author]
	if since.IsZero() {
		if since = time.Now(); p.elsewhere == nil {
			p.elsewhere = map[carryover.PractitionerID]time.Time{}
		}
		p.elsewhere[author] = since
	}
	p.mu.Unlock()
	if time.Since(since) >= elsewhereLasts*p.Timing.Poll {
		if err := p.Alarm(ctx, alarm.LedElsewhere, string(author)); err != nil {
			return err
		}
	}
	return p.postponeAll(ctx, vs, cause)
}

// backHere clears the alarm once an author's requests arrive again. The first
// that does in a process clears what an earlier one had raised.
func (p *Pipeline) backHere(ctx context.Context, author carryover.PractitionerID) error {
	p.mu.Lock()
	since, known := p.elsewhere[author]
	p.mu.Unlock()
	if known && since.IsZero() {
		return nil
	}
	if err := p.Calm(ctx, alarm.LedElsewhere, string(author)); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.elsewhere == nil {
		p.elsewhere = map[carryover.PractitionerID]time.Time{}
	}
	p.elsewhere[author] = time.Time{}
	return nil
}
