package web_test

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"testing"

	"carryover"
	"carryover/web/sign"
	"carryover/web/sign/signtest"
)

// Who may use an address: everybody who is signed in, those who see every
// document, admins, or somebody who is not signed in.
var (
	all   = carryover.Roles
	desks = []carryover.Role{carryover.RoleReviewer, carryover.RoleAdmin}
	admin = []carryover.Role{carryover.RoleAdmin}
	open  []carryover.Role
)

// matrix is every address that is served, with who may use it. It is written by
// hand, on purpose: a new address is in the mux and not here, and the test says so.
var matrix = map[string][]carryover.Role{
	"GET /{$}": all,

	"GET /held": all, "GET /held/{id}": all, "GET /held/{id}/later": all,
	"POST /held/{id}/search": all, "POST /held/{id}/patient": all, "POST /held/{id}/file": all,
	"POST /held/{id}/dismiss": all, "POST /held/{id}/retry": all,

	"GET /activity": all, "POST /activity": all,
	"GET /documents/{id}": all, "POST /documents/{id}/open": all, "POST /documents/{id}/retry": all,
	"POST /documents/{id}/undo": all, "POST /documents/{id}/move": all,

	"GET /balance": all, "GET /balance/{day}": all,
	"GET /paste": all, "POST /paste": all,

	"GET /connections": desks, "GET /routes": desks, "POST /pause": desks,

	"GET /sign-in": open, "POST /sign-in": open, "GET /sign-in/code": open, "POST /sign-in/code": open, "POST /sign-out": open,
	"GET /welcome": open, "POST /welcome": open, "GET /welcome/you": open, "POST /welcome/you": open,
	"GET /welcome/code": open, "GET /welcome/code.png": open, "POST /welcome/code": open, "GET /welcome/fill.js": open,
	"GET /account": all, "POST /account/password": all, "POST /account/codes": all, "POST /account/sessions": all,

	"GET /people": admin, "POST /people": admin, "GET /people/{id}": admin, "POST /people/{id}/link": admin,
	"POST /people/{id}/role": admin, "POST /people/{id}/reset": admin, "POST /people/{id}/end": admin, "POST /people/{id}/sessions": admin,

	"GET /assets/{name}": open, "GET /health": open,
}

// catchAll is what answers for every other address, and asks who is there first.
const catchAll = "/"

// TestEveryRouteAsEveryRole asks for every address that the muxes serve, as nobody
// and as each role, through real accounts.
func TestEveryRouteAsEveryRole(t *testing.T) {
	t.Parallel()
	h, l, s, _ := real(t, demoDay(t))
	served := map[string]bool{}
	for _, m := range s.Muxes() {
		for _, p := range patterns(t, m) {
			served[p] = true
		}
	}
	delete(served, catchAll)
	var routes []sign.Route
	for _, p := range slices.Sorted(maps.Keys(served)) {
		roles, ok := matrix[p]
		if !ok {
			t.Errorf("%s is served, and the matrix does not say to whom", p)
			continue
		}
		routes = append(routes, sign.Route{Pattern: p, Roles: roles, Open: len(roles) == 0})
	}
	for p := range matrix {
		if !served[p] {
			t.Errorf("%s is in the matrix and is not served", p)
		}
	}
	routes = append(routes, sign.Route{Pattern: "GET /nowhere", Roles: all}, sign.Route{Pattern: "POST /nowhere", Roles: all})
	signtest.Matrix(t, l, h, routes, map[string]string{"day": "2026-11-03", "$": ""})
}

// patterns reads what a mux serves. It has no method for that, so its tree is
// walked for whatever is a pattern; one that is built otherwise shows none, and the
// test fails.
func patterns(t *testing.T, m *http.ServeMux) (all []string) {
	t.Helper()
	seen := map[uintptr]bool{}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if v.IsNil() || seen[v.Pointer()] {
				return
			}
			seen[v.Pointer()] = true
			if v.Type().String() == "*http.pattern" {
				if s := v.Elem().FieldByName("str"); s.IsValid() {
					all = append(all, s.String())
				}
				return
			}
			walk(v.Elem())
		case reflect.Struct:
			if v.Type().String() == "sync.RWMutex" {
				return
			}
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Map:
			for i := v.MapRange(); i.Next(); {
				walk(i.Value())
			}
		}
	}
	walk(reflect.ValueOf(m))
	if len(all) == 0 {
		t.Fatal("a mux shows no pattern: net/http keeps them elsewhere now, and this test has to look there")
	}
	return all
}
