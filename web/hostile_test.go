package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"carryover/web/pagetest"
)

// TestHostileDocumentInABrowser opens a document that tries to run scripts and to
// fetch from elsewhere, in a browser that would let it: nothing of it runs, and
// nobody is asked for anything.
func TestHostileDocumentInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes some seconds to start")
	}
	var asked atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(elsewhere.Close)
	p := demoDay(t)
	v := visit(t, site(t, p), "reviewer")
	text := strings.ReplaceAll(strings.Join([]string{
		`<script>window.canary = 1</script>`, `<script src="ELSEWHERE/s.js"></script>`, `<img src="ELSEWHERE/i.png" onerror="window.canary = 1">`,
		`![picture](ELSEWHERE/m.png)`, `<link rel="stylesheet" href="ELSEWHERE/l.css">`, `<iframe src="ELSEWHERE/f"></iframe>`,
		`<svg onload="window.canary = 1"><image href="ELSEWHERE/v.png"/></svg>`, `<style>@import url(ELSEWHERE/c.css);</style>`,
		`<meta http-equiv="refresh" content="0;url=ELSEWHERE/r">`, `<details open ontoggle="window.canary = 1">x</details>`, `<base href="ELSEWHERE/">`,
	}, "\n\n"), "ELSEWHERE", elsewhere.URL)
	at := pasted(t, v, p, `<img src="`+elsewhere.URL+`/t.png" onerror="window.canary = 1">`, text)
	page := pagetest.Open(t, v.base+"/as/reviewer")
	for _, open := range []func(){
		func() { page.Go(v.base + at) },
		func() {
			page.Go(v.base + "/documents/" + strings.TrimPrefix(at, "/held/"))
			page.TabTo("Show names")
			page.Follow(pagetest.Enter)
		},
	} {
		open()
		where := page.Ask("location.pathname")
		if got := page.Text(".paper"); !strings.Contains(got, "[Image: picture]") {
			t.Errorf("%s does not show the document's words: %q", where, got)
		}
		if got := page.Ask(`String(window.canary)`); got != "undefined" {
			t.Errorf("%s: a script of the document ran", where)
		}
		if got := page.Ask(`[...document.querySelectorAll(".paper :is(script, img, iframe, svg, style, link, meta, base, details, form), .paper-title *")].map(e => e.outerHTML).join(" ")`); got != "" {
			t.Errorf("%s has elements of the document in it: %s", where, got)
		}
		if got := page.Ask(`performance.getEntriesByType("resource").map(e => e.name).filter(n => !n.startsWith(location.origin)).join(" ")`); got != "" {
			t.Errorf("%s asked for %s", where, got)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the document had the browser ask elsewhere %d times, want never", n)
	}
}
