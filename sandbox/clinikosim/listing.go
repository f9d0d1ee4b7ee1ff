package clinikosim

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A column is something a list can be filtered and sorted by.
type column[R row] struct {
	name string
	kind kind
	of   func(R) any // nil: no value
}

// A veil hides some records by default; a filter that names one of its columns
// lifts it.
type veil[R row] struct {
	lifts []string
	hides func(R) bool
}

// A resource describes how the records of one kind are listed, found by id,
// and shown.
type resource[R row] struct {
	plural  string // envelope key and path segment
	table   func() *table[R]
	columns []column[R] // exactly what q[] may name on the list
	single  []string    // exactly what q[] may name on GET by id
	veils   []veil[R]
	show    func(view, R) map[string]any
}

// kinds returns the columns by name, without those named in drop.
func (res *resource[R]) kinds(drop ...string) map[string]kind {
	kinds := make(map[string]kind, len(res.columns))
	for _, col := range res.columns {
		if !slices.Contains(drop, col.name) {
			kinds[col.name] = col.kind
		}
	}
	return kinds
}

// column finds a column that is known to exist.
func (res *resource[R]) column(name string) *column[R] {
	for i := range res.columns {
		if res.columns[i].name == name {
			return &res.columns[i]
		}
	}
	return nil
}

// list answers a list request. Scope, if not nil, keeps the records that the
// path speaks of; drop are the columns that the path has fixed.
func list[R row](c *call, res *resource[R], scope func(R) bool, drop ...string) *reply {
	query := c.r.URL.Query()
	filters, refusal := parseFilters(query, c.sw, res.kinds(drop...))
	if refusal != nil {
		return refusal
	}
	keys, refusal := parseSort(query, c.sw, res.kinds())
	if refusal != nil {
		return refusal
	}
	p, refusal := parsePaging(query, c.sw)
	if refusal != nil {
		return refusal
	}
	rows := res.find(c.sw, filters, scope)
	if len(keys) > 0 {
		res.order(rows, keys)
	}
	return page(c, res, rows, p, query)
}

// find returns the matching records in the default order.
func (res *resource[R]) find(sw Switches, filters []filter, scope func(R) bool) []R {
	var found []R
	veils := res.drawn(filters, sw)
	for _, r := range res.candidates(filters) {
		if (scope == nil || scope(r)) && !hidden(r, veils) && res.passes(r, filters, sw.Comparison) {
			found = append(found, r)
		}
	}
	return found
}

// candidates narrows the search by id where a filter allows it.
func (res *resource[R]) candidates(filters []filter) []R {
	t := res.table()
	for i := range filters {
		if f := &filters[i]; f.column == "id" && f.op == "=" {
			var rows []R
			for _, id := range f.many {
				if r, known := t.get(id); known && !slices.Contains(rows, r) {
					rows = append(rows, r)
				}
			}
			slices.SortFunc(rows, byDefault[R])
			return rows
		}
	}
	return t.rows
}

// drawn returns the veils that no filter lifts.
func (res *resource[R]) drawn(filters []filter, sw Switches) []veil[R] {
	return slices.DeleteFunc(slices.Clone(res.veils), func(v veil[R]) bool {
		return slices.ContainsFunc(filters, func(f filter) bool {
			leaks := sw.ArchivedLeak && res.plural == "patients" && strings.HasSuffix(f.column, "_name")
			return slices.Contains(v.lifts, f.column) || leaks
		})
	})
}

func hidden[R row](r R, veils []veil[R]) bool {
	return slices.ContainsFunc(veils, func(v veil[R]) bool { return v.hides(r) })
}

func (res *resource[R]) passes(r R, filters []filter, by Comparing) bool {
	for i := range filters {
		if !filters[i].matches(res.column(filters[i].column).of(r), by) {
			return false
		}
	}
	return true
}

// order sorts rows by keys; equal ones keep the default order.
func (res *resource[R]) order(rows []R, keys []sortKey) {
	slices.SortStableFunc(rows, func(a, b R) int {
		for _, key := range keys {
			of := res.column(key.column).of
			order := compareValues(of(a), of(b))
			if key.descending {
				order = -order
			}
			if order != 0 {
				return order
			}
		}
		return 0
	})
}

// page wraps one page of rows in the list envelope. A link that leads nowhere
// is left out.
func page[R row](c *call, res *resource[R], rows []R, p paging, query url.Values) *reply {
	// In this form no product of page numbers can overflow.
	from := len(rows)
	if p.page-1 <= len(rows)/p.perPage {
		from = min((p.page-1)*p.perPage, len(rows))
	}
	if from >= len(rows) && p.page > 1 && c.sw.RefusePastEnd {
		return c.notFound()
	}
	to := min(from+p.perPage, len(rows))
	shown := make([]any, 0, to-from)
	for _, r := range rows[from:to] {
		shown = append(shown, res.show(c.view, r))
	}
	at := func(number int) string {
		q := url.Values{}
		maps.Copy(q, query)
		q.Set("page", strconv.Itoa(number))
		q.Set("per_page", strconv.Itoa(p.perPage))
		return c.view.base + strings.TrimPrefix(c.r.URL.Path, "/v1") + "?" + q.Encode()
	}
	links := map[string]any{"self": at(p.page)}
	if p.page > 1 {
		links["previous"] = at(p.page - 1)
	}
	if to < len(rows) {
		links["next"] = at(p.page + 1)
	}
	var total any = len(rows)
	if c.sw.TotalAsString {
		total = strconv.Itoa(len(rows))
	}
	return ok(map[string]any{res.plural: shown, "total_entries": total, "links": links})
}

// fetch finds the record that a GET by id asks for, with the filters the path
// allows; the second result is the refusal.
func fetch[R row](c *call, res *resource[R]) (R, *reply) {
	var none R
	kinds := map[string]kind{}
	for _, name := range res.single {
		kinds[name] = datetime // all of Appendix A's single-record filters are
	}
	filters, refusal := parseFilters(c.r.URL.Query(), c.sw, kinds)
	if refusal != nil {
		return none, refusal
	}
	r, known := res.table().get(c.r.PathValue("id"))
	if !known {
		return none, c.notFound()
	}
	veils := res.drawn(filters, c.sw)
	if c.sw.ArchivedUnreachable {
		veils = res.veils
	}
	if c.sw.CancelledByID {
		veils = slices.DeleteFunc(slices.Clone(veils), func(v veil[R]) bool { return slices.Contains(v.lifts, "cancelled_at") })
	}
	if hidden(r, veils) || !res.passes(r, filters, c.sw.Comparison) {
		return none, c.notFound()
	}
	return r, nil
}

// get answers GET by id.
func get[R row](c *call, res *resource[R]) *reply {
	r, refusal := fetch(c, res)
	if refusal != nil {
		return refusal
	}
	return c.shown(res.show(c.view, r), r.stamps())
}

// shown answers with a record.
func (c *call) shown(body map[string]any, r *record) *reply {
	rep := ok(body)
	rep.id = r.id
	return rep
}

// archive answers POST …/archive and DELETE, which are the same.
func archive[R row](c *call, res *resource[R]) *reply {
	r, refusal := fetch(c, res)
	if refusal != nil {
		return refusal
	}
	r.stamps().archive(c.now, c.sw.QuietStamps)
	return noContent()
}
