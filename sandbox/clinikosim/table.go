package clinikosim

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// A record is what every stored thing has in common.
type record struct {
	id         string
	createdAt  time.Time
	updatedAt  time.Time
	archivedAt time.Time // zero: live
	// tie orders records of the same second. It varies by seed: the API's
	// default order is created_at alone and says nothing about ties.
	tie uint64
}

func (r *record) stamps() *record { return r }

// isArchived reports whether the record is out of sight unless asked for.
func (r *record) isArchived() bool { return !r.archivedAt.IsZero() }

// A row is a stored thing: a pointer to a struct that embeds record.
type row interface {
	comparable
	stamps() *record
}

// A table holds the records of one kind in the API's default order, which is by
// created_at, oldest first.
type table[R row] struct {
	rows []R
	byID map[string]R
}

func newTable[R row]() *table[R] { return &table[R]{byID: map[string]R{}} }

func (t *table[R]) get(id string) (R, bool) {
	r, found := t.byID[id]
	return r, found
}

// add puts r in its place. Its id must be free.
func (t *table[R]) add(r R) {
	t.byID[r.stamps().id] = r
	i, _ := slices.BinarySearchFunc(t.rows, r, byDefault[R])
	t.rows = slices.Insert(t.rows, i, r)
}

// fill adds many rows at once, with a single sort: inserting one by one would
// take minutes for the register of a large clinic.
func (t *table[R]) fill(rows []R) {
	for _, r := range rows {
		t.byID[r.stamps().id] = r
	}
	t.rows = append(t.rows, rows...)
	slices.SortFunc(t.rows, byDefault[R])
}

func byDefault[R row](a, b R) int {
	x, y := a.stamps(), b.stamps()
	return cmp.Or(x.createdAt.Compare(y.createdAt), cmp.Compare(x.tie, y.tie), cmp.Compare(x.id, y.id))
}

// An idSource makes ids as Cliniko's are: whole numbers beyond what a float
// holds, now and then a short one from the early years, in no useful order.
// An id is unique across all kinds of record here, so that a mixed-up one never
// finds something by accident.
type idSource struct {
	seed   uint64
	made   uint64
	issued map[string]struct{}
}

// next returns an id that no record has.
func (s *idSource) next() string {
	for {
		s.made++
		h := mix(s.seed ^ mix(s.made))
		n := 100_000_000_000_000_000 + h%9_100_000_000_000_000_000 // 18 or 19 digits, below 2^63
		if h>>60 == 0 {                                            // one in sixteen
			n = 10_000_000 + h%90_000_000 // 8 digits, as on old accounts
		}
		id := strconv.FormatUint(n, 10)
		if _, taken := s.issued[id]; !taken {
			return id
		}
	}
}

// mix is the finaliser of splitmix64: a good hash of one number.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb
	return x ^ (x >> 31)
}

// hashText is mix for strings.
func hashText(seed uint64, s string) uint64 {
	h := mix(seed)
	for i := range len(s) {
		h = mix(h ^ uint64(s[i]))
	}
	return h
}
