package heidisim_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox/clinic"
	"carryover/sandbox/heidisim"
)

// A reader reads as §5 and §7 tell a careful client to, in as few lines as that
// takes; it is the sheet's own client, and shares nothing with the real one.
type reader struct {
	*caller
	token string
}

// arrayIn finds the items of a body: the body itself, or the first known key
// that holds an array; null is no items (§5.1, §7).
func arrayIn(body any) []any {
	if list, ok := body.([]any); ok {
		return list
	}
	o, _ := body.(map[string]any)
	for _, k := range []string{"sessions", "documents", "data", "items", "results"} {
		if list, ok := o[k].([]any); ok {
			return list
		}
	}
	return nil
}

// idIn finds an item's id, whatever it is called and however it is written
// (§5.2).
func idIn(item any) string {
	o, _ := item.(map[string]any)
	if inner, ok := o["session"].(map[string]any); ok {
		o = inner
	}
	for _, k := range []string{"session_id", "id", "_id"} {
		switch v := o[k].(type) {
		case string:
			return v
		case json.Number:
			return v.String()
		}
	}
	return ""
}

// sessions pages through the listing by §5.3 and §5.4 and returns every id once.
func (r reader) sessions(size int) (ids []string) {
	r.t.Helper()
	seen, cursor := map[string]bool{}, ""
	for page := 1; page < 200; page++ {
		query := url.Values{"page_size": {fmt.Sprint(size)}, "page": {fmt.Sprint(page)}}
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		body := r.get(r.token, "/sessions/linked-user?"+query.Encode()).want(200).value()
		items, fresh := arrayIn(body), false
		for _, item := range items {
			id := idIn(item)
			if id == "" {
				r.t.Fatalf("an item without an id: %v", item)
			}
			if !seen[id] {
				seen[id], fresh = true, true
				ids = append(ids, id)
			}
		}
		o, _ := body.(map[string]any)
		hint := o["has_next"] == true || o["has_next_page"] == true || o["has_more"] == true
		cursor, _ = o["next_cursor"].(string)
		noHint := o["has_next"] == nil && o["has_next_page"] == nil && o["has_more"] == nil && o["next_cursor"] == nil
		if !fresh || !(hint || cursor != "" || noHint && len(items) == size) {
			break
		}
	}
	slices.Sort(ids)
	return ids
}

// texts reads a session's documents: id to content.
func (r reader) texts(id string) map[string]string {
	r.t.Helper()
	out := map[string]string{}
	a := r.get(r.token, "/sessions/"+id+"/documents")
	if a.status == 404 { // a session without documents may answer so (§7)
		return out
	}
	for _, item := range arrayIn(a.want(200).value()) {
		o, _ := item.(map[string]any)
		out[fmt.Sprint(o["id"])], _ = o["content"].(string)
	}
	return out
}

// anyTime parses §6's forms of a timestamp.
func anyTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if when, err := time.Parse(layout, text); err == nil {
			return when.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time", text)
}

// §4, §5, §6, §7: whatever the seed makes of shapes, orders and paging, the
// minimal read sequence of a careful client finds every session of a clinic's
// day and every document, unchanged.
func TestSheetCarefulReaderFindsAll(t *testing.T) {
	day := time.Date(2026, 11, 4, 12, 0, 0, 0, time.UTC)
	sessions := 0
	for seed := range uint64(12) {
		practice := clinic.Generate(seed, day)
		c := opened(t, heidisim.Options{Practice: practice, Seed: seed, Switches: heidisim.SeededSwitches(seed)})
		truth := map[string]map[string]string{}
		for _, d := range c.server.Documents() {
			if !d.Gone {
				if truth[d.SessionID] == nil {
					truth[d.SessionID] = map[string]string{}
				}
				truth[d.SessionID][d.DocumentID] = d.Content
			}
		}
		for _, who := range practice.Practitioners {
			if !who.Linked || who.LinkExpired {
				continue
			}
			r := reader{c, c.token(who.Email, who.InternalID)}
			var want []string
			created := map[string]time.Time{}
			for _, s := range practice.Sessions {
				if s.GoneAt == 0 && (s.PractitionerID == who.ID || slices.Contains(s.SharedWith, who.ID)) {
					want = append(want, s.ID)
					created[s.ID] = s.StartedAt
				}
			}
			slices.Sort(want)
			ids := r.sessions(7)
			if diff := cmp.Diff(want, ids); diff != "" {
				t.Fatalf("seed %d, %s's sessions (-want +got):\n%s", seed, who.FirstName, diff)
			}
			for _, id := range ids {
				r.check(id, created[id], truth[id])
			}
			sessions += len(ids)
		}
	}
	if sessions < 12*20 {
		t.Errorf("twelve days hold %d sessions of linked clinicians, want at least 20 a day", sessions)
	}
}

// check reads one session and its documents and compares them with the truth.
func (r reader) check(id string, created time.Time, truth map[string]string) {
	r.t.Helper()
	o := r.get(r.token, "/sessions/"+id).want(200).object()
	if inner, ok := o["session"].(map[string]any); ok {
		o = inner
	}
	if idIn(o) != id {
		r.t.Errorf("session %s calls itself %v", id, o["session_id"])
	}
	when, err := anyTime(fmt.Sprint(o["created_at"]))
	if off := when.Sub(created); err != nil || off > time.Second || off < -time.Second {
		r.t.Errorf("session %s: created_at = %v, want %v (%v)", id, o["created_at"], created, err)
	}
	got := r.texts(id)
	for doc, text := range truth {
		if listed, ok := got[doc]; !ok || listed != text {
			r.t.Errorf("document %s of %s = %.40q (listed %v), want %.40q", doc, id, listed, ok, text)
		}
	}
	note, _ := o["consult_note"].(map[string]any)
	for doc, text := range got {
		if _, ok := truth[doc]; !ok && text != note["result"] { // the note may be listed as well (§20.13)
			r.t.Errorf("document %s of %s is listed and is not in the books", doc, id)
		}
	}
}
