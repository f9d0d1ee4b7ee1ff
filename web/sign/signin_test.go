package sign_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
	"carryover/web/sign"
	"carryover/web/sign/signtest"
)

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	a := h.join(t, carryover.RoleReviewer)
	b := h.browser()
	want(t, "a page before", b.Get(t, "/held/HD-1"), http.StatusSeeOther, "/sign-in?next=%2Fheld%2FHD-1")
	want(t, "the sign-in page", b.Get(t, "/sign-in?next=%2Fheld%2FHD-1"), http.StatusOK, "")
	form := credentials(strings.ToUpper(a.Login), signtest.Password)
	form.Set("next", "/held/HD-1")
	want(t, "password", b.Post(t, "/sign-in", form), http.StatusSeeOther, "/sign-in/code?next=%2Fheld%2FHD-1")
	if signedIn(t, b) {
		t.Error("a password alone lets somebody in")
	}
	form = code(a.Code(t, 1))
	form.Set("next", "/held/HD-1")
	want(t, "code", b.Post(t, "/sign-in/code", form), http.StatusSeeOther, "/held/HD-1")
	if got := b.Get(t, "/held/HD-1"); got.Body != "hello reviewer" {
		t.Errorf("the page behind = %d %q", got.Status, got.Body)
	}
	want(t, "the sign-in page, signed in", b.Get(t, "/sign-in"), http.StatusSeeOther, "/")
	stolen := &signtest.Browser{Handler: h.Handler, Cookies: maps.Clone(b.Cookies)}
	want(t, "sign out", b.Post(t, "/sign-out", url.Values{}), http.StatusSeeOther, "/sign-in")
	if signedIn(t, b) || signedIn(t, stolen) {
		t.Error("a session works after it was signed out")
	}
	for action, note := range map[audit.Action]string{audit.Joined: "reviewer", audit.SignedIn: "code", audit.SignedOut: ""} {
		if got := h.entries(t, action); got[note] != 1 {
			t.Errorf("entries of %s = %v, want one with note %q", action, got, note)
		}
	}
}

// TestRefusalsReadAlike compares the answers that somebody gets who does not
// know whether a login exists.
func TestRefusalsReadAlike(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	a := h.join(t, carryover.RoleReviewer)
	ended := h.join(t, carryover.RoleAdmin)
	h.update(t, func(tx *ledger.Tx) error { return tx.EndPerson(t.Context(), ended.ID, now()) })
	h.update(t, func(tx *ledger.Tx) error {
		_, err := tx.AddPerson(t.Context(), ledger.Person{
			Role: carryover.RoleReviewer, Name: carryover.NewText("Invited"), Login: carryover.NewText("invited@example.com"),
		}, now())
		return err
	})
	first := ""
	for _, c := range []struct{ what, login, password string }{
		{"a wrong password", a.Login, "another four invented words"},
		{"nobody's login", "nobody@example.com", signtest.Password},
		{"somebody who is ended", ended.Login, signtest.Password},
		{"somebody who is only invited", "invited@example.com", signtest.Password},
		{"no password", a.Login, ""},
		{"nothing", "", ""},
	} {
		hashed := h.hashes.Load()
		got := h.browser().Post(t, "/sign-in", credentials(c.login, c.password))
		if first == "" {
			first = got.Body
		}
		if got.Status != http.StatusUnauthorized || got.Body != first || len(got.Cookies) != 0 {
			t.Errorf("%s = %d with %d cookies, want %d, the same words as the others and none: %s",
				c.what, got.Status, len(got.Cookies), http.StatusUnauthorized, signtest.Words(got.Body))
		}
		if n := h.hashes.Load() - hashed; n != 1 {
			t.Errorf("%s costs %d hashes, want 1 as for the others", c.what, n)
		}
	}
	if got := h.entries(t, audit.SignInRefused); got["password"] != 6 {
		t.Errorf("refusals on record = %v, want 6 at the password", got)
	}
}

func TestACodeWorksOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	a := h.join(t, carryover.RoleReviewer)
	half := func() *signtest.Browser {
		b := h.browser()
		want(t, "password", b.Post(t, "/sign-in", credentials(a.Login, signtest.Password)), http.StatusSeeOther, "/sign-in/code")
		return b
	}
	next := a.Code(t, 1)
	for _, c := range []struct {
		what, code string
		ok         bool
	}{
		{"the code that was shown while enrolling", a.Code(t, 0), false},
		{"a code of two minutes ago", a.Code(t, -4), false},
		{"letters", "abcdef", false},
		{"nothing", "", false},
		{"the next code, in a group", next[:3] + " " + next[3:], true},
		{"the same again", next, false},
		{"a recovery code", a.Recovery[3], true},
		{"the same again", a.Recovery[3], false},
		{"another recovery code, in capitals without the dash", strings.ToUpper(strings.ReplaceAll(a.Recovery[0], "-", "")), true},
	} {
		b := half()
		got := b.Post(t, "/sign-in/code", code(c.code))
		if in := signedIn(t, b); in != c.ok || in != (got.Status == http.StatusSeeOther) {
			t.Errorf("%s: signed in = %v with %d, want %v", c.what, in, got.Status, c.ok)
		}
	}
	if got := h.entries(t, audit.SignedIn); got["code"] != 1 || got["recovery_code"] != 2 {
		t.Errorf("sign-ins on record = %v, want one by code and two by recovery code", got)
	}
}

// TestOneCodeAtOnce shows one code from many browsers at the same time.
func TestOneCodeAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	a := h.join(t, carryover.RoleReviewer)
	const browsers = 4 // fewer than the tries that are free
	all := make([]*signtest.Browser, browsers)
	for i := range all {
		all[i] = h.browser()
		want(t, "password", all[i].Post(t, "/sign-in", credentials(a.Login, signtest.Password)), http.StatusSeeOther, "/sign-in/code")
	}
	shown := a.Code(t, 1)
	var wait sync.WaitGroup
	for _, b := range all {
		wait.Go(func() { b.Post(t, "/sign-in/code", code(shown)) })
	}
	wait.Wait()
	in := 0
	for _, b := range all {
		if signedIn(t, b) {
			in++
		}
	}
	if in != 1 {
		t.Errorf("one code let %d browsers in, want 1", in)
	}
}

func TestNextStaysHere(t *testing.T) {
	t.Parallel()
	for path, ok := range map[string]bool{
		"/":                            true,
		"/held/HD-1":                   true,
		"":                             false,
		"held":                         false,
		"//elsewhere.example":          false,
		"/\\elsewhere.example":         false,
		"https://elsewhere.example":    false,
		"/\t/elsewhere.example":        false,
		"/held?remark=words":           false, // what is asked for may not be kept in an address
		"javascript:alert(1)":          false,
		"/" + strings.Repeat("x", 600): false,
	} {
		if got := sign.Local(path); got != ok {
			t.Errorf("local(%q) = %v, want %v", path, got, ok)
		}
	}
	h := newHouse(t, sign.Config{})
	a := h.join(t, carryover.RoleReviewer)
	b := h.browser()
	b.Post(t, "/sign-in", credentials(a.Login, signtest.Password))
	form := code(a.Code(t, 1))
	form.Set("next", "https://elsewhere.example/")
	want(t, "code with somebody else's page", b.Post(t, "/sign-in/code", form), http.StatusSeeOther, "/")
}

// TestPartsOfPages: a part that the page's script asks for must not become the
// sign-in page.
func TestPartsOfPages(t *testing.T) {
	t.Parallel()
	b := newHouse(t, sign.Config{}).browser()
	b.Header = http.Header{"Hx-Request": {"true"}}
	got := b.Get(t, "/held/HD-1")
	if to := got.Header.Get("HX-Redirect"); got.Status != http.StatusUnauthorized || to != "/sign-in?next=%2Fheld%2FHD-1" {
		t.Errorf("a part of a page = %d, HX-Redirect %q", got.Status, to)
	}
}
