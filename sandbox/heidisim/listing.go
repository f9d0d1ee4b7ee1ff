package heidisim

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// defaultPageSize is used when a listing is asked without page_size; 20 is what
// the one client known to list uses (§5, observed).
const defaultPageSize = 20

// A window is the part of a list that one page shows.
type window struct {
	from, to int // indexes into the whole list
	page     int // from 1
	size     int
	total    int
}

func (w window) more() bool { return w.to < w.total }

// pages is how many pages the list has; at least one.
func (w window) pages() int { return 1 + max(0, w.total-1)/w.size }

// listSessions serves GET /sessions/linked-user. Nothing official is known of
// its shape (§5), so all of it is switched.
func (s *Server) listSessions(c *call) answer {
	var sessions []*session
	switch who := s.linkedTo(c.user); {
	case who != nil:
		sessions = s.listed(who)
	case s.switches.UnlinkedStatus != http.StatusOK:
		return s.unlinked()
	}
	w, refusal := s.sessionWindow(c, len(sessions))
	if refusal != nil {
		return *refusal
	}
	items := make([]any, 0, w.to-w.from)
	for _, sess := range sessions[w.from:w.to] {
		items = append(items, s.item(sess))
	}
	return ok(s.listing(items, w))
}

// listed returns what the clinician's account shows, in the order of the day.
func (s *Server) listed(who *clinician) []*session {
	var found []*session
	for _, sess := range s.sessions {
		mine := sess.owner == who || (!s.switches.HideShared && sess.belongsTo(who))
		if mine && s.exists(sess) {
			found = append(found, sess)
		}
	}
	rank := make(map[*session]string, len(found)) // ties by id, so that paging is stable
	for _, sess := range found {
		sum := s.seed.digest("order", sess.id)
		rank[sess] = hex.EncodeToString(sum[:])
	}
	slices.SortFunc(found, func(a, b *session) int {
		switch s.switches.Order {
		case OrderNewestFirst:
			return cmp.Or(b.created.Compare(a.created), strings.Compare(rank[a], rank[b]))
		case OrderOldestFirst:
			return cmp.Or(a.created.Compare(b.created), strings.Compare(rank[a], rank[b]))
		}
		return strings.Compare(rank[a], rank[b])
	})
	return found
}

// item is a session in the listing: full, or only what names it.
func (s *Server) item(sess *session) any {
	full := s.view(sess)
	var item any = full
	if s.switches.SummariesOnly || s.switches.ItemIDAsID {
		summary := map[string]any{
			"session_id": full.SessionID, "session_name": full.SessionName,
			"created_at": full.CreatedAt, "updated_at": full.UpdatedAt,
		}
		if !s.switches.SummariesOnly {
			summary["ehr_patient_id"] = full.EHRPatientID
		}
		if s.switches.ItemIDAsID {
			summary["id"] = full.SessionID
			delete(summary, "session_id")
		}
		item = summary
	}
	if s.switches.WrappedItems {
		return map[string]any{"session": item}
	}
	return item
}

// listing puts items into the envelope of the chosen profile.
func (s *Server) listing(items []any, w window) any {
	var body map[string]any
	switch s.switches.Listing {
	case ListingC:
		return items
	case ListingA:
		body = map[string]any{
			"data": items, "count": len(items), "total_count": w.total,
			"has_next": w.more(), "has_previous": w.page > 1,
		}
	default:
		body = map[string]any{"sessions": items, "count": len(items), "has_next_page": w.more()}
	}
	if s.byCursor() {
		body["next_cursor"] = nil
		if w.more() {
			body["next_cursor"] = cursorFor(w.page + 1)
		}
	}
	return body
}

// sessionWindow reads page_size and whatever names the page.
func (s *Server) sessionWindow(c *call, total int) (window, *answer) {
	size, refusal := s.positive(c, "page_size", defaultPageSize)
	if refusal != nil {
		return window{}, refusal
	}
	if limit := s.switches.PageSizeCap; limit > 0 {
		size = min(size, limit)
	}
	page := 1
	switch {
	case s.switches.Paging == PagingIgnored:
	case s.byCursor():
		page, refusal = s.cursor(c)
	default:
		page, refusal = s.positive(c, "page", 1)
	}
	if refusal != nil {
		return window{}, refusal
	}
	step := size
	if s.switches.DuplicateItems { // as when a new session pushes the rest along
		step = max(1, size-1)
	}
	return windowOf(page, size, step, total), nil
}

// byCursor says that pages have cursors; a bare array has no place for one.
func (s *Server) byCursor() bool {
	return s.switches.Paging == PagingCursor && s.switches.Listing != ListingC
}

// windowOf is page number page, from 1, of pages that begin step items apart;
// beyond the end it is empty. No product here can overflow.
func windowOf(page, size, step, total int) window {
	from := total
	if page-1 <= total/step {
		from = min((page-1)*step, total)
	}
	return window{from: from, to: from + min(size, total-from), page: page, size: size, total: total}
}

// positive reads a whole number above 0 from the query.
func (s *Server) positive(c *call, name string, absent int) (int, *answer) {
	if !c.query.Has(name) {
		return absent, nil
	}
	n, err := strconv.Atoi(c.query.Get(name))
	if err != nil || n < 1 {
		refusal := s.malformed("query", name, "integer", c.query.Get(name))
		return 0, &refusal
	}
	return n, nil
}

// cursorFor hides the number of a page, as cursors do.
func cursorFor(page int) string {
	return base64.RawURLEncoding.EncodeToString([]byte("SANDBOX page " + strconv.Itoa(page)))
}

// cursor reads the page that the cursor of the query stands for; none is the
// first page.
func (s *Server) cursor(c *call) (int, *answer) {
	given := c.query.Get("cursor")
	if given == "" {
		return 1, nil
	}
	text, _ := base64.RawURLEncoding.DecodeString(given)
	number, _ := strings.CutPrefix(string(text), "SANDBOX page ")
	page, err := strconv.Atoi(number)
	if err != nil || page < 1 {
		refusal := s.malformed("query", "cursor", "cursor", given)
		return 0, &refusal
	}
	return page, nil
}
