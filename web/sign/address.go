package sign

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Where a request comes from counts when tries are counted. A header is anybody's
// to write, so it is believed in one case alone: the connection came over the
// socket in the file system, which only the proxy may open, and the
// configuration says that this proxy writes it.

// addressOf is where a request comes from; of IPv6 the network, for one household
// has as many addresses as it likes. Empty: over the socket, from nobody knows
// where.
func addressOf(r *http.Request, forwarded bool) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err == nil {
		return network(host)
	}
	if !forwarded {
		return ""
	}
	// The last address is the one that the proxy saw; those before it are as the
	// browser sent them.
	all := r.Header.Values("X-Forwarded-For")
	if len(all) == 0 {
		return ""
	}
	last := all[len(all)-1]
	last = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
	if host, _, err := net.SplitHostPort(last); err == nil {
		last = host
	}
	return network(strings.Trim(last, "[]"))
}

// network is an address as tries are counted by it; empty for what is none.
func network(host string) string {
	a, err := netip.ParseAddr(host)
	if err != nil {
		return ""
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		p, _ := a.Prefix(64) // 64 bits are within every IPv6 address
		return p.String()
	}
	return a.String()
}
