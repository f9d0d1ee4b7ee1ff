package guard

import (
	"cmp"
	"slices"
)

// An Entry is one place that a guard lets connections go to.
type Entry struct {
	At       string // host and port; a bucket's begins with *
	Clinical bool   // may carry clinical text
	Loopback bool   // on this machine: a sandbox
	Files    bool   // Cliniko's file store, known by its form
}

// filesAt is the form of a bucket's address, for people.
const filesAt = "*.s3.ap-southeast-2.amazonaws.com:443"

// Entries lists every place a connection may be opened to, clinical ones first.
// It is read from what the guard decides by, so there is no other list that
// could differ from it.
func (g *Guard) Entries() []Entry {
	var all []Entry
	for _, h := range g.hosts {
		all = append(all, Entry{At: h.key(), Clinical: h.clinical, Loopback: h.loopback})
	}
	if g.files {
		all = append(all, Entry{At: filesAt, Clinical: true, Files: true})
	}
	slices.SortFunc(all, func(a, b Entry) int {
		if a.Clinical != b.Clinical {
			if a.Clinical {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.At, b.At)
	})
	return all
}
