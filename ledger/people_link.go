package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"carryover"
	"carryover/ledger/internal/query"
)

// NewAdmin is whom a link is for that lets somebody in who is not known yet, as
// an admin. Only the command carryover admin-link makes such links.
const NewAdmin carryover.PersonID = ""

// AddLink makes a link for a person, good until expires, and takes back those
// they had. It returns the link's secret, which is kept nowhere: 26 letters and
// digits, 130 random bits.
func (tx *Tx) AddLink(ctx context.Context, id carryover.PersonID, expires, now time.Time) (carryover.Secret, error) {
	if err := tx.q.VoidPersonLinks(ctx, query.VoidPersonLinksParams{Now: micros(now), Person: id}); err != nil {
		return carryover.Secret{}, wrap(err, "take back links")
	}
	// What is left of links nobody needs to tell apart any more.
	if err := tx.q.DropOldPersonLinks(ctx, micros(now.Add(-30*24*time.Hour))); err != nil {
		return carryover.Secret{}, wrap(err, "tidy links")
	}
	secret := carryover.NewSecret(rand.Text())
	err := tx.q.AddPersonLink(ctx, query.AddPersonLinkParams{
		Digest: tx.keys.Digest(forLink, secret.Reveal()), Person: id, CreatedAt: micros(now), ExpiresAt: micros(expires),
	})
	return secret, wrap(err, "make a link")
}

// UseLink uses a link up and returns whom it is for, NewAdmin included. The
// error is ErrGone for one that never was, was used or taken back, or is too
// old: which, nobody is told.
func (tx *Tx) UseLink(ctx context.Context, secret carryover.Secret, now time.Time) (carryover.PersonID, error) {
	id, err := tx.q.UsePersonLink(ctx, query.UsePersonLinkParams{Now: micros(now), Digest: tx.keys.Digest(forLink, secret.Reveal())})
	return id, wrap(err, "use a link")
}

// A Try counts how often somebody tried to sign in, in a row.
type Try struct {
	Tries   int
	TriedAt time.Time // the last one
	UntilAt time.Time // before which no further try counts
}

// Try returns the tries by one key: a login, or an address. The zero Try is that
// of nobody who tried.
func (tx *Tx) Try(ctx context.Context, sort, key string) (Try, error) {
	r, err := tx.q.GetSignInTry(ctx, tx.keys.Digest(forTry, sort, key))
	if err := wrap(err, "read sign-in tries"); err != nil {
		if errors.Is(err, carryover.ErrGone) {
			return Try{}, nil
		}
		return Try{}, err
	}
	return Try{Tries: int(r.Tries), TriedAt: r.TriedAt.Time, UntilAt: r.UntilAt.Time}, nil
}

// SetTry stores the tries by one key; the zero Try forgets them.
func (tx *Tx) SetTry(ctx context.Context, sort, key string, t Try) error {
	digest := tx.keys.Digest(forTry, sort, key)
	if t.Tries <= 0 {
		return wrap(tx.q.DropSignInTry(ctx, digest), "forget sign-in tries")
	}
	return wrap(tx.q.PutSignInTry(ctx, query.PutSignInTryParams{
		Digest: digest, Tries: int64(t.Tries), TriedAt: micros(t.TriedAt), UntilAt: micros(t.UntilAt),
	}), "store sign-in tries")
}

// ForgetTries forgets the tries by everybody who has not tried since.
func (tx *Tx) ForgetTries(ctx context.Context, since time.Time) error {
	return wrap(tx.q.DropOldSignInTries(ctx, micros(since)), "forget old sign-in tries")
}
