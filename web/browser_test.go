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
	scenes := everyState(t, p, base)
	for _, size := range []struct {
		name       string
		wide, high int64
		dark       bool
	}{{"wide", 1280, 900, false}, {"phone", 390, 844, false}, {"dark", 1280, 900, true}} {
		scheme := "light"
		if size.dark {
			scheme = "dark"
		}
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(size.wide, size.high)); err != nil {
			t.Fatal(err)
		}
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range scenes {
			within, cancel := context.WithTimeout(ctx, 20*time.Second)
			err := chromedp.Do(within, s.do...)
			cancel()
			if err != nil {
				t.Errorf("%s, %s: %v", s.name, size.name, err)
				continue
			}
			over, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > document.documentElement.clientWidth`))
			if err != nil {
				t.Fatal(err)
			}
			picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			if over {
				t.Errorf("%s, %s: the page is wider than the window", s.name, size.name)
			}
			if err := os.WriteFile(filepath.Join(*shots, strings.NewReplacer(" ", "-", ",", "", ":", "").Replace(s.name)+"."+size.name+".png"), picture, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
