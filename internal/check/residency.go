package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"carryover/internal/desk"
	"carryover/internal/guard"
)

// hosts is the finding about where connections may go.
func hosts(g *guard.Guard) Finding {
	n := len(g.Entries())
	return ok(Hosts, fmt.Sprintf("%s can be contacted, no other; `carryover check --residency` lists them.", counted(n, "host")))
}

// A Host is one line of the residency report.
type Host struct {
	Host string `json:"host"` // with its port
	Why  string `json:"why"`
	Data string `json:"data"` // what class of data goes there
	// Clinical hosts may carry clinical text; the others never do.
	Clinical bool `json:"clinical"`
	Requests int  `json:"requests"` // sent there, as the egress journal counts
	Refused  int  `json:"refused"`  // stopped before a connection was opened
}

// A Residency says where data can go.
type Residency struct {
	Region string `json:"region"`
	// OfDaemon: the counts are the running daemon's, else those of this check alone.
	OfDaemon bool   `json:"of_daemon"`
	Hosts    []Host `json:"hosts"`
	// Elsewhere are places that something tried to reach and that were refused.
	Elsewhere []Host `json:"elsewhere"`
}

// Residence lists every host that the guard lets through, from the guard
// itself, with what counts says went there. A bucket's requests are added up.
func Residence(region string, g *guard.Guard, counts []desk.Egress) Residency {
	r := Residency{Region: region, Hosts: []Host{}, Elsewhere: []Host{}}
	listed := map[string]bool{}
	for _, e := range g.Entries() {
		h := Host{Host: e.At, Clinical: e.Clinical}
		h.Why, h.Data = meaning(e)
		for _, c := range counts {
			if c.Host == e.At || e.Files && strings.HasSuffix(c.Host, strings.TrimPrefix(e.At, "*.")) {
				h.Requests += c.Requests
				h.Refused += c.Refused
				listed[c.Host] = true
			}
		}
		r.Hosts = append(r.Hosts, h)
	}
	for _, c := range counts {
		if !listed[c.Host] {
			r.Elsewhere = append(r.Elsewhere, Host{Host: c.Host, Why: "not on the list", Data: "nothing", Requests: c.Requests, Refused: c.Refused})
		}
	}
	slices.SortFunc(r.Elsewhere, func(a, b Host) int { return cmp.Compare(a.Host, b.Host) })
	return r
}

// meaning says what a host is for and what goes there.
func meaning(e guard.Entry) (why, data string) {
	switch {
	case e.Files:
		return "Cliniko's file store in Sydney: PDF attachments", "clinical documents, over an address that Cliniko signed; no key"
	case !e.Clinical:
		return "named in the configuration: messages to people", "operational words and counts; never clinical text or names"
	case e.Loopback:
		return "the sandbox on this machine", "invented data; it does not leave this machine"
	case strings.HasSuffix(strings.TrimSuffix(e.At, ":443"), ".heidihealth.com"):
		return "Heidi's host of the region: sessions and documents are read", "requests with ids, a key or token, the practitioner's e-mail address; clinical text comes back, none goes there"
	}
	return "Cliniko's shard: patients and bookings are read, notes and attachments filed", "clinical text, patients' names and birth dates, the practitioner's key"
}
