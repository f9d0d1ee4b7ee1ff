package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"carryover"
	"carryover/internal/desk"
)

// TestCallOff: the page of a document whose undo was asked for, and has not
// begun, lets a person call it off; nobody who saw something else.
func TestCallOff(t *testing.T) {
	t.Parallel()
	h, d := years(t, 4, 1)
	all, err := d.List(t.Context(), desk.ListRequest{States: []carryover.State{carryover.Proven}})
	if err != nil || len(all) == 0 {
		t.Fatalf("List = %v, %v, want what is proven", all, err)
	}
	at := "/documents/" + all[0].ID
	const button = `value="call_off"`
	if strings.Contains(fetched(t, h, "reviewer", at), button) {
		t.Error("the page offers to call off what nobody asked for")
	}
	if _, err := d.Undo(t.Context(), desk.UndoRequest{ID: all[0].ID, Actor: "cli:1000"}); err != nil {
		t.Fatal(err)
	}
	page := fetched(t, h, "reviewer", at)
	if !strings.Contains(page, button) || !strings.Contains(page, "nothing has been sent for it yet") {
		t.Fatalf("the page does not offer to call the undo off:\n%s", page)
	}
	digest := field(t, page, "digest")
	for _, try := range []struct {
		digest, state string
		status        int
	}{{"0011223344556677", "asked", http.StatusConflict}, {digest, "given_up", http.StatusSeeOther}} {
		form := url.Values{"do": {"call_off"}, "digest": {try.digest}}
		r := httptest.NewRequest(http.MethodPost, "http://localhost"+at+"/undo", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: "as", Value: "reviewer"})
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		shown, err := d.Show(t.Context(), desk.ShowRequest{ID: all[0].ID})
		if err != nil || w.Code != try.status || shown.Deliveries[0].TakenBack.State != try.state {
			t.Errorf("calling off with digest %s = %d, and the undo is %+v (%v); want %d and %s", try.digest, w.Code, shown.Deliveries[0].TakenBack, err, try.status, try.state)
		}
	}
	if strings.Contains(fetched(t, h, "reviewer", at), button) {
		t.Error("the page still offers to call it off")
	}
}
