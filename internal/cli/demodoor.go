package cli

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"slices"
	"sync"

	"carryover"
	"carryover/web"
)

// A demoDoor lets whoever reads the terminal in to the demo's review page, with a
// link that works once. Everybody behind it is invented, and it opens on this
// machine alone; a practice has package sign, with passwords and second factors.
type demoDoor struct {
	mu      sync.Mutex // guards the fields below
	token   string     // of the link; empty once it was used
	session string     // of the browser that came in; empty: nobody did
}

var _ web.Gate = (*demoDoor)(nil)

func newDemoDoor() *demoDoor { return &demoDoor{token: rand.Text()} }

// link is the address that lets one browser in.
func (d *demoDoor) link(base string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return base + "/enter/" + d.token
}

// demoCookie is the cookie of the browser that came in.
const demoCookie = "carryover-demo"

// demoPerson is who that browser's decisions are by, in the audit chain.
var demoPerson = web.Person{
	ID: "demo", Role: carryover.RoleReviewer, Name: carryover.NewText("Demo visitor"),
}

type demoKey struct{}

// Wrap implements web.Gate.
func (d *demoDoor) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie(demoCookie); err == nil && d.knows(c.Value) {
			r = r.WithContext(context.WithValue(r.Context(), demoKey{}, demoPerson))
		}
		next.ServeHTTP(w, r)
	})
}

func (d *demoDoor) knows(session string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.session != "" && subtle.ConstantTimeCompare([]byte(session), []byte(d.session)) == 1
}

// Require implements web.Gate.
func (d *demoDoor) Require(roles ...carryover.Role) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			p, in := d.Person(r.Context())
			switch {
			case !in:
				http.Error(w, "Open the link that the terminal shows. It works once.", http.StatusUnauthorized)
			case len(roles) > 0 && !slices.Contains(roles, p.Role):
				http.Error(w, "This page is not for your role.", http.StatusForbidden)
			default:
				next.ServeHTTP(w, r)
			}
		})
	}
}

// Mount implements web.Gate: the way in and the way out.
func (d *demoDoor) Mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /enter/{token}", d.enter)
	mux.HandleFunc("POST /sign-out", d.leave)
}

func (d *demoDoor) enter(w http.ResponseWriter, r *http.Request) {
	if _, in := d.Person(r.Context()); !in {
		session, ok := d.admit(r.PathValue("token"))
		if !ok {
			http.Error(w, "This link has been used. Start the demo again for another one.", http.StatusForbidden)
			return
		}
		// Lax, because a terminal in a browser is another site that leads here.
		http.SetCookie(w, &http.Cookie{Name: demoCookie, Value: session, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// admit takes the link's token, once.
func (d *demoDoor) admit(token string) (session string, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.token == "" || subtle.ConstantTimeCompare([]byte(token), []byte(d.token)) != 1 {
		return "", false
	}
	d.token, d.session = "", rand.Text()
	return d.session, true
}

func (d *demoDoor) leave(w http.ResponseWriter, r *http.Request) {
	if _, in := d.Person(r.Context()); in {
		d.mu.Lock()
		d.session = ""
		d.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: demoCookie, Path: "/", MaxAge: -1})
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("Signed out. Ctrl-C in the terminal ends the demo.\n")) // whoever left needs no answer
}

// Person implements web.Gate.
func (d *demoDoor) Person(ctx context.Context) (web.Person, bool) {
	p, ok := ctx.Value(demoKey{}).(web.Person)
	return p, ok
}
