package sign_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"carryover"
	"carryover/web/sign"
	"carryover/web/sign/signtest"
)

func TestWaits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sort string
		n    int
		want string
	}{
		{"login", 1, "0s"},
		{"login", 5, "0s"},
		{"login", 6, "2s"},
		{"login", 7, "4s"},
		{"login", 10, "32s"},
		{"login", 11, "1m0s"}, // anybody can add to it
		{"login", 1_000_000, "1m0s"},
		{"place", 14, "8m32s"},
		{"place", 15, "15m0s"},
		{"place", 1_000_000, "15m0s"},
		{"person", 6, "2s"},
		{"address", 20, "0s"},
		{"address", 21, "2s"},
		{"address", 26, "1m0s"},
		{"address", 1_000_000, "1m0s"},
	} {
		if got := sign.Wait(c.sort, c.n); got != c.want {
			t.Errorf("try %d in a row by %s makes wait %s, want %s", c.n, c.sort, got, c.want)
		}
	}
}

// TestThrottle guesses at one login, from many addresses, and looks that the
// right password is not even tried while it waits; that a restart forgets
// nothing; and that time does.
func TestThrottle(t *testing.T) {
	t.Parallel()
	bubble(t, sign.Config{}, func(t *testing.T, h *house) {
		a := h.join(t, carryover.RoleReviewer)
		guess := func(n int, login, password string) signtest.Answer {
			return (&signtest.Browser{Handler: h.Handler, From: fmt.Sprintf("192.0.2.%d", n)}).Post(t, "/sign-in", credentials(login, password))
		}
		for _, login := range []string{a.Login, "nobody@example.com"} { // the same for both
			for n := range 6 {
				if got := guess(n, login, "a wrong password"); got.Status != http.StatusUnauthorized {
					t.Fatalf("try %d = %d, want %d", n+1, got.Status, http.StatusUnauthorized)
				}
			}
			hashed := h.hashes.Load()
			got := guess(7, login, signtest.Password)
			if after, err := strconv.Atoi(got.Header.Get("Retry-After")); got.Status != http.StatusTooManyRequests || err != nil || after < 1 || after > 3 {
				t.Errorf("the right password too soon = %d, Retry-After %q, want %d and a few seconds", got.Status, got.Header.Get("Retry-After"), http.StatusTooManyRequests)
			}
			if h.hashes.Load() != hashed {
				t.Error("a password was tried during the wait")
			}
		}
		if err := h.ledger.Close(); err != nil {
			t.Fatal(err)
		}
		h.open(t, sign.Config{}, testKey) // started again
		if got := guess(8, a.Login, signtest.Password); got.Status != http.StatusTooManyRequests {
			t.Errorf("after a restart = %d, want %d still", got.Status, http.StatusTooManyRequests)
		}
		time.Sleep(3 * time.Second)
		b := h.browser()
		a.SignIn(t, b, 1)
		for n := range 5 { // signing in forgets the tries
			if got := guess(n, a.Login, "a wrong password"); got.Status != http.StatusUnauthorized {
				t.Errorf("try %d after a sign-in = %d, want %d", n+1, got.Status, http.StatusUnauthorized)
			}
		}
		time.Sleep(25 * time.Hour) // so does a day
		for n := range 6 {
			if got := guess(n, a.Login, "a wrong password"); got.Status != http.StatusUnauthorized {
				t.Errorf("try %d after a day = %d, want %d", n+1, got.Status, http.StatusUnauthorized)
			}
		}
	})
}

// TestThrottleByAddress guesses at a new login each time.
func TestThrottleByAddress(t *testing.T) {
	t.Parallel()
	bubble(t, sign.Config{}, func(t *testing.T, h *house) {
		from := func(address string, n int) int {
			b := &signtest.Browser{Handler: h.Handler, From: address}
			return b.Post(t, "/sign-in", credentials(fmt.Sprintf("somebody-%d@example.com", n), "a wrong password")).Status
		}
		for n := range 21 {
			if got := from("192.0.2.1", n); got != http.StatusUnauthorized {
				t.Fatalf("try %d = %d, want %d", n+1, got, http.StatusUnauthorized)
			}
		}
		if got := from("192.0.2.1", 22); got != http.StatusTooManyRequests {
			t.Errorf("too many logins from one address = %d, want %d", got, http.StatusTooManyRequests)
		}
		if got := from("192.0.2.2", 23); got != http.StatusUnauthorized {
			t.Errorf("from another address = %d, want %d", got, http.StatusUnauthorized)
		}
		for n := range 22 { // one household has a whole network of them
			got := from(fmt.Sprintf("[2001:db8::%x]", n+1), 100+n)
			if n == 21 && got != http.StatusTooManyRequests {
				t.Errorf("too many logins from one IPv6 network = %d, want %d", got, http.StatusTooManyRequests)
			}
		}
	})
}

// TestManyAtOnce sends many guesses at the same moment: each is counted before
// it is tried.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	a := h.join(t, carryover.RoleReviewer)
	const guesses = 40
	var answers [600]atomic.Int32 // by status
	var wait sync.WaitGroup
	for n := range guesses {
		b := &signtest.Browser{Handler: h.Handler, From: fmt.Sprintf("192.0.2.%d", n)}
		wait.Go(func() {
			answers[b.Post(t, "/sign-in", credentials(a.Login, "a wrong password")).Status].Add(1)
		})
	}
	wait.Wait()
	tried, waited := &answers[http.StatusUnauthorized], &answers[http.StatusTooManyRequests]
	if n := tried.Load() + waited.Load(); n != guesses {
		t.Errorf("%d of %d guesses were refused: %s", n, guesses, h.log)
	}
	// On a machine so slow that a wait of seconds passes meanwhile, one or two
	// more are in time.
	if n := tried.Load(); n < 6 || n > 9 {
		t.Errorf("%d of 40 guesses at once were tried, want about the 6 that are free", n)
	}
}

// TestThrottleOfTheSecondFactor: who has the password cannot guess the code.
func TestThrottleOfTheSecondFactor(t *testing.T) {
	t.Parallel()
	bubble(t, sign.Config{}, func(t *testing.T, h *house) {
		a := h.join(t, carryover.RoleReviewer)
		b := h.browser()
		b.Post(t, "/sign-in", credentials(a.Login, signtest.Password))
		for n := range 6 {
			if got := b.Post(t, "/sign-in/code", code("00000x")); got.Status != http.StatusUnauthorized {
				t.Fatalf("code %d = %d, want %d", n+1, got.Status, http.StatusUnauthorized)
			}
		}
		if got := b.Post(t, "/sign-in/code", code(a.Code(t, 1))); got.Status != http.StatusTooManyRequests {
			t.Errorf("the right code too soon = %d, want %d", got.Status, http.StatusTooManyRequests)
		}
		other := &signtest.Browser{Handler: h.Handler, From: "192.0.2.9"} // the password again buys nothing
		other.Post(t, "/sign-in", credentials(a.Login, signtest.Password))
		if got := other.Post(t, "/sign-in/code", code(a.Code(t, 1))); got.Status != http.StatusTooManyRequests {
			t.Errorf("from elsewhere = %d, want %d", got.Status, http.StatusTooManyRequests)
		}
	})
}

// TestLargeForms: nobody makes the page read a book.
func TestLargeForms(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	form := url.Values{"login": {"a@example.com"}, "password": {string(make([]byte, 1<<20))}}
	want(t, "a form of a megabyte", h.browser().Post(t, "/sign-in", form), http.StatusRequestEntityTooLarge, "")
}
