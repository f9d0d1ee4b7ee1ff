package desk

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"carryover"
	"carryover/ledger"
)

// leastPrefix is the shortest beginning of an id that is looked for: shorter
// ones fit by accident.
const leastPrefix = 4

// find returns the version that a person means by id: a version's or delivery's
// id, a reference, a document's mark (its newest version), or the beginning of
// one of those that fits one version only.
func find(ctx context.Context, tx *ledger.Tx, id string) (ledger.Version, error) {
	id = strings.TrimSpace(id)
	if upper := strings.ToUpper(id); strings.HasPrefix(upper, "HD-") {
		id = upper
	} else {
		id = strings.ToLower(id)
	}
	if printable(id) != id || len(id) < leastPrefix {
		return ledger.Version{}, unknown(id, "it is not an id")
	}
	for _, look := range []func(context.Context, *ledger.Tx, string) (ledger.Version, error){byVersion, byDelivery, byReference, byMark} {
		v, err := look(ctx, tx, id)
		if err == nil || !errors.Is(err, carryover.ErrGone) {
			return v, err
		}
	}
	if whole.MatchString(id) { // nothing is longer, so it begins nothing
		return ledger.Version{}, unknown(id, "no document has this id")
	}
	return byPrefix(ctx, tx, id)
}

// whole is a reference or an id of which nothing is missing.
var whole = regexp.MustCompile(`^(HD-[A-Z2-7]{8}-[A-Z2-7]{4}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$`)

func byVersion(ctx context.Context, tx *ledger.Tx, id string) (ledger.Version, error) {
	return tx.Version(ctx, carryover.VersionID(id))
}

func byDelivery(ctx context.Context, tx *ledger.Tx, id string) (ledger.Version, error) {
	d, err := tx.Delivery(ctx, carryover.DeliveryID(id))
	if err != nil {
		return ledger.Version{}, err
	}
	return tx.Version(ctx, d.Version)
}

func byReference(ctx context.Context, tx *ledger.Tx, id string) (ledger.Version, error) {
	ds, err := tx.ByReference(ctx, carryover.Reference(id))
	if err != nil {
		return ledger.Version{}, err
	}
	if len(ds) == 0 {
		return ledger.Version{}, carryover.ErrGone
	}
	return tx.Version(ctx, ds[len(ds)-1].Version)
}

// byMark finds a document by its whole mark when something of it was filed; the
// walk finds the others.
func byMark(ctx context.Context, tx *ledger.Tx, id string) (ledger.Version, error) {
	ds, err := tx.ByMark(ctx, id)
	if err != nil {
		return ledger.Version{}, err
	}
	if len(ds) == 0 {
		return ledger.Version{}, carryover.ErrGone
	}
	v, err := tx.Version(ctx, ds[len(ds)-1].Version)
	if err != nil {
		return ledger.Version{}, err
	}
	all, err := tx.VersionsOf(ctx, v.Session, v.Document)
	if err != nil {
		return ledger.Version{}, err
	}
	return all[len(all)-1], nil // the oldest come first
}

// page is how many versions the walk of byPrefix reads at a time.
const page = 500

// byPrefix walks the newest versions, the latest first. It is for people, who
// look for something recent and have time for the rest.
func byPrefix(ctx context.Context, tx *ledger.Tx, prefix string) (ledger.Version, error) {
	var found []ledger.Version
	var after carryover.VersionID
	for {
		vs, err := tx.List(ctx, ledger.Filter{Limit: page, After: after})
		if err != nil {
			return ledger.Version{}, err
		}
		for _, v := range vs {
			mark := carryover.DocumentMark(v.Session, v.Document)
			if mark == prefix && v.Newest { // a whole mark is never ambiguous between versions
				return v, nil
			}
			if strings.HasPrefix(string(v.ID), prefix) || strings.HasPrefix(mark, prefix) ||
				v.Delivery != "" && strings.HasPrefix(string(v.Delivery), prefix) {
				found = append(found, v)
			}
		}
		if len(vs) < page {
			break
		}
		after = vs[len(vs)-1].ID
	}
	switch len(found) {
	case 0:
		return ledger.Version{}, unknown(prefix, "no document has this id")
	case 1:
		return found[0], nil
	}
	return ledger.Version{}, unknown(prefix, "several documents have an id that begins like this")
}
