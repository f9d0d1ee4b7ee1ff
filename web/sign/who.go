package sign

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"carryover"
	"carryover/ledger"
)

// A Who is somebody who is signed in, as their row was when the request began.
type Who struct {
	ID           carryover.PersonID
	Role         carryover.Role
	Practitioner carryover.PractitionerID // of RolePractitioner: whose documents
	Name         carryover.Text
	Login        carryover.Text

	session string // the row of this browser's session
}

// Actor is how the audit chain names them.
func (w Who) Actor() string { return "user:" + string(w.ID) }

// Is says whether they have one of the roles.
func (w Who) Is(roles ...carryover.Role) bool { return slices.Contains(roles, w.Role) }

// MaySee says whether they may see documents of a practitioner.
func (w Who) MaySee(p carryover.PractitionerID) bool {
	switch w.Role {
	case carryover.RoleReviewer, carryover.RoleAdmin:
		return true
	case carryover.RolePractitioner:
		return w.Practitioner != "" && w.Practitioner == p
	}
	return false
}

type whoKey struct{}

// Person returns who is signed in; false for nobody. Behind Require there is
// always somebody.
func Person(ctx context.Context) (Who, bool) {
	w, ok := ctx.Value(whoKey{}).(Who)
	return w, ok
}

// Wrap is the middleware around everything that needs to know who is there: it
// refuses what other sites make a browser send, reads the session, and finds
// the person. What needs no session (health, assets) is better left outside.
func (g *Gate) Wrap(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.problem(w, r, http.StatusForbidden, "This came from another site, and was not done. Open the page itself and try again.")
	}))
	return cross.Handler(g.sessions.LoadAndSave(g.identify(next)))
}

// identify puts the person of the session into the context, unless they were
// ended since: a role or a standing counts as it is now, not as it was when
// they signed in.
func (g *Gate) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		h := g.held(ctx)
		if h.Person == "" || h.SignedIn.IsZero() {
			next.ServeHTTP(w, r)
			return
		}
		who, err := g.who(ctx, h.Person)
		switch {
		case errors.Is(err, carryover.ErrGone):
			next.ServeHTTP(w, r)
		case err != nil:
			g.failed(w, r, err)
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(ctx, whoKey{}, who)))
		}
	})
}

// who returns the person of the session; ErrGone when they, or it, were ended.
func (g *Gate) who(ctx context.Context, id carryover.PersonID) (Who, error) {
	var who Who
	err := g.Ledger.View(ctx, func(tx *ledger.Tx) error {
		s, err := tx.WebSession(ctx, g.token(ctx), time.Now())
		if err != nil {
			return err
		}
		p, err := tx.Person(ctx, id)
		if err != nil {
			return err
		}
		if p.Standing != ledger.Active {
			return carryover.ErrGone
		}
		who = Who{ID: p.ID, Role: p.Role, Practitioner: p.Practitioner, Name: p.Name, Login: p.Login, session: s.ID}
		return nil
	})
	return who, err
}

// token is that of the request's session.
func (g *Gate) token(ctx context.Context) carryover.Secret {
	return carryover.NewSecret(g.sessions.Token(ctx))
}

// Require lets only people with one of the roles through to a handler; without
// roles, anybody who is signed in. Others are sent to sign in, or told that the
// page is not for them.
func (g *Gate) Require(roles ...carryover.Role) func(http.Handler) http.Handler {
	if len(roles) == 0 {
		roles = carryover.Roles
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			who, ok := Person(r.Context())
			switch {
			case !ok:
				askToSignIn(w, r)
			case !who.Is(roles...):
				g.problem(w, r, http.StatusForbidden, "This page is not for your role. An admin can change what you may do.")
			default:
				next.ServeHTTP(w, r)
			}
		})
	}
}

// askToSignIn sends a browser to the sign-in page, and back later when that can
// be done by merely looking.
func askToSignIn(w http.ResponseWriter, r *http.Request) {
	to := routeSignIn
	if r.Method == http.MethodGet && r.URL.Path != "/" && local(r.URL.Path) {
		to += "?" + url.Values{"next": {r.URL.Path}}.Encode()
	}
	if r.Header.Get("HX-Request") != "" { // a part of a page must not become the sign-in page
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// local says whether path is a page of this site and nothing else: browsers
// read "//host" and "/\host" as another one.
func local(path string) bool {
	u, err := url.Parse(path)
	return err == nil && u.Scheme == "" && u.Host == "" && u.RawQuery == "" && u.Fragment == "" &&
		len(path) <= 512 && path[:min(1, len(path))] == "/" &&
		!slices.ContainsFunc([]rune(path), func(c rune) bool { return c == '\\' || c < ' ' || c == 0x7f }) &&
		(len(path) < 2 || path[1] != '/')
}
