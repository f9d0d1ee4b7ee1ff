package heidisim_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"carryover/sandbox/heidisim"
)

// A form is what a browser would find on a page.
type form struct {
	method, action string
	fields         url.Values
	free           []string // names of the fields a person types into
}

// formOf reads the first form of an HTML page.
func formOf(t *testing.T, page io.Reader) form {
	t.Helper()
	root, err := html.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	f := form{method: "GET", fields: url.Values{}}
	found := false
	attr := func(n *html.Node, name string) string {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val
			}
		}
		return ""
	}
	for n := range root.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "form":
			found, f.method, f.action = true, strings.ToUpper(attr(n, "method")), attr(n, "action")
		case (n.Data == "input" || n.Data == "button") && attr(n, "name") != "":
			f.fields.Set(attr(n, "name"), attr(n, "value"))
			if kind := attr(n, "type"); n.Data == "input" && (kind == "" || kind == "text" || kind == "email") {
				f.free = append(f.free, attr(n, "name"))
			}
		}
	}
	if !found {
		t.Fatal("the link page has no form to click through")
	}
	return f
}

// browse opens the link page as a browser does, signs in as email, submits and
// returns the status of the last page.
func (c *caller) browse(query, email string) (status int, page string) {
	c.t.Helper()
	jar, _ := cookiejar.New(nil)
	browser := http.Client{Jar: jar}
	start := c.url + "/integration/widget/auth?" + query
	response, err := browser.Get(start)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != 200 {
		return response.StatusCode, ""
	}
	if kind := response.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/html") {
		c.t.Errorf("the link page is %q, want text/html", kind)
	}
	f := formOf(c.t, response.Body)
	for _, name := range f.free {
		f.fields.Set(name, email)
	}
	target, err := response.Request.URL.Parse(f.action)
	if err != nil {
		c.t.Fatal(err)
	}
	if f.method != "POST" {
		c.t.Fatalf("the form is sent by %s, want POST: a link must not be followed by a prefetch", f.method)
	}
	second, err := browser.PostForm(target.String(), f.fields)
	if err != nil {
		c.t.Fatal(err)
	}
	defer second.Body.Close()
	text, _ := io.ReadAll(second.Body)
	return second.StatusCode, string(text)
}

// linked reads what the access check says.
func (c *caller) linked(token string) bool {
	c.t.Helper()
	return c.get(token, "/users/linked-account/access").want(200).object()["is_linked"] == true
}

// §3, §19: a browser test can click through the link page, whatever the order
// of its parameters; the access check tells before and after.
func TestSheetLinkPage(t *testing.T) {
	for _, query := range []string{
		"reset=true&region=AU&t=TOKEN&productName=Carryover",
		"productName=Carryover&t=TOKEN&region=AU&reset=true",
	} {
		c := opened(t, heidisim.Options{Practice: team()})
		token := c.token("heron@example.com", "user-3")
		if c.linked(token) {
			t.Fatal("heron is linked before anything was clicked")
		}
		status, page := c.browse(strings.Replace(query, "TOKEN", token, 1), "heron@example.com")
		if status != 200 || !c.linked(token) {
			t.Errorf("after the page: %d, linked %v, want 200 and linked", status, c.linked(token))
		}
		if !strings.Contains(strings.ToLower(page), "sandbox") { // §19: a visible marker
			t.Errorf("the page does not say that it is a sandbox: %.200s", page)
		}
		c.get(token, "/sessions/linked-user?page_size=5").want(200)
	}
}

// §3, §19: the page links only with a token that is good.
func TestSheetLinkPageRefuses(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("heron@example.com", "user-3")
	for _, query := range []string{"reset=true&region=AU&productName=Carryover", "reset=true&region=AU&t=a.b.c&productName=Carryover"} {
		if a := c.send("GET", "/integration/widget/auth?"+query, ""); a.status < 400 {
			t.Errorf("GET link page ?%s = %d, want a refusal", query, a.status)
		}
	}
	c.server.RevokeTokens()
	if a := c.send("GET", "/integration/widget/auth?reset=true&region=AU&t="+token+"&productName=Carryover", ""); a.status < 400 {
		t.Errorf("link page with a revoked token = %d, want a refusal", a.status)
	}
}

// §3, §19: one Heidi account, one API user. The page refuses an account that is
// bound under another id, reset or not, and leaves that link alone.
func TestSheetLinkPageAccountTaken(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	old, changed := c.token("wren@example.com", "user-1"), c.token("wren@example.com", "user-1b")
	for _, reset := range []string{"true", "false"} {
		status, _ := c.browse("reset="+reset+"&region=AU&productName=Carryover&t="+changed, "wren@example.com")
		if status < 400 || c.linked(changed) || !c.linked(old) {
			t.Errorf("reset=%s: %d, linked: new id %v, old id %v, want a refusal and the old link", reset, status, c.linked(changed), c.linked(old))
		}
	}
}

// §3: the access check's fields, linked and not.
func TestSheetAccess(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	got := c.get(c.token("wren@example.com", "user-1"), "/users/linked-account/access").want(200).object()
	wantKeys(t, "access", got, "is_valid", "is_linked", "account")
	account, _ := got["account"].(map[string]any)
	if user, _ := account["user_id"].(string); !regexp.MustCompile(`^kp_[0-9a-f]{32}$`).MatchString(user) {
		t.Errorf("account.user_id = %q, want kp_ and 32 hex digits", user)
	}
	if provider, _ := account["ehr_provider"].(string); provider == "" {
		t.Error("account has no ehr_provider")
	}
	heron := c.token("heron@example.com", "user-3")
	got = c.get(heron, "/users/linked-account/access").want(200).object()
	wantKeys(t, "access", got, "is_valid", "is_linked", "account")
	if got["is_linked"] != false || got["account"] != nil {
		t.Errorf("unlinked access = %v, want is_linked false, account null", got)
	}
	if _, ok := got["is_valid"].(bool); !ok {
		t.Errorf("unlinked is_valid = %v, want a boolean", got["is_valid"])
	}
}

// §3: POST /users/linked-account by the internal id, its answer, the error for
// an account that is bound already, and the way out by unlinking.
func TestSheetLinkByUserID(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team(), Switches: heidisim.Switches{Timestamps: heidisim.StampMicros}})
	heron := c.token("heron@example.com", "user-3")
	id := c.server.HeidiUserID("heron@example.com")
	body := `{"kinde_user_id":"` + id + `"}`
	a := c.with(heron, "POST", "/users/linked-account", body)
	if a.status != 200 && a.status != 201 {
		t.Fatalf("link = %d %s, want 200 or 201", a.status, a.raw)
	}
	wantKeys(t, "link", a.object(), "account")
	account, _ := a.object()["account"].(map[string]any)
	wantKeys(t, "account", account, "_id", "user_id", "ehr_provider", "ehr_email", "ehr_user_id", "deleted_at", "created_at", "updated_at")
	if made, _ := account["_id"].(string); !hex24.MatchString(made) {
		t.Errorf("_id = %q, want 24 hex digits", made)
	}
	if account["user_id"] != id || account["ehr_email"] != "heron@example.com" || account["ehr_user_id"] != "user-3" || account["deleted_at"] != nil {
		t.Errorf("account = %v, want heron's, not deleted", account)
	}
	for _, k := range []string{"created_at", "updated_at"} {
		if s, _ := account[k].(string); !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$`).MatchString(s) {
			t.Errorf("%s = %q, want naive with 6 decimals", k, s)
		}
	}

	second := c.token("heron@example.com", "user-3b") // one account, one API user
	for name, token := range map[string]string{"same user": heron, "another user": second} {
		detail, _ := c.with(token, "POST", "/users/linked-account", body).want(409).object()["detail"].(map[string]any)
		msg, _ := detail["msg"].(string)
		if detail["type"] != "OpenAPIHeidiAccountAlreadyLinkedError" || !strings.Contains(msg, "already linked to an OpenAPI User") {
			t.Errorf("%s links again: %v, want OpenAPIHeidiAccountAlreadyLinkedError", name, detail)
		}
	}
	if got := c.with(heron, "DELETE", "/users/linked-account:unlink", "").want(200).object(); !cmp.Equal(got, map[string]any{"is_success": true}) {
		t.Errorf(`unlink = %v, want {"is_success":true}`, got)
	}
	if c.linked(heron) {
		t.Error("linked after unlinking")
	}
	if a := c.with(second, "POST", "/users/linked-account", body); a.status != 200 && a.status != 201 {
		t.Errorf("link under another id after unlinking = %d %s, want success", a.status, a.raw)
	}
	if !c.linked(second) || c.linked(heron) {
		t.Errorf("linked: first %v, second %v, want the second alone", c.linked(heron), c.linked(second))
	}
}

// §3, §11: an e-mail is not what the link call takes.
func TestSheetLinkValidation(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	heron := c.token("heron@example.com", "user-3")
	for _, body := range []string{`{"email":"heron@example.com"}`, `{}`, ``} {
		detail := objects(t, c.with(heron, "POST", "/users/linked-account", body).want(422).object()["detail"])
		if len(detail) == 0 {
			t.Errorf("POST /users/linked-account %s: no detail", body)
		}
	}
}
