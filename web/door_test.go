package web_test

import (
	"net/http"
	"strings"
	"testing"

	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/web"
	"carryover/web/sign"
	"carryover/web/sign/signtest"
)

// real is the page behind the door that practices have.
func real(t *testing.T, p *practice) (http.Handler, *ledger.Ledger, *web.Server, *sign.Gate) {
	t.Helper()
	s := p.pages()
	s.Hosts = []string{"carryover.test"} // as signtest's browsers say
	l := p.desk.(*desk.Local).Ledger
	g := sign.New(sign.Config{Ledger: l, Render: s, Zone: p.cfg.TimeZone})
	s.Gate = web.Door{Gate: g}
	h, err := s.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return h, l, s, g
}

// TestThroughTheDoor: whoever came in sees the pages in their name, and the pages
// of signing in have the same look.
func TestThroughTheDoor(t *testing.T) {
	t.Parallel()
	h, _, _, _ := real(t, demoDay(t))
	nobody := &signtest.Browser{Handler: h}
	if got := nobody.Get(t, "/held"); got.Status != http.StatusSeeOther || !strings.HasPrefix(got.To(), "/sign-in") {
		t.Errorf("nobody asks for /held: %d to %q, want to be led to the door", got.Status, got.To())
	}
	door := nobody.Get(t, "/sign-in")
	if door.Status != http.StatusOK || !strings.Contains(door.Body, `href="/assets/style.`) || strings.Contains(door.Body, `href="/held"`) {
		t.Errorf("the sign-in page: %d, want the style and no way to the pages:\n%s", door.Status, door.Body)
	}
	for _, at := range []string{"/health", "/nowhere"} {
		got := nobody.Get(t, at)
		if want := at == "/health"; (got.Status == http.StatusOK) != want {
			t.Errorf("nobody asks for %s: %d", at, got.Status)
		}
	}
}
