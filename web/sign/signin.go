package sign

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// stranger is the actor of a try by somebody who did not show who they are.
const stranger = "web:sign-in"

// signInData is for the templates "sign-in" and "code".
type signInData struct {
	Problem string
	Next    string // where to go afterwards; a path of this site, or empty
}

// sentences that say no more than they must.
const (
	saysWrong = "Login and password do not go together. Try again."
	saysCode  = "That code is not right, or was used before. Wait for the next one, or use a recovery code."
)

// next is the page that somebody wanted, if it is one of ours.
func next(r *http.Request) string {
	if to := r.FormValue("next"); local(to) {
		return to
	}
	return ""
}

func (g *Gate) signInPage(w http.ResponseWriter, r *http.Request) {
	if _, ok := Person(r.Context()); ok {
		http.Redirect(w, r, orHome(next(r)), http.StatusSeeOther)
		return
	}
	g.show(w, r, http.StatusOK, "sign-in", signInData{Next: next(r)})
}

func orHome(to string) string {
	if to == "" {
		return "/"
	}
	return to
}

// signIn takes a login and a password. What is wrong with them nobody is told,
// and the work is the same whatever it is.
func (g *Gate) signIn(w http.ResponseWriter, r *http.Request) {
	if !g.form(w, r) {
		return
	}
	ctx, data := r.Context(), signInData{Next: next(r)}
	login, password := carryover.NewText(r.PostFormValue("login")), carryover.NewText(r.PostFormValue("password"))
	if !g.paid(w, r, "sign-in", data, g.keysOfLogin(r, login)) {
		return
	}
	p, err := g.check(ctx, login, password)
	if errors.Is(err, carryover.ErrUnauthorized) {
		data.Problem = saysWrong
		g.show(w, r, http.StatusUnauthorized, "sign-in", data)
		return
	}
	if err == nil {
		err = g.hold(ctx, held{Person: p.ID, Since: time.Now(), Agent: agentOf(r.UserAgent())}, true)
	}
	if err != nil {
		g.failed(w, r, err)
		return
	}
	http.Redirect(w, r, withNext(routeCode, data.Next), http.StatusSeeOther)
}

func withNext(route, to string) string {
	if to == "" {
		return route
	}
	return route + "?" + url.Values{"next": {to}}.Encode()
}

// paid counts a try, or answers that it comes too soon.
func (g *Gate) paid(w http.ResponseWriter, r *http.Request, page string, data signInData, keys []tryKey) bool {
	waiting, err := g.pay(r.Context(), keys...)
	if err != nil {
		g.failed(w, r, err)
		return false
	}
	if waiting == 0 {
		return true
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(waiting/time.Second)+1))
	data.Problem = "Too many tries. Wait " + inWords(waiting) + ", then try again."
	g.show(w, r, http.StatusTooManyRequests, page, data)
	return false
}

// check returns the active person of a login and a password; ErrUnauthorized for
// anything else, which is recorded.
func (g *Gate) check(ctx context.Context, login, password carryover.Text) (ledger.Person, error) {
	var p ledger.Person
	err := g.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		p, err = tx.PersonByLogin(ctx, login)
		return err
	})
	if err != nil && !errors.Is(err, carryover.ErrGone) {
		return p, err
	}
	ok, outdated, err := g.fits(ctx, p.PasswordHash, password)
	if err != nil {
		return p, err
	}
	if !ok || p.Standing != ledger.Active {
		return p, g.refused(ctx, p.ID, "password")
	}
	if outdated {
		return p, g.rehash(ctx, p.ID, password)
	}
	return p, nil
}

// refused records a try that failed and returns ErrUnauthorized.
func (g *Gate) refused(ctx context.Context, id carryover.PersonID, at string) error {
	err := g.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		return g.enter(ctx, tx, stranger, audit.SignInRefused, id, at, time.Now())
	})
	if err != nil {
		return err
	}
	return carryover.ErrUnauthorized
}

// rehash stores a password under today's strength, now that it is known.
func (g *Gate) rehash(ctx context.Context, id carryover.PersonID, password carryover.Text) error {
	hash, err := g.hashed(ctx, password)
	if err != nil {
		return err
	}
	return g.Ledger.Update(ctx, func(tx *ledger.Tx) error { return tx.RehashPassword(ctx, id, hash) })
}

// half returns the session of somebody who has shown their password and may show
// the second factor now.
func (g *Gate) half(ctx context.Context) (held, bool) {
	h := g.held(ctx)
	return h, h.Person != "" && h.SignedIn.IsZero() && time.Since(h.Since) < halfway
}

func (g *Gate) codePage(w http.ResponseWriter, r *http.Request) {
	if _, ok := g.half(r.Context()); !ok {
		http.Redirect(w, r, withNext(routeSignIn, next(r)), http.StatusSeeOther)
		return
	}
	g.show(w, r, http.StatusOK, "code", signInData{Next: next(r)})
}

// code takes the second factor, and lets somebody in.
func (g *Gate) code(w http.ResponseWriter, r *http.Request) {
	if !g.form(w, r) {
		return
	}
	ctx, data := r.Context(), signInData{Next: next(r)}
	h, ok := g.half(ctx)
	if !ok {
		http.Redirect(w, r, withNext(routeSignIn, data.Next), http.StatusSeeOther)
		return
	}
	login, err := g.loginOf(ctx, h.Person)
	if err != nil {
		g.failed(w, r, err)
		return
	}
	keys := g.keysOfPerson(r, h.Person, login)
	if !g.paid(w, r, "code", data, keys) {
		return
	}
	now := time.Now()
	err = g.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		return g.admit(ctx, tx, h.Person, typed(r.PostFormValue("code")), [][]tryKey{g.keysOfLogin(r, login), keys}, now)
	})
	switch {
	case errors.Is(err, carryover.ErrUnauthorized):
		if err := g.refused(ctx, h.Person, "code"); !errors.Is(err, carryover.ErrUnauthorized) {
			g.failed(w, r, err)
			return
		}
		data.Problem = saysCode
		g.show(w, r, http.StatusUnauthorized, "code", data)
		return
	case err == nil:
		h.SignedIn, h.Confirmed = now, now
		g.know(w, login)
		err = g.hold(ctx, h, true)
	}
	if err != nil {
		g.failed(w, r, err)
		return
	}
	g.Log.Info("signed in", "person", string(h.Person))
	http.Redirect(w, r, orHome(data.Next), http.StatusSeeOther)
}

// loginOf is the login of a person; empty when they were ended.
func (g *Gate) loginOf(ctx context.Context, id carryover.PersonID) (login carryover.Text, err error) {
	err = g.Ledger.View(ctx, func(tx *ledger.Tx) error {
		p, err := tx.Person(ctx, id)
		login = p.Login
		return err
	})
	if errors.Is(err, carryover.ErrGone) {
		err = nil
	}
	return login, err
}

// admit lets a person in by a code, and forgives what was counted by spent;
// ErrUnauthorized when the code does not fit. The session in which they showed the password must still be there: a new password
// ends it.
func (g *Gate) admit(ctx context.Context, tx *ledger.Tx, id carryover.PersonID, code string, spent [][]tryKey, now time.Time) error {
	if _, err := tx.WebSession(ctx, g.token(ctx), now); err != nil {
		return unauthorized(err)
	}
	p, err := tx.Person(ctx, id)
	if err != nil || p.Standing != ledger.Active {
		return unauthorized(err)
	}
	how, err := useFactor(ctx, tx, id, code, now)
	if err != nil {
		return unauthorized(err)
	}
	if err := tx.NoteSignedIn(ctx, id, now); err != nil {
		return err
	}
	for _, keys := range spent {
		if err := forgive(ctx, tx, 1, keys...); err != nil {
			return err
		}
	}
	return g.enter(ctx, tx, "user:"+string(id), audit.SignedIn, id, how, now)
}

// useFactor uses up a code from the telephone, or a recovery code.
func useFactor(ctx context.Context, tx *ledger.Tx, id carryover.PersonID, code string, now time.Time) (how string, err error) {
	if len(code) != codeDigits {
		return "recovery_code", tx.UseRecoveryCode(ctx, id, carryover.NewSecret(code), now)
	}
	secret, err := tx.TOTP(ctx, id)
	if err != nil {
		return "", err
	}
	step, ok := stepOf(secret, code, now)
	if !ok {
		return "", carryover.ErrUnauthorized
	}
	return "code", tx.TakeTOTPStep(ctx, id, step)
}

// unauthorized turns what a wrong code, a used one and a person who is gone come
// to into ErrUnauthorized; what is the ledger's fault stays.
func unauthorized(err error) error {
	if err == nil || errors.Is(err, carryover.ErrGone) || errors.Is(err, ledger.ErrConflict) {
		return carryover.ErrUnauthorized
	}
	return err
}

// signOut ends the session, if there is one.
func (g *Gate) signOut(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	who, ok := Person(ctx)
	err := g.sessions.Destroy(ctx)
	if err == nil && ok {
		err = g.Ledger.Update(ctx, func(tx *ledger.Tx) error {
			return g.enter(ctx, tx, who.Actor(), audit.SignedOut, who.ID, "", time.Now())
		})
	}
	if err != nil {
		g.failed(w, r, err)
		return
	}
	http.Redirect(w, r, routeSignIn, http.StatusSeeOther)
}
