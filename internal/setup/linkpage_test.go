package setup

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"carryover"
)

// visit asks for an address as a browser would, without following it.
func visit(t *testing.T, address, host string) *http.Response {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	req := &http.Request{Method: http.MethodGet, URL: u, Host: host, Header: http.Header{}}
	resp, err := new(http.Transport).RoundTrip(req.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp
}

func TestLinkPage(t *testing.T) {
	t.Parallel()
	const secret = "https://scribe.example/?t=token"
	var linked atomic.Bool
	l := Linker{
		Address: func(context.Context) (carryover.Secret, error) { return carryover.NewSecret(secret), nil },
		Linked:  func(context.Context) (bool, error) { return linked.Load(), nil },
		Every:   time.Millisecond,
	}
	var address string
	err := l.Link(t.Context(), func(at string) {
		address = at
		got := visit(t, at, "")
		if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != secret {
			t.Errorf("the page answers %d to %q, want a redirect to Heidi", got.StatusCode, got.Header.Get("Location"))
		}
		if got.Header.Get("Referrer-Policy") != "no-referrer" || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("the redirect may be kept or passed on: %v", got.Header)
		}
		if got := visit(t, at, "rebound.example:80"); got.StatusCode != http.StatusForbidden {
			t.Errorf("a name of a stranger's is answered %d, want 403", got.StatusCode)
		}
		if got := visit(t, at[:len(at)-1], ""); got.StatusCode != http.StatusNotFound {
			t.Errorf("a guessed page is answered %d, want 404", got.StatusCode)
		}
		for range maxVisits - 1 {
			visit(t, at, "")
		}
		if got := visit(t, at, ""); got.StatusCode != http.StatusGone {
			t.Errorf("visit %d is answered %d, want 410", maxVisits+1, got.StatusCode)
		}
		linked.Store(true)
	})
	if err != nil {
		t.Fatalf("Link = %v, want nil", err)
	}
	u, _ := url.Parse(address)
	if resp, err := new(http.Transport).RoundTrip((&http.Request{Method: http.MethodGet, URL: u, Header: http.Header{}}).WithContext(t.Context())); err == nil {
		_ = resp.Body.Close()
		t.Error("the page is still there after the account was linked")
	}
}

func TestLinkEnds(t *testing.T) {
	t.Parallel()
	never := Linker{Linked: func(context.Context) (bool, error) { return false, nil }, Every: time.Millisecond, Patience: 5 * time.Millisecond}
	if err := never.Link(t.Context(), func(string) {}); !errors.Is(err, ErrNotLinked) {
		t.Errorf("Link of nobody = %v, want ErrNotLinked", err)
	}
	never.Listen = "192.0.2.1:80"
	if err := never.Link(t.Context(), func(string) { t.Error("a page was opened") }); !errors.Is(err, carryover.ErrInvalid) {
		t.Errorf("Link on another machine's address = %v, want ErrInvalid", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	never.Listen, never.Patience = "", time.Minute
	if err := never.Link(ctx, func(string) { stop() }); !errors.Is(err, context.Canceled) {
		t.Errorf("Link that was stopped = %v, want Canceled", err)
	}
}
