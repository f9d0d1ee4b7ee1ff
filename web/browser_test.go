package web_test

import (
	"context"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"carryover"
	"carryover/web/pagetest"
	"carryover/web/sign/signtest"
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
	v := visit(t, base, "admin")
	ctx := browser(t, base, "admin")
	scenes := []scene{}
	h, l, _, _ := real(t, p)
	door := httptest.NewServer(h)
	t.Cleanup(door.Close)
	a := signtest.Join(t, l, &signtest.Browser{Handler: h}, carryover.RoleAdmin, "")
	come := "document.cookie = 'carryover=" + a.Session() + "; path=/'"
	scenes = append(scenes,
		scene{"sign-in", steps{chromedp.Navigate(door.URL + "/sign-in")}},
		scene{"welcome", steps{chromedp.Navigate(door.URL + "/welcome")}},
		scene{"people", steps{chromedp.Navigate(door.URL + "/sign-in"), script(come), chromedp.Navigate(door.URL + "/people")}},
		scene{"account", steps{chromedp.Navigate(door.URL + "/sign-in"), script(come), chromedp.Navigate(door.URL + "/account")}})
	for _, at := range []string{"/", "/held", "/activity", "/balance", "/connections", "/routes", "/paste", "/nowhere"} {
		scenes = append(scenes, scene{"page" + strings.ReplaceAll(at, "/", "-"), steps{chromedp.Navigate(base + at)}})
	}
	held := regexp.MustCompile(`href="(/held/[0-9a-f-]+)"`).FindAllStringSubmatch(v.get("/held"), -1)
	for i, m := range held {
		if i < 3 {
			scenes = append(scenes, scene{"held-" + string(rune('a'+i)), steps{chromedp.Navigate(base + m[1])}})
		}
	}
	life := regexp.MustCompile(`href="(/documents/[0-9a-f-]+)"`).FindAllStringSubmatch(v.get("/activity"), -1)
	for i, m := range life {
		if i < 1 {
			scenes = append(scenes, scene{"undo", steps{chromedp.Navigate(base + m[1]), chromedp.Click(chromedp.CSS(`form[action$="/undo"] button`)), chromedp.WaitVisible(chromedp.CSS(".says"))}})
			scenes = append(scenes, scene{"move", steps{chromedp.Navigate(base + m[1]), chromedp.Click(chromedp.CSS(`form[action$="/move"] button`)), chromedp.WaitVisible(chromedp.CSS("#name"))}})
			scenes = append(scenes, scene{"document-" + string(rune('a'+i)), steps{chromedp.Navigate(base + m[1])}})
			scenes = append(scenes, scene{"opened-" + string(rune('a'+i)), steps{chromedp.Navigate(base + m[1]), chromedp.Click(chromedp.CSS(`form[action$="/open"] button`)), chromedp.WaitVisible(chromedp.CSS("#opened"))}})
		}
	}
	if len(held) > 0 {
		scenes = append(scenes, scene{"search", steps{
			chromedp.Navigate(base + held[0][1]), chromedp.SetValue(chromedp.CSS("#name"), "an"), chromedp.Click(chromedp.CSS(`form[action*="/search"] button`)), chromedp.WaitVisible(chromedp.CSS("#results > *")),
		}}, scene{"confirm", steps{
			chromedp.Navigate(base + held[0][1]), chromedp.SetValue(chromedp.CSS("#name"), "an"), chromedp.Click(chromedp.CSS(`form[action*="/search"] button`)), chromedp.WaitVisible(chromedp.CSS("#results > *")),
			chromedp.Click(chromedp.CSS(`#results button`)), chromedp.WaitVisible(chromedp.CSS("#initials")),
		}})
	}
	for _, size := range []struct {
		name       string
		wide, high int64
		dark       bool
	}{{"wide", 1440, 900, false}, {"phone", 390, 844, false}, {"dark", 1440, 900, true}} {
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
			if err := os.WriteFile(filepath.Join(*shots, s.name+"-"+size.name+".png"), picture, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
