package guard

import (
	"net"
	"net/http"
	"regexp"
	"strings"
)

// bucketForm is a bucket of Amazon S3 in Sydney: by its own name, which is one
// label, or by the region's name with the bucket in the path. Names that do not
// tie the bucket to the region (s3.amazonaws.com, access points) have another
// form, and so have look-alikes.
var bucketForm = regexp.MustCompile(`^([a-z0-9][a-z0-9-]{1,61}[a-z0-9]\.)?s3\.ap-southeast-2\.amazonaws\.com$`)

// admitFiles opens the way to Cliniko's file store, in the one region it is
// known for. Cliniko keeps each account's files in its own region, so a shard
// of another country has its bucket there.
func (g *Guard) admitFiles(p Policy) error {
	if !g.speaksToCliniko() {
		return nil // a sandbox keeps its files on this machine
	}
	if !strings.EqualFold(strings.TrimSpace(p.Region), "AU") {
		return &Refusal{Why: "the file store of Cliniko is only known for region AU; leave files out"}
	}
	g.files = true
	return nil
}

// speaksToCliniko says that a host of Cliniko itself is on the list.
func (g *Guard) speaksToCliniko() bool {
	for _, h := range g.hosts {
		if h.clinical && clinikoForm.MatchString(h.name) {
			return true
		}
	}
	return false
}

// find returns the entry for a host and port: one of the list, or a bucket.
func (g *Guard) find(at string) (host, bool) {
	if h, ok := g.hosts[at]; ok {
		return h, true
	}
	name, port, err := net.SplitHostPort(at)
	if err != nil || !g.files || port != httpsPort || !bucketForm.MatchString(name) {
		return host{}, false
	}
	return host{name: name, port: port, clinical: true, bucket: true}, true
}

// authorised says that a request carries a key. A bucket is told what it may
// do by the address or the form that Cliniko signed, and never by our key.
func authorised(req *http.Request) bool {
	for name := range req.Header {
		if strings.EqualFold(name, "Authorization") || strings.EqualFold(name, "Cookie") {
			return true
		}
	}
	return req.URL.User != nil
}
