package heidisim

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"carryover/sandbox"

	"github.com/google/go-cmp/cmp"
)

// manySessions is a linked clinician with n sessions, an hour apart, whose ids
// count up with time.
func manySessions(n int) *sandbox.Practice {
	p := &sandbox.Practice{Practitioners: littlePractice().Practitioners[:1]}
	for i := range n {
		p.Sessions = append(p.Sessions, sandbox.Session{
			ID: strconv.Itoa(1000 + i), PractitionerID: "101", PatientName: "Testa Fictional",
			StartedAt: morning.Add(time.Duration(i) * time.Hour),
		})
	}
	return p
}

// items finds the array of a listing, whatever its profile.
func (r reply) items() []any {
	if l, bare := r.body.([]any); bare {
		return l
	}
	return append(r.list("sessions"), r.list("data")...)
}

// sessionIDs reads the ids of a page.
func sessionIDs(items []any) []string {
	var ids []string
	for _, item := range items {
		o, _ := item.(map[string]any)
		if inner, wrapped := o["session"].(map[string]any); wrapped {
			o = inner
		}
		id := o["session_id"]
		if id == nil {
			id = o["id"]
		}
		ids = append(ids, fmt.Sprint(id))
	}
	return ids
}

func TestListingProfiles(t *testing.T) {
	b := newBench(t, Options{Practice: manySessions(5)})
	token := b.wren()
	page := func(w Switches, number int) map[string]any {
		b.SetSwitches(w)
		got := b.get(token, "/sessions/linked-user?page_size=2&page="+strconv.Itoa(number))
		if n := len(got.items()); n != min(2, 5-2*(number-1)) {
			t.Errorf("listing %q page %d has %d items", w.Listing, number, n)
		}
		o := got.object()
		delete(o, "sessions")
		delete(o, "data")
		return o
	}
	for _, test := range []struct {
		listing string
		number  int
		want    string
	}{
		{ListingB, 1, "map[count:2 has_next_page:true]"},
		{ListingB, 3, "map[count:1 has_next_page:false]"},
		{ListingA, 1, "map[count:2 has_next:true has_previous:false total_count:5]"},
		{ListingA, 3, "map[count:1 has_next:false has_previous:true total_count:5]"},
		{ListingC, 1, "map[]"},
	} {
		if got := fmt.Sprint(page(Switches{Listing: test.listing}, test.number)); got != test.want {
			t.Errorf("listing %s page %d = %s, want %s", test.listing, test.number, got, test.want)
		}
	}
}

func TestListingOrder(t *testing.T) {
	b := newBench(t, Options{Practice: manySessions(12), Seed: 3})
	token := b.wren()
	order := func(w Switches) []string {
		b.SetSwitches(w)
		return sessionIDs(b.get(token, "/sessions/linked-user").items())
	}
	ascending := order(Switches{Order: OrderOldestFirst})
	if !slices.IsSorted(ascending) || len(ascending) != 12 {
		t.Errorf("oldest first = %v", ascending)
	}
	descending := order(Switches{Order: OrderNewestFirst})
	slices.Reverse(descending)
	if diff := cmp.Diff(ascending, descending); diff != "" {
		t.Errorf("newest first is not oldest first reversed:\n%s", diff)
	}
	unsorted := order(Switches{})
	if slices.IsSorted(unsorted) {
		t.Errorf("unsorted = %v, which is sorted", unsorted)
	}
	if diff := cmp.Diff(unsorted, order(Switches{})); diff != "" {
		t.Errorf("unsorted order changes between requests:\n%s", diff)
	}
	other := newBench(t, Options{Practice: manySessions(12), Seed: 4})
	if got := sessionIDs(other.get(other.wren(), "/sessions/linked-user").items()); slices.Equal(got, unsorted) {
		t.Error("two seeds give the same order")
	}
}

// pagesOf reads pages until one brings no new id, as the sheet advises.
func (b *bench) pagesOf(token string, size int) (pages [][]string, distinct int) {
	b.t.Helper()
	seen := map[string]bool{}
	cursor := ""
	for n := 1; ; n++ {
		path := fmt.Sprintf("/sessions/linked-user?page_size=%d&page=%d", size, n)
		if cursor != "" {
			path += "&cursor=" + cursor
		}
		got := b.get(token, path)
		ids := sessionIDs(got.items())
		before := len(seen)
		for _, id := range ids {
			seen[id] = true
		}
		pages = append(pages, ids)
		cursor, _ = got.object()["next_cursor"].(string)
		if len(seen) == before || n > 20 {
			return pages, len(seen)
		}
	}
}

func TestPagingQuirks(t *testing.T) {
	tests := []struct {
		name     string
		switches Switches
		distinct int
	}{
		{"pages", Switches{}, 7},
		{"ignored page", Switches{Paging: PagingIgnored}, 3},
		{"cursor", Switches{Paging: PagingCursor}, 7},
		{"cursor with a bare array falls back to pages", Switches{Paging: PagingCursor, Listing: ListingC}, 7},
		{"duplicates across pages", Switches{DuplicateItems: true}, 7},
		{"a cap on the page's size", Switches{PageSizeCap: 2}, 7},
	}
	for _, test := range tests {
		b := newBench(t, Options{Practice: manySessions(7), Switches: test.switches})
		pages, distinct := b.pagesOf(b.wren(), 3)
		if distinct != test.distinct {
			t.Errorf("%s: %d distinct ids in %v, want %d", test.name, distinct, pages, test.distinct)
		}
		if limit := test.switches.PageSizeCap; limit > 0 && len(pages[0]) != limit {
			t.Errorf("%s: first page has %d items, want %d", test.name, len(pages[0]), limit)
		}
		if test.switches.DuplicateItems && pages[0][2] != pages[1][0] {
			t.Errorf("%s: pages %v do not overlap", test.name, pages)
		}
	}
}

func TestPageParametersAreChecked(t *testing.T) {
	b := newBench(t, Options{Practice: manySessions(3)})
	token := b.wren()
	for query, want := range map[string]int{
		"page_size=0": 422, "page_size=x": 422, "page=-1": 422, "page=99999999999999999999": 422,
		"page=9223372036854775807&page_size=2": 200, "page_size=9223372036854775807": 200, "unknown=1": 200,
	} {
		if got := b.get(token, "/sessions/linked-user?"+query); got.status != want {
			t.Errorf("listing with %s = %d %s, want %d", query, got.status, got.text, want)
		}
	}
}

func TestListingItems(t *testing.T) {
	b := newBench(t, Options{Practice: manySessions(1)})
	token := b.wren()
	item := func(w Switches) map[string]any {
		b.SetSwitches(w)
		o, _ := b.get(token, "/sessions/linked-user").items()[0].(map[string]any)
		return o
	}
	if got := item(Switches{}); got["patient"] == nil || got["session_id"] != "1000" {
		t.Errorf("full item = %v, want patient and session_id", got)
	}
	if got := item(Switches{SummariesOnly: true}); got["patient"] != nil || got["ehr_patient_id"] != nil || got["session_id"] != "1000" {
		t.Errorf("summary = %v, want no patient fields", got)
	}
	if got := item(Switches{ItemIDAsID: true}); got["session_id"] != nil || got["id"] != "1000" {
		t.Errorf("item = %v, want its id as id", got)
	}
	if got := item(Switches{WrappedItems: true}); got["session"] == nil {
		t.Errorf("item = %v, want it wrapped", got)
	}
}

func TestListingShowsTheDay(t *testing.T) {
	b := newBench(t, Options{})
	if err := b.Link("teal@example.com", "user-2"); err != nil {
		t.Fatal(err)
	}
	wren, teal := b.wren(), b.token("teal@example.com", "user-2")
	for _, step := range []struct {
		share      float64
		wren, teal []string
	}{
		{0, []string{knee}, nil},
		{0.5, []string{knee, shoulder}, []string{shoulder}},
		{0.9, []string{shoulder}, []string{shoulder}},
	} {
		b.at(step.share)
		for _, who := range []struct {
			token string
			want  []string
		}{{wren, step.wren}, {teal, step.teal}} {
			got := sessionIDs(b.get(who.token, "/sessions/linked-user").items())
			slices.Sort(got)
			if diff := cmp.Diff(who.want, got); diff != "" {
				t.Errorf("at %v the listing differs (-want +got):\n%s", step.share, diff)
			}
		}
	}
	b.SetSwitches(Switches{HideShared: true})
	if got := b.get(teal, "/sessions/linked-user").items(); len(got) != 0 {
		t.Errorf("with hide_shared the listing has %d sessions, want 0", len(got))
	}
	if got := b.get(teal, "/sessions/"+shoulder); got.status != 200 {
		t.Errorf("hidden shared session = %d, want 200 by its id", got.status)
	}
	b.SetSwitches(Switches{NoListing: true})
	if got := b.get(wren, "/sessions/linked-user"); got.status != 404 {
		t.Errorf("with no_listing = %d, want 404", got.status)
	}
}
