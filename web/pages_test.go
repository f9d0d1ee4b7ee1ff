package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"carryover"
	"carryover/internal/desk"
)

// links returns the distinct addresses of a page that a pattern fits.
func links(page, pattern string) []string {
	var all []string
	for _, m := range regexp.MustCompile(`(?:href|action|formaction)="(`+pattern+`)"`).FindAllStringSubmatch(page, -1) {
		if !slices.Contains(all, m[1]) {
			all = append(all, m[1])
		}
	}
	return all
}

// everyPage walks from Today to every address that a link leads to.
func everyPage(t *testing.T, v *visitor) map[string]string {
	t.Helper()
	found, todo := map[string]string{}, []string{"/"}
	kinds := map[string]int{}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		if _, had := found[at]; had {
			continue
		}
		kind := regexp.MustCompile(`[0-9a-f-]{36}|\d{4}-\d\d-\d\d`).ReplaceAllString(at, "*")
		if kinds[kind]++; kinds[kind] > 4 || strings.Contains(at, "/later") || strings.HasPrefix(at, "/assets/") || strings.HasPrefix(at, "/people") {
			continue
		}
		page := v.get(at)
		found[at] = page
		for _, m := range regexp.MustCompile(`href="(/[^"#]*)`).FindAllStringSubmatch(page, -1) {
			todo = append(todo, html.UnescapeString(m[1]))
		}
	}
	return found
}

// TestPages opens every page that links lead to, and looks at each for what
// holds everywhere: nothing of its own runs or is styled in it, every control has
// a name, there is one heading of the first rank, and no title or address has a
// name in it.
func TestPages(t *testing.T) {
	t.Parallel()
	p := demoDay(t)
	v := visit(t, site(t, p), "admin")
	pages := everyPage(t, v)
	for _, want := range []string{"/", "/held", "/activity", "/balance", "/paste", "/connections", "/routes"} {
		if _, ok := pages[want]; !ok {
			t.Errorf("no link leads to %s", want)
		}
	}
	var held, lives int
	for at, page := range pages {
		held += btoi(strings.HasPrefix(at, "/held/"))
		lives += btoi(strings.HasPrefix(at, "/documents/"))
		inspect(t, p, at, page)
	}
	if held == 0 || lives == 0 {
		t.Errorf("links led to %d held documents and %d lives, want some of each", held, lives)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// inspect looks at one page.
func inspect(t *testing.T, p *practice, at, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	labels, ids := map[string]bool{}, map[string]bool{}
	first, title, mains := 0, "", 0
	for n := range root.Descendants() {
		switch n.DataAtom {
		case atom.Label:
			labels[attr(n, "for")] = true
		case atom.H1:
			if !within(n, "paper") {
				first++
			}
		case atom.Main:
			mains++
		case atom.Title:
			if n.Parent.DataAtom == atom.Head {
				title = text(n)
			}
		case atom.Style:
			t.Errorf("%s has a style of its own", at)
		case atom.Script:
			if attr(n, "src") == "" || n.FirstChild != nil {
				t.Errorf("%s has a script of its own", at)
			}
		}
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("%s has the id %q twice", at, id)
			}
			ids[id] = true
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
				t.Errorf("%s has the attribute %s", at, a.Key)
			}
		}
	}
	if first != 1 || mains != 1 {
		t.Errorf("%s has %d headings of the first rank and %d main parts, want one of each", at, first, mains)
	}
	for n := range root.Descendants() {
		switch n.DataAtom {
		case atom.Input, atom.Select, atom.Textarea:
			if k := attr(n, "type"); k != "hidden" && !labels[attr(n, "id")] && n.Parent.DataAtom != atom.Label {
				t.Errorf("%s: the field %q has no label", at, attr(n, "name"))
			}
		case atom.Button, atom.A:
			if strings.TrimSpace(text(n)) == "" {
				t.Errorf("%s: a %s says nothing", at, n.Data)
			}
		}
		for _, ref := range []string{"aria-labelledby", "aria-describedby"} {
			if id := attr(n, ref); id != "" && !ids[id] {
				t.Errorf("%s: %s leads to %q, which is not there", at, ref, id)
			}
		}
	}
	for _, name := range namesOf(p) {
		if strings.Contains(title, name) || strings.Contains(at, name) {
			t.Errorf("%s is titled %q, which has a name in it", at, title)
		}
		if !strings.HasPrefix(at, "/held/") && strings.Contains(page, name) {
			t.Errorf("%s shows a patient's name, want it only where a document was opened", at)
		}
	}
	for _, word := range []string{"`", "carryover ", "HELD_", "NaN", "%!", "<no value>"} {
		if !strings.HasPrefix(at, "/held/") && strings.Contains(visible(root), word) {
			t.Errorf("%s says %q", at, word)
		}
	}
	for _, s := range carryover.States {
		if regexp.MustCompile(`>\s*` + string(s) + `\s*<`).MatchString(page) {
			t.Errorf("%s says %q, the ledger's word, to people", at, s)
		}
	}
}

// namesOf are the last names of the practice's patients that are no word of a
// page.
func namesOf(p *practice) []string {
	var names []string
	for _, one := range p.Practice.Patients {
		if len(one.LastName) > 5 && !slices.Contains(names, one.LastName) {
			names = append(names, one.LastName)
		}
	}
	return names
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// visible is what people read of a page.
func visible(root *html.Node) string {
	for n := range root.Descendants() {
		if n.DataAtom == atom.Body {
			return text(n)
		}
	}
	return ""
}

func within(n *html.Node, class string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if slices.Contains(strings.Fields(attr(p, "class")), class) {
			return true
		}
	}
	return false
}

// TestWhoMayOpenWhat tries every page as everybody: a role that may not is
// refused, whoever is nobody is led to the door, and a practitioner finds
// nothing of anybody else's.
func TestWhoMayOpenWhat(t *testing.T) {
	t.Parallel()
	p := demoDay(t)
	s := p.pages()
	base := serve(t, s)
	items, err := p.desk.List(t.Context(), desk.ListRequest{})
	if err != nil || len(items) == 0 {
		t.Fatalf("List = %d documents, %v", len(items), err)
	}
	theirs := items[0]
	var stranger carryover.PractitionerID
	for _, pr := range p.cfg.PractitionerIDs() {
		if string(pr) != theirs.Practitioner {
			stranger = pr
		}
	}
	cases := []struct {
		as   string
		role carryover.Role
	}{
		{"reviewer", carryover.RoleReviewer},
		{"admin", carryover.RoleAdmin},
		{"practitioner." + string(stranger), carryover.RolePractitioner},
		{"practitioner.", carryover.RolePractitioner},
		{"somebody", ""},
		{"", ""},
	}
	for _, c := range cases {
		v := visit(t, base, c.as)
		v.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		for _, page := range s.Pages() {
			method, path, _ := strings.Cut(page.Pattern, " ")
			path = strings.NewReplacer("{id}", theirs.ID, "{day}", "2026-11-03", "{$}", "").Replace(path)
			var form url.Values
			if method == http.MethodPost {
				form = url.Values{"nothing": {"x"}}
			}
			status, _ := v.send(method, path, form)
			may := slices.Contains(page.Roles, c.role)
			switch {
			case c.as == "" && status != http.StatusSeeOther:
				t.Errorf("nobody, %s %s: %d, want to be led to the door", method, path, status)
			case c.as != "" && !may && status != http.StatusForbidden:
				t.Errorf("%s, %s %s: %d, want %d", c.as, method, path, status, http.StatusForbidden)
			case may && status == http.StatusForbidden:
				t.Errorf("%s, %s %s: refused, want to be let in", c.as, method, path)
			case may && c.role == carryover.RolePractitioner && strings.Contains(path, theirs.ID) && !strings.HasSuffix(path, "/later") && status != http.StatusNotFound:
				t.Errorf("%s, %s %s: %d, want %d: the document is somebody else's", c.as, method, path, status, http.StatusNotFound)
			}
		}
	}
}

// TestAPractitionerSeesTheirOwn compares what a practitioner is shown with what
// is theirs.
func TestAPractitionerSeesTheirOwn(t *testing.T) {
	t.Parallel()
	p := demoDay(t)
	base := site(t, p)
	own := p.cfg.PractitionerIDs()[0]
	mine, others := map[string]bool{}, map[string]bool{}
	items, err := p.desk.List(t.Context(), desk.ListRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		if i.Practitioner == string(own) {
			mine[i.Mark] = true
		} else {
			others[i.Mark] = true
		}
	}
	v := visit(t, base, "practitioner."+string(own))
	for _, at := range []string{"/", "/held", "/activity", "/balance"} {
		page := v.get(at)
		for mark := range others {
			if strings.Contains(page, mark) {
				t.Errorf("%s shows %s, which is another practitioner's", at, mark)
			}
		}
	}
	shown := 0
	for mark := range mine {
		shown += btoi(strings.Contains(v.get("/balance"), mark))
	}
	if len(mine) == 0 || shown != len(mine) {
		t.Errorf("the balance shows %d of %d documents of the practitioner", shown, len(mine))
	}
	if page := v.post("/activity", url.Values{"practitioner": {items[0].Practitioner}}); !strings.Contains(page, "Activity") {
		t.Error("the search does not answer")
	} else {
		for mark := range others {
			if strings.Contains(page, mark) {
				t.Errorf("a search for another practitioner's documents shows %s", mark)
			}
		}
	}
}

// TestHeaders looks at what every answer says to the browser.
func TestHeaders(t *testing.T) {
	t.Parallel()
	p := demoDay(t)
	s := p.pages()
	s.TLS = true
	base := serve(t, s)
	v := visit(t, base, "admin")
	v.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	style := links(v.get("/held"), `/assets/style\.[0-9a-f]{12}\.css`)
	if len(style) != 1 {
		t.Fatalf("the page names the styles %v, want one with a digest in its name", style)
	}
	for _, at := range []string{"/", "/held", "/nowhere", "/health", style[0], "/assets/nothing.css"} {
		res, err := v.http.Get(base + at)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		for header, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Permissions-Policy": "camera=()", "X-Frame-Options": "DENY", "Strict-Transport-Security": "max-age=",
		} {
			if got := res.Header.Get(header); !strings.Contains(got, want) {
				t.Errorf("%s: %s is %q, want %q in it", at, header, got, want)
			}
		}
		csp := res.Header.Get("Content-Security-Policy")
		if strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: the policy is %q", at, csp)
		}
		cache := "no-store"
		if at == style[0] {
			cache = "immutable"
		}
		if got := res.Header.Get("Cache-Control"); !strings.Contains(got, cache) {
			t.Errorf("%s: Cache-Control is %q, want %s", at, got, cache)
		}
	}
}

// TestForeignForms sends what another site would make a browser send.
func TestForeignForms(t *testing.T) {
	t.Parallel()
	p := demoDay(t)
	v := visit(t, site(t, p), "admin")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, v.base+"/pause", strings.NewReader("on=yes"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	req.Header.Set("Origin", "https://elsewhere.example")
	res, err := v.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	status, err := p.desk.Status(t.Context())
	if res.StatusCode != http.StatusForbidden || err != nil || status.Paused {
		t.Errorf("a form of another site: status %d, paused %v, %v; want it refused", res.StatusCode, status.Paused, err)
	}
	if got, _ := v.send(http.MethodPost, "/paste", url.Values{"text": {strings.Repeat("x", 5<<20)}}); got < 400 {
		t.Errorf("a form of five megabytes: status %d, want it refused", got)
	}
}
