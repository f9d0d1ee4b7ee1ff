package cliniko

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"carryover"
)

const (
	perPage = "100" // the most that Cliniko gives (reference sheet §7)
	// maxPages ends a list that has no end: 30,000 records are more than one
	// practice has of anything that is asked for here.
	maxPages = 300
)

var (
	errShort   = errors.New("list is shorter than its own count")
	errEndless = errors.New("list does not end")
	errLeaves  = errors.New("next page is at another address")
)

// where builds the query of a list: filters in Cliniko's grammar, which all
// must hold, and the order.
func where(sort string, filters ...string) url.Values {
	q := url.Values{"q[]": filters, "per_page": {perPage}}
	if sort != "" {
		q.Set("sort", sort)
	}
	return q
}

// list reads every page of a collection. It returns all rows or an error,
// never some: a page that fails or holds half a row fails the list. Rows that
// come twice, because records moved between pages, are kept once.
func list[R any](ctx context.Context, c *Client, op, path string, query url.Values, idOf func(R) id) ([]R, error) {
	var rows []R
	seen, asked := map[id]bool{}, map[string]bool{}
	for range maxPages {
		if asked[query.Encode()] {
			break
		}
		asked[query.Encode()] = true
		var p page
		if err := c.get(ctx, op, path, query, &p); err != nil {
			return nil, err
		}
		more, err := rowsOf[R](op, p, path)
		if err != nil {
			return nil, err
		}
		for _, r := range more {
			if i := idOf(r); !seen[i] {
				seen[i] = true
				rows = append(rows, r)
			}
		}
		if p.next() == "" {
			return complete(op, rows, p.total())
		}
		if query, err = c.follow(op, path, p.next()); err != nil {
			return nil, err
		}
	}
	return nil, &carryover.Problem{Op: op, Kind: carryover.ErrTransient, Err: errEndless}
}

// complete checks the rows against the list's own count, where it gives one. A
// record that moved between pages while they were read can hide another.
func complete[R any](op string, rows []R, total int64) ([]R, error) {
	if int64(len(rows)) < total {
		return nil, &carryover.Problem{Op: op, Kind: carryover.ErrTransient, Err: errShort}
	}
	return rows, nil
}

// follow returns the query of the next page. Only a link to the same list on
// the same host is followed, since the key goes with the request.
func (c *Client) follow(op, path, link string) (url.Values, error) {
	u, err := url.Parse(link)
	if err != nil {
		return nil, unreadableAnswer(op)
	}
	want := strings.TrimRight(c.base.Path, "/") + "/" + path
	if u.Scheme != c.base.Scheme || u.Host != c.base.Host || u.User != nil || strings.TrimRight(u.Path, "/") != want {
		return nil, &carryover.Problem{Op: op, Kind: carryover.ErrNotHere, Hint: hintRedirect, Err: errLeaves}
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, unreadableAnswer(op)
	}
	return query, nil
}

// A page is one answer of a list: rows under the plural name, a count that may
// be missing or a string, and links.
type page map[string]json.RawMessage

// rowsOf decodes the rows of a page, which stand under the collection's name,
// the first part of its path. A missing list is not an empty one.
func rowsOf[R any](op string, p page, path string) ([]R, error) {
	var rows []R
	collection, _, _ := strings.Cut(path, "/")
	if raw := p[collection]; len(raw) == 0 || raw[0] != '[' || decode(raw, &rows) != nil {
		return nil, unreadableAnswer(op)
	}
	return rows, nil
}

// next returns the link to the next page, "" on the last.
func (p page) next() string {
	var links struct {
		Next words `json:"next"`
	}
	_ = json.Unmarshal(p["links"], &links)
	return string(links.Next)
}

// total returns the list's own count, 0 where it gives none that can be read.
func (p page) total() int64 {
	var n json.Number
	if json.Unmarshal(p["total_entries"], &n) != nil {
		return 0
	}
	v, _ := n.Int64()
	return v
}

func unreadableAnswer(op string) *carryover.Problem {
	return &carryover.Problem{Op: op, Kind: carryover.ErrTransient, Err: errUnreadable}
}
