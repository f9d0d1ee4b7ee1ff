package ledger

import (
	"context"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"carryover"
	"carryover/ledger/internal/query"
)

// A Standing says whether somebody may sign in.
type Standing string

// The standings.
const (
	Invited Standing = "invited" // has a link, and no password yet
	Active  Standing = "active"  // may sign in
	Ended   Standing = "ended"   // may not any more; what they did is still theirs
)

// What is sealed of a person, under the person's id.
const (
	sealedPersonName = "name"
	sealedLogin      = "login"
	sealedTOTP       = "totp"
)

// What keyed digests of signing in are for: each finds one sort of thing.
const (
	forLogin    = "carryover/v1/login"
	forRecovery = "carryover/v1/recovery code"
	forLink     = "carryover/v1/link"
	forTry      = "carryover/v1/sign-in try"
	forBrowser  = "carryover/v1/web session"
)

// A Person may sign in to the review page, or might once. Name and Login are
// sealed at rest.
type Person struct {
	ID           carryover.PersonID
	Role         carryover.Role
	Practitioner carryover.PractitionerID // whose documents a practitioner sees
	Standing     Standing
	Name         carryover.Text
	Login        carryover.Text   // an e-mail address, mostly
	PasswordHash carryover.Secret // not set: there is none
	TOTPStep     int64            // the newest time step whose code was taken
	CreatedAt    time.Time
	ActiveAt     time.Time
	EndedAt      time.Time
	SignedInAt   time.Time // the last time
}

// AddPerson adds somebody who is invited, and returns their id. The error is
// ErrConflict when somebody else has the login, and carryover.ErrInvalid for a
// role that is none, or a practitioner's without the practitioner.
func (tx *Tx) AddPerson(ctx context.Context, p Person, now time.Time) (carryover.PersonID, error) {
	if checkRole(p.Role, p.Practitioner) != nil || p.Login.IsBlank() || p.Name.IsBlank() {
		return "", wrap(carryover.ErrInvalid, "add a person")
	}
	id := carryover.PersonID(newID(now))
	err := tx.q.AddPerson(ctx, query.AddPersonParams{
		ID: id, Role: p.Role, Practitioner: p.Practitioner, LoginDigest: tx.loginDigest(p.Login), CreatedAt: micros(now),
	})
	if err != nil {
		return "", wrap(err, "add a person")
	}
	if err := tx.SealText(ctx, string(id), sealedPersonName, p.Name); err != nil {
		return "", err
	}
	return id, tx.SealText(ctx, string(id), sealedLogin, p.Login)
}

// checkRole says whether a role goes with a practitioner.
func checkRole(r carryover.Role, p carryover.PractitionerID) error {
	if !r.Valid() || (r == carryover.RolePractitioner) != (p != "") {
		return carryover.ErrInvalid
	}
	return nil
}

// loginDigest finds a login however it was typed: case, width and blanks around
// it do not count.
func (tx *Tx) loginDigest(login carryover.Text) []byte {
	return tx.keys.Digest(forLogin, strings.ToLower(norm.NFKC.String(strings.TrimSpace(login.Reveal()))))
}

// Person returns one person; ErrGone if there is none of this id.
func (tx *Tx) Person(ctx context.Context, id carryover.PersonID) (Person, error) {
	r, err := tx.q.GetPerson(ctx, id)
	if err != nil {
		return Person{}, wrap(err, "read person %s", id)
	}
	return tx.newPerson(ctx, r)
}

// PersonByLogin returns the person who signs in with login, who is not ended;
// ErrGone when nobody does.
func (tx *Tx) PersonByLogin(ctx context.Context, login carryover.Text) (Person, error) {
	r, err := tx.q.GetPersonByLogin(ctx, tx.loginDigest(login))
	if err != nil {
		return Person{}, wrap(err, "find a person by login")
	}
	return tx.newPerson(ctx, r)
}

// People returns everybody, the first to be added first.
func (tx *Tx) People(ctx context.Context) ([]Person, error) {
	rows, err := tx.q.ListPeople(ctx)
	if err != nil {
		return nil, wrap(err, "list people")
	}
	people := make([]Person, len(rows))
	for i, r := range rows {
		if people[i], err = tx.newPerson(ctx, r); err != nil {
			return nil, err
		}
	}
	return people, nil
}

func (tx *Tx) newPerson(ctx context.Context, r query.Person) (Person, error) {
	p := Person{
		ID: r.ID, Role: r.Role, Practitioner: r.Practitioner, Standing: Standing(r.Standing),
		PasswordHash: carryover.NewSecret(r.PasswordHash), TOTPStep: r.TotpStep,
		CreatedAt: r.CreatedAt.Time, ActiveAt: r.ActiveAt.Time, EndedAt: r.EndedAt.Time, SignedInAt: r.SignedInAt.Time,
	}
	for _, part := range []struct {
		kind string
		into *carryover.Text
	}{{sealedPersonName, &p.Name}, {sealedLogin, &p.Login}} {
		t, err := tx.OpenText(ctx, string(r.ID), part.kind)
		if err != nil {
			return Person{}, err
		}
		*part.into = t
	}
	return p, nil
}

// ActiveAdmins counts those who can let others in.
func (tx *Tx) ActiveAdmins(ctx context.Context) (int, error) {
	n, err := tx.q.CountActiveAdmins(ctx)
	return int(n), wrap(err, "count admins")
}

// SetRole changes what a person may do; ErrGone for one who is ended.
func (tx *Tx) SetRole(ctx context.Context, id carryover.PersonID, r carryover.Role, p carryover.PractitionerID) error {
	if err := checkRole(r, p); err != nil {
		return wrap(err, "change the role of person %s", id)
	}
	n, err := tx.q.SetPersonRole(ctx, query.SetPersonRoleParams{Role: r, Practitioner: p, ID: id})
	return wrap(changed(n, err), "change the role of person %s", id)
}

// SetPassword replaces an active person's password and signs them out
// everywhere else than in the session keep, which may be empty.
func (tx *Tx) SetPassword(ctx context.Context, id carryover.PersonID, hash carryover.Secret, keep string, now time.Time) error {
	n, err := tx.q.SetPersonPassword(ctx, query.SetPersonPasswordParams{PasswordHash: hash.Reveal(), ID: id})
	if err := changed(n, err); err != nil {
		return wrap(err, "change the password of person %s", id)
	}
	return tx.EndWebSessions(ctx, id, keep, now)
}

// NoteSignedIn notes that a person has signed in.
func (tx *Tx) NoteSignedIn(ctx context.Context, id carryover.PersonID, now time.Time) error {
	return wrap(tx.q.NoteSignedIn(ctx, query.NoteSignedInParams{SignedInAt: micros(now), ID: id}), "note the sign-in of person %s", id)
}

// RehashPassword replaces the hash of the same password by a stronger one. It
// ends no session.
func (tx *Tx) RehashPassword(ctx context.Context, id carryover.PersonID, hash carryover.Secret) error {
	n, err := tx.q.SetPersonPassword(ctx, query.SetPersonPasswordParams{PasswordHash: hash.Reveal(), ID: id})
	return wrap(changed(n, err), "store the password of person %s", id)
}

// EndPerson takes a person's way in for good: password, second factor, links
// and sessions go; name and login stay sealed, for the chain names the person.
func (tx *Tx) EndPerson(ctx context.Context, id carryover.PersonID, now time.Time) error {
	n, err := tx.q.EndPerson(ctx, query.EndPersonParams{EndedAt: micros(now), ID: id})
	if err := changed(n, err); err != nil {
		return wrap(err, "end person %s", id)
	}
	return tx.dropAccess(ctx, id, now)
}

// ResetPerson takes a person's password and second factor, as for a lost
// telephone: they are invited anew.
func (tx *Tx) ResetPerson(ctx context.Context, id carryover.PersonID, now time.Time) error {
	n, err := tx.q.ResetPerson(ctx, id)
	if err := changed(n, err); err != nil {
		return wrap(err, "reset person %s", id)
	}
	return tx.dropAccess(ctx, id, now)
}

func (tx *Tx) dropAccess(ctx context.Context, id carryover.PersonID, now time.Time) error {
	for _, drop := range []error{
		tx.q.DropRecoveryCodes(ctx, id),
		tx.q.DropSealedItem(ctx, query.DropSealedItemParams{Owner: string(id), Kind: sealedTOTP}),
		tx.q.VoidPersonLinks(ctx, query.VoidPersonLinksParams{Now: micros(now), Person: id}),
	} {
		if drop != nil {
			return wrap(drop, "end the access of person %s", id)
		}
	}
	return tx.EndWebSessions(ctx, id, "", now)
}
