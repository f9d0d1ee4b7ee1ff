package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
	"carryover/render"
)

// readsAtOnce bounds how many due sessions one cycle reads for a practitioner,
// so that a first run over weeks of sessions still polls in between.
const readsAtOnce = 200

// readsAtCommit is how many readings share one transaction.
const readsAtCommit = 25

// fullPassEvery is how often a listing is read to its end even if its order
// would allow stopping early.
const fullPassEvery = 24 * time.Hour

// Discover lists one practitioner's sessions, then reads those that are new or
// due. Heidi documents neither a webhook nor a filter (reference sheet §15), so
// change is found by reading again and comparing digests.
func (p *Pipeline) Discover(ctx context.Context, who carryover.PractitionerID) error {
	if err := p.list(ctx, who); err != nil {
		return p.listingFailed(ctx, who, err)
	}
	return p.ReadDue(ctx, who)
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
	for some := range slices.Chunk(due, readsAtCommit) {
		var readings []reading
		for _, id := range some {
			r, err := p.read(ctx, who, id)
			if err != nil {
				if ctx.Err() != nil || errors.Is(err, carryover.ErrUnauthorized) {
					return err
				}
				// One unreadable session must not starve the others; it stays due.
				p.Log.Warn("session not read", "session", string(id), "err", err)
				continue
			}
			readings = append(readings, r)
		}
		if err := p.observe(ctx, readings); err != nil {
			return err
		}
	}
	return nil
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
	gone    bool // Heidi no longer has the session
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
	return reading{session: session, docs: docs}, nil
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
			if err := s.observe(ctx, r.session, r.docs); err != nil {
				return fmt.Errorf("record session %s: %w", r.session.ID, err)
			}
		}
		return nil
	})
}

// observe records one reading of a session. A version is a document's text and
// the session's evidence: when either differs from the newest version, a new
// one begins, and the old one, unless it is on its way already, is superseded.
func (s *step) observe(ctx context.Context, session carryover.Session, docs []carryover.Document) error {
	if s.p.WithNotes && !session.NoteText.IsBlank() {
		docs = append(docs, carryover.Document{
			Session: session.ID, ID: noteDocument, Name: carryover.NewText("Consult note"), Content: session.NoteText,
		})
	}
	evidence := s.p.Ledger.Keys().Digest("evidence", session.EvidenceParts()...)
	row, err := s.SessionRow(ctx, session.ID)
	if err != nil && !errors.Is(err, carryover.ErrGone) {
		return err
	}
	if err := s.SaveSession(ctx, session, evidence, s.now, s.p.nextRead(s.now, row.FirstSeen)); err != nil {
		return err
	}
	known, err := s.CurrentVersions(ctx, session.ID)
	if err != nil {
		return err
	}
	return s.compare(ctx, session, docs, known, evidence)
}

// nextRead is the decaying schedule of DESIGN §4: zero means at the next poll.
func (p *Pipeline) nextRead(now, firstSeen time.Time) time.Time {
	age := now.Sub(firstSeen)
	switch {
	case firstSeen.IsZero(), age < p.Timing.EachPollFor:
		return now
	case age < p.Timing.EachPollFor+p.Timing.HalfHourlyFor:
		return now.Add(30 * time.Minute)
	case age < p.Timing.LookBack:
		return now.Add(6 * time.Hour)
	}
	return now.Add(7 * 24 * time.Hour)
}

// compare goes through a reading's documents and the newest versions known.
func (s *step) compare(ctx context.Context, session carryover.Session, docs []carryover.Document, known []ledger.Version, evidence []byte) error {
	newest := make(map[carryover.DocumentID]ledger.Version, len(known))
	for _, v := range known {
		newest[v.Document] = v
	}
	for _, d := range docs {
		content := s.p.Ledger.Keys().Digest("content", d.ContentParts()...)
		v, old := newest[d.ID]
		delete(newest, d.ID)
		switch {
		case old && bytes.Equal(v.ContentDigest, content) && bytes.Equal(v.EvidenceDigest, evidence):
			if err := s.same(ctx, v); err != nil {
				return err
			}
		default:
			if err := s.changed(ctx, session, d, v, old, content, evidence); err != nil {
				return err
			}
		}
	}
	for _, v := range newest {
		if v.Document != noteDocument || s.p.WithNotes {
			if err := s.vanished(ctx, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// same counts a reading that showed nothing new. A document that had vanished
// and is back goes on.
func (s *step) same(ctx context.Context, v ledger.Version) error {
	if err := s.TouchVersion(ctx, v.ID, s.now); err != nil {
		return err
	}
	if v.State == carryover.Held && v.Reason == carryover.DeletedInHeidi {
		return s.move(ctx, v, carryover.Ripe, carryover.NoReason, s.now)
	}
	return nil
}

// changed begins a new version.
func (s *step) changed(ctx context.Context, session carryover.Session, d carryover.Document, v ledger.Version, old bool, content, evidence []byte) error {
	if old && v.State.CanBecome(carryover.Superseded) {
		if err := s.move(ctx, v, carryover.Superseded, carryover.NoReason, time.Time{}); err != nil {
			return err
		}
		if err := s.Destroy(ctx, string(v.ID)); err != nil {
			return err
		}
	}
	empty := d.Content.IsBlank()
	due := s.now.Add(s.p.Timing.Quiet)
	if empty {
		due = never // the text that comes will be a version of its own
	}
	fresh := ledger.Version{
		Session: session.ID, Document: d.ID, Template: d.Template, Format: d.Format,
		Due: due, Empty: empty, ContentDigest: content, EvidenceDigest: evidence,
		Practitioner: session.Practitioner, FirstSeen: s.now, Reads: 1,
	}
	id, err := s.AddVersion(ctx, d, fresh)
	if err != nil {
		return err
	}
	// A document that equals the session's consult note is marked now, while
	// the note is at hand; the note itself is not kept.
	if !empty && d.ID != noteDocument && render.SameText(d, carryover.Document{Content: session.NoteText}) {
		if err := s.SealText(ctx, string(id), equalsNote, carryover.NewText("yes")); err != nil {
			return err
		}
	}
	fresh.ID, fresh.State = id, ""
	return s.told(ctx, fresh, carryover.Seen, carryover.NoReason)
}

// vanishedSession deals with a session that Heidi no longer has, as happens
// after a practice's retention (reference sheet §18). What is on its way goes
// on from the sealed text; somebody is told when something waits in it.
func (s *step) vanishedSession(ctx context.Context, id carryover.SessionID) error {
	if err := s.MarkGone(ctx, id, s.now); err != nil {
		return err
	}
	current, err := s.CurrentVersions(ctx, id)
	if err != nil {
		return err
	}
	for _, v := range current {
		switch {
		case v.State == carryover.Seen && v.Empty:
			err = s.move(ctx, v, carryover.Skipped, carryover.EmptyText, time.Time{})
		case v.State == carryover.Held, v.State == carryover.Refused:
			err = s.alarm(ctx, alarm.SessionVanished, string(id))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// equalsNote names the sealed mark of a version that repeats the consult note.
const equalsNote = "equals_note"

// never is a time that does not come.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// vanished deals with a document that its session no longer shows. What was
// filed stays filed; what was not is held, unless there was no text to lose.
func (s *step) vanished(ctx context.Context, v ledger.Version) error {
	if err := s.MarkDocumentGone(ctx, v.Session, v.Document, s.now); err != nil {
		return err
	}
	switch v.State {
	case carryover.Seen, carryover.Ripe, carryover.Ready:
	default:
		return nil
	}
	if v.Empty {
		return s.move(ctx, v, carryover.Skipped, carryover.EmptyText, time.Time{})
	}
	if v.ByPerson { // a person decided on the text that was kept
		return nil
	}
	return s.move(ctx, v, carryover.Held, carryover.DeletedInHeidi, time.Time{})
}

func equalFold(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}
