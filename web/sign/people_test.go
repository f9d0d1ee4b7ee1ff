package sign_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
	"carryover/web/sign"
	"carryover/web/sign/signtest"
)

func invitation(name, login, role, practitioner string) url.Values {
	return url.Values{"name": {name}, "login": {login}, "role": {role}, "practitioner": {practitioner}}
}

func TestInvite(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{Origin: "https://records.practice.example"})
	admin := h.join(t, carryover.RoleAdmin)
	for what, f := range map[string]url.Values{
		"no name":                         invitation("", "a@example.com", "reviewer", ""),
		"no address":                      invitation("A", "nobody", "reviewer", ""),
		"no role":                         invitation("A", "a@example.com", "", ""),
		"a role that is none":             invitation("A", "a@example.com", "owner", ""),
		"a practitioner of nobody":        invitation("A", "a@example.com", "practitioner", ""),
		"a practitioner who is not there": invitation("A", "a@example.com", "practitioner", "99"),
	} {
		got := admin.Post(t, "/people", f)
		if got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, `value="`+f.Get("login")+`"`) {
			t.Errorf("%s = %d, want %d with what was typed: %s", what, got.Status, http.StatusUnprocessableEntity, signtest.Words(got.Body))
		}
	}
	got := admin.Post(t, "/people", invitation("Pat <b>Invented</b>", "pat@example.com", "practitioner", "42"))
	link := linkIn(t, got.Body)
	if !strings.HasPrefix(link, "https://records.practice.example/welcome#") || got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the link begins otherwise, or is cached: %q", got.Header.Get("Cache-Control"))
	}
	if strings.Contains(got.Body, "<b>") {
		t.Error("a name is HTML on the page")
	}
	want(t, "the same login again", admin.Post(t, "/people", invitation("Q", "PAT@example.com", "admin", "")), http.StatusConflict, "")
	pat := &signtest.Account{Browser: h.browser(), Login: "pat@example.com"}
	pat.Welcome(t, link, known("Somebody Else", "other@example.com")) // who is invited cannot call themselves otherwise
	p := personIn(t, h, "pat@example.com")
	if p.Role != carryover.RolePractitioner || p.Practitioner != "42" || p.Standing != ledger.Active || p.Name.Reveal() != "Pat <b>Invented</b>" {
		t.Errorf("who came in is %+v, want the practitioner who was invited", p)
	}
	if page := admin.Get(t, "/people"); !strings.Contains(page.Body, "Dr Invented") {
		t.Errorf("the list does not say whose documents: %s", signtest.Words(page.Body))
	}
}

// post does something to a person.
func post(t testing.TB, by *signtest.Account, to carryover.PersonID, what string, form url.Values) signtest.Answer {
	t.Helper()
	return by.Post(t, "/people/"+string(to)+"/"+what, form)
}

func TestResetAndEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	admin, a := h.join(t, carryover.RoleAdmin), h.join(t, carryover.RoleReviewer)
	old := &signtest.Account{Browser: a.Browser}
	link := linkIn(t, post(t, admin, a.ID, "reset", url.Values{}).Body)
	if signedIn(t, old.Browser) {
		t.Error("a session outlives the reset")
	}
	want(t, "the old password", h.browser().Post(t, "/sign-in", credentials(a.Login, signtest.Password)), http.StatusUnauthorized, "")
	newer := linkIn(t, post(t, admin, a.ID, "link", url.Values{}).Body)
	want(t, "the link before the last", h.browser().Post(t, "/welcome", code(link)), http.StatusUnauthorized, "")
	a.Browser = h.browser()
	a.Welcome(t, newer, nil)
	want(t, "a link for somebody who is in", post(t, admin, a.ID, "link", url.Values{}), http.StatusNotFound, "")

	want(t, "sign them out", post(t, admin, a.ID, "sessions", url.Values{}), http.StatusSeeOther, "/people/"+string(a.ID))
	if signedIn(t, a.Browser) {
		t.Error("an admin signed them out, and they are in")
	}
	want(t, "end", post(t, admin, a.ID, "end", url.Values{}), http.StatusSeeOther, "/people")
	want(t, "end again", post(t, admin, a.ID, "end", url.Values{}), http.StatusNotFound, "")
	want(t, "the password after the end", h.browser().Post(t, "/sign-in", credentials(a.Login, signtest.Password)), http.StatusUnauthorized, "")
	if page := admin.Get(t, "/people/"+string(a.ID)); page.Status != http.StatusOK || !strings.Contains(page.Body, "Invented reviewer") {
		t.Errorf("the page of somebody who is ended = %d, want one that still names them", page.Status)
	}
	for action, n := range map[audit.Action]int{audit.AccessReset: 1, audit.AccessEnded: 1, audit.LinkMade: 2} {
		if got := h.entries(t, action)[""]; got != n {
			t.Errorf("%d entries of %s, want %d", got, action, n)
		}
	}
}

// TestEndedWhileSettingUp: a link that was opened in time is worth nothing once
// the person was ended.
func TestEndedWhileSettingUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	admin := h.join(t, carryover.RoleAdmin)
	b := h.browser()
	b.Post(t, "/welcome", code(linkIn(t, admin.Post(t, "/people", invitation("A", "a@example.com", "admin", "")).Body)))
	b.Post(t, "/welcome/you", url.Values{"password": {signtest.Password}, "repeat": {signtest.Password}})
	shown := codeOf(t, b)
	post(t, admin, personIn(t, h, "a@example.com").ID, "end", url.Values{})
	want(t, "the last page", b.Post(t, "/welcome/code", code(shown)), http.StatusUnauthorized, "")
	if signedIn(t, b) {
		t.Error("somebody who was ended came in")
	}
}

func TestTheLastAdminStays(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	admin := h.join(t, carryover.RoleAdmin)
	reviewer := url.Values{"role": {"reviewer"}}
	for what, form := range map[string]url.Values{"role": reviewer, "reset": {}, "end": {}} {
		want(t, what+" of the last admin", post(t, admin, admin.ID, what, form), http.StatusConflict, "")
	}
	want(t, "the same role again", post(t, admin, admin.ID, "role", url.Values{"role": {"admin"}}), http.StatusSeeOther, "/people/"+string(admin.ID))
	a := h.join(t, carryover.RoleReviewer)
	want(t, "a role of nobody's", post(t, admin, a.ID, "role", url.Values{"role": {"owner"}}), http.StatusUnprocessableEntity, "")
	want(t, "a second admin", post(t, admin, a.ID, "role", url.Values{"role": {"admin"}}), http.StatusSeeOther, "/people/"+string(a.ID))
	want(t, "the first one goes", post(t, admin, admin.ID, "end", url.Values{}), http.StatusSeeOther, "/people")
	if signedIn(t, admin.Browser) || !signedIn(t, a.Browser) {
		t.Error("the admin who went is in, or the one who stays is not")
	}
	if got := h.entries(t, audit.RoleChanged); got["admin"] != 2 {
		t.Errorf("changes of role on record = %v, want 2 to admin", got)
	}
}

// TestAnInvitedAdminCannotLockOut: somebody who is invited counts as nobody yet.
func TestAnInvitedAdminDoesNotCount(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	admin := h.join(t, carryover.RoleAdmin)
	admin.Post(t, "/people", invitation("A", "a@example.com", "admin", ""))
	want(t, "end of the only admin who is in", post(t, admin, admin.ID, "end", url.Values{}), http.StatusConflict, "")
}
