package cli

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"carryover"
)

// TestDemoDoor: the link lets one browser in, once, and nobody else.
func TestDemoDoor(t *testing.T) {
	d := newDemoDoor()
	mux := http.NewServeMux()
	d.Mount(mux)
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.Handle("GET /{$}", d.Require()(page))
	mux.Handle("GET /admin", d.Require(carryover.RoleAdmin)(page))
	h := d.Wrap(mux)
	ask := func(method, path, cookie string) *http.Response {
		r := httptest.NewRequest(method, path, nil)
		if cookie != "" {
			r.AddCookie(&http.Cookie{Name: demoCookie, Value: cookie})
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result()
	}
	link := d.link("")
	for _, path := range []string{"/", "/enter/x", link + "x"} {
		if got := ask("GET", path, "guess").StatusCode; got < 400 {
			t.Errorf("GET %s without the link: %d, want it refused", path, got)
		}
	}
	in := ask("GET", link, "")
	if in.StatusCode != http.StatusSeeOther || len(in.Cookies()) != 1 {
		t.Fatalf("the link: %d with %d cookies, want to be led in with one", in.StatusCode, len(in.Cookies()))
	}
	cookie := in.Cookies()[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
		t.Errorf("the cookie is %v, want it HttpOnly and SameSite=Lax", cookie)
	}
	for _, c := range []struct {
		method, path, cookie string
		want                 int
	}{
		{"GET", "/", cookie.Value, http.StatusNoContent},
		{"GET", "/admin", cookie.Value, http.StatusForbidden},
		{"GET", link, "", http.StatusForbidden},
		{"GET", link, cookie.Value, http.StatusSeeOther},
		{"POST", "/sign-out", "guess", http.StatusOK},
		{"GET", "/", cookie.Value, http.StatusNoContent},
		{"POST", "/sign-out", cookie.Value, http.StatusOK},
		{"GET", "/", cookie.Value, http.StatusUnauthorized},
		{"GET", "/enter/", "", http.StatusNotFound},
	} {
		if got := ask(c.method, c.path, c.cookie).StatusCode; got != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, got, c.want)
		}
	}
}
