package sign

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// peopleData is for the template "people".
type peopleData struct {
	Problem       string
	People        []personData
	Roles         []choice
	Practitioners []choice
	Name, Login   string // as they were typed, when something is wrong with them
}

// personData is one person; for the template "person" too.
type personData struct {
	Problem       string
	ID            string
	Name, Login   string
	Role          string // in words
	Standing      string // in words
	Practitioner  string
	SignedIn      string // the last time
	Active, Ended bool
	Self          bool
	Sessions      []sessionData
	Roles         []choice
	Practitioners []choice
}

// A choice is one line of a list to choose from.
type choice struct {
	Value, Label string
	Chosen       bool
}

// What roles and standings are called.
var (
	roleWords = map[carryover.Role]string{
		carryover.RolePractitioner: "Practitioner: their own documents",
		carryover.RoleReviewer:     "Reviewer: every document",
		carryover.RoleAdmin:        "Admin: every document, and who may sign in",
	}
	standingWords = map[ledger.Standing]string{
		ledger.Invited: "invited", ledger.Active: "may sign in", ledger.Ended: "ended",
	}
)

func roleChoices(chosen carryover.Role) []choice {
	var out []choice
	for _, r := range carryover.Roles {
		out = append(out, choice{Value: string(r), Label: roleWords[r], Chosen: r == chosen})
	}
	return out
}

func (g *Gate) practitionerChoices(ctx context.Context, chosen carryover.PractitionerID) []choice {
	var out []choice
	for _, p := range g.Practitioners {
		out = append(out, choice{Value: string(p.ID), Label: g.labelOf(ctx, p.ID), Chosen: p.ID == chosen})
	}
	return out
}

// labelOf is how people know a practitioner: as the configuration calls them, or
// Cliniko does.
func (g *Gate) labelOf(ctx context.Context, id carryover.PractitionerID) string {
	for _, p := range g.Practitioners {
		if p.ID == id && !p.Label.IsBlank() {
			return p.Label.Reveal()
		}
	}
	if g.Called != nil {
		if name := g.Called(ctx, id); !name.IsBlank() {
			return name.Reveal()
		}
	}
	return "practitioner " + string(id)
}

func (g *Gate) newPersonData(ctx context.Context, p ledger.Person, by Who) personData {
	d := personData{
		ID: string(p.ID), Name: p.Name.Reveal(), Login: p.Login.Reveal(), Role: roleWords[p.Role], Standing: standingWords[p.Standing],
		SignedIn: g.when(p.SignedInAt), Active: p.Standing == ledger.Active, Ended: p.Standing == ledger.Ended, Self: p.ID == by.ID,
		Roles: roleChoices(p.Role), Practitioners: g.practitionerChoices(ctx, p.Practitioner),
	}
	if p.Practitioner != "" {
		d.Practitioner = g.labelOf(ctx, p.Practitioner)
	}
	return d
}

func (g *Gate) peoplePage(w http.ResponseWriter, r *http.Request) {
	g.people(w, r, http.StatusOK, peopleData{Roles: roleChoices(carryover.RoleReviewer)})
}

// people shows everybody, with the form for one more as it was filled in.
func (g *Gate) people(w http.ResponseWriter, r *http.Request, status int, data peopleData) {
	ctx := r.Context()
	who, _ := Person(ctx)
	err := g.Ledger.View(ctx, func(tx *ledger.Tx) error {
		all, err := tx.People(ctx)
		for _, p := range all {
			data.People = append(data.People, g.newPersonData(ctx, p, who))
		}
		return err
	})
	if err != nil {
		g.failed(w, r, err)
		return
	}
	if data.Practitioners == nil {
		data.Practitioners = g.practitionerChoices(ctx, "")
	}
	g.show(w, r, status, "people", data)
}

// asked returns the role and the practitioner that a form names, or a sentence
// that says what is wrong with them.
func (g *Gate) asked(r *http.Request) (role carryover.Role, of carryover.PractitionerID, problem string) {
	role = carryover.Role(r.PostFormValue("role"))
	if !role.Valid() {
		return role, "", "Choose what this person may do."
	}
	if role != carryover.RolePractitioner {
		return role, "", ""
	}
	of = carryover.PractitionerID(r.PostFormValue("practitioner"))
	for _, p := range g.Practitioners {
		if p.ID == of {
			return role, of, ""
		}
	}
	return role, of, "Choose whose documents this practitioner sees."
}

// invite adds somebody and shows the link that lets them in.
func (g *Gate) invite(w http.ResponseWriter, r *http.Request) {
	if !g.form(w, r) {
		return
	}
	ctx := r.Context()
	who, _ := Person(ctx)
	p := ledger.Person{
		Name:  carryover.NewText(strings.TrimSpace(r.PostFormValue("name"))),
		Login: carryover.NewText(strings.TrimSpace(r.PostFormValue("login"))),
	}
	var problem string
	p.Role, p.Practitioner, problem = g.asked(r)
	data := peopleData{
		Problem: firstSentence(whoIsIt(p.Name, p.Login), problem), Name: p.Name.Reveal(), Login: p.Login.Reveal(),
		Roles: roleChoices(p.Role), Practitioners: g.practitionerChoices(ctx, p.Practitioner),
	}
	if data.Problem != "" {
		g.people(w, r, http.StatusUnprocessableEntity, data)
		return
	}
	var link linkData
	err := g.Ledger.Update(ctx, func(tx *ledger.Tx) (err error) {
		now := time.Now()
		if p.ID, err = tx.AddPerson(ctx, p, now); err != nil {
			return err
		}
		if err := g.enter(ctx, tx, who.Actor(), audit.Invited, p.ID, string(p.Role), now); err != nil {
			return err
		}
		link, err = g.link(ctx, tx, r, who, p, now)
		return err
	})
	if errors.Is(err, ledger.ErrConflict) {
		data.Problem = "Somebody signs in with this e-mail address already."
		g.people(w, r, http.StatusConflict, data)
		return
	}
	if err != nil {
		g.failed(w, r, err)
		return
	}
	g.show(w, r, http.StatusOK, "link", link)
}

// linkData is for the template "link": a one-time link, shown once.
type linkData struct {
	Name    string
	Link    string
	Expires string
}

// link makes a one-time link for a person.
func (g *Gate) link(ctx context.Context, tx *ledger.Tx, r *http.Request, by Who, p ledger.Person, now time.Time) (linkData, error) {
	expires := now.Add(g.Invite)
	secret, err := tx.AddLink(ctx, p.ID, expires, now)
	if err != nil {
		return linkData{}, err
	}
	d := linkData{Name: p.Name.Reveal(), Link: Link(g.origin(r), secret), Expires: g.when(expires)}
	return d, g.enter(ctx, tx, by.Actor(), audit.LinkMade, p.ID, "", now)
}

// Link is the address that lets somebody in once: origin is how the page's
// addresses begin. The secret stands where browsers keep it to themselves.
func Link(origin string, secret carryover.Secret) string {
	return strings.TrimSuffix(origin, "/") + routeWelcome + "#" + secret.Reveal()
}

// origin is how this page's addresses begin.
func (g *Gate) origin(r *http.Request) string {
	if g.Origin != "" {
		return g.Origin
	}
	u := url.URL{Scheme: "http", Host: r.Host}
	if g.TLS {
		u.Scheme = "https"
	}
	return u.String()
}

func (g *Gate) personPage(w http.ResponseWriter, r *http.Request) {
	g.person(w, r, http.StatusOK, "")
}

// person shows one person, with what went wrong.
func (g *Gate) person(w http.ResponseWriter, r *http.Request, status int, problem string) {
	ctx := r.Context()
	who, _ := Person(ctx)
	var data personData
	err := g.Ledger.View(ctx, func(tx *ledger.Tx) error {
		p, err := tx.Person(ctx, carryover.PersonID(r.PathValue("id")))
		if err != nil {
			return err
		}
		data = g.newPersonData(ctx, p, who)
		data.Problem = problem
		data.Sessions, err = g.sessionsOf(ctx, tx, p.ID, who.session)
		return err
	})
	switch {
	case errors.Is(err, carryover.ErrGone):
		g.problem(w, r, http.StatusNotFound, "There is nobody of this id.")
	case err != nil:
		g.failed(w, r, err)
	default:
		g.show(w, r, status, "person", data)
	}
}
