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

// practice tells the pages what is not in the ledger: what the practitioners are
// called and where the practice's pages in Cliniko are. Cliniko is asked now and
// then, not for each page.
type practice struct {
	d *Daemon

	mu      sync.Mutex // guards the fields below
	until   time.Time  // how long the answers are good
	names   map[carryover.PractitionerID]carryover.Text
	address string
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
func (p *practice) ask(ctx context.Context) (names map[carryover.PractitionerID]carryover.Text, address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Now().Before(p.until) {
		return p.names, p.address
	}
	p.until = time.Now().Add(againAfter)
	for _, s := range p.d.sides {
		ctx = cliniko.WithPriority(ctx, cliniko.Person)
		names, err := s.cliniko.Practitioners(ctx)
		if err == nil {
			p.names = names
			p.address, err = s.cliniko.Address(ctx)
		}
		if err == nil {
			p.until = time.Now().Add(practiceFor)
		} else if ctx.Err() == nil {
			p.d.log.Info("the practice's names not read", "err", err)
		}
		break // any practitioner's key will do
	}
	return p.names, p.address
}

// Practitioners implements web.Practice: those of the configuration, in its
// order.
func (p *practice) Practitioners(ctx context.Context) []web.Practitioner {
	names, _ := p.ask(ctx)
	var all []web.Practitioner
	for _, pr := range p.d.cfg.Practitioners {
		all = append(all, web.Practitioner{ID: pr.ID, Name: names[pr.ID]})
	}
	return all
}

// Address implements web.Practice.
func (p *practice) Address(ctx context.Context) string {
	_, address := p.ask(ctx)
	return address
}

// Hosts implements web.Practice.
func (p *practice) Hosts() []web.Host {
	var all []web.Host
	for name, n := range maps.All(p.d.guard.Journal()) {
		all = append(all, web.Host{Name: name, Requests: n.Requests, Refused: n.Refused})
	}
	slices.SortFunc(all, func(a, b web.Host) int { return cmp.Compare(a.Name, b.Name) })
	return all
}
