package ledger

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"carryover"
	"carryover/ledger/internal/query"
)

// A token is tokenMark, its id, an underscore and its secret. The mark lets
// scanners for leaked keys find it; the id lets it be looked up without the
// secret being compared by the database.
const (
	tokenMark    = "carryover_"
	tokenIDChars = 10
)

// sealedTokenName is what a person calls a token, sealed under the token's id.
const sealedTokenName = "token name"

// What keyed digests of the trigger interface are for.
const (
	forToken   = "carryover/v1/token"
	forWebhook = "carryover/v1/webhook"
)

// usedEvery is how exactly the last use of a token is kept: one that is asked
// with every second must not write as often.
const usedEvery = time.Minute

// A Token lets a program ask something from outside. Name is sealed at rest.
type Token struct {
	ID        carryover.TokenID
	Scope     carryover.Scope
	Name      carryover.Text // what a person calls it; may be empty
	CreatedAt time.Time
	ExpiresAt time.Time // zero: never
	UsedAt    time.Time // the last time, to the minute; zero: not yet
	RevokedAt time.Time // zero: not revoked
}

// Live says whether the token is good at a moment.
func (t Token) Live(now time.Time) bool {
	return t.RevokedAt.IsZero() && (t.ExpiresAt.IsZero() || now.Before(t.ExpiresAt))
}

// UseDue says that the last use that is on record is so long ago that a new one
// is worth a write.
func (t Token) UseDue(now time.Time) bool { return now.Sub(t.UsedAt) >= usedEvery }

// AddToken makes a token of t's scope, name and expiry and returns its id and
// the whole of it, which is kept nowhere: its secret has 130 random bits. The
// error is carryover.ErrInvalid for a scope that is none, or one that expired.
func (tx *Tx) AddToken(ctx context.Context, t Token, now time.Time) (carryover.TokenID, carryover.Secret, error) {
	if !t.Scope.Valid() || !t.ExpiresAt.IsZero() && !now.Before(t.ExpiresAt) {
		return "", carryover.Secret{}, wrap(carryover.ErrInvalid, "make a token")
	}
	id, secret := carryover.TokenID(strings.ToLower(rand.Text()[:tokenIDChars])), rand.Text()
	err := tx.q.AddToken(ctx, query.AddTokenParams{
		ID: id, Digest: tx.keys.Digest(forToken, string(id), secret), Scope: t.Scope, CreatedAt: micros(now), ExpiresAt: micros(t.ExpiresAt),
	})
	if err == nil && !t.Name.IsBlank() {
		err = tx.SealText(ctx, string(id), sealedTokenName, t.Name)
	}
	return id, carryover.NewSecret(tokenMark + string(id) + "_" + secret), wrap(err, "make a token")
}

// TokenOf returns the token that somebody presents, expired or revoked ones too:
// the caller asks whether it is live. The error is carryover.ErrGone for what
// was never a token of this ledger; which part of it is wrong, nobody is told,
// not by the time it takes either.
func (tx *Tx) TokenOf(ctx context.Context, presented carryover.Secret) (Token, error) {
	rest, _ := strings.CutPrefix(presented.Reveal(), tokenMark)
	id, secret, _ := strings.Cut(rest, "_")
	row, err := tx.q.GetToken(ctx, carryover.TokenID(id))
	if err := wrap(err, "look for a token"); err != nil && !errors.Is(err, carryover.ErrGone) {
		return Token{}, err
	}
	digest := tx.keys.Digest(forToken, id, secret) // also for an id that nobody has
	if !hmac.Equal(row.Digest, digest) {
		return Token{}, wrap(carryover.ErrGone, "look for a token")
	}
	return tx.newToken(ctx, row)
}

// NoteTokenUsed notes that a token was used, unless that was noted just before.
func (tx *Tx) NoteTokenUsed(ctx context.Context, t Token, now time.Time) error {
	if !t.UseDue(now) {
		return nil
	}
	return wrap(tx.q.NoteTokenUsed(ctx, query.NoteTokenUsedParams{UsedAt: micros(now), ID: t.ID}), "note the use of token %s", t.ID)
}

// Tokens returns every token that there ever was, the oldest first.
func (tx *Tx) Tokens(ctx context.Context) ([]Token, error) {
	rows, err := tx.q.ListTokens(ctx)
	if err != nil {
		return nil, wrap(err, "list tokens")
	}
	tokens := make([]Token, 0, len(rows))
	for _, r := range rows {
		t, err := tx.newToken(ctx, r)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
	}
	return tokens, nil
}

// RevokeToken ends a token for good. The error is carryover.ErrGone when there
// is none of this id, or it is revoked already.
func (tx *Tx) RevokeToken(ctx context.Context, id carryover.TokenID, now time.Time) error {
	n, err := tx.q.RevokeToken(ctx, query.RevokeTokenParams{RevokedAt: micros(now), ID: id})
	if err == nil && n == 0 {
		return wrap(carryover.ErrGone, "revoke a token")
	}
	return wrap(err, "revoke a token")
}

// RevokeAllTokens ends what a backup holds of tokens: some may have been revoked
// since it was made, and nobody can tell which.
func (tx *Tx) RevokeAllTokens(ctx context.Context, now time.Time) error {
	return wrap(tx.q.RevokeAllTokens(ctx, micros(now)), "revoke all tokens")
}

func (tx *Tx) newToken(ctx context.Context, r query.Token) (Token, error) {
	t := Token{
		ID: r.ID, Scope: r.Scope, CreatedAt: r.CreatedAt.Time, ExpiresAt: r.ExpiresAt.Time,
		UsedAt: r.UsedAt.Time, RevokedAt: r.RevokedAt.Time,
	}
	var err error
	if t.Name, err = tx.OpenText(ctx, string(r.ID), sealedTokenName); errors.Is(err, carryover.ErrGone) {
		err = nil // it has none
	}
	return t, err
}

// keepWebhooks is how long a webhook is remembered: far longer than the few
// minutes in which its time stamp is accepted.
const keepWebhooks = 24 * time.Hour

// TakeWebhook remembers the sender's id of a webhook; fresh says that it was not
// known. What is older than a day is forgotten meanwhile.
func (tx *Tx) TakeWebhook(ctx context.Context, id string, now time.Time) (fresh bool, err error) {
	if err := tx.q.DropOldWebhooks(ctx, micros(now.Add(-keepWebhooks))); err != nil {
		return false, wrap(err, "forget old webhooks")
	}
	n, err := tx.q.TakeWebhook(ctx, query.TakeWebhookParams{Digest: tx.keys.Digest(forWebhook, id), TakenAt: micros(now)})
	return n > 0, wrap(err, "remember a webhook")
}

// DropWebhook forgets a webhook that could not be acted on, so that its sender
// may send it again.
func (tx *Tx) DropWebhook(ctx context.Context, id string) error {
	return wrap(tx.q.DropWebhook(ctx, tx.keys.Digest(forWebhook, id)), "forget a webhook")
}
