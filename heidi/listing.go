package heidi

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/url"
	"strconv"
	"strings"

	"carryover"
)

// maxPages ends a listing that has no end.
const maxPages = 1000

var (
	errEndless = errors.New("list does not end")
	errLeaves  = errors.New("next page is at another address")
)

const sessionsPath = "sessions/linked-user"

// Sessions lists the sessions of the linked account, a page at a time, with
// only what has not come before in this listing. Neither order nor completeness
// is promised by Heidi. It ends after the last page, after a page that brings
// nothing new, or with an error; whoever stops early has seen what was yielded.
func (c *Client) Sessions(ctx context.Context) iter.Seq2[[]carryover.SessionRef, error] {
	return func(yield func([]carryover.SessionRef, error) bool) {
		seen := map[carryover.SessionID]bool{}
		query := url.Values{"page_size": {strconv.Itoa(c.pageSize)}}
		for n := 1; n <= maxPages; n++ {
			p, err := c.sessionPage(ctx, query)
			if err != nil {
				yield(nil, err)
				return
			}
			fresh := unseen(p.refs, seen)
			if len(fresh) == 0 || !yield(fresh, nil) {
				return
			}
			query, err = p.next(c, n, len(seen))
			if err != nil {
				yield(nil, err)
				return
			}
			if query == nil {
				return
			}
		}
		yield(nil, &carryover.Problem{Op: opListing, Kind: carryover.ErrTransient, Err: errEndless})
	}
}

const opListing = "list heidi sessions"

// unseen returns the refs whose ids are new, and remembers them.
func unseen(refs []carryover.SessionRef, seen map[carryover.SessionID]bool) []carryover.SessionRef {
	var fresh []carryover.SessionRef
	for _, r := range refs {
		if !seen[r.ID] {
			seen[r.ID] = true
			fresh = append(fresh, r)
		}
	}
	return fresh
}

// A sessionPage is one page of the listing, with every hint that some source
// names for whether there is more.
type sessionPage struct {
	refs []carryover.SessionRef

	more    *bool // has_next, has_next_page, has_more
	cursor  words // next_cursor
	nextRef json.RawMessage
	page    real
	pages   real // total_pages
	total   real // total_count
}

// sessionPage reads one page.
func (c *Client) sessionPage(ctx context.Context, query url.Values) (sessionPage, error) {
	a, err := c.get(ctx, call{op: opListing, path: sessionsPath, query: query})
	if err != nil {
		return sessionPage{}, err
	}
	p, ok := readPage(a.body)
	if !ok {
		return sessionPage{}, unreadableAnswer(opListing, a)
	}
	return p, nil
}

// readPage decodes variants A, B and C of the reference sheet (§5). A row
// without an id fails the page.
func readPage(body []byte) (sessionPage, bool) {
	items, known := rows(body, "sessions", "data", "items", "results")
	if !known {
		return sessionPage{}, false
	}
	var p sessionPage
	for _, raw := range items {
		ref, ok := sessionRef(raw)
		if !ok {
			return sessionPage{}, false
		}
		p.refs = append(p.refs, ref)
	}
	p.readHints(body)
	return p, true
}

// readHints looks for hints beside the list, and below "data" or the like.
func (p *sessionPage) readHints(body []byte) {
	var h struct {
		HasNext     *bool           `json:"has_next"`
		HasNextPage *bool           `json:"has_next_page"`
		HasMore     *bool           `json:"has_more"`
		NextCursor  words           `json:"next_cursor"`
		Next        json.RawMessage `json:"next"`
		Page        real            `json:"page"`
		TotalPages  real            `json:"total_pages"`
		TotalCount  real            `json:"total_count"`
		Inner       json.RawMessage `json:"data"`
	}
	if json.Unmarshal(body, &h) != nil {
		return
	}
	for _, more := range []*bool{h.HasNext, h.HasNextPage, h.HasMore} {
		if more != nil && (p.more == nil || *more) {
			p.more = more
		}
	}
	p.cursor, p.page, p.pages, p.total = h.NextCursor, h.Page, h.TotalPages, h.TotalCount
	if len(h.Next) > 0 && string(h.Next) != "null" && string(h.Next) != `""` {
		p.nextRef = h.Next
	}
	if len(h.Inner) > 0 && h.Inner[0] == '{' && p.more == nil {
		p.readHints(h.Inner)
	}
}

// next returns the query of the page after the nth, nil after the last.
// Without any hint the next page is asked for even after a short one: a server
// may give fewer than were asked for, and a page with nothing new ends the
// listing anyway.
func (p sessionPage) next(c *Client, n, seen int) (url.Values, error) {
	query := url.Values{"page_size": {strconv.Itoa(c.pageSize)}, "page": {strconv.Itoa(n + 1)}}
	switch {
	case p.cursor != "":
		query.Del("page")
		query.Set("cursor", string(p.cursor))
	case p.nextRef != nil:
		return p.follow(c, query)
	case p.more != nil && !*p.more:
		return nil, nil
	case p.more != nil:
	case p.pages > 0:
		if max(int(p.page), n) >= int(p.pages) {
			return nil, nil
		}
	case p.total > 0 && seen >= int(p.total):
		return nil, nil
	}
	return query, nil
}

// follow reads "next": the address of a page of this listing, the number of a
// page, or a cursor.
func (p sessionPage) follow(c *Client, query url.Values) (url.Values, error) {
	var s string
	if json.Unmarshal(p.nextRef, &s) != nil {
		s = string(p.nextRef)
	}
	if _, err := strconv.Atoi(s); err == nil {
		query.Set("page", s)
		return query, nil
	}
	u, err := url.Parse(s)
	if err == nil && (u.Host != "" || strings.HasPrefix(s, "/") || strings.HasPrefix(s, "?")) {
		u = c.base.JoinPath(sessionsPath).ResolveReference(u)
		if u.Scheme != c.base.Scheme || u.Host != c.base.Host || strings.TrimRight(u.Path, "/") != c.base.JoinPath(sessionsPath).Path {
			return nil, &carryover.Problem{Op: opListing, Kind: carryover.ErrNotHere, Hint: hintRedirect, Err: errLeaves}
		}
		return u.Query(), nil
	}
	query.Del("page")
	query.Set("cursor", s)
	return query, nil
}
