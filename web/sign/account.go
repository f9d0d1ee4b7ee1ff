package sign

import (
	"context"
	"errors"
	"net/http"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// accountData is for the template "account".
type accountData struct {
	Problem, Done string
	Name, Login   string
	Codes         int // recovery codes that are left
	Least         int // characters of a password
	Sessions      []sessionData
}

// sessionData is one browser that somebody is signed in with.
type sessionData struct {
	ID       string
	Agent    string
	SignedIn string
	Seen     string
	Here     bool // the one that asks
}

func (g *Gate) accountPage(w http.ResponseWriter, r *http.Request) {
	g.account(w, r, http.StatusOK, "", "")
}

// account shows somebody's own page, with what went wrong or was done.
func (g *Gate) account(w http.ResponseWriter, r *http.Request, status int, problem, done string) {
	ctx := r.Context()
	who, _ := Person(ctx)
	data := accountData{Problem: problem, Done: done, Name: who.Name.Reveal(), Login: who.Login.Reveal(), Least: leastPassword}
	err := g.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		if data.Codes, err = tx.RecoveryCodes(ctx, who.ID); err != nil {
			return err
		}
		data.Sessions, err = g.sessionsOf(ctx, tx, who.ID, who.session)
		return err
	})
	if err != nil {
		g.failed(w, r, err)
		return
	}
	g.show(w, r, status, "account", data)
}

// sessionsOf lists where a person is signed in; here is the one that asks.
func (g *Gate) sessionsOf(ctx context.Context, tx *ledger.Tx, id carryover.PersonID, here string) ([]sessionData, error) {
	all, err := tx.WebSessions(ctx, id, time.Now())
	if err != nil {
		return nil, err
	}
	var out []sessionData
	for _, s := range all {
		d := sessionData{ID: s.ID, Agent: "a browser", SignedIn: g.when(s.SignedInAt), Seen: g.when(s.SeenAt), Here: s.ID == here}
		if _, values, err := (codec{}).Decode([]byte(s.Data.Reveal())); err == nil {
			if h, _ := values[heldKey].(held); h.Agent != "" {
				d.Agent = h.Agent
			}
		}
		out = append(out, d)
	}
	return out, nil
}

// confirmed says whether the person typed their present password; it has
// answered when they did not. Whoever finds a browser open cannot take the
// account over.
func (g *Gate) confirmed(w http.ResponseWriter, r *http.Request, who Who) bool {
	again := func(status int, problem string) { g.account(w, r, status, problem, "") }
	return g.proved(w, r, who, r.PostFormValue("current"), "", again)
}

// newPassword changes one's own password. Every other session ends, and this
// one goes on under a new token.
func (g *Gate) newPassword(w http.ResponseWriter, r *http.Request) {
	if !g.form(w, r) {
		return
	}
	ctx := r.Context()
	who, _ := Person(ctx)
	password := carryover.NewText(r.PostFormValue("password"))
	if problem := firstSentence(weakness(password, who.Login), differs(password, r.PostFormValue("repeat"))); problem != "" {
		g.account(w, r, http.StatusUnprocessableEntity, problem, "")
		return
	}
	if !g.confirmed(w, r, who) {
		return
	}
	hash, err := g.hashed(ctx, password)
	if err == nil {
		err = g.Ledger.Update(ctx, func(tx *ledger.Tx) error {
			now := time.Now()
			if err := tx.SetPassword(ctx, who.ID, hash, who.session, now); err != nil {
				return err
			}
			return g.enter(ctx, tx, who.Actor(), audit.PasswordChanged, who.ID, "", now)
		})
	}
	if err == nil {
		err = g.hold(ctx, g.held(ctx), true)
	}
	if err != nil {
		g.failed(w, r, err)
		return
	}
	http.Redirect(w, r, routeAccount, http.StatusSeeOther)
}

// newCodes replaces one's recovery codes and shows the new ones, once.
func (g *Gate) newCodes(w http.ResponseWriter, r *http.Request) {
	if !g.form(w, r) {
		return
	}
	ctx := r.Context()
	who, _ := Person(ctx)
	if !g.confirmed(w, r, who) {
		return
	}
	codes := newRecoveryCodes()
	err := g.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		if err := tx.SetRecoveryCodes(ctx, who.ID, codes); err != nil {
			return err
		}
		return g.enter(ctx, tx, who.Actor(), audit.CodesRenewed, who.ID, "", time.Now())
	})
	if err != nil {
		g.failed(w, r, err)
		return
	}
	g.show(w, r, http.StatusOK, "recovery", newRecoveryData(codes))
}

// endSessions ends one of one's own sessions, or all the others.
func (g *Gate) endSessions(w http.ResponseWriter, r *http.Request) {
	if !g.form(w, r) {
		return
	}
	ctx := r.Context()
	who, _ := Person(ctx)
	err := g.Ledger.Update(ctx, func(tx *ledger.Tx) (err error) {
		now := time.Now()
		if session := r.PostFormValue("session"); session != "" {
			err = tx.EndWebSession(ctx, who.ID, session, now)
		} else {
			err = tx.EndWebSessions(ctx, who.ID, who.session, now)
		}
		if err != nil {
			return err
		}
		return g.enter(ctx, tx, who.Actor(), audit.SignedOut, who.ID, "", now)
	})
	if err != nil && !errors.Is(err, carryover.ErrGone) { // one that is over already is no error
		g.failed(w, r, err)
		return
	}
	http.Redirect(w, r, routeAccount, http.StatusSeeOther)
}
