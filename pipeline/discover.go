package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

// readsAtOnce bounds how many due sessions one cycle reads for a practitioner,
// so that a first run over weeks of sessions still polls in between.
const readsAtOnce = 200

// readsAtCommit is how many readings share one transaction.
const readsAtCommit = 25

// refusalsInARow is after how many refused sessions the link itself is doubted.
const refusalsInARow = 3

// putOff is how many polls a session that could not be read waits.
const putOff = 3

// fullPassEvery is how often a listing is read to its end even if its order
// would allow stopping early.
const fullPassEvery = 24 * time.Hour

// Discover lists one practitioner's sessions, then reads those that are new or
// due. Heidi documents neither a webhook nor a filter (reference sheet §15), so
// change is found by reading again and comparing digests. What is known is read
// even when the listing fails.
func (p *Pipeline) Discover(ctx context.Context, who carryover.PractitionerID) error {
	listed := p.list(ctx, who)
	if listed != nil {
		listed = p.listingFailed(ctx, who, listed)
		if errors.Is(listed, carryover.ErrUnauthorized) {
			return listed
		}
	}
	return errors.Join(listed, p.ReadDue(ctx, who))
}

// ReadDue reads the sessions of one practitioner whose time has come, and
// records them in few transactions: a durable commit costs more than a read.
func (p *Pipeline) ReadDue(ctx context.Context, who carryover.PractitionerID) error {
	var due []carryover.SessionID
	err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		due, err = tx.SessionsDue(ctx, who, time.Now(), readsAtOnce)
		return err
	})
	if err != nil {
		return fmt.Errorf("find due sessions: %w", err)
	}
	refused := 0
	for some := range slices.Chunk(due, readsAtCommit) {
		var readings []reading
		var failed []carryover.SessionID
		for _, id := range some {
			r, err := p.read(ctx, who, id)
			switch {
			case err == nil:
				readings, refused = append(readings, r), 0
				continue
			case ctx.Err() != nil:
				return ctx.Err()
			case errors.Is(err, carryover.ErrUnauthorized):
				refused++
			}
			p.Log.Warn("session not read", "session", string(id), "err", err)
			if failed = append(failed, id); refused >= refusalsInARow {
				break
			}
		}
		if err := p.observe(ctx, readings); err != nil {
			return err
		}
		if err := p.readLater(ctx, failed); err != nil {
			return err
		}
		if refused >= refusalsInARow {
			return p.listingFailed(ctx, who, fmt.Errorf("read sessions of %s: %w", who, carryover.ErrUnauthorized))
		}
	}
	return nil
}

// readLater puts sessions off that could not be read, so that they do not
// stand before all others at every poll.
func (p *Pipeline) readLater(ctx context.Context, failed []carryover.SessionID) error {
	if len(failed) == 0 {
		return nil
	}
	return p.update(ctx, func(s *step) error {
		for _, id := range failed {
			if err := s.ReadSoon(ctx, id, s.now.Add(putOff*s.p.Timing.Poll)); err != nil {
				return err
			}
		}
		return nil
	})
}

// list notes every session of the listing. It stops at the first page that
// brings nothing new only while every page was newest first and a full pass
// has been made within the day.
func (p *Pipeline) list(ctx context.Context, who carryover.PractitionerID) error {
	started := time.Now()
	var row ledger.Practitioner
	if err := p.view(ctx, func(tx *ledger.Tx) (err error) {
		row, err = tx.Practitioner(ctx, who)
		return err
	}); err != nil {
		return err
	}
	full := row.LastFullPass.Before(p.Started) || started.Sub(row.LastFullPass) > fullPassEvery
	sorted, complete := true, true
	var last time.Time
	for page, err := range p.Sides[who].Scribe.Sessions(ctx) {
		if err != nil {
			return fmt.Errorf("list sessions of %s: %w", who, err)
		}
		kept := p.withinLookBack(page)
		fresh := 0
		if err := p.update(ctx, func(s *step) (err error) {
			fresh, err = s.NoteListed(ctx, who, kept, s.now)
			return err
		}); err != nil {
			return err
		}
		sorted, last = newestFirst(page, last, sorted)
		if !full && sorted && fresh == 0 {
			complete = false
			break
		}
	}
	return p.update(ctx, func(s *step) error {
		row.LastPoll, row.NewestFirst = s.now, sorted
		if complete {
			row.LastFullPass = s.now
		}
		if err := s.calm(ctx, alarm.PollSilent, string(who)); err != nil {
			return err
		}
		if err := s.calm(ctx, alarm.LinkGone, string(who)); err != nil {
			return err
		}
		return s.SavePractitioner(ctx, row)
	})
}

// newestFirst says whether a page continues a listing that has been newest
// first so far; a page without times cannot.
func newestFirst(page []carryover.SessionRef, last time.Time, sorted bool) (bool, time.Time) {
	for _, ref := range page {
		if ref.CreatedAt.IsZero() || (!last.IsZero() && ref.CreatedAt.After(last)) {
			return false, last
		}
		last = ref.CreatedAt
	}
	return sorted && !last.IsZero(), last
}

func (p *Pipeline) withinLookBack(page []carryover.SessionRef) []carryover.SessionRef {
	horizon := time.Now().Add(-p.Timing.LookBack)
	var kept []carryover.SessionRef
	for _, ref := range page {
		if ref.CreatedAt.IsZero() || ref.CreatedAt.After(horizon) {
			kept = append(kept, ref)
		}
	}
	return kept
}

// listingFailed tells people when a link or key is gone. Anything else passes
// by itself; a poll that stays silent has an alarm of its own.
func (p *Pipeline) listingFailed(ctx context.Context, who carryover.PractitionerID, cause error) error {
	if errors.Is(cause, carryover.ErrUnauthorized) {
		err := p.update(ctx, func(s *step) error { return s.alarm(ctx, alarm.LinkGone, string(who)) })
		return errors.Join(cause, err)
	}
	return cause
}

// A reading is what one look at a session showed.
type reading struct {
	session carryover.Session
	docs    []carryover.Document
	// equals marks documents that have the words of the session's consult note,
	// which Heidi's own integration files. The note itself is not kept.
	equals map[carryover.DocumentID]bool
	gone   bool // Heidi no longer has the session
}

// Read reads one session with its documents and records what changed.
func (p *Pipeline) Read(ctx context.Context, who carryover.PractitionerID, id carryover.SessionID) error {
	r, err := p.read(ctx, who, id)
	if err != nil {
		return err
	}
	return p.observe(ctx, []reading{r})
}

func (p *Pipeline) read(ctx context.Context, who carryover.PractitionerID, id carryover.SessionID) (reading, error) {
	scribe := p.Sides[who].Scribe
	session, err := scribe.Session(ctx, id)
	if errors.Is(err, carryover.ErrGone) {
		return reading{session: carryover.Session{ID: id}, gone: true}, nil
	}
	if err != nil {
		return reading{}, fmt.Errorf("read session %s: %w", id, err)
	}
	docs, err := scribe.Documents(ctx, id)
	if err != nil {
		return reading{}, fmt.Errorf("read documents of session %s: %w", id, err)
	}
	session.Practitioner = who
	r := reading{session: session, docs: docs, equals: map[carryover.DocumentID]bool{}}
	for _, d := range docs {
		r.equals[d.ID] = p.repeatsNote(d, session.NoteText)
	}
	return r, nil
}

// noteDocument is the id under which a session's consult note travels where a
// practice carries notes too.
const noteDocument carryover.DocumentID = "consult-note"

// observe records readings of sessions in one transaction.
func (p *Pipeline) observe(ctx context.Context, readings []reading) error {
	if len(readings) == 0 {
		return nil
	}
	return p.update(ctx, func(s *step) error {
		for _, r := range readings {
			if r.gone {
				if err := s.vanishedSession(ctx, r.session.ID); err != nil {
					return err
				}
				continue
			}
			if err := s.observe(ctx, r); err != nil {
				return fmt.Errorf("record session %s: %w", r.session.ID, err)
			}
		}
		return nil
	})
}

// consultNote is a session's consult note as a document.
func consultNote(s carryover.Session) carryover.Document {
	return carryover.Document{Session: s.ID, ID: noteDocument, Name: carryover.NewText("Consult note"), Content: s.NoteText}
}

// observe records one reading of a session. A version is a document's text and
// the session's evidence: when either differs from the newest version, a new
// one begins, and the old one, unless it is on its way already, is superseded.
func (s *step) observe(ctx context.Context, r reading) error {
	session := r.session
	if s.p.WithNotes && !session.NoteText.IsBlank() {
		r.docs = append(r.docs, consultNote(session))
	}
	evidence := s.p.Ledger.Keys().Digest("evidence", session.EvidenceParts()...)
	row, err := s.SessionRow(ctx, session.ID)
	if err != nil && !errors.Is(err, carryover.ErrGone) {
		return err
	}
	if err := s.SaveSession(ctx, session, evidence, s.now, s.p.nextRead(s.now, row.FirstSeen, session.StartedAt)); err != nil {
		return err
	}
	known, err := s.CurrentVersions(ctx, session.ID)
	if err != nil {
		return err
	}
	return s.compare(ctx, r, known, evidence)
}

// nextRead is the decaying schedule of re-reading, by how long a session has been
// known: at each poll while it is fresh, weekly in the end. A session that began
// before the look-back, which only a backfill or a person names, is read weekly
// from the first.
func (p *Pipeline) nextRead(now, firstSeen, started time.Time) time.Time {
	age := now.Sub(firstSeen)
	switch {
	case p.isPast(now, started):
		return now.Add(7 * 24 * time.Hour)
	case firstSeen.IsZero(), age < p.Timing.EachPollFor:
		return now
	case age < p.Timing.EachPollFor+p.Timing.HalfHourlyFor:
		return now.Add(30 * time.Minute)
	case age < p.Timing.LookBack:
		return now.Add(6 * time.Hour)
	}
	return now.Add(7 * 24 * time.Hour)
}
