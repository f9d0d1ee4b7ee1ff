package sign

import (
	"context"
	"errors"
	"net/http"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// saysLast is why some changes are refused: nobody could undo them.
const saysLast = "This is the last admin. Make somebody else one first."

// change changes a person in one transaction, its entry included, and answers
// when that is refused; ok says that it was done.
func (g *Gate) change(w http.ResponseWriter, r *http.Request, f func(ctx context.Context, tx *ledger.Tx, by Who, p ledger.Person, now time.Time) error) (ok bool) {
	if !g.form(w, r) {
		return false
	}
	ctx := r.Context()
	by, _ := Person(ctx)
	err := g.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		p, err := tx.Person(ctx, carryover.PersonID(r.PathValue("id")))
		if err != nil {
			return err
		}
		return f(ctx, tx, by, p, time.Now())
	})
	switch {
	case errors.Is(err, errLastAdmin):
		g.person(w, r, http.StatusConflict, saysLast)
	case errors.Is(err, carryover.ErrGone):
		g.problem(w, r, http.StatusNotFound, "There is nobody of this id, or their access was ended.")
	case err != nil:
		g.failed(w, r, err)
	}
	return err == nil
}

// errLastAdmin: the change would leave nobody who can let others in.
var errLastAdmin = errors.New("this is the last admin")

// notLast refuses what would take the last admin away.
func notLast(ctx context.Context, tx *ledger.Tx, p ledger.Person) error {
	if p.Role != carryover.RoleAdmin || p.Standing != ledger.Active {
		return nil
	}
	n, err := tx.ActiveAdmins(ctx)
	if err == nil && n < 2 {
		err = errLastAdmin
	}
	return err
}

// newLink shows another link for somebody who has not come in yet.
func (g *Gate) newLink(w http.ResponseWriter, r *http.Request) {
	var link linkData
	ok := g.change(w, r, func(ctx context.Context, tx *ledger.Tx, by Who, p ledger.Person, now time.Time) (err error) {
		if p.Standing != ledger.Invited {
			return carryover.ErrGone
		}
		link, err = g.link(ctx, tx, r, by, p, now)
		return err
	})
	if ok {
		g.show(w, r, http.StatusOK, "link", link)
	}
}

// newRole changes what somebody may do. Their sessions go on: each request
// looks at the role anew.
func (g *Gate) newRole(w http.ResponseWriter, r *http.Request) {
	if !g.form(w, r) {
		return
	}
	role, of, problem := g.asked(r)
	if problem != "" {
		g.person(w, r, http.StatusUnprocessableEntity, problem)
		return
	}
	ok := g.change(w, r, func(ctx context.Context, tx *ledger.Tx, by Who, p ledger.Person, now time.Time) error {
		if role != carryover.RoleAdmin {
			if err := notLast(ctx, tx, p); err != nil {
				return err
			}
		}
		if err := tx.SetRole(ctx, p.ID, role, of); err != nil {
			return err
		}
		return g.enter(ctx, tx, by.Actor(), audit.RoleChanged, p.ID, string(role), now)
	})
	if ok {
		http.Redirect(w, r, routePeople+"/"+r.PathValue("id"), http.StatusSeeOther)
	}
}

// reset takes a person's password and second factor and shows the link with
// which they choose new ones.
func (g *Gate) reset(w http.ResponseWriter, r *http.Request) {
	var link linkData
	ok := g.change(w, r, func(ctx context.Context, tx *ledger.Tx, by Who, p ledger.Person, now time.Time) error {
		if err := notLast(ctx, tx, p); err != nil {
			return err
		}
		if err := tx.ResetPerson(ctx, p.ID, now); err != nil {
			return err
		}
		if err := g.enter(ctx, tx, by.Actor(), audit.AccessReset, p.ID, "", now); err != nil {
			return err
		}
		var err error
		link, err = g.link(ctx, tx, r, by, p, now)
		return err
	})
	if ok {
		g.show(w, r, http.StatusOK, "link", link)
	}
}

// end takes a person's way in.
func (g *Gate) end(w http.ResponseWriter, r *http.Request) {
	ok := g.change(w, r, func(ctx context.Context, tx *ledger.Tx, by Who, p ledger.Person, now time.Time) error {
		if err := notLast(ctx, tx, p); err != nil {
			return err
		}
		if err := tx.EndPerson(ctx, p.ID, now); err != nil {
			return err
		}
		return g.enter(ctx, tx, by.Actor(), audit.AccessEnded, p.ID, "", now)
	})
	if ok {
		http.Redirect(w, r, routePeople, http.StatusSeeOther)
	}
}

// endTheirSessions signs somebody out everywhere.
func (g *Gate) endTheirSessions(w http.ResponseWriter, r *http.Request) {
	ok := g.change(w, r, func(ctx context.Context, tx *ledger.Tx, by Who, p ledger.Person, now time.Time) error {
		if err := tx.EndWebSessions(ctx, p.ID, "", now); err != nil {
			return err
		}
		return g.enter(ctx, tx, by.Actor(), audit.SignedOut, p.ID, "", now)
	})
	if ok {
		http.Redirect(w, r, routePeople+"/"+r.PathValue("id"), http.StatusSeeOther)
	}
}
