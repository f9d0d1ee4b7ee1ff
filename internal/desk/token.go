package desk

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// This file is about the tokens with which programs ask from outside: people
// make, list and revoke them, and the trigger interface holds each request
// against them.

// A TokenRequest asks for a token.
type TokenRequest struct {
	Scope   carryover.Scope
	Name    carryover.Text // which program it is for; may be empty
	Expires time.Time      // zero: never
	Actor   string
}

// A RevokeRequest ends a token.
type RevokeRequest struct {
	ID    carryover.TokenID `json:"id"`
	Actor string            `json:"actor,omitempty"`
}

// A Token is a token as people see it: without its secret.
type Token struct {
	ID      string    `json:"id"`
	Scope   string    `json:"scope"`
	Name    string    `json:"name,omitempty"` // what whoever made it calls it
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"` // zero: never
	Used    time.Time `json:"used,omitzero"`    // the last time, to the minute
	Revoked time.Time `json:"revoked,omitzero"`
	Live    bool      `json:"live"` // neither revoked nor expired
}

// A NewToken is a token with the whole of it, which is shown now and never
// again: it crosses the socket and is kept nowhere.
type NewToken struct {
	Token
	Secret string `json:"token"`
}

// maxTokenName is how long a token's name may be, in characters.
const maxTokenName = 60

// MakeToken implements Desk.
func (d *Local) MakeToken(ctx context.Context, r TokenRequest) (NewToken, error) {
	now := time.Now().UTC()
	switch {
	case !r.Scope.Valid():
		return NewToken{}, invalid("make a token", "there is no such scope", "The scopes are carry and metrics.")
	case utf8.RuneCountInString(r.Name.Reveal()) > maxTokenName:
		return NewToken{}, invalid("make a token", "the name is too long", "Name the program it is for in a word or two.")
	case !r.Expires.IsZero() && !now.Before(r.Expires):
		return NewToken{}, invalid("make a token", "it would have expired already", "Name a day that is still to come, or leave --expires away.")
	}
	var out NewToken
	err := d.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		t := ledger.Token{Scope: r.Scope, Name: r.Name, ExpiresAt: r.Expires}
		id, whole, err := tx.AddToken(ctx, t, now)
		if err != nil {
			return err
		}
		t.ID, t.CreatedAt = id, now
		out = NewToken{Token: tokenOf(t, now), Secret: whole.Reveal()}
		return d.enter(ctx, tx, "", audit.Entry{Actor: r.Actor, Action: audit.TokenMade, Subject: string(id), Note: string(r.Scope)})
	})
	if err != nil {
		return NewToken{}, err
	}
	return out, nil
}

// Tokens implements Desk.
func (d *Local) Tokens(ctx context.Context) ([]Token, error) {
	out := []Token{}
	err := d.Ledger.View(ctx, func(tx *ledger.Tx) error {
		all, err := tx.Tokens(ctx)
		now := time.Now()
		for _, t := range all {
			out = append(out, tokenOf(t, now))
		}
		return err
	})
	return out, err
}

// RevokeToken implements Desk. Whoever pastes the whole token instead of its id
// has it revoked too: it was about to be in a shell's history.
func (d *Local) RevokeToken(ctx context.Context, r RevokeRequest) (Token, error) {
	var out Token
	err := d.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		all, err := tx.Tokens(ctx)
		if err != nil {
			return err
		}
		id := r.ID
		if t, err := tx.TokenOf(ctx, carryover.NewSecret(string(r.ID))); err == nil {
			id = t.ID
		}
		now := time.Now().UTC()
		for _, t := range all {
			if t.ID != id {
				continue
			}
			if !t.RevokedAt.IsZero() {
				return refused("revoke a token", "it is revoked already", "There is nothing to do.")
			}
			if err := tx.RevokeToken(ctx, id, now); err != nil {
				return err
			}
			t.RevokedAt = now
			out = tokenOf(t, now)
			return d.enter(ctx, tx, "", audit.Entry{Actor: r.Actor, Action: audit.TokenRevoked, Subject: string(id)})
		}
		return &carryover.Problem{
			Op: "revoke a token", Kind: carryover.ErrGone, Err: errors.New("no token has this id"),
			Hint: "`carryover token list` shows the ids.",
		}
	})
	return out, err
}

// ErrNoToken says that what somebody presents is no token, or one that is
// revoked or expired.
var ErrNoToken = errors.New("no token that is good")

// Bearer returns the token that a program presents, and notes its use. The error
// is of kind ErrUnauthorized and is ErrNoToken for one that is not good: what is
// wrong with it, the program is not told. The chain is, when it was once good.
func (d *Local) Bearer(ctx context.Context, presented carryover.Secret) (Token, error) {
	var t ledger.Token
	err := d.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		t, err = tx.TokenOf(ctx, presented)
		return err
	})
	if errors.Is(err, carryover.ErrGone) {
		return Token{}, noToken()
	}
	now := time.Now().UTC()
	if err == nil && t.UseDue(now) { // at most once a minute, whoever asks how often
		err = d.Ledger.Update(ctx, func(tx *ledger.Tx) error {
			if err := tx.NoteTokenUsed(ctx, t, now); err != nil || t.Live(now) {
				return err
			}
			why := "expired"
			if !t.RevokedAt.IsZero() {
				why = "revoked"
			}
			return d.enter(ctx, tx, "", audit.Entry{Actor: "api:" + string(t.ID), Action: audit.TokenRefused, Subject: string(t.ID), Note: why})
		})
	}
	switch {
	case err != nil:
		return Token{}, err
	case !t.Live(now):
		return Token{}, noToken()
	}
	return tokenOf(t, now), nil
}

func noToken() error {
	return &carryover.Problem{
		Op: "look at a token", Kind: carryover.ErrUnauthorized, Err: ErrNoToken,
		Hint: "Make one with `carryover token create`.",
	}
}

// TakeWebhook remembers a webhook by its sender's id; fresh says that it is not
// a repetition.
func (d *Local) TakeWebhook(ctx context.Context, id string) (fresh bool, err error) {
	err = d.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		fresh, err = tx.TakeWebhook(ctx, id, time.Now().UTC())
		return err
	})
	return fresh, err
}

// DropWebhook forgets one that could not be acted on, so that it may come again.
func (d *Local) DropWebhook(ctx context.Context, id string) error {
	return d.Ledger.Update(ctx, func(tx *ledger.Tx) error { return tx.DropWebhook(ctx, id) })
}

func tokenOf(t ledger.Token, now time.Time) Token {
	return Token{
		ID: string(t.ID), Scope: string(t.Scope), Name: t.Name.Reveal(), Created: t.CreatedAt, Expires: t.ExpiresAt,
		Used: t.UsedAt, Revoked: t.RevokedAt, Live: t.Live(now),
	}
}

// wireToken is a TokenRequest on the socket.
type wireToken struct {
	Scope   carryover.Scope `json:"scope"`
	Name    string          `json:"name,omitempty"`
	Expires time.Time       `json:"expires,omitzero"`
}

func (w wireToken) request(who string) TokenRequest {
	return TokenRequest{Scope: w.Scope, Name: carryover.NewText(w.Name), Expires: w.Expires, Actor: who}
}
