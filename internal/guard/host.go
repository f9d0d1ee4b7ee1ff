package guard

import (
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// A host is one entry of the list.
type host struct {
	name     string // lower case, no brackets
	port     string
	loopback bool
	clinical bool
	bucket   bool // of the file store; not on the list, but of a form
}

func (h host) key() string { return net.JoinHostPort(h.name, h.port) }

// operational says that a host never carries clinical text.
func (h host) operational() bool { return !h.clinical && !h.bucket }

// wrongDoor says why a host is not spoken to through a transport of the other sort.
func (h host) wrongDoor() string {
	if h.operational() {
		return "an operational host takes nothing clinical"
	}
	return "a clinical host takes no messages"
}

const httpsPort = "443"

// nameForm is a DNS name: labels of letters, digits and inner hyphens, with a
// dot. The anchors and the plain alphabet keep look-alikes and addresses out.
var nameForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

// parseHost reads an entry of a policy: a name, a name and a port, or a
// loopback host with its port.
func parseHost(s string) (host, error) {
	name, port, err := net.SplitHostPort(s)
	if err != nil {
		name, port = strings.Trim(s, "[]"), ""
	}
	h := host{name: strings.ToLower(name), port: port, loopback: isLoopbackName(name)}
	switch {
	case h.loopback && port == "":
		return h, &Refusal{Host: s, Why: "a loopback host needs its port"}
	case !h.loopback && !nameForm.MatchString(h.name):
		return h, &Refusal{Host: s, Why: "not a host name; give it without scheme and path, as in api.au3.cliniko.com"}
	}
	if h.port == "" {
		h.port = httpsPort
	}
	if n, err := strconv.Atoi(h.port); err != nil || n < 1 || n > 65535 {
		return h, &Refusal{Host: s, Why: "the port is not a number from 1 to 65535"}
	}
	return h, nil
}

func isLoopbackName(name string) bool {
	if strings.EqualFold(name, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil && ip.Unmap().IsLoopback()
}

// carrierNAT is shared address space (RFC 6598), private in all but name.
var carrierNAT = netip.MustParsePrefix("100.64.0.0/10")

// private says that an address is not on the public internet.
func private(ip netip.Addr) bool {
	ip = ip.Unmap()
	return !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || carrierNAT.Contains(ip)
}

// mayBe says what is wrong with ip as an address of h, or "".
func (h host) mayBe(ip netip.Addr) string {
	switch {
	case h.loopback && !ip.Unmap().IsLoopback():
		return "a loopback host resolves to an address that is not on this machine"
	case !h.loopback && h.clinical && private(ip):
		return "a public host resolves to an address that is not on the internet"
	case !h.loopback && ip.Unmap().IsLoopback():
		return "a host resolves to this machine"
	}
	return ""
}
