package heidi

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
)

// drain reads a listing to its end.
func drain(t *testing.T, c *Client) ([]carryover.SessionID, error) {
	t.Helper()
	var ids []carryover.SessionID
	for page, err := range c.Sessions(t.Context()) {
		if err != nil {
			return ids, err
		}
		for _, r := range page {
			ids = append(ids, r.ID)
		}
	}
	return ids, nil
}

// sessionIDs makes n ids of 39 digits.
func sessionIDs(n int) []carryover.SessionID {
	var out []carryover.SessionID
	for i := range n {
		out = append(out, carryover.SessionID(fmt.Sprintf("2718281828459045235360287471352662%05d", i)))
	}
	return out
}

// A variant is a way to write a page of the listing.
type variant func(q url.Values, all []carryover.SessionID, from, to int) string

// items writes rows by a form with one %s for the id.
func items(form string, ids []carryover.SessionID) string {
	var rows []string
	for _, i := range ids {
		rows = append(rows, fmt.Sprintf(form, string(i)))
	}
	return "[" + strings.Join(rows, ",") + "]"
}

func TestListingVariants(t *testing.T) {
	more := func(all []carryover.SessionID, to int) string { return strconv.FormatBool(to < len(all)) }
	for name, v := range map[string]struct {
		limit int // what the server gives at most, whatever is asked
		page  variant
	}{
		"A": {4, func(_ url.Values, all []carryover.SessionID, from, to int) string {
			return fmt.Sprintf(`{"data":%s,"has_next":%s,"has_previous":false,"total_count":%d}`,
				items(`{"session_id":%q,"created_at":"2026-11-03T22:14:05.120000"}`, all[from:to]), more(all, to), len(all))
		}},
		"B": {4, func(_ url.Values, all []carryover.SessionID, from, to int) string {
			return fmt.Sprintf(`{"sessions":%s,"has_next_page":%s,"count":4}`, items(`{"id":%q}`, all[from:to]), more(all, to))
		}},
		"C": {4, func(_ url.Values, all []carryover.SessionID, from, to int) string {
			return items(`{"_id":%q}`, all[from:to])
		}},
		"C with a smaller page than asked": {3, func(_ url.Values, all []carryover.SessionID, from, to int) string {
			return items(`{"session":{"session_id":%q}}`, all[from:to])
		}},
		"numbers": {4, func(_ url.Values, all []carryover.SessionID, from, to int) string {
			return fmt.Sprintf(`{"data":{"sessions":%s,"has_more":%s}}`, items(`{"session_id":%s}`, all[from:to]), more(all, to))
		}},
		"bare ids": {4, func(_ url.Values, all []carryover.SessionID, from, to int) string { return items(`%q`, all[from:to]) }},
		"total pages": {4, func(q url.Values, all []carryover.SessionID, from, to int) string {
			return fmt.Sprintf(`{"items":%s,"page":%s,"total_pages":%d}`, items(`{"id":%q}`, all[from:to]), cmpOr(q.Get("page"), "1"), (len(all)+3)/4)
		}},
		"total count": {4, func(_ url.Values, all []carryover.SessionID, from, to int) string {
			return fmt.Sprintf(`{"results":%s,"total_count":"%d"}`, items(`{"id":%q}`, all[from:to]), len(all))
		}},
		"cursor": {4, func(_ url.Values, all []carryover.SessionID, from, to int) string {
			cursor := ""
			if to < len(all) {
				cursor = fmt.Sprintf("c%d", to)
			}
			return fmt.Sprintf(`{"sessions":%s,"next_cursor":%q}`, items(`{"id":%q}`, all[from:to]), cursor)
		}},
		"next as a number": {4, func(q url.Values, all []carryover.SessionID, from, to int) string {
			next := "null"
			if to < len(all) {
				n, _ := strconv.Atoi(cmpOr(q.Get("page"), "1"))
				next = strconv.Itoa(n + 1)
			}
			return fmt.Sprintf(`{"sessions":%s,"next":%s,"has_next":%s}`, items(`{"id":%q}`, all[from:to]), next, more(all, to))
		}},
		"next as an address": {4, func(_ url.Values, all []carryover.SessionID, from, to int) string {
			next := ""
			if to < len(all) {
				next = fmt.Sprintf("?cursor=c%d", to)
			}
			return fmt.Sprintf(`{"sessions":%s,"next":%q,"has_next":%s}`, items(`{"id":%q}`, all[from:to]), next, more(all, to))
		}},
	} {
		for _, n := range []int{0, 1, 4, 11} {
			t.Run(fmt.Sprintf("%s, %d", name, n), func(t *testing.T) {
				all := sessionIDs(n)
				s := serve(t, func(w http.ResponseWriter, r *http.Request) {
					from := start(r.URL.Query(), v.limit)
					from, to := min(from, len(all)), min(from+v.limit, len(all))
					_, _ = w.Write([]byte(v.page(r.URL.Query(), all, from, to)))
				})
				got, err := drain(t, newClient(t, s.URL, func(c *Config) { c.PageSize = 4 }))
				if err != nil {
					t.Fatal(err)
				}
				slices.Sort(got)
				if diff := cmp.Diff(all, got); diff != "" {
					t.Errorf("Sessions (-want +got):\n%s", diff)
				}
				if q := s.requests()[0].Query; q.Get("page_size") != "4" || s.requests()[0].Path != "/sessions/linked-user" {
					t.Errorf("first page asked with %v", q)
				}
			})
		}
	}
}

// start returns the index at which a page begins.
func start(q url.Values, size int) int {
	if c, ok := strings.CutPrefix(q.Get("cursor"), "c"); ok {
		n, _ := strconv.Atoi(c)
		return n
	}
	n, _ := strconv.Atoi(cmpOr(q.Get("page"), "1"))
	return (n - 1) * size
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// A server that ignores the page parameter gives the same page for ever.
func TestIgnoredPageParameter(t *testing.T) {
	s := serveBody(t, 200, `{"data":[{"id":"1"},{"id":"2"}],"has_next":true}`)
	got, err := drain(t, newClient(t, s.URL))
	if diff := cmp.Diff([]carryover.SessionID{"1", "2"}, got); err != nil || diff != "" {
		t.Errorf("Sessions, %v (-want +got):\n%s", err, diff)
	}
	if n := len(s.requests()); n != 2 {
		t.Errorf("%d requests, want 2: it ends at a page with nothing new", n)
	}
}

func TestDuplicatesAcrossPages(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("page") {
		case "":
			_, _ = w.Write([]byte(`{"data":[{"id":"1"},{"id":"1"},{"id":"2"}],"has_next":true}`))
		default:
			_, _ = w.Write([]byte(`{"data":[{"id":"2"},{"id":"3"}],"has_next":false}`))
		}
	})
	got, err := drain(t, newClient(t, s.URL))
	if diff := cmp.Diff([]carryover.SessionID{"1", "2", "3"}, got); err != nil || diff != "" {
		t.Errorf("Sessions, %v (-want +got):\n%s", err, diff)
	}
}

func TestStoppingEarly(t *testing.T) {
	s := serveBody(t, 200, `{"data":[{"id":"1"}],"has_next":true}`)
	for range newClient(t, s.URL).Sessions(t.Context()) {
		break
	}
	if n := len(s.requests()); n != 1 {
		t.Errorf("%d requests after stopping at the first page, want 1", n)
	}
}

func TestRefTimes(t *testing.T) {
	s := serveBody(t, 200, `[{"id":"1","created_at":"2026-11-03T22:14:05.120000","updated_at":"2026-11-03T22:47:31"},{"id":"2","created_at":null}]`)
	for page, err := range newClient(t, s.URL).Sessions(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		want := []carryover.SessionRef{{
			ID: "1", CreatedAt: time.Date(2026, 11, 3, 22, 14, 5, 120e6, time.UTC), UpdatedAt: time.Date(2026, 11, 3, 22, 47, 31, 0, time.UTC),
		}, {ID: "2"}}
		if diff := cmp.Diff(want, page); diff != "" {
			t.Errorf("page (-want +got):\n%s", diff)
		}
	}
}

// What cannot be read whole is an error, never fewer sessions.
func TestUnreadableListings(t *testing.T) {
	for _, body := range []string{
		`{}`, `{"sessions":"x"}`, `{"detail":"no"}`, `7`, `"x"`, `{"sessions":[{}]}`, `{"sessions":[null]}`,
		`[{"id":"1"},{"name":"x"}]`, `[{"id":"../1"}]`, `[{"id":1.5}]`, `[{"session_id":2.7e38}]`,
	} {
		s := serveBody(t, 200, body)
		got, err := drain(t, newClient(t, s.URL))
		if kindOf(err) != carryover.ErrTransient || len(got) != 0 {
			t.Errorf("Sessions of %s = %v, %v, want nothing and kind transient", body, got, err)
		}
	}
	for _, body := range []string{`[]`, `null`, `{"sessions":[]}`, `{"sessions":null}`, `{"data":[],"has_next":true}`} {
		s := serveBody(t, 200, body)
		got, err := drain(t, newClient(t, s.URL))
		if err != nil || len(got) != 0 || len(s.requests()) != 1 {
			t.Errorf("Sessions of %s = %v, %v after %d requests, want none after 1", body, got, err, len(s.requests()))
		}
	}
}

func TestNextElsewhere(t *testing.T) {
	for _, next := range []string{
		"https://elsewhere.example/api/v2/ml-scribe/open-api/sessions/linked-user?page=2", "//elsewhere.example/x", "/api/v2/other", "http://127.0.0.1:1/",
	} {
		s := serveBody(t, 200, fmt.Sprintf(`{"data":[{"id":"1"}],"next":%q}`, next))
		got, err := drain(t, newClient(t, s.URL))
		if kindOf(err) != carryover.ErrNotHere || len(got) != 1 {
			t.Errorf("Sessions with next %s = %v, %v, want 1 and kind not allowed", next, got, err)
		}
	}
}

func TestListingOfUnlinkedAccount(t *testing.T) {
	s := serveBody(t, 400, `{"detail":"Linked Account is required. Please link your account before using this feature."}`)
	_, err := drain(t, newClient(t, s.URL))
	if kindOf(err) != carryover.ErrUnauthorized || carryover.HintOf(err) != hintLink {
		t.Errorf("Sessions unlinked = %v (%s), want unauthorized and needs linking", err, carryover.HintOf(err))
	}
}

func TestEndlessListing(t *testing.T) {
	n := 0
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		n++
		fmt.Fprintf(w, `{"data":[{"id":"%d"}],"has_next":true}`, n)
	})
	got, err := drain(t, newClient(t, s.URL))
	if kindOf(err) != carryover.ErrTransient || len(got) != maxPages {
		t.Errorf("Sessions of an endless list = %d, %v, want %d and kind transient", len(got), err, maxPages)
	}
}

func TestLinked(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		want   bool
		kind   carryover.Kind
	}{
		{200, `{"is_valid":true,"is_linked":true,"account":{"user_id":"kp_0"}}`, true, ""},
		{200, `{"is_linked":true}`, true, ""},
		{200, `{"is_valid":false,"is_linked":true}`, false, ""},
		{200, `{"is_valid":true,"is_linked":false,"account":null}`, false, ""},
		{200, `{}`, false, carryover.ErrTransient},
		{200, `[]`, false, carryover.ErrTransient},
		{400, `{"detail":"Linked Account is required."}`, false, ""},
		{404, `{"detail":"Not Found"}`, false, carryover.ErrRefused},
		{502, `{}`, false, carryover.ErrTransient},
	} {
		s := serveBody(t, tt.status, tt.body)
		got, err := newClient(t, s.URL).Linked(t.Context())
		if got != tt.want || kindOf(err) != tt.kind {
			t.Errorf("Linked of %d %s = %v, %v, want %v, kind %q", tt.status, tt.body, got, err, tt.want, tt.kind)
		}
	}
}
