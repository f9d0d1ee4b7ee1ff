// Package signtest signs invented people in to a review page, so that tests can
// ask for every page as every role: a browser without a socket, accounts that
// came in through a real link, and the matrix of routes and roles.
package signtest

import (
	"html/template"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"carryover/web/sign"
)

// A Browser keeps cookies and speaks to a handler directly. It follows no
// redirects: tests want to see them. The zero value with a Handler works.
type Browser struct {
	Handler http.Handler
	TLS     bool                    // as over https
	From    string                  // address; empty: 127.0.0.1
	Cookies map[string]*http.Cookie // by name; nil: none yet
	Header  http.Header             // added to every request
}

// An Answer is what came back.
type Answer struct {
	Status  int
	Header  http.Header
	Body    string
	Cookies []*http.Cookie // that were set
}

// To is where a redirect leads; empty for none.
func (a Answer) To() string { return a.Header.Get("Location") }

// Get asks for a page.
func (b *Browser) Get(t testing.TB, path string) Answer {
	t.Helper()
	return b.Do(t, http.MethodGet, path, nil)
}

// Post sends a form, as one on a page of this site does.
func (b *Browser) Post(t testing.TB, path string, form url.Values) Answer {
	t.Helper()
	return b.Do(t, http.MethodPost, path, form)
}

// Do asks with any method.
func (b *Browser) Do(t testing.TB, method, path string, form url.Values) Answer {
	t.Helper()
	scheme := "http"
	if b.TLS {
		scheme = "https"
	}
	r := httptest.NewRequestWithContext(t.Context(), method, scheme+"://carryover.test"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	maps.Copy(r.Header, b.Header)
	r.RemoteAddr = "127.0.0.1:40000"
	if b.From != "" {
		r.RemoteAddr = b.From + ":40000"
	}
	for _, c := range b.Cookies {
		if !c.Secure || b.TLS {
			r.AddCookie(c)
		}
	}
	w := httptest.NewRecorder()
	b.Handler.ServeHTTP(w, r)
	res := w.Result()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	b.keep(res.Cookies())
	return Answer{Status: res.StatusCode, Header: res.Header, Body: string(body), Cookies: res.Cookies()}
}

func (b *Browser) keep(set []*http.Cookie) {
	if b.Cookies == nil {
		b.Cookies = map[string]*http.Cookie{}
	}
	for _, c := range set {
		b.Cookies[c.Name] = c
		if c.MaxAge < 0 {
			delete(b.Cookies, c.Name)
		}
	}
}

// Session returns the token of the session cookie; empty for none.
func (b *Browser) Session() string {
	for name, c := range b.Cookies {
		if strings.HasSuffix(name, "carryover") {
			return c.Value
		}
	}
	return ""
}

// Plain renders the templates of package sign without a layout.
type Plain struct{}

// Render implements sign.Renderer.
func (Plain) Render(w http.ResponseWriter, _ *http.Request, status int, name string, data any) {
	t, err := template.New("page").Parse(`<!doctype html><html lang="en"><title>{{template "title" .}}</title><main>{{template "main" .}}</main></html>`)
	if err == nil {
		t, err = t.ParseFS(sign.Templates, "templates/"+name+".html")
	}
	var page strings.Builder
	if err == nil {
		err = t.ExecuteTemplate(&page, "page", data)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, page.String())
}
