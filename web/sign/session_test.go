package sign_test

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/web/sign"
	"carryover/web/sign/signtest"
)

func TestTimeOuts(t *testing.T) {
	t.Parallel()
	bubble(t, sign.Config{}, func(t *testing.T, h *house) {
		a := h.join(t, carryover.RoleReviewer)
		left, used := h.browser(), a.Browser
		time.Sleep(time.Minute) // to a code that was not shown yet
		a.SignIn(t, left, 0)
		signedIn(t, used)
		time.Sleep(sign.DefaultIdle - time.Second)
		if !signedIn(t, used) {
			t.Error("signed out before the idle time was over")
		}
		time.Sleep(2 * time.Second)
		if signedIn(t, left) {
			t.Error("signed in after the idle time was over")
		}
		began := time.Now().Add(-sign.DefaultIdle - time.Minute - time.Second)
		for time.Since(began) < sign.DefaultAbsolute-20*time.Minute {
			time.Sleep(10 * time.Minute)
			if !signedIn(t, used) {
				t.Fatalf("signed out after %v of use, want %v", time.Since(began), sign.DefaultAbsolute)
			}
		}
		time.Sleep(time.Until(began.Add(sign.DefaultAbsolute)))
		if signedIn(t, used) {
			t.Error("a session that is used goes on for ever")
		}
	})
}

// TestHalfway: a password is worth five minutes.
func TestHalfway(t *testing.T) {
	t.Parallel()
	bubble(t, sign.Config{}, func(t *testing.T, h *house) {
		a := h.join(t, carryover.RoleReviewer)
		for _, c := range []struct {
			after time.Duration
			to    string
		}{{5*time.Minute - time.Second, "/"}, {5 * time.Minute, "/sign-in"}} {
			b := h.browser()
			b.Post(t, "/sign-in", credentials(a.Login, signtest.Password))
			time.Sleep(c.after)
			want(t, "a code after "+c.after.String(), b.Post(t, "/sign-in/code", code(a.Code(t, 0))), http.StatusSeeOther, c.to)
		}
	})
}

// TestSeldomWritten: a session's row is not written with every click.
func TestSeldomWritten(t *testing.T) {
	t.Parallel()
	bubble(t, sign.Config{}, func(t *testing.T, h *house) {
		a := h.join(t, carryover.RoleReviewer)
		seen := func() (at time.Time) {
			h.update(t, func(tx *ledger.Tx) error {
				all, err := tx.WebSessions(t.Context(), a.ID, time.Now())
				at = all[0].SeenAt
				return err
			})
			return at
		}
		written := map[time.Time]bool{seen(): true}
		for range 60 {
			time.Sleep(5 * time.Second)
			signedIn(t, a.Browser)
			written[seen()] = true
		}
		if n := len(written); n < 4 || n > 7 {
			t.Errorf("60 clicks in five minutes were written down %d times, want about once a minute", n)
		}
	})
}

func TestCookies(t *testing.T) {
	t.Parallel()
	for _, tls := range []bool{false, true} {
		h := newHouse(t, sign.Config{TLS: tls})
		b := &signtest.Browser{Handler: h.Handler, TLS: tls}
		signtest.Join(t, h.ledger, b, carryover.RoleReviewer, "")
		for _, name := range []string{"carryover-known", "__Host-carryover-known"} { // TestAStrangerLocksNobodyOut is about it
			if c := b.Cookies[name]; c != nil {
				if c.Secure != tls || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Domain != "" {
					t.Errorf("https %v: cookie %s, want Secure as the connection, HttpOnly, Strict, of this host", tls, c)
				}
				delete(b.Cookies, name)
			}
		}
		if len(b.Cookies) != 1 {
			t.Fatalf("https %v: %d cookies, want one", tls, len(b.Cookies))
		}
		for name, c := range b.Cookies {
			wantName := map[bool]string{false: "carryover", true: "__Host-carryover"}[tls]
			if name != wantName || c.Secure != tls || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode ||
				c.Path != "/" || c.Domain != "" || c.MaxAge != 0 || !c.Expires.IsZero() {
				t.Errorf("https %v: cookie %s, want %s: Secure as the connection, HttpOnly, Strict, of this host, forgotten with the window", tls, c, wantName)
			}
		}
		// Nobody gets a cookie, and the ledger a row, for merely looking.
		for _, path := range []string{"/", "/sign-in", "/welcome", "/sign-in/code"} {
			if got := (&signtest.Browser{Handler: h.Handler, TLS: tls}).Get(t, path); len(got.Cookies) != 0 {
				t.Errorf("https %v: a look at %s sets a cookie", tls, path)
			}
		}
	}
}

// TestFixation plants a session with somebody and looks whether it becomes
// theirs.
func TestFixation(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	a := h.join(t, carryover.RoleReviewer)
	planted := &signtest.Browser{Handler: h.Handler, Cookies: map[string]*http.Cookie{"carryover": {Name: "carryover", Value: "planted-by-somebody-else"}}}
	victim := &signtest.Browser{Handler: h.Handler, Cookies: maps.Clone(planted.Cookies)}
	victim.Post(t, "/sign-in", credentials(a.Login, signtest.Password))
	half := maps.Clone(victim.Cookies)
	if victim.Session() == planted.Session() {
		t.Error("the planted token was taken over at the password")
	}
	victim.Post(t, "/sign-in/code", code(a.Code(t, 1)))
	if !signedIn(t, victim) || signedIn(t, planted) {
		t.Error("the planted session is signed in, or the victim's own is not")
	}
	// The same with a session that is real: what the thief knew is over.
	if thief := (&signtest.Browser{Handler: h.Handler, Cookies: half}); thief.Session() == victim.Session() || signedIn(t, thief) {
		t.Error("the token from before the second factor works after it")
	}
	// So with a real session of the thief's, who stops halfway and plants it.
	thief := h.join(t, carryover.RoleAdmin)
	lent := h.browser()
	lent.Post(t, "/sign-in", credentials(thief.Login, signtest.Password))
	lured := &signtest.Browser{Handler: h.Handler, Cookies: maps.Clone(lent.Cookies)}
	lured.Post(t, "/sign-in", credentials(a.Login, signtest.Password))
	if lured.Session() == lent.Session() {
		t.Error("the thief's own session is the victim's after the password")
	}
	// A link in a browser that somebody else is signed in with makes it theirs
	// under another token.
	before := victim.Session()
	victim.Post(t, "/welcome", code(h.adminLink(t)))
	if victim.Session() == before {
		t.Error("the token stays the same when a link is opened")
	}
}

// TestOtherSites sends what a page elsewhere could make a browser send.
func TestOtherSites(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	admin := h.join(t, carryover.RoleAdmin)
	victim := h.join(t, carryover.RoleReviewer)
	for _, header := range []http.Header{
		{"Sec-Fetch-Site": {"cross-site"}},
		{"Sec-Fetch-Site": {"same-site"}}, // another name of the practice's domain
		{"Sec-Fetch-Site": nil, "Origin": {"https://elsewhere.example"}},
		{"Sec-Fetch-Site": nil, "Origin": {"null"}},
	} {
		b := &signtest.Browser{Handler: h.Handler, Cookies: admin.Cookies, Header: header}
		for _, r := range append(h.Routes(), h.pages()...) {
			method, path, _ := strings.Cut(strings.ReplaceAll(r.Pattern, "{id}", string(victim.ID)), " ")
			if method == http.MethodGet {
				continue
			}
			if got := b.Do(t, method, path, url.Values{}); got.Status != http.StatusForbidden {
				t.Errorf("%s with %v = %d, want %d", r.Pattern, header, got.Status, http.StatusForbidden)
			}
		}
		if got := b.Get(t, "/people"); got.Status != http.StatusOK {
			t.Errorf("a look with %v = %d, want %d: looking changes nothing", header, got.Status, http.StatusOK)
		}
	}
	if !signedIn(t, admin.Browser) || !signedIn(t, victim.Browser) {
		t.Error("another site signed somebody out")
	}
}

// TestNowNotThen: a role and a standing count as they are, not as they were at
// the sign-in.
func TestNowNotThen(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	a := h.join(t, carryover.RoleReviewer)
	want(t, "a reviewer's decision", a.Post(t, "/held/HD-1", url.Values{}), http.StatusOK, "")
	h.update(t, func(tx *ledger.Tx) error { return tx.SetRole(t.Context(), a.ID, carryover.RolePractitioner, "41") })
	want(t, "a practitioner's", a.Post(t, "/held/HD-1", url.Values{}), http.StatusForbidden, "")
	h.update(t, func(tx *ledger.Tx) error { return tx.EndPerson(t.Context(), a.ID, time.Now()) })
	want(t, "nobody's", a.Post(t, "/held/HD-1", url.Values{}), http.StatusSeeOther, "/sign-in")
}

// TestAnEndedSessionStaysEnded ends a session while a request of it is under way.
func TestAnEndedSessionStaysEnded(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	a := h.join(t, carryover.RoleReviewer)
	slow := &signtest.Browser{Cookies: a.Cookies, Handler: h.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := sign.Person(r.Context()); !ok {
			t.Error("nobody is signed in when the request begins")
		}
		h.update(t, func(tx *ledger.Tx) error { return tx.EndWebSessions(t.Context(), a.ID, "", time.Now()) })
		_, _ = io.WriteString(w, "done") // the session is saved now
	}))}
	want(t, "the request", slow.Get(t, "/"), http.StatusOK, "")
	if signedIn(t, a.Browser) {
		t.Error("a request that was under way brought an ended session back")
	}
}

// TestEndedBetweenPasswordAndCode ends the half of a session while its code is
// on the way.
func TestEndedBetweenPasswordAndCode(t *testing.T) {
	t.Parallel()
	var h *house
	var a *signtest.Account
	armed := false
	h = newHouse(t, sign.Config{Address: func(*http.Request) string { // asked for after the session was looked at
		if armed {
			armed = false
			h.update(t, func(tx *ledger.Tx) error { return tx.EndWebSessions(t.Context(), a.ID, "", time.Now()) })
		}
		return "192.0.2.1"
	}})
	a = h.join(t, carryover.RoleReviewer)
	b := h.browser()
	b.Post(t, "/sign-in", credentials(a.Login, signtest.Password))
	armed = true
	want(t, "the code of a session that was just ended", b.Post(t, "/sign-in/code", code(a.Code(t, 1))), http.StatusUnauthorized, "")
	if armed || signedIn(t, b) {
		t.Error("it was not ended in between, or signed in all the same")
	}
}

// TestStandingCounts: who is not active is nobody, even where a session is left.
func TestStandingCounts(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	a := h.join(t, carryover.RoleReviewer)
	for _, standing := range []ledger.Standing{ledger.Invited, ledger.Ended} {
		h.update(t, func(tx *ledger.Tx) error {
			_, err := tx.ExecContext(t.Context(), "UPDATE person SET standing = $1 WHERE id = $2", string(standing), string(a.ID))
			return err
		})
		if signedIn(t, a.Browser) {
			t.Errorf("somebody who is %s is signed in", standing)
		}
		want(t, "the password of somebody "+string(standing), h.browser().Post(t, "/sign-in", credentials(a.Login, signtest.Password)), http.StatusUnauthorized, "")
	}
}

func TestMaySee(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		who  sign.Who
		of   carryover.PractitionerID
		want bool
	}{
		{sign.Who{Role: carryover.RolePractitioner, Practitioner: "41"}, "41", true},
		{sign.Who{Role: carryover.RolePractitioner, Practitioner: "41"}, "42", false},
		{sign.Who{Role: carryover.RolePractitioner, Practitioner: "41"}, "", false}, // whose session it was is not known yet
		{sign.Who{Role: carryover.RolePractitioner}, "", false},
		{sign.Who{Role: carryover.RoleReviewer}, "42", true},
		{sign.Who{Role: carryover.RoleAdmin}, "", true},
	} {
		if got := c.who.MaySee(c.of); got != c.want {
			t.Errorf("%s of %q may see %q = %v, want %v", c.who.Role, c.who.Practitioner, c.of, got, c.want)
		}
	}
}

// TestStrangersNeverPass: a Who that is nobody's has no rights by accident.
func TestStrangersNeverPass(t *testing.T) {
	t.Parallel()
	if (sign.Who{}).Is(carryover.Roles...) {
		t.Error("the zero Who has a role")
	}
	if (sign.Who{}).MaySee("41") {
		t.Error("the zero Who may see a document")
	}
}
