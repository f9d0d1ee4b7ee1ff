package sign

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// Templates holds the pages of this package, one file a page: NAME.html for the
// name that a Renderer is given.
//
//go:embed templates/*.html
var Templates embed.FS

// A Renderer writes a page: it finds the template of a name and executes it
// within the layout. It sets no cookies and answers with status.
type Renderer interface {
	Render(w http.ResponseWriter, r *http.Request, status int, name string, data any)
}

// The time-outs of a Config's zero value.
const (
	DefaultIdle     = 30 * time.Minute
	DefaultAbsolute = 12 * time.Hour
	DefaultInvite   = 24 * time.Hour
)

const (
	// halfway is how long after the password the second factor may come.
	halfway = 5 * time.Minute
	// setupTime is how long somebody with a link has to choose a password and
	// scan the code.
	setupTime = 15 * time.Minute
)

// A Config says what a Gate works with. Ledger and Render are required.
type Config struct {
	Ledger *ledger.Ledger
	Render Renderer
	Log    *slog.Logger // nil discards
	// TLS says that browsers reach the page over https, ours or a proxy's:
	// cookies are marked Secure and bound to this host by their name.
	TLS bool
	// Origin is how links begin, such as https://records.practice.example. Empty:
	// as the request that makes the link was addressed.
	Origin string
	// Idle, Absolute: a session ends without use, and at the latest. Invite: an
	// invitation is good that long. Zero: the defaults.
	Idle, Absolute, Invite time.Duration
	// Practitioners are those whose documents a practitioner's role can be for.
	Practitioners []Practitioner
	// Zone is that of the times on the pages. Nil: UTC.
	Zone *time.Location
	// Forwarded says that what is at the other end of a socket in the file system is
	// a proxy that writes X-Forwarded-For. No other connection's header is believed.
	Forwarded bool
	// Address is where a request comes from, for counting tries; empty: nobody
	// knows. Nil: the other end of its connection, or what Forwarded says.
	Address func(*http.Request) string
	// Called is what Cliniko calls a practitioner who has no label. Nil: not known.
	Called func(context.Context, carryover.PractitionerID) carryover.Text
}

// A Practitioner is somebody whose documents are carried.
type Practitioner struct {
	ID    carryover.PractitionerID
	Label carryover.Text // how people know them; empty: the id
}

// A Gate lets people in. It is safe for concurrent use.
type Gate struct {
	Config
	chain    audit.Log
	sessions *scs.SessionManager
	hash     hashing
	busy     chan struct{}                              // holds one for each password being hashed
	derive   func(keyed, salt []byte, h hashing) []byte // argon2id; tests count
}

// New makes a Gate.
func New(c Config) *Gate {
	c.Idle, c.Absolute, c.Invite = orElse(c.Idle, DefaultIdle), orElse(c.Absolute, DefaultAbsolute), orElse(c.Invite, DefaultInvite)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Address == nil {
		c.Address = func(r *http.Request) string { return addressOf(r, c.Forwarded) }
	}
	g := &Gate{
		Config: c, chain: audit.Log{Keys: c.Ledger.Keys()}, hash: strong, derive: argon2id,
		busy: make(chan struct{}, hashesAtOnce),
	}
	g.sessions = g.newSessions()
	return g
}

func orElse(d, fallback time.Duration) time.Duration {
	if d <= 0 {
		return fallback
	}
	return d
}

// enter appends an entry of the audit chain, at now.
func (g *Gate) enter(ctx context.Context, tx *ledger.Tx, actor string, a audit.Action, of carryover.PersonID, note string, now time.Time) error {
	err := g.chain.Append(ctx, tx, audit.Entry{At: now, Actor: actor, Action: a, Subject: string(of), Note: note})
	if err != nil {
		return fmt.Errorf("record %s of person %s: %w", a, of, err)
	}
	return nil
}

// failed answers a request that went wrong inside.
func (g *Gate) failed(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // nobody waits for the answer
	}
	g.Log.Error("sign-in page failed", "route", r.Pattern, "err", err)
	g.problem(w, r, http.StatusInternalServerError, "Something went wrong. Nothing was changed; try again.")
}

// problem answers with a sentence.
func (g *Gate) problem(w http.ResponseWriter, r *http.Request, status int, sentence string) {
	g.show(w, r, status, "problem", struct{ Problem string }{sentence})
}

// show renders a page that no cache keeps: half of them show a secret.
func (g *Gate) show(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	g.Render.Render(w, r, status, name, data)
}

// maxForm bounds what a browser may send here: a few short fields.
const maxForm = 64 << 10

// form reads the fields of a request; false when it has answered already.
func (g *Gate) form(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		status := http.StatusBadRequest
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			status = http.StatusRequestEntityTooLarge
		}
		g.problem(w, r, status, "The form could not be read. Go back and try again.")
		return false
	}
	return true
}

// when writes a moment for people, in the practice's zone.
func (g *Gate) when(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.In(g.Zone).Format("Mon 2 Jan 2006 15:04")
}
