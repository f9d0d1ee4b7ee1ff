package ledger

import (
	"context"
	"errors"
	"time"

	"carryover"
	"carryover/ledger/internal/query"
)

// sealedSession is the kind of what a browser's session holds.
const sealedSession = "session"

// A WebSession is a browser that somebody is signing in, or signed in, with. It
// has nothing to do with the sessions that Heidi records.
type WebSession struct {
	ID         string
	Person     carryover.PersonID // empty: nobody yet
	CreatedAt  time.Time
	SignedInAt time.Time // zero: the second factor has not been shown
	SeenAt     time.Time
	ExpiresAt  time.Time
	EndedAt    time.Time
	Data       carryover.Text // what the session holds; sealed at rest
}

// WebSession returns the session of a cookie's token; ErrGone when there is
// none, or it was ended or has expired.
func (tx *Tx) WebSession(ctx context.Context, token carryover.Secret, now time.Time) (WebSession, error) {
	r, err := tx.q.GetWebSession(ctx, tx.browserDigest(token))
	if err == nil && (!r.EndedAt.IsZero() || !r.ExpiresAt.After(now)) {
		err = carryover.ErrGone
	}
	if err != nil {
		return WebSession{}, wrap(err, "find a web session")
	}
	s := newWebSession(r)
	s.Data, err = tx.OpenText(ctx, s.ID, sealedSession)
	return s, err
}

func (tx *Tx) browserDigest(token carryover.Secret) []byte {
	return tx.keys.Digest(forBrowser, token.Reveal())
}

func newWebSession(r query.WebSession) WebSession {
	return WebSession{
		ID: r.ID, Person: r.Person, CreatedAt: r.CreatedAt.Time, SignedInAt: r.SignedInAt.Time,
		SeenAt: r.SeenAt.Time, ExpiresAt: r.ExpiresAt.Time, EndedAt: r.EndedAt.Time,
	}
}

// SaveWebSession stores what the session of a token is now, or begins one. Of s
// it takes Person, SignedInAt, ExpiresAt and Data. One that was ended stays
// ended: a request that was under way then does not bring it back.
func (tx *Tx) SaveWebSession(ctx context.Context, token carryover.Secret, s WebSession, now time.Time) error {
	r, err := tx.q.GetWebSession(ctx, tx.browserDigest(token))
	err = wrap(err, "find a web session")
	switch {
	case errors.Is(err, carryover.ErrGone):
		s.ID = newID(now)
		err = tx.q.AddWebSession(ctx, query.AddWebSessionParams{
			ID: s.ID, Digest: tx.browserDigest(token), Person: s.Person, CreatedAt: micros(now),
			SignedInAt: micros(s.SignedInAt), SeenAt: micros(now), ExpiresAt: micros(s.ExpiresAt),
		})
	case err != nil:
		return err
	case !r.EndedAt.IsZero():
		return nil
	default:
		s.ID = r.ID
		err = tx.q.SaveWebSession(ctx, query.SaveWebSessionParams{
			Person: s.Person, SignedInAt: micros(s.SignedInAt), SeenAt: micros(now), ExpiresAt: micros(s.ExpiresAt), ID: s.ID,
		})
	}
	if err != nil {
		return wrap(err, "save a web session")
	}
	return tx.SealText(ctx, s.ID, sealedSession, s.Data)
}

// WebSessions returns where a person is signed in, the latest used first.
func (tx *Tx) WebSessions(ctx context.Context, id carryover.PersonID, now time.Time) ([]WebSession, error) {
	rows, err := tx.q.ListWebSessions(ctx, query.ListWebSessionsParams{Person: id, Now: micros(now)})
	if err != nil {
		return nil, wrap(err, "list the web sessions of person %s", id)
	}
	all := make([]WebSession, len(rows))
	for i, r := range rows {
		all[i] = newWebSession(r)
		if all[i].Data, err = tx.OpenText(ctx, r.ID, sealedSession); err != nil && !errors.Is(err, carryover.ErrGone) {
			return nil, err
		}
	}
	return all, nil
}

// EndWebSession ends one session of a person; ErrGone when they have no such
// session that goes on.
func (tx *Tx) EndWebSession(ctx context.Context, id carryover.PersonID, session string, now time.Time) error {
	n, err := tx.q.EndWebSession(ctx, query.EndWebSessionParams{EndedAt: micros(now), ID: session, Person: id})
	if err := changed(n, err); err != nil {
		return wrap(err, "end web session %s", session)
	}
	return wrap(tx.q.DropSealed(ctx, session), "end web session %s", session)
}

// EndWebSessions ends every session of a person but keep, those in which they
// have not shown their second factor yet included.
func (tx *Tx) EndWebSessions(ctx context.Context, id carryover.PersonID, keep string, now time.Time) error {
	live, err := tx.q.LiveWebSessions(ctx, id)
	if err != nil {
		return wrap(err, "end the web sessions of person %s", id)
	}
	for _, session := range live {
		if session == keep {
			continue
		}
		if err := tx.EndWebSession(ctx, id, session, now); err != nil {
			return err
		}
	}
	return nil
}

// EndWebSessionOf ends the session of a token, whoever's it is; none is no
// error.
func (tx *Tx) EndWebSessionOf(ctx context.Context, token carryover.Secret, now time.Time) error {
	s, err := tx.WebSession(ctx, token, now)
	if errors.Is(err, carryover.ErrGone) {
		return nil
	}
	if err != nil {
		return err
	}
	return tx.EndWebSession(ctx, s.Person, s.ID, now)
}

// DropWebSessions removes what is left of sessions that expired before then.
func (tx *Tx) DropWebSessions(ctx context.Context, then time.Time) error {
	old, err := tx.q.ExpiredWebSessions(ctx, micros(then))
	if err != nil {
		return wrap(err, "tidy web sessions")
	}
	for _, id := range old {
		if err := tx.q.DropSealed(ctx, id); err != nil {
			return wrap(err, "tidy web session %s", id)
		}
		if err := tx.q.DropWebSession(ctx, id); err != nil {
			return wrap(err, "tidy web session %s", id)
		}
	}
	return nil
}
