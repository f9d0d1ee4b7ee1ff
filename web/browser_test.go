package web_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"carryover/web/pagetest"
)

// shots is where TestPictures leaves pictures of every page.
var shots = flag.String("shots", "", "a folder for pictures of every page: wide, on a phone, dark")

// browser starts a headless Chromium whose pages come in as somebody. Without
// one on this machine the test is skipped.
func browser(t *testing.T, base, as string) context.Context {
	t.Helper()
	return pagetest.Open(t, base+"/as/"+as).Context
}

// steps are done one after the other.
type steps = []chromedp.Action[chromedp.Void]

// A scene is a page to take a picture of.
type scene struct {
	name string
	do   steps
}

// script runs something in the page, for what a picture needs.
func script(what string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Evaluate[string](what)(ctx, t)
		return chromedp.Void{}, err
	}
}

// TestPictures takes pictures for people to look at.
func TestPictures(t *testing.T) {
	if *shots == "" {
		t.Skip("only with -shots: it takes pictures for somebody to look at")
	}
	p := demoDay(t)
	base := site(t, p)
	ctx := browser(t, base, "admin")
	for _, s := range everyState(t, p, base) { // each once: a link that was used is used
		within, cancel := context.WithTimeout(ctx, time.Minute)
		err := chromedp.Do(within, s.do...)
		cancel()
		if err != nil {
			t.Errorf("%s: %v", s.name, err)
			continue
		}
		for _, look := range looks {
			look.take(ctx, t, s.name)
		}
	}
}

// A look is how somebody sees a page.
type look struct {
	name       string
	wide, high int64
	scheme     string
}

var looks = []look{{"wide", 1280, 900, "light"}, {"phone", 390, 844, "light"}, {"dark", 1280, 900, "dark"}}

// take takes a picture of the page that is open.
func (l look) take(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	err := chromedp.Do(ctx, chromedp.EmulateViewport(l.wide, l.high))
	if err == nil {
		_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}},
		})
	}
	var picture []byte
	if err == nil {
		err = chromedp.Do(ctx, script(`document.getAnimations().forEach(a => a.finish()); ""`))
	}
	if err == nil {
		picture, err = chromedp.Run(ctx, chromedp.FullScreenshot(100))
	}
	if err == nil {
		file := strings.NewReplacer(" ", "-", ",", "", ":", "").Replace(name) + "." + l.name + ".png"
		err = os.WriteFile(filepath.Join(*shots, file), picture, 0o600)
	}
	if err != nil {
		t.Fatalf("%s, %s: %v", name, l.name, err)
	}
}
