package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// AnyHost among a Server's Hosts admits every name: for a page that has its own
// certificate, which browsers hold against the name by themselves.
const AnyHost = "*"

// answersTo says that a request names a host that the page is served as. A page
// on this machine has no certificate, so without this a site could have its name
// resolve to this machine (DNS rebinding), and a browser would take the site's
// scripts for the page's own. Ports say nothing: the connection has come in.
func (s *Server) answersTo(r *http.Request) bool {
	host := bareHost(r.Host)
	if host == "localhost" || slices.Contains(s.Hosts, AnyHost) {
		return true
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.Unmap().IsLoopback() {
		return true
	}
	return host != "" && slices.ContainsFunc(s.Hosts, func(own string) bool { return bareHost(own) == host })
}

// bareHost is a host's name in one spelling, without its port.
func bareHost(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// misdirected answers a request for somebody else. It quotes nothing of it.
func misdirected(w http.ResponseWriter) {
	http.Error(w, "Carryover's page is not served under this name. Open it at the address that the configuration has under web (origin or listen).",
		http.StatusMisdirectedRequest)
}
