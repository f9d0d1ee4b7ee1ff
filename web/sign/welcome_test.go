package sign_test

import (
	"bytes"
	"image/png"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/web/sign"
	"carryover/web/sign/signtest"
)

// adminLink asks for a link as the command does.
func (h *house) adminLink(t testing.TB) string {
	t.Helper()
	d := &desk.Local{Ledger: h.ledger, Chain: audit.Log{Keys: h.ledger.Keys()}}
	l, err := d.AdminLink(t.Context(), desk.AdminLinkRequest{Actor: "cli:1000"})
	if err != nil {
		t.Fatal(err)
	}
	return sign.Link("http://carryover.test", carryover.NewSecret(l.Code))
}

// known is what somebody writes who is not known yet.
func known(name, login string) url.Values { return url.Values{"name": {name}, "login": {login}} }

func TestFirstAdmin(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	link := h.adminLink(t)
	if u, err := url.Parse(link); err != nil || u.Path != "/welcome" || u.RawQuery != "" || u.Fragment == "" {
		t.Fatalf("the link's secret is not behind a #: path %q, query %q", u.Path, u.RawQuery)
	}
	want(t, "a look at the link", h.browser().Get(t, "/welcome"), http.StatusOK, "") // uses nothing up
	a := &signtest.Account{Browser: h.browser(), Role: carryover.RoleAdmin, Login: "first@example.com"}
	a.Welcome(t, link, known("First Invented", a.Login))
	if len(a.Recovery) != 10 {
		t.Errorf("%d recovery codes were shown, want 10", len(a.Recovery))
	}
	want(t, "the people", a.Get(t, "/people"), http.StatusOK, "")
	got := h.browser().Post(t, "/welcome", code(link))
	if got.Status != http.StatusUnauthorized || len(got.Cookies) != 0 {
		t.Errorf("the link a second time = %d with %d cookies, want %d", got.Status, len(got.Cookies), http.StatusUnauthorized)
	}
	if got := h.entries(t, audit.LinkUsed)[""]; got != 1 {
		t.Errorf("%d entries of a link used, want 1", got)
	}
	if got := h.entries(t, audit.SignInRefused)["link"]; got != 1 {
		t.Errorf("%d entries of a link refused, want 1", got)
	}

	// An admin who lost everything comes back with a link from the terminal.
	stolen := a.Browser
	a.Browser = h.browser()
	a.Welcome(t, h.adminLink(t), known("First Again", " FIRST@example.com"))
	if signedIn(t, stolen) || !signedIn(t, a.Browser) {
		t.Error("the session before an admin came back goes on, or the new one does not")
	}
	if people := h.people(t); len(people) != 1 {
		t.Errorf("%d people, want the same one", len(people))
	}

	// The link is no way to become somebody else.
	reviewer := h.join(t, carryover.RoleReviewer)
	thief := h.browser()
	thief.Post(t, "/welcome", code(h.adminLink(t)))
	form := known("Thief", reviewer.Login)
	form.Set("password", signtest.Password)
	form.Set("repeat", signtest.Password)
	thief.Post(t, "/welcome/you", form)
	b := &signtest.Account{Browser: thief}
	want(t, "a reviewer's login with an admin's link", b.Post(t, "/welcome/code", code(codeOf(t, thief))), http.StatusConflict, "")
	if signedIn(t, thief) {
		t.Error("it let them in")
	}
}

// codeOf is the code of the second factor that a browser is shown.
func codeOf(t testing.TB, b *signtest.Browser) string {
	t.Helper()
	return signtest.CodeOf(t, signtest.SecretIn(t, b.Get(t, "/welcome/code").Body), 0)
}

func (h *house) people(t testing.TB) (all []ledger.Person) {
	t.Helper()
	h.update(t, func(tx *ledger.Tx) (err error) {
		all, err = tx.People(t.Context())
		return err
	})
	return all
}

// TestALinkLastsAQuarterOfAnHour opens links before and after their time.
func TestALinkLastsAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	bubble(t, sign.Config{}, func(t *testing.T, h *house) {
		for _, c := range []struct {
			after time.Duration
			ok    bool
		}{{15*time.Minute - time.Second, true}, {15 * time.Minute, false}} {
			link := h.adminLink(t)
			time.Sleep(c.after)
			if got := h.browser().Post(t, "/welcome", code(link)); (got.Status == http.StatusSeeOther) != c.ok {
				t.Errorf("the link after %v = %d, want ok %v", c.after, got.Status, c.ok)
			}
		}
		// Who opened it in time has as long again to finish.
		b := h.browser()
		b.Post(t, "/welcome", code(h.adminLink(t)))
		time.Sleep(15*time.Minute - time.Second)
		want(t, "the next page in time", b.Get(t, "/welcome/you"), http.StatusOK, "")
		time.Sleep(time.Second)
		want(t, "the next page too late", b.Get(t, "/welcome/you"), http.StatusSeeOther, "/welcome")
	})
}

// bubble runs f in a house where time passes at once.
func bubble(t *testing.T, c sign.Config, f func(t *testing.T, h *house)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		h := &house{dir: filepath.Join(dir, "data"), log: &lockedBuffer{}}
		h.open(t, c, testKey)
		f(t, h)
		if err := h.ledger.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestOneLinkAtOnce opens one link from many browsers at the same time.
func TestOneLinkAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	link := h.adminLink(t)
	var opened atomic.Int32
	var wait sync.WaitGroup
	for range 8 {
		b := h.browser()
		wait.Go(func() {
			if b.Post(t, "/welcome", code(link)).Status == http.StatusSeeOther {
				opened.Add(1)
			}
		})
	}
	wait.Wait()
	if n := opened.Load(); n != 1 {
		t.Errorf("one link let %d browsers in, want 1", n)
	}
}

// TestWelcomeInOrder asks for the later pages first.
func TestWelcomeInOrder(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	b := h.browser()
	for _, path := range []string{"/welcome/you", "/welcome/code", "/welcome/code.png"} {
		want(t, path+" without a link", b.Get(t, path), http.StatusSeeOther, "/welcome")
	}
	want(t, "a code without a link", b.Post(t, "/welcome/code", code("123456")), http.StatusSeeOther, "/welcome")
	b.Post(t, "/welcome", code(h.adminLink(t)))
	want(t, "the second factor before the password", b.Get(t, "/welcome/code"), http.StatusSeeOther, "/welcome/you")

	form := func(login, password, repeat string) url.Values {
		return url.Values{"name": {"A"}, "login": {login}, "password": {password}, "repeat": {repeat}}
	}
	for what, f := range map[string]url.Values{
		"no name":             {"login": {"a@example.com"}, "password": {signtest.Password}, "repeat": {signtest.Password}},
		"no e-mail address":   form("nobody", signtest.Password, signtest.Password),
		"a name with address": form("A <a@example.com>", signtest.Password, signtest.Password),
		"a short password":    form("a@example.com", "short", "short"),
		"two passwords":       form("a@example.com", signtest.Password, "something else"),
	} {
		got := b.Post(t, "/welcome/you", f)
		want(t, what, got, http.StatusUnprocessableEntity, "")
		if strings.Contains(got.Body, signtest.Password) {
			t.Errorf("%s: the answer holds the password", what)
		}
	}
	want(t, "what is right", b.Post(t, "/welcome/you", form("a@example.com", signtest.Password, signtest.Password)), http.StatusSeeOther, "/welcome/code")
	if signedIn(t, b) {
		t.Error("signed in before the second factor was shown")
	}
	image := b.Get(t, "/welcome/code.png")
	if img, err := png.Decode(bytes.NewReader([]byte(image.Body))); err != nil || img.Bounds().Dx() != 264 || image.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the picture: %v, %q, want a PNG of 264 pixels that no cache keeps", err, image.Header.Get("Cache-Control"))
	}
	want(t, "a wrong code", b.Post(t, "/welcome/code", code("000000x")), http.StatusUnprocessableEntity, "")
	if n := len(h.people(t)); n != 0 {
		t.Errorf("%d people before the second factor was shown, want none", n)
	}
	want(t, "the code", b.Post(t, "/welcome/code", code(codeOf(t, b))), http.StatusOK, "")
	want(t, "the picture once more", b.Get(t, "/welcome/code.png"), http.StatusSeeOther, "/welcome")
}
