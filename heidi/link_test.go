package heidi

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"carryover"
)

func TestLinkAddress(t *testing.T) {
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a request for %s; the link page is for a browser", r.URL.Path)
	})
	c := newClient(t, s.URL)
	if err := c.Accepted(t.Context()); err != nil {
		t.Fatalf("Accepted = %v, want nil", err)
	}
	check := func(host string) {
		t.Helper()
		at, err := c.LinkAddress(t.Context(), "au", "Carryover")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(at.String(), "token-1") {
			t.Errorf("the address prints as %s, want it hidden", at)
		}
		u, err := url.Parse(at.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		if u.Host != host || u.Path != linkPath || u.Query().Get("region") != "AU" || u.Query().Get("t") != "token-1" || u.Query().Get("productName") != "Carryover" {
			t.Errorf("link address is at %s%s, want %s%s with region AU, the token and the product's name", u.Host, u.Path, host, linkPath)
		}
	}
	check(strings.TrimPrefix(strings.SplitN(s.URL, "/api", 2)[0], "http://"))
	c.base = &url.URL{Scheme: "https", Host: "au.api.heidihealth.com", Path: basePath}
	check(linkHost)
}

func TestAcceptedSaysWhatToDo(t *testing.T) {
	s := serve(t, sessionHandler)
	s.token = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }
	err := newClient(t, s.URL).Accepted(t.Context())
	if carryover.HintOf(err) != hintKey {
		t.Errorf("a refused key = %v with hint %q, want %q", err, carryover.HintOf(err), hintKey)
	}
}
