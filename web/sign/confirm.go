package sign

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"carryover"
	"carryover/ledger"
)

// Who may come in is changed only by somebody who showed a moment ago who they
// are: a browser that an admin left open must not be enough to make another one.

// confirmedFor is how long a password or a code that was shown is good for.
const confirmedFor = 10 * time.Minute

// saysConfirm is why a change waits.
const saysConfirm = "That is not right. Type your password, or the code from your telephone."

// confirmData is for the template "confirm-you": the change as it was asked for,
// to be sent again with what confirms it.
type confirmData struct {
	Problem string
	Action  string // where the form goes
	Fields  []field
}

type field struct{ Name, Value string }

// confirmField is what somebody confirms a change with.
const confirmField = "confirm"

// fresh puts the question who somebody is before a change, unless they have
// answered it a moment ago.
func (g *Gate) fresh(change http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !g.form(w, r) {
			return
		}
		ctx := r.Context()
		who, _ := Person(ctx)
		shown, again := r.PostFormValue(confirmField), func(status int, problem string) {
			g.show(w, r, status, "confirm-you", confirmData{Problem: problem, Action: r.URL.Path, Fields: fieldsOf(r.PostForm)})
		}
		h := g.held(ctx)
		switch {
		case shown != "":
			if !g.proved(w, r, who, shown, typed(shown), again) {
				return
			}
			h.Confirmed = time.Now()
			if err := g.hold(ctx, h, true); err != nil {
				g.failed(w, r, err)
				return
			}
		case time.Since(h.Confirmed) >= confirmedFor:
			again(http.StatusOK, "")
			return
		}
		change(w, r)
	}
}

// fieldsOf are the fields of a change, in an order of their own.
func fieldsOf(form url.Values) []field {
	var all []field
	for _, name := range []string{"name", "login", "role", "practitioner"} {
		if form.Has(name) {
			all = append(all, field{name, form.Get(name)})
		}
	}
	return all
}

// proved says whether a password, or a code when one is given, is the person's;
// when not, it has recorded that and had again answer.
func (g *Gate) proved(w http.ResponseWriter, r *http.Request, who Who, password, code string, again func(status int, problem string)) bool {
	ctx := r.Context()
	waiting, err := g.pay(ctx, keysOfSession(who)...)
	if err == nil && waiting > 0 {
		again(http.StatusTooManyRequests, "Too many tries. Wait "+inWords(waiting)+", then try again.")
		return false
	}
	at, problem := "password", "The present password is not right."
	if err == nil && code != "" {
		problem = saysConfirm
		if len(code) == codeDigits {
			at = "code"
		}
	}
	if err == nil {
		err = g.shows(ctx, who.ID, at, password, code)
	}
	if err == nil {
		err = g.Ledger.Update(ctx, func(tx *ledger.Tx) error { return forgive(ctx, tx, 1, keysOfSession(who)...) })
	} else if errors.Is(err, carryover.ErrUnauthorized) {
		if err = g.refused(ctx, who.ID, at); errors.Is(err, carryover.ErrUnauthorized) {
			again(http.StatusUnauthorized, problem)
			return false
		}
	}
	if err != nil {
		g.failed(w, r, err)
	}
	return err == nil
}

// shows checks a password, or uses up a code; ErrUnauthorized when it does not fit.
func (g *Gate) shows(ctx context.Context, id carryover.PersonID, at, password, code string) error {
	if at == "code" {
		return g.Ledger.Update(ctx, func(tx *ledger.Tx) error {
			if _, err := useFactor(ctx, tx, id, code, time.Now()); err != nil {
				return unauthorized(err)
			}
			return nil
		})
	}
	var p ledger.Person
	err := g.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		p, err = tx.Person(ctx, id)
		return err
	})
	if err != nil {
		return err
	}
	ok, _, err := g.fits(ctx, p.PasswordHash, carryover.NewText(password))
	if err == nil && !ok {
		err = carryover.ErrUnauthorized
	}
	return err
}
