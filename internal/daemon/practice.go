package daemon

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"carryover"
	"carryover/cliniko"
	"carryover/web"
)

// practice tells the pages what the practitioners are called. Cliniko is asked
// now and then, not for each page; where the practice's pages are, which comes
// with it, the desk keeps.
type practice struct {
	d *Daemon

	mu    sync.Mutex // guards the fields below
	until time.Time  // how long the names are good
	names map[carryover.PractitionerID]carryover.Text
}

var _ web.Practice = (*practice)(nil)

// How long an answer is good, and how long it takes until Cliniko is asked again
// that did not answer.
const (
	practiceFor = 4 * time.Hour
	againAfter  = time.Minute
)

// ask has Cliniko asked when the answers are old. What could not be asked stays
// as it was.
func (p *practice) ask(ctx context.Context) map[carryover.PractitionerID]carryover.Text {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Now().Before(p.until) {
		return p.names
	}
	p.until = time.Now().Add(againAfter)
	for _, s := range p.d.sides {
		ctx = cliniko.WithPriority(ctx, cliniko.Person)
		names, err := s.cliniko.Practitioners(ctx)
		if err == nil {
			p.names = names
			err = p.learnPages(ctx, s.cliniko)
		}
		if err == nil {
			p.until = time.Now().Add(practiceFor)
		} else if ctx.Err() == nil {
			p.d.log.Info("the practice's names not read", "err", err)
		}
		break // any practitioner's key will do
	}
	return p.names
}

// learnPages has the desk know the address that Cliniko gives.
func (p *practice) learnPages(ctx context.Context, c *cliniko.Client) error {
	at, err := c.Address(ctx)
	if err != nil {
		return err
	}
	return p.d.desk.SetPages(ctx, at)
}

// called is what Cliniko calls a practitioner.
func (p *practice) called(ctx context.Context, id carryover.PractitionerID) carryover.Text {
	return p.ask(ctx)[id]
}

// Practitioners implements web.Practice: those of the configuration, in its
// order, as it calls them, or as Cliniko does.
func (p *practice) Practitioners(ctx context.Context) []web.Practitioner {
	names := p.ask(ctx)
	var all []web.Practitioner
	for _, pr := range p.d.cfg.Practitioners {
		name := pr.Name
		if name.IsBlank() {
			name = names[pr.ID]
		}
		all = append(all, web.Practitioner{ID: pr.ID, Name: name})
	}
	return all
}

// Address implements web.Practice.
func (p *practice) Address(ctx context.Context) string {
	_ = p.ask(ctx) // the address may be old, or not known yet
	address, err := p.d.desk.Pages(ctx)
	if err != nil && ctx.Err() == nil {
		p.d.log.Warn("address of the practice's pages not read", "err", err)
	}
	return address
}

// Hosts implements web.Practice.
func (p *practice) Hosts() []web.Host {
	var all []web.Host
	for name, n := range maps.All(p.d.guard.Journal()) {
		all = append(all, web.Host{Name: name, Requests: n.Requests, Refused: n.Refused, Operational: n.Operational})
	}
	slices.SortFunc(all, func(a, b web.Host) int { return cmp.Compare(a.Name, b.Name) })
	return all
}
