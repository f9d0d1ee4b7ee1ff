package guard

import (
	"context"
	"net"
	"net/http"
	"strings"
)

// Mail and push messages leave by doors of their own. A client of a clinical API
// cannot reach an operational host whatever an answer says, and a message cannot
// go to a clinical one.

// Messages returns the way out for messages: to operational hosts alone, GET and
// POST, one connection for each, redirects handed back.
func (g *Guard) Messages() http.RoundTripper {
	return &door{guard: g, next: g.write, operational: true}
}

// DialMessages opens a connection to an operational host that does not speak
// HTTP, such as a mail server; TLS is the caller's. Each one counts as a request.
func (g *Guard) DialMessages(ctx context.Context, network, address string) (net.Conn, error) {
	at := strings.ToLower(address)
	h, ok := g.find(at)
	switch {
	case !ok:
		return nil, g.refuse(at, "not on the list of hosts", nil)
	case !h.operational():
		return nil, g.refuse(at, h.wrongDoor(), nil)
	}
	g.count(at, false)
	return g.dial(ctx, network, address)
}
