package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"carryover"
	"carryover/internal/desk"
)

// before puts a desk before the practice's own and returns a visitor of it.
func before(t *testing.T, p *practice, d crowdedDesk) *visitor {
	t.Helper()
	s := p.pages()
	d.Desk = s.Desk
	s.Desk = d
	return visit(t, serve(t, s), "reviewer")
}

// TestSearchWhileClinikoIsAway: whoever searches is told so where the results
// would be, with and without a script, and the document's page stays.
func TestSearchWhileClinikoIsAway(t *testing.T) {
	t.Parallel()
	p := demoDay(t)
	v := before(t, p, crowdedDesk{away: true})
	at := pasted(t, visit(t, site(t, p), "reviewer"), p, "Searched for in vain", "In vain.")
	page := v.post(at+"/search", url.Values{"name": {"an"}})
	if !strings.Contains(page, "Cliniko does not answer just now") || !strings.Contains(page, "In vain.") {
		t.Errorf("a search without an answer says:\n%s", page)
	}
	h, err := p.pages().Handler()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/held/none/search", strings.NewReader("name=an"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("HX-Request", "true")
	r.AddCookie(&http.Cookie{Name: "as", Value: "reviewer"})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Header().Get("HX-Refresh") != "true" {
		t.Errorf("a whole page (status %d) in the place of a search's results: HX-Refresh is %q, want the page opened anew", w.Code, w.Header().Get("HX-Refresh"))
	}
}

// TestWhoseSession: where that is the question, whoever searched for the patient
// is asked as well, and nothing is filed in the name of whoever it was read from.
func TestWhoseSession(t *testing.T) {
	t.Parallel()
	p := demoDay(t)
	at := pasted(t, visit(t, site(t, p), "reviewer"), p, "Whose", "Whose session was it?")
	v := before(t, p, crowdedDesk{nobody: true, reason: carryover.WhoseSession, search: true})
	who, _ := twoPatients(t, p)
	ask := typed(who)
	ask.Set("digest", field(t, v.get(at), "digest"))
	if found := v.post(at+"/search", url.Values{"name": {who.LastName}, "born": {who.BirthDate}}); strings.Contains(found[strings.Index(found, `id="results"`):], `name="practitioner"`) {
		t.Error("the search's results say whose session it was, want that left to the person")
	}
	for name, form := range map[string]url.Values{"picked": {"digest": ask["digest"], "patient": ask["patient"]}, "typed": ask} {
		do := map[string]string{"picked": "/patient", "typed": "/file"}[name]
		status, page := v.send(http.MethodPost, at+do, form)
		if status >= 500 || !strings.Contains(page, `<select id="practitioner-of-session" name="practitioner" required>`) {
			t.Errorf("%s, with nobody named: status %d, want to be asked whose session it was:\n%s", name, status, page)
		}
	}
	if got := stateOf(t, p, strings.TrimPrefix(at, "/held/")); got.State != string(carryover.Held) {
		t.Errorf("the document is %s, want it held", got.State)
	}
}

// TestNobodyFilesToANumber: a button that files says to whom, by name and birth
// date, also where the evidence that was compared has no such patient.
func TestNobodyFilesToANumber(t *testing.T) {
	t.Parallel()
	p := demoDay(t)
	v := visit(t, site(t, p), "reviewer")
	held, err := p.desk.List(t.Context(), desk.ListRequest{States: []carryover.State{carryover.Held}})
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, one := range held {
		page := v.get("/held/" + one.ID)
		m := regexp.MustCompile(`data-key="f">([^<]*)`).FindStringSubmatch(page)
		if m == nil {
			continue
		}
		tried++
		if strings.Contains(m[1], "to patient") || !strings.Contains(m[1], ", born ") {
			t.Errorf("%s (%s): the button says %q, want a name and a birth date", one.Mark, one.Reason, m[1])
		}
	}
	if tried == 0 {
		t.Error("no held document has a button that files it")
	}
}
