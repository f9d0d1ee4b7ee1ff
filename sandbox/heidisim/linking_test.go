package heidisim

import (
	"net/url"
	"strings"
	"testing"

	"carryover/sandbox"

	"golang.org/x/net/html"
)

// access asks whether a user is linked, and whether the link is valid.
func (b *bench) access(token string) (linked, valid bool) {
	b.t.Helper()
	got := b.get(token, "/users/linked-account/access")
	linked, _ = got.object()["is_linked"].(bool)
	valid, _ = got.object()["is_valid"].(bool)
	return linked, valid
}

// clickThrough opens the link page, fills in the account and submits the form
// that it finds there.
func (b *bench) clickThrough(token, account string, query ...string) reply {
	b.t.Helper()
	asked := url.Values{"t": {token}, "region": {"AU"}, "reset": {"true"}, "productName": {"Carryover"}}
	for i := 0; i+1 < len(query); i += 2 {
		asked.Set(query[i], query[i+1])
	}
	opened := b.do("GET", LinkPath+"?"+asked.Encode(), "", "")
	if opened.status != 200 {
		return opened
	}
	tree, err := html.Parse(strings.NewReader(opened.text))
	if err != nil {
		b.t.Fatal(err)
	}
	form := url.Values{}
	action := ""
	for node := range tree.Descendants() {
		attrs := map[string]string{}
		for _, a := range node.Attr {
			attrs[a.Key] = a.Val
		}
		switch node.Data {
		case "form":
			action = attrs["action"]
		case "input", "button":
			form.Set(attrs["name"], attrs["value"])
		}
	}
	form.Set("account", account)
	return b.do("POST", action, "", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

func TestLinkPage(t *testing.T) {
	b := newBench(t, Options{})
	teal := b.token("teal@example.com", "user-2")
	if linked, valid := b.access(teal); linked || valid {
		t.Fatalf("access before linking = %v, %v, want false, false", linked, valid)
	}
	opened := b.do("GET", LinkPath+"?region=AU&t="+teal, "", "")
	if opened.status != 200 || !strings.Contains(opened.text, "SANDBOX") || !strings.Contains(opened.text, "teal@example.com") {
		t.Errorf("link page = %d %s, want 200 with SANDBOX and the address", opened.status, opened.text)
	}
	if got := opened.header.Get("Referrer-Policy"); got != "no-referrer" {
		t.Errorf("Referrer-Policy = %q, want no-referrer", got)
	}
	if got := b.clickThrough(teal, "teal@example.com"); got.status != 200 || !strings.Contains(got.text, "linked") {
		t.Errorf("submitting the form = %d %s, want 200", got.status, got.text)
	}
	if linked, valid := b.access(teal); !linked || !valid {
		t.Errorf("access after linking = %v, %v, want true, true", linked, valid)
	}
	if got := b.WriteCalls(); len(got) != 0 {
		t.Errorf("WriteCalls() after a browser's POST = %v, want none", got)
	}
}

func TestLinkPageRefusals(t *testing.T) {
	b := newBench(t, Options{})
	teal := b.token("teal@example.com", "user-2")
	tests := []struct {
		name    string
		account string
		query   []string
		status  int
	}{
		{"a token that is no good", "teal@example.com", []string{"t", "no.such.token"}, 401},
		{"another region", "teal@example.com", []string{"region", "EU"}, 400},
		{"nobody's account", "", nil, 400},
		{"an account that is linked elsewhere", "Wren@example.com", nil, 409},
	}
	for _, test := range tests {
		got := b.clickThrough(teal, test.account, test.query...)
		if got.status != test.status || !strings.Contains(got.text, "SANDBOX") {
			t.Errorf("%s = %d, want %d and a page that says SANDBOX", test.name, got.status, test.status)
		}
	}
	if got := b.do("DELETE", LinkPath, "", ""); got.status != 405 {
		t.Errorf("DELETE on the link page = %d, want 405", got.status)
	}
}

func TestLinkPageResetChangesTheAccount(t *testing.T) {
	b := newBench(t, Options{})
	wren := b.wren()
	if got := b.clickThrough(wren, "teal@example.com", "reset", "false"); got.status != 409 {
		t.Errorf("another account without reset = %d, want 409", got.status)
	}
	if got := b.clickThrough(wren, "teal@example.com"); got.status != 200 {
		t.Errorf("another account with reset = %d, want 200", got.status)
	}
	if err := b.Link("wren@example.com", "user-9"); err != nil {
		t.Errorf("Link of the account that was let go = %v, want nil", err)
	}
}

func TestExpiredLink(t *testing.T) {
	b := newBench(t, Options{})
	ibis := b.token("ibis@example.com", "user-3")
	if linked, valid := b.access(ibis); !linked || valid {
		t.Errorf("access of an expired link = %v, %v, want true, false", linked, valid)
	}
	if got := b.get(ibis, "/sessions/linked-user"); got.status != 400 || !strings.Contains(got.detail(), "Linked Account is required") {
		t.Errorf("listing with an expired link = %d %s, want 400", got.status, got.text)
	}
	if got := b.clickThrough(ibis, "ibis@example.com"); got.status != 200 {
		t.Errorf("renewing = %d, want 200", got.status)
	}
	if _, valid := b.access(ibis); !valid {
		t.Error("renewed link is not valid")
	}
	if err := b.ExpireLink("ibis@example.com", "user-3"); err != nil {
		t.Fatal(err)
	}
	b.SetSwitches(Switches{ExpiredLinkWorks: true})
	if got := b.get(ibis, "/sessions/linked-user"); got.status != 200 {
		t.Errorf("listing with expired_link_works = %d, want 200", got.status)
	}
}

func TestLinkCalls(t *testing.T) {
	b := newBench(t, Options{})
	teal := b.token("teal@example.com", "user-2")
	link := func(id string) reply {
		return b.do("POST", Base+"/users/linked-account", teal, `{"kinde_user_id":"`+id+`"}`)
	}
	taken := link(b.HeidiUserID("wren@example.com"))
	if taken.status != 409 || !strings.Contains(taken.text, `"type":"OpenAPIHeidiAccountAlreadyLinkedError"`) {
		t.Errorf("linking a taken account = %d %s, want 409 with its type", taken.status, taken.text)
	}
	own := b.HeidiUserID("teal@example.com")
	if !strings.HasPrefix(own, "kp_") || len(own) != len("kp_")+32 {
		t.Errorf("HeidiUserID = %q, want kp_ and 32 hex digits", own)
	}
	got := link(own)
	account, _ := got.object()["account"].(map[string]any)
	if got.status != 200 || account["user_id"] != own || account["ehr_user_id"] != "user-2" || account["deleted_at"] != nil {
		t.Errorf("linking = %d %s, want the account", got.status, got.text)
	}
	if got := link(own); got.status != 409 {
		t.Errorf("linking twice = %d, want 409", got.status)
	}
	if got := b.do("DELETE", Base+"/users/linked-account:unlink", teal, ""); got.status != 200 || got.text != `{"is_success":true}` {
		t.Errorf("unlinking = %d %s, want is_success", got.status, got.text)
	}
	if got := b.do("DELETE", Base+"/users/linked-account:unlink", teal, ""); got.status != 400 {
		t.Errorf("unlinking twice = %d, want 400", got.status)
	}
	if got := link("kp_nobody"); got.status != 404 {
		t.Errorf("linking nobody = %d, want 404", got.status)
	}
	if got := link(""); got.status != 422 {
		t.Errorf("linking without an id = %d, want 422", got.status)
	}
}

func TestUnlinkedUser(t *testing.T) {
	b := newBench(t, Options{})
	b.at(0.5)
	teal := b.token("teal@example.com", "user-2")
	made := b.do("POST", Base+"/sessions", teal, "")
	own, _ := made.object()["session_id"].(string)
	if made.status != 200 || len(own) < 36 || len(own) > 39 {
		t.Fatalf("POST /sessions = %d %s, want an id of 36 to 39 digits", made.status, made.text)
	}
	tests := []struct {
		name   string
		got    reply
		status int
	}{
		{"listing", b.get(teal, "/sessions/linked-user"), 400},
		{"profile write", b.do("POST", Base+"/patient-profiles", teal, `{"first_name":"Testa"}`), 400},
		{"own session", b.get(teal, "/sessions/"+own), 200},
		{"foreign session", b.get(teal, "/sessions/"+knee), 404},
		{"session shared with the account", b.get(teal, "/sessions/"+shoulder), 404},
	}
	for _, test := range tests {
		if test.got.status != test.status {
			t.Errorf("%s = %d %s, want %d", test.name, test.got.status, test.got.text, test.status)
		}
	}
	b.SetSwitches(Switches{UnlinkedStatus: 403, UnlinkedObject: true})
	if got := b.get(teal, "/sessions/linked-user"); got.status != 403 || !strings.Contains(got.text, `"msg":"Linked Account`) {
		t.Errorf("listing with unlinked_status 403 = %d %s", got.status, got.text)
	}
	b.SetSwitches(Switches{UnlinkedStatus: 200})
	if got := b.get(teal, "/sessions/linked-user"); got.status != 200 || len(got.list("sessions")) != 0 {
		t.Errorf("listing with unlinked_status 200 = %d %s, want an empty list", got.status, got.text)
	}
	b.SetSwitches(Switches{ReadScope: ScopeKey})
	if got := b.get(teal, "/sessions/"+knee); got.status != 200 {
		t.Errorf("foreign session with read_scope key = %d, want 200", got.status)
	}
}

func TestLinkAsTheWrongPerson(t *testing.T) {
	b := newBench(t, Options{Clock: sandbox.NewClock(0)})
	b.at(0.5)
	for _, err := range []error{b.Unlink("wren@example.com", "user-1"), b.LinkAs("teal@example.com", "user-2", "wren@example.com")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := b.get(b.token("teal@example.com", "user-2"), "/sessions/"+knee); got.status != 200 {
		t.Errorf("session of the account that signed in = %d, want 200", got.status)
	}
	if err := b.Link("wren@example.com", "user-1"); err == nil || strings.Contains(err.Error(), "example.com") {
		t.Errorf("Link of a taken account = %v, want an error without the address", err)
	}
	if err := b.Unlink("nobody@example.com", "user-8"); err == nil {
		t.Error("Unlink of a user that is not linked = nil, want an error")
	}
}
