package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"carryover"
	"carryover/ledger/internal/query"
)

// What a session's sealed items are called.
const (
	sealedTitle = "title"
	sealedClaim = "claim"
)

// A SessionRow is what the ledger knows of a session without opening anything.
// A zero time means not (yet).
type SessionRow struct {
	ID             carryover.SessionID
	Practitioner   carryover.PractitionerID   // whose link read it last
	Links          []carryover.PractitionerID // through whose links it was seen
	StartedAt      time.Time
	EndedAt        time.Time // zero too where Heidi does not tell how long it was
	HintedAt       time.Time // the newest "updated" time that any reading showed
	FirstSeen      time.Time
	ListedAt       time.Time
	LastRead       time.Time
	NextRead       time.Time
	GoneAt         time.Time
	EvidenceDigest []byte
	Reads          int
}

// NoteListed records that a listing through p's link showed refs, and returns
// how many were new. A new session is due to be read at once, and so is one
// whose "updated" hint is newer than any seen, and one that was thought gone.
func (tx *Tx) NoteListed(ctx context.Context, p carryover.PractitionerID, refs []carryover.SessionRef, now time.Time) (fresh int, err error) {
	for _, r := range refs {
		added, err := tx.q.AddListedSession(ctx, query.AddListedSessionParams{
			ID: r.ID, HintedAt: micros(r.UpdatedAt), Now: micros(now), NoDigest: []byte{},
		})
		if err != nil {
			return 0, wrap(err, "note listed session %s", r.ID)
		}
		if added == 0 {
			err = tx.q.NoteListedAgain(ctx, query.NoteListedAgainParams{ID: r.ID, HintedAt: micros(r.UpdatedAt), Now: micros(now)})
			if err != nil {
				return 0, wrap(err, "note listed session %s", r.ID)
			}
		}
		fresh += int(added)
		if err := tx.q.AddSessionLink(ctx, query.AddSessionLinkParams{Session: r.ID, Practitioner: p}); err != nil {
			return 0, wrap(err, "link session %s", r.ID)
		}
	}
	return fresh, nil
}

// SessionsDue returns at most limit sessions seen through p's link that are
// due to be read, longest due first.
func (tx *Tx) SessionsDue(ctx context.Context, p carryover.PractitionerID, now time.Time, limit int) ([]carryover.SessionID, error) {
	ids, err := tx.q.SessionsDue(ctx, query.SessionsDueParams{Practitioner: p, Now: micros(now), AtMost: atMost(limit)})
	return ids, wrap(err, "list due sessions of practitioner %s", p)
}

// SessionRow returns what is known of a session; ErrGone if it is unknown.
func (tx *Tx) SessionRow(ctx context.Context, id carryover.SessionID) (SessionRow, error) {
	r, err := tx.q.GetSession(ctx, id)
	if err != nil {
		return SessionRow{}, wrap(err, "read session %s", id)
	}
	links, err := tx.q.SessionLinks(ctx, id)
	if err != nil {
		return SessionRow{}, wrap(err, "read links of session %s", id)
	}
	return SessionRow{
		ID: r.ID, Practitioner: r.Practitioner, Links: links,
		StartedAt: r.StartedAt.Time, EndedAt: r.EndedAt.Time, HintedAt: r.HintedAt.Time, FirstSeen: r.FirstSeen.Time,
		ListedAt: r.ListedAt.Time, LastRead: r.LastRead.Time, NextRead: r.NextRead.Time, GoneAt: r.GoneAt.Time,
		EvidenceDigest: r.EvidenceDigest, Reads: int(r.Reads),
	}, nil
}

// SaveSession records a reading of s: its evidence digest, its sealed title and
// claim, and when it is due again. It makes the row when no listing has shown
// the session yet. The text of its consult note is not kept.
func (tx *Tx) SaveSession(ctx context.Context, s carryover.Session, evidenceDigest []byte, now, nextRead time.Time) error {
	err := tx.q.SaveSession(ctx, query.SaveSessionParams{
		ID: s.ID, Practitioner: s.Practitioner, StartedAt: micros(s.StartedAt), EndedAt: micros(endOf(s)), HintedAt: micros(s.UpdatedAt),
		Now: micros(now), NextRead: micros(nextRead), EvidenceDigest: notNil(evidenceDigest),
	})
	if err != nil {
		return wrap(err, "save session %s", s.ID)
	}
	if s.Practitioner != "" {
		if err := tx.q.AddSessionLink(ctx, query.AddSessionLinkParams{Session: s.ID, Practitioner: s.Practitioner}); err != nil {
			return wrap(err, "link session %s", s.ID)
		}
	}
	if err := tx.SealText(ctx, string(s.ID), sealedTitle, s.Title); err != nil {
		return err
	}
	claim, err := sealableClaim(s.Claim)
	if err != nil {
		return fmt.Errorf("save session %s: %w", s.ID, err)
	}
	return tx.SealText(ctx, string(s.ID), sealedClaim, claim)
}

// endOf is when a session's recording ended; zero when Heidi does not tell.
func endOf(s carryover.Session) time.Time {
	if s.StartedAt.IsZero() || s.Duration <= 0 {
		return time.Time{}
	}
	return s.StartedAt.Add(s.Duration)
}

// Claim returns a session with its title and the patient's claim unsealed;
// ErrGone when it is unknown, was only listed so far, or was destroyed.
func (tx *Tx) Claim(ctx context.Context, id carryover.SessionID) (carryover.Session, error) {
	r, err := tx.q.GetSession(ctx, id)
	if err != nil {
		return carryover.Session{}, wrap(err, "read session %s", id)
	}
	title, err := tx.OpenText(ctx, string(id), sealedTitle)
	if err != nil {
		return carryover.Session{}, err
	}
	text, err := tx.OpenText(ctx, string(id), sealedClaim)
	if err != nil {
		return carryover.Session{}, err
	}
	claim, err := openedClaim(text)
	if err != nil {
		return carryover.Session{}, fmt.Errorf("read claim of session %s: %w", id, err)
	}
	return carryover.Session{
		ID: r.ID, Title: title, Claim: claim, Practitioner: r.Practitioner,
		StartedAt: r.StartedAt.Time, UpdatedAt: r.HintedAt.Time,
	}, nil
}

// MarkGone records that Heidi no longer has the session; it is not read again
// unless a listing shows it. Marking it twice keeps the first time.
func (tx *Tx) MarkGone(ctx context.Context, id carryover.SessionID, now time.Time) error {
	n, err := tx.q.MarkSessionGone(ctx, query.MarkSessionGoneParams{ID: id, Now: micros(now)})
	if err == nil && n == 0 { // gone already, or never there
		_, err = tx.q.GetSession(ctx, id)
	}
	return wrap(err, "mark session %s gone", id)
}

// ReadSoon makes a session due at now; ErrGone if it is unknown.
func (tx *Tx) ReadSoon(ctx context.Context, id carryover.SessionID, now time.Time) error {
	n, err := tx.q.ReadSessionAt(ctx, query.ReadSessionAtParams{ID: id, NextRead: micros(now)})
	return wrap(changed(n, err), "make session %s due", id)
}

// A storedClaim is a claim as it is sealed. It is a type of its own because
// carryover.PatientClaim refuses to be encoded, and because what is stored
// must not change when that type does.
type storedClaim struct {
	Name      string              `json:"name,omitempty"`
	BirthDate string              `json:"birth_date,omitempty"`
	Unread    bool                `json:"unread,omitempty"`
	Sex       carryover.Sex       `json:"sex,omitempty"`
	Provider  string              `json:"provider,omitempty"`
	Patient   carryover.PatientID `json:"patient_id,omitempty"`
	Booking   carryover.BookingID `json:"booking_id,omitempty"`
}

func sealableClaim(c carryover.PatientClaim) (carryover.Text, error) {
	b, err := json.Marshal(storedClaim{
		Name: c.Name.Reveal(), BirthDate: c.BirthDate.Reveal(), Unread: c.Unread, Sex: c.Sex,
		Provider: c.Provider, Patient: c.PatientID, Booking: c.BookingID,
	})
	return carryover.NewText(string(b)), err
}

func openedClaim(t carryover.Text) (carryover.PatientClaim, error) {
	var c storedClaim
	if err := json.Unmarshal([]byte(t.Reveal()), &c); err != nil {
		return carryover.PatientClaim{}, fmt.Errorf("claim is not as it was sealed: %w", carryover.ErrInvalid)
	}
	birth, err := carryover.ParseDate(c.BirthDate)
	return carryover.PatientClaim{
		Name: carryover.NewText(c.Name), BirthDate: birth, Unread: c.Unread, Sex: c.Sex,
		Provider: c.Provider, PatientID: c.Patient, BookingID: c.Booking,
	}, err
}
