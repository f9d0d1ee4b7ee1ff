package sign_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"carryover"
	"carryover/audit"
	"carryover/internal/seal"
	"carryover/ledger"
	"carryover/web/sign"
	"carryover/web/sign/signtest"
)

// TestMain fails when a test leaves a goroutine.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A house is a gate with a page behind it, on a ledger of its own.
type house struct {
	*sign.Gate
	http.Handler
	ledger *ledger.Ledger
	dir    string
	log    *lockedBuffer
	hashes *atomic.Int64 // counts passwords that were hashed
}

// newHouse opens a house; c says what differs from the defaults.
func newHouse(t testing.TB, c sign.Config) *house {
	t.Helper()
	h := &house{dir: t.TempDir(), log: &lockedBuffer{}}
	h.open(t, c, seal.NewMasterKey())
	return h
}

// open opens the ledger and builds the page on it.
func (h *house) open(t testing.TB, c sign.Config, key seal.MasterKey) {
	t.Helper()
	l, err := ledger.Open(t.Context(), ledger.Config{Path: filepath.Join(h.dir, "ledger.db"), MasterKey: key})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	c.Ledger, c.Render, c.Log = l, signtest.Plain{}, slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if c.Practitioners == nil {
		c.Practitioners = []sign.Practitioner{{ID: "41"}, {ID: "42", Label: carryover.NewText("Dr Invented")}}
	}
	h.ledger, h.Gate = l, sign.New(c)
	h.hashes = h.SetCheapHash() // some tests sign in dozens of times; TestHash has the real strength
	mux := http.NewServeMux()
	h.Mount(mux)
	for _, r := range h.pages() {
		mux.Handle(r.Pattern, r.Handler)
	}
	h.Handler = h.Wrap(mux)
}

// pages are some that a review page would have.
func (h *house) pages() []sign.Route {
	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, _ := sign.Person(r.Context())
		_, _ = io.WriteString(w, "hello "+string(who.Role))
	})
	decide := []carryover.Role{carryover.RoleReviewer, carryover.RoleAdmin}
	return []sign.Route{
		{Pattern: "GET /{$}", Roles: carryover.Roles, Handler: h.Require()(hello)},
		{Pattern: "GET /held/{id}", Roles: carryover.Roles, Handler: h.Require()(hello)},
		{Pattern: "POST /held/{id}", Roles: decide, Handler: h.Require(decide...)(hello)},
	}
}

// browser returns one that has no cookies.
func (h *house) browser() *signtest.Browser { return &signtest.Browser{Handler: h.Handler} }

// join lets somebody in with a browser of their own.
func (h *house) join(t testing.TB, role carryover.Role) *signtest.Account {
	t.Helper()
	of := carryover.PractitionerID("")
	if role == carryover.RolePractitioner {
		of = "41"
	}
	return signtest.Join(t, h.ledger, h.browser(), role, of)
}

// entries counts the chain's entries of an action, by note.
func (h *house) entries(t testing.TB, a audit.Action) map[string]int {
	t.Helper()
	found := map[string]int{}
	err := h.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		rows, err := tx.QueryContext(t.Context(), "SELECT note FROM audit WHERE action = $1", string(a))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var note string
			if err := rows.Scan(&note); err != nil {
				return err
			}
			found[note]++
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// signedIn says whether a browser gets a page behind the gate.
func signedIn(t testing.TB, b *signtest.Browser) bool {
	t.Helper()
	got := b.Get(t, "/")
	if got.Status != http.StatusOK && got.To() != "/sign-in" {
		t.Fatalf("GET / = %d to %q, want the page or the sign-in page", got.Status, got.To())
	}
	return got.Status == http.StatusOK
}

// want fails unless an answer has a status and leads somewhere.
func want(t testing.TB, what string, got signtest.Answer, status int, to string) {
	t.Helper()
	if got.Status != status || got.To() != to {
		t.Errorf("%s = %d to %q, want %d to %q: %s", what, got.Status, got.To(), status, to, signtest.Words(got.Body))
	}
}

func credentials(login, password string) url.Values {
	return url.Values{"login": {login}, "password": {password}}
}

func code(s string) url.Values { return url.Values{"code": {s}} }

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// files returns all bytes in the house's folder.
func (h *house) files(t testing.TB) map[string]string {
	t.Helper()
	found := map[string]string{}
	names, err := filepath.Glob(filepath.Join(h.dir, "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("Glob = %v, %v", names, err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found[filepath.Base(name)] = string(b)
	}
	return found
}

func TestMatrix(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	signtest.Matrix(t, h.ledger, h.Handler, append(h.Routes(), h.pages()...), nil)
}

// TestNothingPersonalLeaks lets people sign in, fail, be invited and be ended,
// and looks for what is theirs in every byte that was written.
func TestNothingPersonalLeaks(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	admin := h.join(t, carryover.RoleAdmin)
	invited := admin.Post(t, "/people", url.Values{"name": {"Quillfeather Marmalade"}, "login": {"marmalade@example.com"}, "role": {"reviewer"}})
	want(t, "invite", invited, http.StatusOK, "")
	link := linkIn(t, invited.Body)
	_, secret, _ := strings.Cut(link, "#")
	guest := &signtest.Account{Browser: h.browser(), Login: "marmalade@example.com", ID: personIn(t, h, "marmalade@example.com").ID}
	guest.Welcome(t, link, nil)
	b := h.browser()
	b.Post(t, "/sign-in", credentials("marmalade@example.com", "a wrong password"))
	b.Post(t, "/sign-in", credentials("stranger@example.com", signtest.Password))
	guest.SignIn(t, b, 1)

	canaries := map[string]string{
		"name": "Marmalade", "login": "marmalade@example", "stranger's login": "stranger@", "password": signtest.Password,
		"link": secret, "second factor": guest.Secret(), "recovery code": strings.ToUpper(strings.ReplaceAll(guest.Recovery[0], "-", "")),
		"session": b.Session(), "first session": guest.Session(),
	}
	check := func(where, text string) {
		for what, canary := range canaries {
			if canary == "" {
				t.Fatalf("there is no %s to look for", what)
			}
			if strings.Contains(text, canary) {
				t.Errorf("%s holds the %s", where, what)
			}
		}
	}
	var all strings.Builder
	for name, bytes := range h.files(t) {
		check(name, bytes)
		all.WriteString(bytes)
	}
	if !strings.Contains(all.String(), string(guest.ID)) || !strings.Contains(all.String(), string(audit.Joined)) {
		t.Error("the files hold neither the person's id nor an entry: they may not have been read at all")
	}
	check("the log", h.log.String())
	if !strings.Contains(h.log.String(), string(admin.ID)) {
		t.Error("the log does not say who signed in: it may not have been read at all")
	}
	// What is looked for is really where people may see it.
	if page := admin.Get(t, "/people"); !strings.Contains(page.Body, "Quillfeather Marmalade") || !strings.Contains(page.Body, "marmalade@example.com") {
		t.Errorf("the list of people does not name them: %s", signtest.Words(page.Body))
	}
}

func linkIn(t testing.TB, body string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, `class="secret" type="text" value="`)
	link, _, ends := strings.Cut(rest, `"`)
	if !ok || !ends {
		t.Fatalf("the page shows no link: %s", signtest.Words(body))
	}
	return link
}

// personIn returns the person of a login.
func personIn(t testing.TB, h *house, login string) (p ledger.Person) {
	t.Helper()
	err := h.ledger.View(t.Context(), func(tx *ledger.Tx) (err error) {
		p, err = tx.PersonByLogin(t.Context(), carryover.NewText(login))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// update changes the ledger behind the gate's back.
func (h *house) update(t testing.TB, f func(*ledger.Tx) error) {
	t.Helper()
	if err := h.ledger.Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func now() time.Time { return time.Now() }

// testKey seals the ledgers of bubbles.
var testKey = seal.NewMasterKey()
