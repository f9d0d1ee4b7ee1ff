package clinikosim

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A kind is the type of a column, which decides the operators a filter on it
// may have.
type kind int

// The kinds of column (section 8 of the sheet).
const (
	numeric kind = iota // ids and integers
	text
	boolean
	date
	datetime
	array
)

// operators are what each kind allows, longest first where one begins another.
var operators = map[kind][]string{
	numeric:  {"!?", "?", ">=", "<=", "!=", ">", "<", "="},
	text:     {"!?", "?", "~~", "!=", "~", "="},
	boolean:  {"!=", "="},
	date:     {"!?", "?", ">=", "<=", ">", "<", "="},
	datetime: {"!?", "?", "*", ">=", "<=", ">", "<"}, // no =
	array:    {"~"},
}

// bare are the operators that take no value.
var bare = []string{"?", "!?", "*"}

var datePattern = regexp.MustCompile(`^[0-9*]{4}-[0-9*]{2}-[0-9*]{2}$`)

// A filter is one q[] of a request, understood.
type filter struct {
	column string
	kind   kind
	op     string
	value  string    // as sent
	many   []string  // numeric =: the canonical numbers of the list
	number int64     // numeric with one number
	moment time.Time // datetime
	truth  bool      // boolean
}

// parseFilters reads the filters of query. Allowed names the columns that may
// be filtered. The second result is the refusal, nil when all are good.
func parseFilters(query url.Values, sw Switches, allowed map[string]kind) ([]filter, *reply) {
	expressions := slices.Clone(query["q[]"])
	if !sw.RefuseBareQ {
		expressions = append(expressions, query["q"]...)
	}
	filters := make([]filter, 0, len(expressions))
	for _, expression := range expressions {
		f, refusal := parseFilter(expression, allowed)
		if refusal != nil {
			return nil, refusal
		}
		filters = append(filters, f)
	}
	return filters, nil
}

// parseFilter reads FIELD:OPERATOR VALUE (without the space).
func parseFilter(expression string, allowed map[string]kind) (filter, *reply) {
	column, rest, hasField := strings.Cut(expression, ":")
	if !hasField {
		return filter{}, broken() // a word without a field breaks the real one too
	}
	k, known := allowed[column]
	if !known {
		return filter{}, badRequest("%s is not filterable", column)
	}
	f := filter{column: column, kind: k}
	for _, op := range operators[k] {
		if strings.HasPrefix(rest, op) {
			f.op, f.value = op, rest[len(op):]
			break
		}
	}
	if f.op == "" || (slices.Contains(bare, f.op) && f.value != "") {
		return filter{}, badRequest("Filter operator for %s must be one of: %s", column, strings.Join(operators[k], ", "))
	}
	if !slices.Contains(bare, f.op) && !f.readValue() {
		return filter{}, badRequest("Filter value for %s must be %s", column, wanted[k])
	}
	return f, nil
}

// wanted says in words what a value of each kind is.
var wanted = map[kind]string{
	numeric:  "a number",
	text:     "a string",
	boolean:  "true or false",
	date:     "a date (YYYY-MM-DD)",
	datetime: "a time in UTC (YYYY-MM-DDTHH:MM:SSZ)",
	array:    "a value",
}

// readValue parses f.value by f's kind and reports whether it can be used.
func (f *filter) readValue() bool {
	switch f.kind {
	case numeric:
		return f.readNumbers()
	case boolean:
		f.truth = f.value == "true"
		return f.truth || f.value == "false"
	case date:
		return f.readDate()
	case datetime:
		at, err := time.Parse(time.RFC3339Nano, f.value) // fractions are accepted
		f.moment = at
		return err == nil && strings.HasSuffix(f.value, "Z")
	case text:
		return true
	case array:
		return f.value != "" && f.value[0] != '~' // there is no ~~ for arrays
	}
	return false
}

// readNumbers reads one number, or for = a list of them.
func (f *filter) readNumbers() bool {
	parts := []string{f.value}
	if f.op == "=" {
		parts = strings.Split(f.value, ",")
	}
	for _, part := range parts {
		n, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64)
		if err != nil {
			return false
		}
		f.number = n
		f.many = append(f.many, strconv.FormatInt(n, 10))
	}
	return true
}

// readDate reads a date; with = each digit may be a *.
func (f *filter) readDate() bool {
	if f.op == "=" && strings.Contains(f.value, "*") {
		return datePattern.MatchString(f.value)
	}
	_, err := time.Parse(time.DateOnly, f.value)
	return err == nil
}

// paging is the page a list request asks for.
type paging struct {
	page, perPage int
}

const (
	defaultPerPage = 50
	maxPerPage     = 100
)

// parsePaging reads page and per_page. What is no positive number counts as not
// given; over 100 is clamped or refused by switch, since no source says which.
func parsePaging(query url.Values, sw Switches) (paging, *reply) {
	p := paging{page: positive(query.Get("page"), 1), perPage: positive(query.Get("per_page"), defaultPerPage)}
	if p.perPage > maxPerPage {
		if sw.RefuseLongPages {
			return p, &reply{status: http.StatusBadRequest, body: message("per_page must be between 1 and 100")}
		}
		p.perPage = maxPerPage
	}
	return p, nil
}

func positive(text string, otherwise int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return otherwise
	}
	return n
}

// A sortKey is one field of an order.
type sortKey struct {
	column     string
	descending bool
}

// parseSort reads sort=field[:asc|desc][,field2…]; order gives the direction of
// fields without their own, and of created_at when no field is named. Columns
// says what can be sorted by. No keys means the default order.
func parseSort(query url.Values, sw Switches, columns map[string]kind) ([]sortKey, *reply) {
	fields, order := query.Get("sort"), query.Get("order")
	if fields == "" {
		if order == "" {
			return nil, nil
		}
		fields = "created_at"
	}
	if order == "" {
		order = "asc"
	}
	keys := []sortKey{}
	for part := range strings.SplitSeq(fields, ",") {
		column, direction, given := strings.Cut(part, ":")
		if !given {
			direction = order
		}
		k, known := columns[column]
		if !known || k == array || (direction != "asc" && direction != "desc") {
			if sw.IgnoreBadSort {
				return nil, nil
			}
			return nil, badRequest("%s is not sortable", column)
		}
		keys = append(keys, sortKey{column: column, descending: direction == "desc"})
	}
	return keys, nil
}
