package sign

import (
	_ "embed"
	"net/http"

	"carryover"
)

// Where the pages of this package are.
const (
	routeSignIn  = "/sign-in"
	routeCode    = "/sign-in/code"
	routeSignOut = "/sign-out"
	routeWelcome = "/welcome"
	routeYou     = "/welcome/you"
	routeEnrol   = "/welcome/code"
	routeImage   = "/welcome/code.png"
	routeFill    = "/welcome/fill.js"
	routeAccount = "/account"
	routePeople  = "/people"
)

// A Route is one pattern of a mux, with who may use it. The table of routes is
// both what Mount serves and what the authorisation matrix of a test runs over:
// see package signtest.
type Route struct {
	Pattern string // as http.ServeMux takes it, with a method: "POST /people/{id}/end"
	// Roles may use it. Open: somebody who is not signed in may, too.
	Roles   []carryover.Role
	Open    bool
	Handler http.Handler
}

// Routes lists every route of this package.
func (g *Gate) Routes() []Route {
	open := func(pattern string, h http.HandlerFunc) Route {
		return Route{Pattern: pattern, Roles: carryover.Roles, Open: true, Handler: h}
	}
	anyone := func(pattern string, h http.HandlerFunc) Route {
		return Route{Pattern: pattern, Roles: carryover.Roles, Handler: g.Require()(h)}
	}
	admin := func(pattern string, h http.HandlerFunc) Route {
		return Route{
			Pattern: pattern, Roles: []carryover.Role{carryover.RoleAdmin}, Handler: g.Require(carryover.RoleAdmin)(h),
		}
	}
	change := func(pattern string, h http.HandlerFunc) Route { return admin(pattern, g.fresh(h)) }
	return []Route{
		open("GET "+routeSignIn, g.signInPage),
		open("POST "+routeSignIn, g.signIn),
		open("GET "+routeCode, g.codePage),
		open("POST "+routeCode, g.code),
		open("POST "+routeSignOut, g.signOut),

		open("GET "+routeWelcome, g.welcomePage),
		open("POST "+routeWelcome, g.welcome),
		open("GET "+routeYou, g.youPage),
		open("POST "+routeYou, g.you),
		open("GET "+routeEnrol, g.enrolPage),
		open("GET "+routeImage, g.enrolImage),
		open("POST "+routeEnrol, g.enrol),
		open("GET "+routeFill, fillScript),

		anyone("GET "+routeAccount, g.accountPage),
		anyone("POST "+routeAccount+"/password", g.newPassword),
		anyone("POST "+routeAccount+"/codes", g.newCodes),
		anyone("POST "+routeAccount+"/sessions", g.endSessions),

		admin("GET "+routePeople, g.peoplePage),
		change("POST "+routePeople, g.invite),
		admin("GET "+routePeople+"/{id}", g.personPage),
		change("POST "+routePeople+"/{id}/link", g.newLink),
		change("POST "+routePeople+"/{id}/role", g.newRole),
		change("POST "+routePeople+"/{id}/reset", g.reset),
		change("POST "+routePeople+"/{id}/end", g.end),
		change("POST "+routePeople+"/{id}/sessions", g.endTheirSessions),
	}
}

// Mount adds every route to a mux. What the mux serves has to be wrapped.
func (g *Gate) Mount(mux *http.ServeMux) {
	for _, r := range g.Routes() {
		mux.Handle(r.Pattern, r.Handler)
	}
}

// fill puts what stands behind the "#" of a link into the field for it. Without
// it, people paste it themselves.
//
//go:embed fill.js
var fill []byte

func fillScript(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	_, _ = w.Write(fill) // a browser that has gone away misses nothing
}
