// Package pagetest uses the review page in a real Chromium, as a person with a
// keyboard does: it presses keys, sees where the focus is, and waits for what a
// press leads to. Tests that start one are skipped where there is no Chromium;
// `make test` installs it on Debian.
package pagetest

import (
	"context"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// names are what Chromium is called, the Debian package's first.
var names = []string{"chromium", "chromium-browser", "google-chrome"}

// A Page is a browser's only tab.
type Page struct {
	Context context.Context // for what this package has no word for
	t       testing.TB
}

// Open starts a headless Chromium and opens an address in it. It ends with the
// test.
func Open(t testing.TB, address string) *Page {
	t.Helper()
	path := ""
	for _, name := range names {
		if at, err := exec.LookPath(name); err == nil {
			path = at
			break
		}
	}
	if path == "" {
		t.Skip("there is no chromium on this machine")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.UserDataDir(t.TempDir()), chromedp.WSURLReadTimeout(time.Minute))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	p := &Page{Context: ctx, t: t}
	// A browser ends with the context that it was started in, so this one has no limit.
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	if err != nil {
		t.Fatalf("give the page the focus: %v", err)
	}
	return p
}

// patience is how long one step may take on a machine that does much else.
const patience = 30 * time.Second

// Do takes steps, one after the other; what says what they are for.
func (p *Page) Do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.Context, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v; the page says: %.2000s", what, err, p.Text("body"))
	}
}

// Go opens an address.
func (p *Page) Go(address string) {
	p.t.Helper()
	p.Do("open "+address, chromedp.Navigate(address))
}

// Ask evaluates an expression in the page, which gives a string.
func (p *Page) Ask(expression string) string {
	p.t.Helper()
	got, err := chromedp.Run(p.Context, chromedp.Evaluate[string](expression))
	if err != nil {
		p.t.Fatalf("ask the page: %v", err)
	}
	return got
}
