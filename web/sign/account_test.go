package sign_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"carryover"
	"carryover/audit"
	"carryover/web/sign"
	"carryover/web/sign/signtest"
)

const newWords = "quite another phrase of mine"

func passwords(current, password, repeat string) url.Values {
	return url.Values{"current": {current}, "password": {password}, "repeat": {repeat}}
}

func TestNewPassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	a := h.join(t, carryover.RoleReviewer)
	own, _, _ := strings.Cut(a.Login, "@")
	mine := own + " " + own
	phone, half := h.browser(), h.browser()
	a.SignIn(t, phone, 1)
	half.Post(t, "/sign-in", credentials(a.Login, signtest.Password)) // somebody who knows the old one
	for what, f := range map[string]url.Values{
		"another's present password": passwords("not my password", newWords, newWords),
		"too short":                  passwords(signtest.Password, "short", "short"),
		"two new ones":               passwords(signtest.Password, newWords, newWords+"x"),
		"the login in it":            passwords(signtest.Password, mine, mine),
	} {
		if got := a.Post(t, "/account/password", f); got.Status == http.StatusSeeOther {
			t.Errorf("%s was taken", what)
		}
	}
	if !signedIn(t, phone) {
		t.Fatal("a password that was not changed ended a session")
	}
	before := a.Session()
	want(t, "a new password", a.Post(t, "/account/password", passwords(signtest.Password, newWords, newWords)), http.StatusSeeOther, "/account")
	if !signedIn(t, a.Browser) || a.Session() == before {
		t.Error("the session that changed the password did not go on under a new token")
	}
	if signedIn(t, phone) {
		t.Error("another session outlives the password")
	}
	half.Post(t, "/sign-in/code", code(a.Recovery[0]))
	if signedIn(t, half) {
		t.Error("the old password let somebody in who had shown it before")
	}
	want(t, "the old password", h.browser().Post(t, "/sign-in", credentials(a.Login, signtest.Password)), http.StatusUnauthorized, "")
	want(t, "the new password", h.browser().Post(t, "/sign-in", credentials(a.Login, newWords)), http.StatusSeeOther, "/sign-in/code")
	if got := h.entries(t, audit.PasswordChanged)[""]; got != 1 {
		t.Errorf("%d entries of a new password, want 1", got)
	}
}

// TestPresentPasswordIsThrottled: a browser left open is no place for guessing.
func TestPresentPasswordIsThrottled(t *testing.T) {
	t.Parallel()
	bubble(t, sign.Config{}, func(t *testing.T, h *house) {
		a := h.join(t, carryover.RoleReviewer)
		for n := range 6 {
			want(t, "a guess", a.Post(t, "/account/codes", url.Values{"current": {"a guess"}}), http.StatusUnauthorized, "")
			_ = n
		}
		want(t, "the right one too soon", a.Post(t, "/account/codes", url.Values{"current": {signtest.Password}}), http.StatusTooManyRequests, "")
	})
}

func TestNewRecoveryCodes(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	a := h.join(t, carryover.RoleReviewer)
	if page := a.Get(t, "/account"); !strings.Contains(page.Body, "10 of ten are left") || len(signtest.CodesIn(page.Body)) != 0 {
		t.Errorf("the account does not count the codes, or shows them again: %s", signtest.Words(page.Body))
	}
	got := a.Post(t, "/account/codes", url.Values{"current": {signtest.Password}})
	fresh := signtest.CodesIn(got.Body)
	slices.Sort(fresh)
	if got.Status != http.StatusOK || len(slices.Compact(fresh)) != 10 || got.Header.Get("Cache-Control") == "" || slices.Contains(fresh, a.Recovery[0]) {
		t.Errorf("new codes = %d with %d different ones, cached %q", got.Status, len(fresh), got.Header.Get("Cache-Control"))
	}
	for what, c := range map[string]string{"an old code": a.Recovery[0], "a new code": fresh[0]} {
		b := h.browser()
		b.Post(t, "/sign-in", credentials(a.Login, signtest.Password))
		b.Post(t, "/sign-in/code", code(c))
		if got, want := signedIn(t, b), what == "a new code"; got != want {
			t.Errorf("%s lets somebody in = %v, want %v", what, got, want)
		}
	}
}

func TestOwnSessions(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	a := h.join(t, carryover.RoleReviewer)
	phone, tablet := h.browser(), h.browser()
	a.SignIn(t, phone, 1)
	tablet.Post(t, "/sign-in", credentials(a.Login, signtest.Password))
	tablet.Post(t, "/sign-in/code", code(a.Recovery[0]))
	page := a.Get(t, "/account")
	if n := strings.Count(page.Body, "Firefox on Linux"); n < 3 {
		t.Errorf("the account names %d browsers, want 3: %s", n, signtest.Words(page.Body))
	}
	_, rest, _ := strings.Cut(page.Body, `name="session" value="`)
	session, _, _ := strings.Cut(rest, `"`) // the latest used of the others: the tablet's
	// Somebody else cannot end it.
	other := h.join(t, carryover.RolePractitioner)
	other.Post(t, "/account/sessions", url.Values{"session": {session}})
	if !signedIn(t, tablet) {
		t.Fatal("somebody else ended a session")
	}
	want(t, "end one", a.Post(t, "/account/sessions", url.Values{"session": {session}}), http.StatusSeeOther, "/account")
	want(t, "end it again", a.Post(t, "/account/sessions", url.Values{"session": {session}}), http.StatusSeeOther, "/account")
	if signedIn(t, tablet) || !signedIn(t, phone) {
		t.Error("ending one session ended another, or not that one")
	}
	want(t, "end the others", a.Post(t, "/account/sessions", url.Values{}), http.StatusSeeOther, "/account")
	if signedIn(t, phone) || !signedIn(t, a.Browser) || !signedIn(t, other.Browser) {
		t.Error("ending the others ended this one, or somebody else's, or not all")
	}
}

func TestAgentOf(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0":         "Edge on Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":         "Safari on a Mac",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130.0 Mobile Safari/604": "Chrome on an iPhone",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                        "Firefox on Linux",
		"<script>alert(1)</script> Pat Example": "a browser",
		"":                                      "a browser",
	} {
		if got := sign.AgentOf(header); got != want {
			t.Errorf("agentOf(%q) = %q, want %q", header, got, want)
		}
	}
}
