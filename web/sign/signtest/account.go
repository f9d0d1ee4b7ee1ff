package signtest

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"carryover"
	"carryover/ledger"
)

// Password is that of every account.
const Password = "four invented words here"

// An Account is an invented person who came in, with what they know and the
// browser they came in with.
type Account struct {
	*Browser
	ID       carryover.PersonID
	Role     carryover.Role
	Login    string
	Recovery []string // codes that were shown

	secret string
}

// joined counts the accounts: tests that share a ledger each have their own.
var joined atomic.Int64

// Join adds a person and takes them through their link, over the handler's own
// pages, until they are signed in. A practitioner's account is for of.
func Join(t testing.TB, l *ledger.Ledger, b *Browser, role carryover.Role, of carryover.PractitionerID) *Account {
	t.Helper()
	a := &Account{Browser: b, Role: role, Login: fmt.Sprintf("%s.%d@example.com", role, joined.Add(1))}
	now := time.Now()
	var link carryover.Secret
	err := l.Update(t.Context(), func(tx *ledger.Tx) (err error) {
		a.ID, err = tx.AddPerson(t.Context(), ledger.Person{
			Role: role, Practitioner: of, Name: carryover.NewText("Invented " + string(role)), Login: carryover.NewText(a.Login),
		}, now)
		if err != nil {
			return err
		}
		link, err = tx.AddLink(t.Context(), a.ID, now.Add(time.Hour), now)
		return err
	})
	if err != nil {
		t.Fatalf("invite a %s: %v", role, err)
	}
	a.Welcome(t, link.Reveal(), url.Values{})
	return a
}

// Welcome takes whoever has a link through the pages behind it. who holds the
// name and login of somebody who is not known yet.
func (a *Account) Welcome(t testing.TB, link string, who url.Values) {
	t.Helper()
	step := func(what string, got Answer, status int, to string) {
		t.Helper()
		if got.Status != status || got.To() != to {
			t.Fatalf("%s = %d to %q, want %d to %q: %s", what, got.Status, got.To(), status, to, Words(got.Body))
		}
	}
	step("open the link", a.Post(t, "/welcome", url.Values{"code": {link}}), http.StatusSeeOther, "/welcome/you")
	form := url.Values{"password": {Password}, "repeat": {Password}}
	maps.Copy(form, who)
	step("choose a password", a.Post(t, "/welcome/you", form), http.StatusSeeOther, "/welcome/code")
	page := a.Get(t, "/welcome/code")
	step("look at the second factor", page, http.StatusOK, "")
	a.secret = SecretIn(t, page.Body)
	done := a.Post(t, "/welcome/code", url.Values{"code": {a.Code(t, 0)}})
	step("show the second factor", done, http.StatusOK, "")
	a.Recovery = CodesIn(done.Body)
}

// Code is the one that the telephone shows, or showed or will show some half
// minutes away.
func (a *Account) Code(t testing.TB, away int) string {
	t.Helper()
	return CodeOf(t, a.secret, away)
}

// CodeOf is the code of any secret, some half minutes away.
func CodeOf(t testing.TB, secret string, away int) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, time.Now().Add(time.Duration(away)*30*time.Second))
	if err != nil {
		t.Fatalf("make a code: %v", err)
	}
	return code
}

// SignIn signs an account in with another browser, by password and the code that
// is some half minutes away.
func (a *Account) SignIn(t testing.TB, b *Browser, away int) {
	t.Helper()
	first := b.Post(t, "/sign-in", url.Values{"login": {a.Login}, "password": {Password}})
	if first.Status != http.StatusSeeOther || first.To() != "/sign-in/code" {
		t.Fatalf("password of the %s = %d to %q: %s", a.Role, first.Status, first.To(), Words(first.Body))
	}
	second := b.Post(t, "/sign-in/code", url.Values{"code": {a.Code(t, away)}})
	if second.Status != http.StatusSeeOther || second.To() != "/" {
		t.Fatalf("code of the %s = %d to %q: %s", a.Role, second.Status, second.To(), Words(second.Body))
	}
}

var (
	secretForm = regexp.MustCompile(`class="secret">([A-Z2-7 ]+)<`)
	codeForm   = regexp.MustCompile(`<code>([a-z2-7]{5}-[a-z2-7]{5})</code>`)
	tagForm    = regexp.MustCompile(`<[^>]*>`)
)

// SecretIn returns the secret that a page shows for a telephone.
func SecretIn(t testing.TB, body string) string {
	t.Helper()
	m := secretForm.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("the page shows no secret: %s", Words(body))
	}
	return strings.ReplaceAll(m[1], " ", "")
}

// CodesIn returns the recovery codes that a page shows.
func CodesIn(body string) (codes []string) {
	for _, m := range codeForm.FindAllStringSubmatch(body, -1) {
		codes = append(codes, m[1])
	}
	return codes
}

// Words are those of a page, without tags.
func Words(body string) string {
	return strings.Join(strings.Fields(tagForm.ReplaceAllString(body, " ")), " ")
}

// Secret is what the account's telephone shares.
func (a *Account) Secret() string { return a.secret }
