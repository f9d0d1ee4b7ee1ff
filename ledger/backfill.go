package ledger

import (
	"context"
	"errors"
	"time"

	"carryover"
	"carryover/ledger/internal/query"
)

// A BackfillState says whether a backfill goes on.
type BackfillState string

// The states of a backfill.
const (
	BackfillRunning BackfillState = "running"
	BackfillStopped BackfillState = "stopped" // a person stopped it; it can go on
	BackfillDone    BackfillState = "done"    // nothing of it moves by itself any more
)

// A Backfill carries the past sessions of a range of time. A zero time means
// not (yet).
type Backfill struct {
	ID        string
	From, To  time.Time // the range in which sessions began; To is not in it
	State     BackfillState
	AskedBy   string // the actor, as the audit chain names it
	AskedAt   time.Time
	ChangedAt time.Time // when the state last changed
	Known     int       // sessions of the range that the ledger had already
	Young     int       // sessions of the range that are the day's work
	Cost      BackfillCost
}

// A BackfillCost is how many requests to Cliniko a backfill took, by what they
// were for.
type BackfillCost struct {
	Diary    int // bookings and attendees
	Patients int // the register, for matching and once more before a note is sent
	Notes    int // the author's notes and files, read: before sending and as proof
	Writes   int // notes and files sent
}

// Total returns all of them together.
func (c BackfillCost) Total() int { return c.Diary + c.Patients + c.Notes + c.Writes }

// BackfillCounts are how far a backfill has come.
type BackfillCounts struct {
	Sessions  int // in it
	Carried   int // of which nothing moves by itself any more
	Documents map[carryover.State]int
}

const backfillColumns = `id, from_at, to_at, state, asked_by, asked_at, changed_at, known, young, diary, patients, notes, writes`

// AskBackfill records that somebody wants the sessions of a range carried. It
// takes From, To, AskedBy and AskedAt of b. While another is not done, the error
// is ErrConflict.
func (tx *Tx) AskBackfill(ctx context.Context, b Backfill) (Backfill, error) {
	if b.AskedAt.IsZero() || !b.From.Before(b.To) {
		return Backfill{}, wrap(carryover.ErrInvalid, "ask for a backfill")
	}
	last, err := tx.LastBackfill(ctx)
	switch {
	case err == nil && last.State != BackfillDone:
		return last, wrap(ErrConflict, "ask for a backfill while %s is %s", last.ID, last.State)
	case err != nil && !errors.Is(err, carryover.ErrGone):
		return Backfill{}, err
	}
	b.ID, b.State, b.ChangedAt = newID(b.AskedAt), BackfillRunning, b.AskedAt
	_, err = tx.ExecContext(ctx, `INSERT INTO backfill (`+backfillColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $6, 0, 0, 0, 0, 0, 0)`,
		b.ID, micros(b.From), micros(b.To), b.State, b.AskedBy, micros(b.AskedAt))
	return b, wrap(err, "ask for a backfill")
}

// LastBackfill returns the newest backfill, which is the only one that may not
// be done; ErrGone when there never was one.
func (tx *Tx) LastBackfill(ctx context.Context) (Backfill, error) {
	var b Backfill
	var from, to, asked, changed query.Micros
	row := tx.QueryRowContext(ctx, `SELECT `+backfillColumns+` FROM backfill ORDER BY id DESC LIMIT 1`)
	err := row.Scan(&b.ID, &from, &to, &b.State, &b.AskedBy, &asked, &changed, &b.Known, &b.Young,
		&b.Cost.Diary, &b.Cost.Patients, &b.Cost.Notes, &b.Cost.Writes)
	b.From, b.To, b.AskedAt, b.ChangedAt = from.Time, to.Time, asked.Time, changed.Time
	return b, wrap(err, "read the newest backfill")
}

// MoveBackfill takes a backfill from one state to another; ErrConflict when it
// does not stand there.
func (tx *Tx) MoveBackfill(ctx context.Context, id string, from, to BackfillState, now time.Time) error {
	n, err := tx.changedRows(ctx, `UPDATE backfill SET state = $1, changed_at = $2 WHERE id = $3 AND state = $4`,
		to, micros(now), id, from)
	if err == nil && n == 0 {
		err = ErrConflict
	}
	return wrap(err, "move backfill %s from %s to %s", id, from, to)
}

// CountBackfill adds to what a backfill has met and asked.
func (tx *Tx) CountBackfill(ctx context.Context, id string, known, young int, c BackfillCost) error {
	n, err := tx.changedRows(ctx, `UPDATE backfill SET known = known + $1, young = young + $2, diary = diary + $3,
		patients = patients + $4, notes = notes + $5, writes = writes + $6 WHERE id = $7`,
		known, young, c.Diary, c.Patients, c.Notes, c.Writes, id)
	return wrap(changed(n, err), "count for backfill %s", id)
}

// BackfillListed records that all sessions of a practitioner's were listed.
func (tx *Tx) BackfillListed(ctx context.Context, id string, p carryover.PractitionerID, now time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO backfill_author (backfill, practitioner, listed_at) VALUES ($1, $2, $3)
		ON CONFLICT (backfill, practitioner) DO NOTHING`, id, p, micros(now))
	return wrap(err, "note the listing of practitioner %s for backfill %s", p, id)
}

// BackfillAuthors returns whose sessions have been listed for a backfill.
func (tx *Tx) BackfillAuthors(ctx context.Context, id string) ([]carryover.PractitionerID, error) {
	return column[carryover.PractitionerID](ctx, tx, "list who was listed for backfill "+id,
		`SELECT practitioner FROM backfill_author WHERE backfill = $1 ORDER BY practitioner`, id)
}

// AddToBackfill puts sessions that a listing through p's link showed into a
// backfill, and returns how many the ledger had already: those stay whose they
// are. Every one of them is noted as seen through p's link.
func (tx *Tx) AddToBackfill(ctx context.Context, id string, p carryover.PractitionerID, refs []carryover.SessionRef, now time.Time) (known int, err error) {
	for _, r := range refs {
		added, err := tx.q.AddListedSession(ctx, query.AddListedSessionParams{
			ID: r.ID, HintedAt: micros(r.UpdatedAt), Now: micros(now), NoDigest: []byte{},
		})
		if err == nil {
			err = tx.q.AddSessionLink(ctx, query.AddSessionLinkParams{Session: r.ID, Practitioner: p})
		}
		if err == nil && added > 0 {
			_, err = tx.ExecContext(ctx, `INSERT INTO backfill_session (session, backfill, practitioner, carried_at) VALUES ($1, $2, $3, 0)`, r.ID, id, p)
		}
		if err != nil {
			return 0, wrap(err, "add session %s to backfill %s", r.ID, id)
		}
		if added > 0 {
			continue
		}
		others, err := tx.isAnothers(ctx, r.ID, id)
		if err != nil {
			return 0, err
		}
		if others {
			known++
		}
	}
	return known, nil
}

// isAnothers says that a session is not in this backfill.
func (tx *Tx) isAnothers(ctx context.Context, s carryover.SessionID, id string) (bool, error) {
	in, err := column[string](ctx, tx, "look for a session's backfill", `SELECT session FROM backfill_session WHERE session = $1 AND backfill = $2`, s, id)
	return len(in) == 0, err
}

// BackfillReads returns at most limit sessions under way that are due to be
// read through p's link, those first that were read before, then by day, and when the next one is due;
// zero when none is.
func (tx *Tx) BackfillReads(ctx context.Context, p carryover.PractitionerID, now time.Time, limit int) ([]carryover.SessionID, time.Time, error) {
	const open = ` FROM backfill_session AS b JOIN session AS s ON s.id = b.session
		WHERE b.practitioner = $1 AND b.carried_at = 0 AND s.gone_at = 0`
	due, err := column[carryover.SessionID](ctx, tx, "list what a backfill reads",
		`SELECT s.id`+open+` AND s.next_read <= $2 ORDER BY s.reads DESC, s.hinted_at, s.id LIMIT $3`, p, now.UnixMicro(), atMost(limit))
	if err != nil || len(due) > 0 {
		return due, time.Time{}, err
	}
	var next query.Micros
	err = tx.QueryRowContext(ctx, `SELECT CAST(COALESCE(MIN(s.next_read), 0) AS BIGINT)`+open, p).Scan(&next)
	return nil, next.Time, wrap(err, "look when a backfill reads next")
}

// underWay are the states in which a version moves on by itself.
const underWay = `'ripe', 'ready', 'sending', 'in_doubt', 'filed'`

// BackfillAhead counts the versions of sessions under way that were read and
// wait for Cliniko.
func (tx *Tx) BackfillAhead(ctx context.Context, p carryover.PractitionerID) (n int, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM backfill_session AS b JOIN version AS v ON v.session = b.session
		WHERE b.practitioner = $1 AND b.carried_at = 0 AND v.newest AND v.state IN ('ripe', 'ready')`, p).Scan(&n)
	return n, wrap(err, "count what a backfill has read")
}

// MarkCarried ends the way of a backfill's sessions that were read and of which
// nothing moves by itself any more; from here on the day's work looks after
// them. When all are, and everybody of authors was listed, the backfill is done.
func (tx *Tx) MarkCarried(ctx context.Context, id string, authors []carryover.PractitionerID, now time.Time) (done bool, err error) {
	_, err = tx.ExecContext(ctx, `UPDATE backfill_session SET carried_at = $1
		WHERE carried_at = 0 AND backfill = $2
		AND EXISTS (SELECT 1 FROM session AS s WHERE s.id = backfill_session.session AND (s.reads > 0 OR s.gone_at > 0))
		AND NOT EXISTS (SELECT 1 FROM version AS v WHERE v.session = backfill_session.session
			AND (v.state IN (`+underWay+`) OR (v.newest AND v.state = 'seen' AND NOT v.empty)))`, micros(now), id)
	if err != nil {
		return false, wrap(err, "mark what backfill %s has carried", id)
	}
	open, err := column[string](ctx, tx, "count what is left of a backfill",
		`SELECT session FROM backfill_session WHERE backfill = $1 AND carried_at = 0 LIMIT 1`, id)
	if err != nil || len(open) > 0 {
		return false, err
	}
	listed, err := tx.BackfillAuthors(ctx, id)
	if err != nil || !containsAll(listed, authors) {
		return false, err
	}
	err = tx.MoveBackfill(ctx, id, BackfillRunning, BackfillDone, now)
	if errors.Is(err, ErrConflict) { // stopped meanwhile, or done by another lane
		return false, nil
	}
	return err == nil, err
}

// LeaveBackfill hands a session over to the day's work, if a backfill has it.
func (tx *Tx) LeaveBackfill(ctx context.Context, s carryover.SessionID, now time.Time) error {
	_, err := tx.ExecContext(ctx, `UPDATE backfill_session SET carried_at = $1 WHERE session = $2 AND carried_at = 0`, micros(now), s)
	return wrap(err, "take session %s out of its backfill", s)
}

// BackfillCounts returns how far a backfill has come. Each document stands with
// its newest version.
func (tx *Tx) BackfillCounts(ctx context.Context, id string) (BackfillCounts, error) {
	c := BackfillCounts{Documents: map[carryover.State]int{}}
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*), COUNT(CASE WHEN carried_at > 0 THEN 1 END) FROM backfill_session WHERE backfill = $1`, id).
		Scan(&c.Sessions, &c.Carried)
	if err != nil {
		return c, wrap(err, "count the sessions of backfill %s", id)
	}
	rows, err := tx.QueryContext(ctx, `SELECT v.state, COUNT(*) FROM backfill_session AS b JOIN version AS v ON v.session = b.session
		WHERE b.backfill = $1 AND v.newest GROUP BY v.state`, id)
	if err != nil {
		return c, wrap(err, "count the documents of backfill %s", id)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s carryover.State
		var n int
		if err := rows.Scan(&s, &n); err != nil {
			return c, wrap(err, "count the documents of backfill %s", id)
		}
		c.Documents[s] = n
	}
	return c, wrap(rows.Err(), "count the documents of backfill %s", id)
}

// SessionsRead counts the sessions that were read at least once.
func (tx *Tx) SessionsRead(ctx context.Context) (n int, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM session WHERE reads > 0`).Scan(&n)
	return n, wrap(err, "count the sessions that were read")
}

// EverHeld counts the documents that wait for a person, or about which one has
// decided.
func (tx *Tx) EverHeld(ctx context.Context) (n int, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM version WHERE newest AND (by_person OR state IN ('held', 'dismissed', 'refused'))`).Scan(&n)
	return n, wrap(err, "count what was held")
}
