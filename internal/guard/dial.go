package guard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

const dialTimeout = 10 * time.Second

// A DialError says that no connection was obtained, so that nothing was sent.
type DialError struct {
	Host string // host and port
	Err  error
}

// Error says host and cause.
func (e *DialError) Error() string { return fmt.Sprintf("dial %s: %v", e.Host, e.Err) }

// Unwrap gives the cause.
func (e *DialError) Unwrap() error { return e.Err }

// Timeout says whether time ran out.
func (e *DialError) Timeout() bool {
	t, ok := errors.AsType[net.Error](e.Err)
	return ok && t.Timeout()
}

// dial opens a connection for a transport. The name is checked again, then
// every address it resolves to: one bad address refuses them all, as it is a
// sign that the answer is not to be trusted.
func (g *Guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	h, ok := g.find(strings.ToLower(address))
	if !ok {
		return nil, g.refuse(address, "not on the list of hosts", nil)
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	ips, err := g.resolve(ctx, h)
	if err != nil {
		return nil, err
	}
	d := g.dialer
	d.ControlContext = func(_ context.Context, _, actual string, _ syscall.RawConn) error {
		return g.checkActual(h, actual)
	}
	var failed []error
	for i, ip := range ips {
		d.Timeout = share(ctx, len(ips)-i)
		conn, err := d.DialContext(ctx, network, net.JoinHostPort(ip.String(), h.port))
		if err == nil {
			return conn, nil
		}
		failed = append(failed, err)
	}
	return nil, &DialError{Host: h.key(), Err: errors.Join(failed...)}
}

// share divides the time that is left among the addresses that are left, so
// that one dead address does not use it all.
func share(ctx context.Context, left int) time.Duration {
	end, ok := ctx.Deadline()
	if !ok {
		return dialTimeout
	}
	return max(time.Until(end)/time.Duration(left), time.Second)
}

// resolve returns the addresses of h, all of them fit.
func (g *Guard) resolve(ctx context.Context, h host) ([]netip.Addr, error) {
	ips := []netip.Addr{}
	if ip, err := netip.ParseAddr(h.name); err == nil {
		ips = append(ips, ip)
	} else if ips, err = g.lookup(ctx, h.name); err != nil {
		return nil, &DialError{Host: h.key(), Err: err}
	}
	for _, ip := range ips {
		if why := h.mayBe(ip); why != "" {
			return nil, g.refuse(h.key(), why, nil)
		}
	}
	if len(ips) == 0 {
		return nil, &DialError{Host: h.key(), Err: errors.New("no addresses")}
	}
	return ips, nil
}

// checkActual looks at the address a socket is about to connect to.
func (g *Guard) checkActual(h host, actual string) error {
	at, err := netip.ParseAddrPort(actual)
	if err != nil {
		return g.refuse(h.key(), "address cannot be read", err)
	}
	if why := h.mayBe(at.Addr()); why != "" {
		return g.refuse(h.key(), why, nil)
	}
	return nil
}
