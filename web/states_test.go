package web_test

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"carryover"
	"carryover/internal/desk"
	"carryover/web/sign/signtest"
)

// axe is the accessibility checker's script; `make axe` fetches it.
var axe = flag.String("axe", "", "the path of axe.min.js, to look at every page and state with axe-core")

// only picks some of the states, for whoever works on one.
var only = flag.String("states", "", "look only at pages and states with this in their name")

// sent sends a form from the page that is open and waits for what it leads to.
func sent(path string, values map[string]string) steps {
	fields := []byte("{}")
	if values != nil {
		fields, _ = json.Marshal(values)
	}
	return steps{script(`(() => {
		document.body.className = "old";
		const f = document.createElement("form");
		f.method = "post"; f.action = "` + path + `";
		for (const [k, v] of Object.entries(` + string(fields) + `)) {
			const i = document.createElement("input"); i.type = "hidden"; i.name = k; i.value = v; f.append(i);
		}
		document.body.append(f); f.submit(); return "";
	})()`), chromedp.WaitReady(chromedp.CSS("body:not(.old) main"))}
}

// states are every page, each in the states that people meet it in.
func states(t *testing.T, p *practice, v *visitor, base string) []scene {
	t.Helper()
	var all []scene
	open := func(name, path string, then ...steps) {
		do := steps{chromedp.Navigate(base + path)}
		for _, more := range then {
			do = append(do, more...)
		}
		all = append(all, scene{name, do})
	}
	for _, at := range [][2]string{
		{"today", "/"},
		{"held", "/held"},
		{"activity", "/activity"},
		{"balance", "/balance"},
		{"connections", "/connections"},
		{"routes", "/routes"},
		{"paste", "/paste"},
		{"nowhere", "/nowhere"},
		{"balance of a day gone", "/balance/2001-02-03"},
		{"no day", "/balance/never"},
	} {
		open(at[0], at[1])
	}
	for what := range strings.FieldsSeq("filed dismissed retried all") {
		open("held, "+what, "/held?done="+what)
	}
	open("activity, none fits", "/activity", sent("/activity", map[string]string{"from": "2001-01-01", "to": "2001-01-02"}))
	open("activity, no such reference", "/activity", sent("/activity", map[string]string{"reference": "HD-AAAAAAAA-AAAA"}))
	open("paste, something is missing", "/paste", sent("/paste", map[string]string{"text": "words"}))
	id := strings.TrimPrefix(pasted(t, v, p, strings.Repeat("Averylongtitlewithoutanyspace", 4), "# "+strings.Repeat("Longword", 30)+"\n\n| a | b |\n|---|---|\n| "+strings.Repeat("wide", 40)+" | c |"), "/held/")
	open("a held document", "/held/"+id)
	digest := field(t, v.get("/held/"+id), "digest")
	patient := string(p.Practice.Patients[0].ID)
	open("search", "/held/"+id, sent("/held/"+id+"/search", map[string]string{"name": "an", "digest": digest}))
	open("search, nobody fits", "/held/"+id, sent("/held/"+id+"/search", map[string]string{"name": "Nobodyofthisname", "digest": digest}))
	open("search, no birth date", "/held/"+id, sent("/held/"+id+"/search", map[string]string{"name": "an", "born": "soon", "digest": digest}))
	open("confirm", "/held/"+id, sent("/held/"+id+"/patient", map[string]string{"patient": patient, "digest": digest}))
	open("confirm, mistyped", "/held/"+id, sent("/held/"+id+"/file", map[string]string{"patient": patient, "digest": digest, "initials": "QQ", "born": "1/1/1901"}))
	open("it changed", "/held/"+id, sent("/held/"+id+"/file", map[string]string{"patient": patient, "digest": "0011223344556677", "initials": "QQ", "born": "1/1/1901"}))
	open("leave out, no reason", "/held/"+id, sent("/held/"+id+"/dismiss", map[string]string{"digest": digest}))
	held, err := p.desk.List(t.Context(), desk.ListRequest{States: []carryover.State{carryover.Held}})
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]bool{}
	for _, one := range held {
		if !reasons[one.Reason] {
			reasons[one.Reason] = true
			open("held: "+one.Reason, "/held/"+one.ID)
		}
	}
	for _, state := range []carryover.State{carryover.Proven, carryover.Dismissed, carryover.Skipped, carryover.Superseded, carryover.Undone} {
		some, err := p.desk.List(t.Context(), desk.ListRequest{States: []carryover.State{state}, Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range some {
			at := "/documents/" + one.ID
			open(string(state), at)
			open(string(state)+", opened", at, sent(at+"/open", nil))
			if state == carryover.Proven {
				open("undo", at, sent(at+"/undo", nil))
				open("move", at, sent(at+"/move", nil))
				open("move, search", at, sent(at+"/move", map[string]string{"search": "yes", "name": "an"}))
				open("move, confirm", at, sent(at+"/move", map[string]string{"patient": patient}))
			}
		}
	}
	return all
}

// doorStates are the pages of signing in.
func doorStates(t *testing.T, p *practice) []scene {
	t.Helper()
	h, l, s, _ := real(t, p)
	door := serve(t, s)
	a := signtest.Join(t, l, &signtest.Browser{Handler: h}, carryover.RoleAdmin, "")
	in := chromedp.Navigate(door + "/sign-in")
	come := script("document.cookie = 'carryover=" + a.Session() + "; path=/'")
	return append([]scene{
		{"sign-in", steps{in}},
		{"sign-in, wrong", append(steps{in}, sent("/sign-in", map[string]string{"email": "x@example.com", "password": "wrong"})...)},
		{"welcome", steps{chromedp.Navigate(door + "/welcome")}},
		{"people", steps{in, come, chromedp.Navigate(door + "/people"), chromedp.WaitVisible(chromedp.CSS("#invite"))}},
		{"one person", steps{in, come, chromedp.Navigate(door + "/people"), chromedp.Click(chromedp.CSS(".table a")), chromedp.WaitVisible(chromedp.CSS(".facts"))}},
		{"account", steps{in, come, chromedp.Navigate(door + "/account"), chromedp.WaitVisible(chromedp.CSS("#codes"))}},
	}, enrolStates(t, l, door)...)
}

// everyState is all of them, in the order in which they can follow each other.
func everyState(t *testing.T, p *practice, base string) []scene {
	t.Helper()
	v := visit(t, base, "admin")
	all := slices.Concat(states(t, p, v, base), rareStates(t, p, v), doorStates(t, p))
	return slices.DeleteFunc(all, func(s scene) bool { return !strings.Contains(s.name, *only) })
}

// TestEveryState opens every page and state on a telephone 360 pixels wide and
// at twice the size on a screen of 1280: nothing scrolls sideways, and no page
// weighs too much. With -axe,
// axe-core looks at each, light and dark, and finds nothing.
func TestEveryState(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes some seconds to start")
	}
	p := demoDay(t)
	base := site(t, p)
	ctx := browser(t, base, "admin")
	checker := ""
	if *axe != "" {
		text, err := os.ReadFile(*axe)
		if err != nil {
			t.Fatal(err)
		}
		checker = string(text)
	}
	for _, s := range everyState(t, p, base) {
		within, cancel := context.WithTimeout(ctx, time.Minute)
		err := chromedp.Do(within, s.do...)
		cancel()
		if err != nil {
			t.Errorf("%s: %v", s.name, err)
			continue
		}
		for _, wide := range []int64{360, 640} {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(wide, 800)); err != nil {
				t.Fatal(err)
			}
			over, err := chromedp.Run(ctx, chromedp.Evaluate[string](widest))
			if err != nil {
				t.Fatal(err)
			}
			if over != "" {
				t.Errorf("%s, %d pixels wide: it scrolls sideways, because of %s", s.name, wide, over)
			}
		}
		weighed(ctx, t, s.name)
		if checker != "" {
			accessible(ctx, t, s.name, checker)
		}
	}
}

// weighed adds up what the page that is open weighs, compressed, with all that
// it fetched.
func weighed(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	page, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.documentElement.outerHTML`))
	if err != nil {
		t.Fatal(err)
	}
	fetched, err := chromedp.Run(ctx, chromedp.Evaluate[int](`performance.getEntriesByType("resource").reduce((sum, r) => sum + r.encodedBodySize, 0)`))
	if err != nil {
		t.Fatal(err)
	}
	if sum := compressed(t, page) + fetched; fetched == 0 || sum > maxWeight {
		t.Errorf("%s weighs %d bytes, %d of them fetched beside the page, want some and no more than %d", name, sum, fetched, maxWeight)
	}
}

// widest names the first element that reaches over the window's edge, when the
// page is wider than the window.
const widest = `(() => {
	const room = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth <= room) return "";
	const over = [...document.querySelectorAll("body *")].find(e => e.getBoundingClientRect().right > room + 1 && !e.closest(".sideways, .table"));
	return over ? over.tagName + "." + over.className : "something";
})()`

// found is one rule of axe-core's that a page breaks, and where.
type found struct {
	ID    string
	Nodes []struct{ HTML string }
}

// accessible has axe-core look at the page that is open, in both colours.
func accessible(ctx context.Context, t *testing.T, name, checker string) {
	t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Do(ctx, script(checker+`; ""`)); err != nil {
			t.Fatal(err)
		}
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.getAnimations().forEach(a => a.finish());
		axe.run().then(r => JSON.stringify({
			passes: r.passes.length, violations: r.violations.map(v => ({ID: v.id, Nodes: v.nodes.map(n => ({HTML: n.html}))}))
		}))`, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		var came struct {
			Passes     int
			Violations []found
		}
		if err := json.Unmarshal([]byte(text), &came); err != nil || came.Passes == 0 {
			t.Fatalf("axe-core on %s: %d rules passed, %v", name, came.Passes, err)
		}
		for _, v := range came.Violations {
			t.Errorf("%s, %s: axe-core's %s, %d times, first in %.160s", name, scheme, v.ID, len(v.Nodes), v.Nodes[0].HTML)
		}
	}
}
