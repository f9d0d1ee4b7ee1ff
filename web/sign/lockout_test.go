package sign_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"carryover"
	"carryover/web/sign"
	"carryover/web/sign/signtest"
)

// TestAStrangerLocksNobodyOut has a stranger guess at a login for hours, from many
// addresses. Its owner comes in at once with a browser that has been in before,
// whether or not the page knows where requests come from, and with any other after
// a minute.
func TestAStrangerLocksNobodyOut(t *testing.T) {
	t.Parallel()
	for _, from := range []struct {
		name    string
		address func(*http.Request) string
	}{{"from many addresses", nil}, {"from nobody knows where", func(*http.Request) string { return "" }}} {
		t.Run(from.name, func(t *testing.T) {
			bubble(t, sign.Config{Address: from.address}, func(t *testing.T, h *house) {
				a := h.join(t, carryover.RoleReviewer)
				a.Post(t, "/sign-out", nil)
				stranger := func(n int) int {
					b := &signtest.Browser{Handler: h.Handler, From: fmt.Sprintf("192.0.%d.%d", n/250, 1+n%250)}
					return b.Post(t, "/sign-in", credentials(a.Login, "a wrong password")).Status
				}
				refused := 0
				for n := range 400 {
					if stranger(n) == http.StatusTooManyRequests {
						refused++
					}
					time.Sleep(20 * time.Second)
				}
				if refused < 100 {
					t.Errorf("%d of 400 guesses in two hours had to wait, want most of them", refused)
				}
				stranger(401)
				got := a.Post(t, "/sign-in", credentials(a.Login, signtest.Password))
				if got.Status != http.StatusSeeOther || got.To() != "/sign-in/code" {
					t.Errorf("the owner, with a browser that was in before = %d to %q, want the code asked for at once", got.Status, got.To())
				}
				time.Sleep(61 * time.Second)
				a.SignIn(t, &signtest.Browser{Handler: h.Handler, From: "198.51.100.7"}, 0)
			})
		})
	}
}

// TestAKnownBrowserIsCountedToo: the mark buys a browser no more tries, nobody
// else's login, and is nothing that can be made up.
func TestAKnownBrowserIsCountedToo(t *testing.T) {
	t.Parallel()
	bubble(t, sign.Config{}, func(t *testing.T, h *house) {
		a, other := h.join(t, carryover.RoleReviewer), h.join(t, carryover.RoleReviewer)
		a.Post(t, "/sign-out", nil)
		waits := func(b *signtest.Browser, login string) bool {
			for range 6 {
				b.Post(t, "/sign-in", credentials(login, "a wrong password"))
			}
			return b.Post(t, "/sign-in", credentials(login, signtest.Password)).Status == http.StatusTooManyRequests
		}
		if !waits(a.Browser, a.Login) {
			t.Error("a known browser guesses as often as it likes")
		}
		if waits(&signtest.Browser{Handler: h.Handler, From: "192.0.2.7"}, other.Login); waitsNot(t, a.Browser, other.Login) {
			t.Error("a browser that is known for one login is known for another")
		}
		made := &signtest.Browser{Handler: h.Handler, From: "192.0.2.8", Cookies: map[string]*http.Cookie{
			"carryover-known": {Name: "carryover-known", Value: "AAAAAAAAAAAAAAAAAAAAAA.AAAA"},
		}}
		if waitsNot(t, made, other.Login) {
			t.Error("a mark that was made up is believed")
		}
	})
}

// waitsNot says that a browser's try is looked at, although the login waits.
func waitsNot(t *testing.T, b *signtest.Browser, login string) bool {
	t.Helper()
	return b.Post(t, "/sign-in", credentials(login, "a wrong password")).Status != http.StatusTooManyRequests
}

func TestForwardedAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, remote string
		forwarded    bool
		header       []string
		want         string
	}{
		{"a connection over the network", "192.0.2.1:40000", false, nil, "192.0.2.1"},
		{"its header is anybody's", "192.0.2.1:40000", true, []string{"198.51.100.9"}, "192.0.2.1"},
		{"so is one from this machine", "127.0.0.1:40000", true, []string{"198.51.100.9"}, "127.0.0.1"},
		{"over the socket, nothing is said", "@", false, []string{"198.51.100.9"}, ""},
		{"over the socket, the proxy writes it", "@", true, []string{"198.51.100.9"}, "198.51.100.9"},
		{"what the browser wrote stands before it", "", true, []string{"203.0.113.5, 198.51.100.9"}, "198.51.100.9"},
		{"in two headers", "", true, []string{"203.0.113.5", "198.51.100.9"}, "198.51.100.9"},
		{"with a port", "@", true, []string{"198.51.100.9:5555"}, "198.51.100.9"},
		{"a network of IPv6", "@", true, []string{"[2001:db8::9]:5555"}, "2001:db8::/64"},
		{"no address", "@", true, []string{"unknown"}, ""},
		{"none", "@", true, nil, ""},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.RemoteAddr = c.remote
		if c.header != nil {
			r.Header["X-Forwarded-For"] = c.header
		}
		if got := sign.AddressOf(r, c.forwarded); got != c.want {
			t.Errorf("%s: address %q, want %q", c.name, got, c.want)
		}
	}
}
