package guard

import "maps"

// A Count is what the egress journal says of one host.
type Count struct {
	Requests int // sent towards the host
	Refused  int // stopped before a connection was opened
	// Operational: the host is one of those that never carry clinical text.
	Operational bool
}

// Journal returns the counts by host and port since the guard was made.
func (g *Guard) Journal() map[string]Count {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.journal)
}

// maxJournal limits the hosts that are told apart: what is refused is chosen
// by others.
const maxJournal = 1000

func (g *Guard) count(at string, refused bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, known := g.journal[at]; !known && len(g.journal) >= maxJournal {
		at = "others"
	}
	c := g.journal[at]
	if h, listed := g.hosts[at]; listed {
		c.Operational = h.operational()
	}
	if refused {
		c.Refused++
	} else {
		c.Requests++
	}
	g.journal[at] = c
}

// refuse counts and returns a refusal.
func (g *Guard) refuse(at, why string, cause error) *Refusal {
	g.count(at, true)
	return &Refusal{Host: at, Why: why, Err: cause}
}
