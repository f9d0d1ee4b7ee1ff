package pagetest

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// Keys that have no letter.
const (
	Enter  = "\r"
	Tab    = "\t"
	Space  = " "
	Escape = "\u001b"
)

// Press presses keys, one after the other: a text is typed.
func (p *Page) Press(keys ...string) {
	p.t.Helper()
	for _, k := range keys {
		p.Do("press a key", chromedp.KeyEvent(k))
	}
}

// Follow presses keys of which the last leads to another page, and waits until
// that page's own keys work.
func (p *Page) Follow(keys ...string) {
	p.t.Helper()
	p.Ask(`(() => { document.body.dataset.left = "yes"; return ""; })()`)
	p.Press(keys...)
	p.Wait(`html.ready body:not([data-left]) main`)
}

// Wait waits until something that a selector fits is there to see.
func (p *Page) Wait(selector string) {
	p.t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for limit := time.After(patience); ; {
		// Between two pages there is nothing to ask: that is no answer yet.
		there, err := chromedp.Run(p.Context, chromedp.Evaluate[bool](`(e => e !== null && e.checkVisibility())(document.querySelector(`+quoted(selector)+`))`))
		if err == nil && there {
			return
		}
		select {
		case <-look.C:
		case <-limit:
			p.t.Fatalf("waited in vain for %s on %s (%v); the focus is on %q, and the page says: %.2000s", selector, p.Ask("location.pathname"), err, p.Focus(), p.Text("body"))
		}
	}
}

// Text is what a person reads in the first element that a selector fits.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	return strings.Join(strings.Fields(p.Ask(`(document.querySelector(`+quoted(selector)+`) || {innerText: ""}).innerText`)), " ")
}

// Has says whether there is something that a selector fits.
func (p *Page) Has(selector string) bool {
	p.t.Helper()
	return p.Ask(`String(document.querySelector(`+quoted(selector)+`) !== null)`) == "true"
}

// Focus is what has the keyboard's focus: its label, name or words.
func (p *Page) Focus() string {
	p.t.Helper()
	return strings.Join(strings.Fields(p.Ask(focused)), " ")
}

// focused names the element with the focus, as its reader hears it.
const focused = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return "";
	return e.getAttribute("aria-label") || (e.labels && e.labels.length ? e.labels[0].innerText : "") || e.innerText || e.name || e.tagName;
})()`

// TabTo presses Tab until the focus is on something whose words begin with what
// is wanted. Each stop on the way has to show that it has the focus and lie in
// the window.
func (p *Page) TabTo(want string) {
	p.t.Helper()
	var been []string
	for range 80 {
		p.Press(Tab)
		p.shown()
		at := p.Focus()
		if strings.HasPrefix(at, want) {
			return
		}
		been = append(been, at)
	}
	p.t.Fatalf("Tab never comes to %q on %s; it came by %q", want, p.Ask("location.pathname"), been)
}

// Stops presses Tab through the whole page and returns where it stopped, in
// order.
func (p *Page) Stops() []string {
	p.t.Helper()
	var all []string
	for range 200 {
		p.Press(Tab)
		at := p.Focus()
		if at == "" {
			return all
		}
		p.shown()
		all = append(all, at)
	}
	p.t.Fatalf("Tab does not come to an end on %s", p.Ask("location.pathname"))
	return nil
}

// shown fails when what has the focus does not look so.
func (p *Page) shown() {
	p.t.Helper()
	if why := p.Ask(hidden); why != "" {
		p.t.Errorf("on %s, %q has the focus, and %s", p.Ask("location.pathname"), p.Focus(), why)
	}
}

// hidden says why nobody sees that an element has the focus.
const hidden = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return "";
	const s = getComputedStyle(e), r = e.getBoundingClientRect();
	if (s.outlineStyle === "none" || parseFloat(s.outlineWidth) < 2) return "nothing shows it";
	if (r.width < 2 || r.height < 2) return "it has no size";
	if (r.bottom < 0 || r.top > innerHeight || r.right < 0 || r.left > innerWidth) return "it is out of the window";
	return "";
})()`

func quoted(s string) string {
	text, _ := json.Marshal(s) // a string always has a JSON form
	return string(text)
}
