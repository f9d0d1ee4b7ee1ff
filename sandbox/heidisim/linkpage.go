package heidisim

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

// page is the whole link page: plain HTML that a person or a test can submit.
// The token is in it, so it is neither cached nor passed on as a referrer.
var page = template.Must(template.New("link").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>SANDBOX Heidi: {{.Title}}</title></head>
<body>
<h1>SANDBOX Heidi: {{.Title}}</h1>
<p>This is a simulation. Nobody's real account is touched.</p>
{{if .Form}}<p>{{if .Product}}<strong>{{.Product}}</strong>{{else}}An application{{end}} asks to read your Heidi sessions (region {{.Region}}).</p>
<form method="post" action="{{.Action}}">
<input type="hidden" name="t" value="{{.Token}}">
<input type="hidden" name="region" value="{{.Region}}">
<input type="hidden" name="reset" value="{{.Reset}}">
<input type="hidden" name="productName" value="{{.Product}}">
<label>Your Heidi account <input type="email" name="account" value="{{.Account}}" required></label>
<button type="submit" name="confirm" value="yes">Sign in and link</button>
</form>{{else}}<p>{{.Text}}</p>{{end}}
</body></html>
`))

// A pageView is what the template shows: a form, or a sentence.
type pageView struct {
	Title, Text                  string
	Form                         bool
	Action, Token, Region, Reset string
	Product, Account             string
}

// linkPage serves LinkPath (§3, observed): GET shows a form to the holder of a
// token, POST links. Any address signs in; one that is not known becomes a new
// account, as signing up is open to anybody.
func (s *Server) linkPage(w http.ResponseWriter, r *http.Request, body []byte) {
	form := r.URL.Query()
	if r.Method == http.MethodPost {
		form, _ = url.ParseQuery(string(body)) // what cannot be read is missing below
	}
	var status int
	var view pageView
	switch r.Method {
	case http.MethodGet, http.MethodPost:
		status, view = s.followLink(form, r.Method == http.MethodPost)
	default:
		w.Header().Set("Allow", "GET, POST")
		status, view = http.StatusMethodNotAllowed, pageView{Title: "not possible", Text: "This page takes GET and POST."}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	_ = page.Execute(w, view) // fails only when the browser has left
}

// followLink checks the address of the page and, when confirmed, links.
func (s *Server) followLink(form url.Values, confirmed bool) (int, pageView) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.userOf(form.Get("t"))
	if u == nil {
		return http.StatusUnauthorized, pageView{Title: "link expired", Text: "This link is no longer good. Ask for a new one."}
	}
	if region := form.Get("region"); region != "" && region != u.realm.region {
		return http.StatusBadRequest, pageView{Title: "wrong region", Text: "The link names region " + region + ", the account is kept in " + u.realm.region + "."}
	}
	if !confirmed {
		return http.StatusOK, pageView{
			Title: "link your account", Form: true, Action: LinkPath, Token: form.Get("t"), Region: u.realm.region,
			Reset: form.Get("reset"), Product: form.Get("productName"), Account: u.email,
		}
	}
	email := strings.TrimSpace(form.Get("account"))
	if email == "" {
		return http.StatusBadRequest, pageView{Title: "not linked", Text: "Say which Heidi account is yours."}
	}
	if err := s.signIn(u, email, form.Get("reset") == "true"); err != nil {
		return http.StatusConflict, pageView{Title: "not linked", Text: "This account is already linked to an OpenAPI User. Unlink it there first."}
	}
	s.log.Info("account linked", "user", u.internalID)
	return http.StatusOK, pageView{Title: "linked", Text: "Your account is linked. You can close this window."}
}

// signIn links u to the account with the address. With reset the API user lets
// go of another account first (what reset means is inferred from its name).
func (s *Server) signIn(u *apiUser, email string, reset bool) error {
	c := u.realm.account(email)
	if c == nil {
		c = s.newClinician(u.realm, "", email)
	}
	if reset && u.link != nil && u.link.clinician != c && c.user == nil {
		u.untie()
	}
	return s.tie(u, c)
}
