package web_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover"
	"carryover/internal/desk"
)

// pasting gives each test a document of its own.
var pasting sync.Mutex

// pasted hands a document in that nobody can match, through the page, and
// returns the address of its held page once it waits.
func pasted(t *testing.T, v *visitor, p *practice, title, text string) string {
	t.Helper()
	pasting.Lock()
	defer pasting.Unlock()
	page := v.post("/paste", url.Values{
		"name": {"Nobody Ofthisname"}, "born": {"1/2/1903"}, "practitioner": {string(p.cfg.PractitionerIDs()[0])},
		"title": {title}, "text": {text},
	})
	ids := links(page, `/documents/[0-9a-f-]{36}/open`)
	if len(ids) != 1 {
		t.Fatalf("handing a document in does not lead to its page:\n%s", page)
	}
	id := strings.Split(ids[0], "/")[2]
	wait(t, func() bool { return stateOf(t, p, id).State == string(carryover.Held) }, "the document to be held")
	return "/held/" + id
}

func stateOf(t *testing.T, p *practice, id string) desk.Item {
	t.Helper()
	d, err := p.desk.Show(t.Context(), desk.ShowRequest{ID: id})
	if err != nil {
		t.Fatal(err)
	}
	return d.Item
}

// wait looks until done says so; the pace is the machine's.
func wait(t *testing.T, done func() bool, what string) {
	t.Helper()
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for limit := time.After(2 * time.Minute); !done(); {
		select {
		case <-look.C:
		case <-limit:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// field returns what a form's hidden field holds.
func field(t *testing.T, page, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no field %s:\n%s", name, page)
	}
	return m[1]
}

// TestFileToAnotherPatient does without JavaScript what a person does: searches,
// picks, mistypes, types right. Nothing is filed before that, and then to the
// patient who was picked.
func TestFileToAnotherPatient(t *testing.T) {
	t.Parallel()
	p := demoDay(t)
	v := visit(t, site(t, p), "reviewer")
	at := pasted(t, v, p, "A letter", "# A letter\n\nGoing well, four of ten.")
	id := strings.TrimPrefix(at, "/held/")
	who := p.Practice.Patients[0]
	for _, one := range p.Practice.Patients {
		if one.BirthDate != "" && one.FirstName != "" && len(one.LastName) > 5 && one.ArchivedAt.IsZero() && one.MergedInto == "" {
			who = one
			break
		}
	}
	digest := field(t, v.get(at), "digest")
	found := v.post(at+"/search", url.Values{"digest": {digest}, "name": {who.FirstName + " " + who.LastName}, "born": {who.BirthDate}})
	if !strings.Contains(found, `name="patient" value="`) {
		t.Fatalf("the search for a patient finds nobody:\n%s", found)
	}
	patient := regexp.MustCompile(`name="patient" value="(\d+)"`).FindStringSubmatch(found[strings.Index(found, `id="results"`):])[1]
	ask := url.Values{"digest": {digest}, "patient": {patient}}
	confirm := v.post(at+"/patient", ask)
	if !strings.Contains(confirm, `name="initials"`) {
		t.Fatalf("picking a patient does not ask for the re-entry:\n%s", confirm)
	}
	for name, typed := range map[string][2]string{"nothing": {"", ""}, "another's initials": {"ZZ", who.BirthDate}, "another's birth date": {who.FirstName[:1] + who.LastName[:1], "1/1/1901"}} {
		ask.Set("initials", typed[0])
		ask.Set("born", typed[1])
		v.wants(http.StatusUnprocessableEntity, http.MethodPost, at+"/file", ask)
		if got := stateOf(t, p, id); got.State != string(carryover.Held) {
			t.Fatalf("%s was typed, and the document is %s, want it held", name, got.State)
		}
	}
	ask.Set("initials", who.FirstName[:1]+who.LastName[:1])
	ask.Set("born", who.BirthDate)
	stale := url.Values{}
	maps.Copy(stale, ask)
	stale.Set("digest", "0011223344556677")
	if page := v.wants(http.StatusConflict, http.MethodPost, at+"/file", stale); !strings.Contains(page, "changed while you looked") {
		t.Errorf("an old digest does not say what is the matter:\n%s", page)
	}
	if page := v.post(at+"/file", ask); !strings.Contains(page, "on its way") {
		t.Errorf("filing does not say what happens now:\n%s", page)
	}
	got := stateOf(t, p, id)
	if got.Patient != patient || !got.ByPerson {
		t.Errorf("the document goes to patient %s (by a person: %v), want %s", got.Patient, got.ByPerson, patient)
	}
	wait(t, func() bool { return stateOf(t, p, id).State == string(carryover.Proven) }, "the document to be proven")
	v.wants(http.StatusConflict, http.MethodPost, at+"/file", ask) // a second press of the button
	takeBack(t, v, p, id)
}

// takeBack takes a filing back: first the page says what will happen.
func takeBack(t *testing.T, v *visitor, p *practice, id string) {
	t.Helper()
	page := v.get("/documents/" + id)
	if !strings.Contains(page, "/documents/"+id+"/undo") {
		t.Fatalf("the page of what is in Cliniko does not offer to take it back:\n%s", page)
	}
	says := v.post("/documents/"+id+"/undo", url.Values{})
	if !strings.Contains(says, "is archived, and so out of") || stateOf(t, p, id).State != string(carryover.Proven) {
		t.Fatalf("asking what an undo would do says:\n%s", says)
	}
	v.post("/documents/"+id+"/undo", url.Values{"digest": {field(t, says, "digest")}, "do": {"yes"}})
	wait(t, func() bool { return stateOf(t, p, id).State == string(carryover.Undone) }, "the filing to be taken back")
}

// TestLeaveOut: a reason of the list is needed, and then it stays out.
func TestLeaveOut(t *testing.T) {
	t.Parallel()
	p := demoDay(t)
	v := visit(t, site(t, p), "reviewer")
	at := pasted(t, v, p, "A note to myself", "Buy tape.")
	digest := field(t, v.get(at), "digest")
	for _, form := range []url.Values{{}, {"digest": {digest}}, {"digest": {digest}, "reason": {"because"}}, {"reason": {desk.Test}}} {
		v.wants(http.StatusBadRequest, http.MethodPost, at+"/dismiss", form)
	}
	if page := v.post(at+"/dismiss", url.Values{"digest": {digest}, "reason": {desk.Test}, "remark": {"mine"}}); !strings.Contains(page, "stays out") {
		t.Errorf("leaving it out does not say so:\n%s", page)
	}
	if got := stateOf(t, p, strings.TrimPrefix(at, "/held/")); got.State != string(carryover.Dismissed) {
		t.Errorf("the document is %s, want it dismissed", got.State)
	}
}

// TestTwoAtOnce: what one person has decided about, another who still has it
// open cannot decide about differently.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	p := demoDay(t)
	one := visit(t, site(t, p), "reviewer")
	other := visit(t, one.base, "admin")
	at := pasted(t, one, p, "For two", "Seen by two.")
	digest := url.Values{"digest": {field(t, one.get(at), "digest")}, "reason": {desk.Duplicate}}
	other.get(at)
	one.post(at+"/dismiss", digest)
	for _, do := range []string{"/dismiss", "/retry", "/patient", "/file"} {
		if page := other.wants(http.StatusConflict, http.MethodPost, at+do, digest); !strings.Contains(page, "changed while you looked") || !strings.Contains(page, `href="`+at+`"`) {
			t.Errorf("%s after somebody else decided says what follows, want that it changed, and the way back:\n%s", do, page)
		}
	}
	if got := stateOf(t, p, strings.TrimPrefix(at, "/held/")); got.State != string(carryover.Dismissed) {
		t.Errorf("the document is %s, want what the first decided", got.State)
	}
}

// TestOpeningIsRecorded: each look at a held document is in the audit chain, in
// the name of whoever looked; a list is not.
func TestOpeningIsRecorded(t *testing.T) {
	t.Parallel()
	p := demoDay(t)
	const whoLooks = "01a19000-0000-7000-8000-00000000000b" // others look at what is held at the same time
	v := visit(t, site(t, p), "reviewer~"+whoLooks)
	at := pasted(t, v, p, "Looked at", "Looked at.")
	id := strings.TrimPrefix(at, "/held/")
	looks := func() (n int) {
		d, err := p.desk.Show(t.Context(), desk.ShowRequest{ID: id})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range d.History {
			n += btoi(e.Action == "viewed" && e.Actor == "user:"+whoLooks)
		}
		return n
	}
	for _, list := range []string{"/", "/held", "/activity", "/documents/" + id} {
		v.get(list)
	}
	if n := looks(); n != 0 {
		t.Errorf("lists left %d entries about a document's text, want none", n)
	}
	v.get(at)
	if n := looks(); n != 1 {
		t.Errorf("opening it left %d entries, want one", n)
	}
}

// TestHostileDocument: markup in a document is words on every page that shows it.
func TestHostileDocument(t *testing.T) {
	t.Parallel()
	p := demoDay(t)
	v := visit(t, site(t, p), "reviewer")
	hostile := []string{
		`<script>alert("canaryscript")</script>`, `<img src=x onerror=alert(1)>`, `</article></main><h1>canaryheading</h1>`,
		`<a href="javascript:alert(1)">canarylink</a>`, `<style>body{display:none}</style>`, `<form action="https://elsewhere.example/"><button>canarybutton</button></form>`,
		`<iframe src="https://elsewhere.example/"></iframe>`, `<svg onload=alert(1)>`, `[canarymark](javascript:alert(1))`, `{{.Data}} {{template "main"}}`,
	}
	at := pasted(t, v, p, hostile[0], strings.Join(hostile, "\n\n"))
	page := v.get(at)
	inspect(t, p, at, strings.ReplaceAll(page, "canary", ""))
	for _, bad := range []string{"<script>", "<img", "<iframe", "<style>", "javascript:", "<svg onload", `action="https:`} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %s of the document in it", bad)
		}
	}
	if !strings.Contains(page, "canaryscript") {
		t.Error("the page does not show the document's words")
	}
	opened := v.post("/documents/"+strings.TrimPrefix(at, "/held/")+"/open", url.Values{})
	if strings.Contains(opened, "<script>alert") {
		t.Error("the document's page has a script of the document in it")
	}
	found := v.post(at+"/search", url.Values{"name": {`"><script>alert(1)</script>`}})
	if strings.Contains(found, "<script>alert") {
		t.Error("what was searched for runs")
	}
}

// TestPauseIsSeen: the switch stops everything and says so on each page.
func TestPauseIsSeen(t *testing.T) {
	p := demoDay(t)
	v := visit(t, site(t, p), "reviewer")
	defer v.post("/pause", url.Values{"on": {"no"}})
	if page := v.post("/pause", url.Values{"on": {"yes"}}); !strings.Contains(page, "Filing is paused") {
		t.Errorf("the page does not say that filing is paused:\n%s", page)
	}
	if !strings.Contains(v.get("/held"), "Let filing go on") {
		t.Error("a reviewer is not offered to let filing go on")
	}
	own := fmt.Sprintf("practitioner.%s", p.cfg.PractitionerIDs()[0])
	page := visit(t, v.base, own).get("/")
	if !strings.Contains(page, "Filing is paused") || strings.Contains(page, "Let filing go on") {
		t.Error("a practitioner should see the pause and have no switch")
	}
	if page := v.post("/pause", url.Values{"on": {"no"}}); strings.Contains(page, "Filing is paused") {
		t.Error("the page still says that filing is paused")
	}
}

// TestActivitySearch searches by reference, by place and by day, and pages.
func TestActivitySearch(t *testing.T) {
	t.Parallel()
	p := demoDay(t)
	v := visit(t, site(t, p), "reviewer")
	items, err := p.desk.List(t.Context(), desk.ListRequest{States: []carryover.State{carryover.Proven}, Limit: 1})
	if err != nil || len(items) != 1 {
		t.Fatalf("List = %v, %v", items, err)
	}
	if page := v.post("/activity", url.Values{"reference": {" " + strings.ToLower(items[0].Reference)}}); !strings.Contains(page, items[0].Reference) {
		t.Errorf("a search for a reference does not lead to its document:\n%s", page)
	}
	if page := v.post("/activity", url.Values{"reference": {"HD-AAAAAAAA"}}); !strings.Contains(page, "No document of yours") {
		t.Errorf("a search for nothing says:\n%s", page)
	}
	if page := v.post("/activity", url.Values{"group": {"filed"}, "from": {"2001-01-01"}, "to": {"2001-01-02"}}); !strings.Contains(page, "No document fits") {
		t.Errorf("a search of a day long gone says:\n%s", page)
	}
	first := v.post("/activity", url.Values{"group": {"filed"}})
	if strings.Contains(first, "Waiting for someone to check") {
		t.Error("a search for what is filed shows what waits")
	}
	if strings.Contains(first, "Show earlier ones") {
		next := v.post("/activity", url.Values{"group": {"filed"}, "after": {field(t, strings.ReplaceAll(first, `name="after" value`, `name="x" name="after" value`), "after")}})
		for _, m := range regexp.MustCompile(`/documents/[0-9a-f-]{36}`).FindAllString(next, -1) {
			if strings.Contains(first, m) {
				t.Errorf("the next page shows %s again", m)
			}
		}
	}
}
