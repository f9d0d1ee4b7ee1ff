package daemon

import (
	"iter"
	"maps"
	"slices"

	"carryover/internal/check"
	"carryover/internal/desk"
	"carryover/internal/guard"
)

// A Connection is the guard and the clients of a daemon without a ledger: what
// asks Heidi and Cliniko and carries nothing.
type Connection struct {
	Guard *guard.Guard
	Sides []check.Side // in the order of the configuration
}

// Connect makes the clients that a daemon with these options would use. Nothing
// is sent. Close lets the guard's connections go.
func Connect(o Options) (*Connection, error) {
	d := unopened(o)
	guard.LockDefaultTransport()
	if err := d.buildSides(o); err != nil {
		if d.guard != nil {
			d.guard.Close()
		}
		return nil, err
	}
	c := &Connection{Guard: d.guard}
	for _, id := range o.Config.PractitionerIDs() {
		s := d.sides[id]
		c.Sides = append(c.Sides, check.Side{ID: id, Cliniko: s.cliniko, Heidi: s.heidi})
	}
	return c, nil
}

// Egress says what went out through this connection.
func (c *Connection) Egress() []desk.Egress { return egress(c.Guard) }

// Close lets idle connections go.
func (c *Connection) Close() { c.Guard.Close() }

// Egress implements desk.Gatekeeper.
func (e engine) Egress() []desk.Egress { return egress(e.d.guard) }

var _ desk.Gatekeeper = engine{}

func egress(g *guard.Guard) []desk.Egress {
	counts := g.Journal()
	out := make([]desk.Egress, 0, len(counts))
	for _, host := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, desk.Egress{Host: host, Requests: counts[host].Requests, Refused: counts[host].Refused})
	}
	return out
}

// well gives the sides whose keys were in order at the start before those that
// were left out, for a question that any practitioner's key may ask.
func (d *Daemon) well() iter.Seq[*side] {
	return func(yield func(*side) bool) {
		for _, left := range []bool{false, true} {
			for id, s := range d.sides {
				if d.out.has(id) == left && !yield(s) {
					return
				}
			}
		}
	}
}
