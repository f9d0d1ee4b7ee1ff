package sign

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"carryover"
	"carryover/ledger"
)

// The cookie's name over https tells the browser to bind it to this host, this
// path and https; over a plain loopback connection browsers refuse such names.
const (
	cookieName      = "__Host-carryover"
	plainCookieName = "carryover"
)

// newSessions sets up the library: it moves tokens and data between cookie and
// store, and keeps the time-outs.
//
// The manager is made by hand, since scs.New starts a goroutine for a store in
// memory that would never be used, or stopped.
func (g *Gate) newSessions() *scs.SessionManager {
	cookie := scs.SessionCookie{
		Name: plainCookieName, HttpOnly: true, Path: "/", Secure: g.TLS,
		// Strict: a link from anywhere else arrives signed out, and a click on it
		// does nothing in somebody's name. The one link that comes from outside,
		// an invitation, needs no cookie to begin with.
		SameSite: http.SameSiteStrictMode,
		Persist:  false, // a shared computer forgets it with the window
	}
	if g.TLS {
		cookie.Name = cookieName
	}
	return &scs.SessionManager{
		IdleTimeout: g.Idle, Lifetime: g.Absolute, Store: store{g}, Codec: codec{}, Cookie: cookie, ErrorFunc: g.failed,
	}
}

// held is what a browser's session holds.
type held struct {
	Person   carryover.PersonID // who showed their password
	SignedIn time.Time          // when they showed the second factor too; zero: not yet
	Since    time.Time          // when the password was shown
	// Confirmed is when they last showed who they are: at the sign-in, or since.
	Confirmed time.Time
	Agent     string // the browser, in words from a closed list
	Setup     *setup // somebody with a link who has not finished
}

// setup is what somebody with a link has chosen so far. Nothing of it is in the
// ledger's tables until all of it is: an unfinished visit leaves no trace.
type setup struct {
	Person       carryover.PersonID // ledger.NewAdmin: nobody the ledger knows
	Began        time.Time
	Name, Login  carryover.Text
	PasswordHash carryover.Secret
	TOTP         carryover.Secret
}

// heldKey is the one value that scs keeps for us.
const heldKey = "held"

// held returns what the session of a request holds; the zero value for nobody.
func (g *Gate) held(ctx context.Context) held {
	h, _ := g.sessions.Get(ctx, heldKey).(held)
	return h
}

// hold changes what the session holds. With renew it goes on under a new token:
// whoever knew the old one, or planted it, has nothing.
func (g *Gate) hold(ctx context.Context, h held, renew bool) error {
	if renew {
		if err := g.sessions.RenewToken(ctx); err != nil {
			return err
		}
	}
	g.sessions.Put(ctx, heldKey, h)
	return nil
}

// codec turns a session into JSON and back. Text and Secret refuse to be
// encoded, so it spells them out; what it returns is sealed at once.
type codec struct{}

type wireSession struct {
	Deadline  time.Time          `json:"deadline"`
	Person    carryover.PersonID `json:"person,omitempty"`
	SignedIn  time.Time          `json:"signed_in,omitzero"`
	Since     time.Time          `json:"since,omitzero"`
	Confirmed time.Time          `json:"confirmed,omitzero"`
	Agent     string             `json:"agent,omitempty"`
	Setup     *wireSetup         `json:"setup,omitempty"`
}

type wireSetup struct {
	Person       carryover.PersonID `json:"person,omitempty"`
	Began        time.Time          `json:"began"`
	Name         string             `json:"name,omitempty"`
	Login        string             `json:"login,omitempty"`
	PasswordHash string             `json:"password_hash,omitempty"`
	TOTP         string             `json:"totp,omitempty"`
}

// Encode implements scs.Codec.
func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	h, _ := values[heldKey].(held)
	w := wireSession{Deadline: deadline.UTC(), Person: h.Person, SignedIn: h.SignedIn, Since: h.Since, Confirmed: h.Confirmed, Agent: h.Agent}
	if s := h.Setup; s != nil {
		w.Setup = &wireSetup{
			Person: s.Person, Began: s.Began, Name: s.Name.Reveal(), Login: s.Login.Reveal(),
			PasswordHash: s.PasswordHash.Reveal(), TOTP: s.TOTP.Reveal(),
		}
	}
	return json.Marshal(w)
}

// Decode implements scs.Codec.
func (codec) Decode(b []byte) (time.Time, map[string]any, error) {
	var w wireSession
	if err := json.Unmarshal(b, &w); err != nil {
		return time.Time{}, nil, errors.New("a session is not as it was stored") // the cause could quote it
	}
	return w.Deadline, map[string]any{heldKey: w.held()}, nil
}

func (w wireSession) held() held {
	h := held{Person: w.Person, SignedIn: w.SignedIn, Since: w.Since, Confirmed: w.Confirmed, Agent: w.Agent}
	if s := w.Setup; s != nil {
		h.Setup = &setup{
			Person: s.Person, Began: s.Began, Name: carryover.NewText(s.Name), Login: carryover.NewText(s.Login),
			PasswordHash: carryover.NewSecret(s.PasswordHash), TOTP: carryover.NewSecret(s.TOTP),
		}
	}
	return h
}

// store keeps the sessions of scs in the ledger.
type store struct{ g *Gate }

var _ scs.CtxStore = store{}

// seldom is the share of the idle time after which a session's time is written
// again: not with every click, since each is a write to the disk.
const seldom = 30

// FindCtx implements scs.CtxStore.
func (s store) FindCtx(ctx context.Context, token string) (b []byte, found bool, err error) {
	err = s.g.Ledger.View(ctx, func(tx *ledger.Tx) error {
		w, err := tx.WebSession(ctx, carryover.NewSecret(token), time.Now())
		b = []byte(w.Data.Reveal())
		return err
	})
	if errors.Is(err, carryover.ErrGone) {
		return nil, false, nil
	}
	return b, err == nil, err
}

// CommitCtx implements scs.CtxStore.
func (s store) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	_, values, err := codec{}.Decode(b)
	if err != nil {
		return err
	}
	h, _ := values[heldKey].(held)
	now, secret := time.Now(), carryover.NewSecret(token)
	w := ledger.WebSession{Person: h.Person, SignedInAt: h.SignedIn, ExpiresAt: expiry, Data: carryover.NewText(string(b))}
	fresh := false
	err = s.g.Ledger.View(ctx, func(tx *ledger.Tx) error {
		have, err := tx.WebSession(ctx, secret, now)
		fresh = err == nil && have.Data == w.Data && expiry.Sub(have.ExpiresAt) < s.g.Idle/seldom
		return nil // what cannot be read is written
	})
	if fresh || err != nil {
		return err
	}
	return s.g.Ledger.Update(ctx, func(tx *ledger.Tx) error { return tx.SaveWebSession(ctx, secret, w, now) })
}

// DeleteCtx implements scs.CtxStore.
func (s store) DeleteCtx(ctx context.Context, token string) error {
	if token == "" {
		return nil
	}
	return s.g.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		return tx.EndWebSessionOf(ctx, carryover.NewSecret(token), time.Now())
	})
}

// Find implements scs.Store, for callers without a context; scs has one.
func (s store) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit implements scs.Store.
func (s store) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// Delete implements scs.Store.
func (s store) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
