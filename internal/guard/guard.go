// Package guard is the one way out. Every connection that Carryover opens goes
// through it, so that nothing clinical leaves for a host that is not on the
// list, whatever a redirect, a proxy variable, a DNS answer or an API says.
//
// A host is checked three times: by name before anything happens, by name
// again at the dial, and by every address that DNS gives for it. A host on the
// public list must not resolve to this machine or a private network; a
// loopback host, which is how the sandbox is reached, must be on this machine.
// The one exception to exact names is Cliniko's file store, whose bucket Cliniko
// names: it is known by its form, and admitted in Sydney alone.
// Proxies from the environment are ignored, redirects are never followed, and
// only TLS 1.2 or later is spoken, except on loopback.
package guard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// A Policy says where connections may go. Hosts are exact names; a loopback
// host has its port, as in "127.0.0.1:8080".
type Policy struct {
	// Clinical hosts may carry clinical text. Each must belong to Region, or
	// be loopback.
	Clinical []string
	// Operational hosts (mail, push messages) never carry clinical text. They
	// may be anywhere, also on a private network.
	Operational []string
	// Files admits Cliniko's file store too, when a host of Cliniko is on the
	// list: the buckets of Amazon S3 in Sydney, over TLS on its usual port.
	// Cliniko names the bucket in its answers, so that it is known by its form
	// alone. In a Region other than AU it is a mistake.
	Files bool
	// Region is where clinical text stays: AU, CA, EU, UK or US, in any case.
	// Required when a clinical host is not loopback.
	Region string
}

// A Guard opens connections to the hosts of its policy and to no others. It is
// safe for concurrent use.
type Guard struct {
	hosts  map[string]host // by name and port
	files  bool            // buckets are admitted
	region string
	lookup func(ctx context.Context, name string) ([]netip.Addr, error)
	dialer net.Dialer
	read   *http.Transport
	write  *http.Transport

	mu      sync.Mutex
	journal map[string]Count
}

// A Refusal says that a connection was not opened because of where it would
// have gone, or how.
type Refusal struct {
	Host string // host and port, or "" when there is none
	Why  string
	Err  error // may be nil
}

// ErrRefused is what every Refusal wraps.
var ErrRefused = errors.New("connection refused by the guard")

// Error says host and reason.
func (r *Refusal) Error() string { return fmt.Sprintf("not connecting to %q: %s", r.Host, r.Why) }

// Unwrap gives ErrRefused and the cause.
func (r *Refusal) Unwrap() []error {
	if r.Err == nil {
		return []error{ErrRefused}
	}
	return []error{ErrRefused, r.Err}
}

// Refused is true. It lets packages that do not know this one tell a refusal
// from a failed connection.
func (r *Refusal) Refused() bool { return true }

// New makes a guard. All mistakes of the policy are reported together, each as
// a Refusal with a sentence.
func New(p Policy) (*Guard, error) {
	g := &Guard{
		hosts:   map[string]host{},
		region:  p.Region,
		journal: map[string]Count{},
		dialer:  net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second},
	}
	var resolver net.Resolver
	g.lookup = func(ctx context.Context, name string) ([]netip.Addr, error) {
		return resolver.LookupNetIP(ctx, "ip", name)
	}
	var wrong []error
	for _, name := range p.Clinical {
		h, err := parseHost(name)
		if err == nil && !h.loopback {
			err = Admits(p.Region, h.name)
		}
		h.clinical = true
		g.hosts[h.key()] = h
		wrong = append(wrong, err)
	}
	for _, name := range p.Operational {
		h, err := parseHost(name)
		if err == nil && g.hosts[h.key()].clinical {
			err = &Refusal{Host: name, Why: "a host cannot be clinical and operational at once"}
		}
		if _, taken := g.hosts[h.key()]; !taken {
			g.hosts[h.key()] = h
		}
		wrong = append(wrong, err)
	}
	if p.Files {
		wrong = append(wrong, g.admitFiles(p))
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	g.read, g.write = g.readTransport(), g.writeTransport()
	return g, nil
}

// Close lets go of idle connections.
func (g *Guard) Close() {
	g.read.CloseIdleConnections()
	g.write.CloseIdleConnections()
}
