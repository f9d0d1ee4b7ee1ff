package sign

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"net/http"
	"net/mail"
	"strings"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// Somebody with a one-time link goes through three pages: the link's secret,
// who they are and a password, the second factor. Only then is anything stored.

const saysLink = "This link does not work: it was used before, was replaced, or is too old. Ask for another."

// linkActor is the actor of a link that is opened: by whom is not known yet.
const linkActor = "web:link"

func (g *Gate) welcomePage(w http.ResponseWriter, r *http.Request) {
	g.show(w, r, http.StatusOK, "welcome", signInData{})
}

// welcome uses a link up. It is a POST, so that what only looks at links, as
// mail scanners do, uses up none.
func (g *Gate) welcome(w http.ResponseWriter, r *http.Request) {
	if !g.form(w, r) {
		return
	}
	ctx, now := r.Context(), time.Now()
	if !g.paid(w, r, "welcome", signInData{}, atAddress(nil, g.Address(r))) {
		return
	}
	secret := linkSecret(r.PostFormValue("code"))
	var id carryover.PersonID
	err := g.Ledger.Update(ctx, func(tx *ledger.Tx) (err error) {
		if id, err = tx.UseLink(ctx, secret, now); err != nil {
			return err
		}
		return g.enter(ctx, tx, linkActor, audit.LinkUsed, id, "", now)
	})
	if errors.Is(err, carryover.ErrGone) {
		if err = g.refused(ctx, "", "link"); errors.Is(err, carryover.ErrUnauthorized) {
			g.show(w, r, http.StatusUnauthorized, "welcome", signInData{Problem: saysLink})
			return
		}
	}
	if err == nil {
		err = g.hold(ctx, held{Setup: &setup{Person: id, Began: now}, Agent: agentOf(r.UserAgent())}, true)
	}
	if err != nil {
		g.failed(w, r, err)
		return
	}
	http.Redirect(w, r, routeYou, http.StatusSeeOther)
}

// linkSecret takes a link's secret, or the whole link.
func linkSecret(s string) carryover.Secret {
	if _, after, ok := strings.Cut(s, "#"); ok {
		s = after
	}
	return carryover.NewSecret(strings.ToUpper(strings.TrimSpace(s)))
}

// settingUp returns the session of somebody with a link, and whom it is for; it
// has answered when ok is false.
func (g *Gate) settingUp(w http.ResponseWriter, r *http.Request) (h held, p ledger.Person, ok bool) {
	ctx := r.Context()
	h = g.held(ctx)
	if h.Setup == nil || time.Since(h.Setup.Began) >= setupTime {
		http.Redirect(w, r, routeWelcome, http.StatusSeeOther)
		return h, p, false
	}
	if h.Setup.Person == ledger.NewAdmin {
		return h, ledger.Person{Role: carryover.RoleAdmin}, true
	}
	err := g.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		p, err = tx.Person(ctx, h.Setup.Person)
		return err
	})
	switch {
	case err != nil:
		g.failed(w, r, err)
	case p.Standing != ledger.Invited:
		g.show(w, r, http.StatusUnauthorized, "welcome", signInData{Problem: saysLink})
	}
	return h, p, err == nil && p.Standing == ledger.Invited
}

// youData is for the template "you".
type youData struct {
	Problem     string
	Name, Login string
	Known       bool // who they are is known, and cannot be changed here
	Least       int  // characters of a password
}

func (g *Gate) youPage(w http.ResponseWriter, r *http.Request) {
	h, p, ok := g.settingUp(w, r)
	if !ok {
		return
	}
	g.show(w, r, http.StatusOK, "you", newYouData(h.Setup, p))
}

func newYouData(s *setup, p ledger.Person) youData {
	return youData{
		Name: p.Name.Reveal(), Login: p.Login.Reveal(), Least: leastPassword,
		Known: s.Person != ledger.NewAdmin,
	}
}

// you takes a name, a login and a password.
func (g *Gate) you(w http.ResponseWriter, r *http.Request) {
	if !g.form(w, r) {
		return
	}
	ctx := r.Context()
	h, p, ok := g.settingUp(w, r)
	if !ok {
		return
	}
	data := newYouData(h.Setup, p)
	if !data.Known {
		data.Name, data.Login = strings.TrimSpace(r.PostFormValue("name")), strings.TrimSpace(r.PostFormValue("login"))
	}
	name, login := carryover.NewText(data.Name), carryover.NewText(data.Login)
	password := carryover.NewText(r.PostFormValue("password"))
	data.Problem = firstSentence(whoIsIt(name, login), weakness(password, login), differs(password, r.PostFormValue("repeat")))
	if data.Problem != "" {
		g.show(w, r, http.StatusUnprocessableEntity, "you", data)
		return
	}
	hash, err := g.hashed(ctx, password)
	var totp carryover.Secret
	if err == nil {
		totp, err = newTOTP()
	}
	if err == nil {
		s := *h.Setup
		s.Name, s.Login, s.PasswordHash, s.TOTP = name, login, hash, totp
		h.Setup = &s
		err = g.hold(ctx, h, false)
	}
	if err != nil {
		g.failed(w, r, err)
		return
	}
	http.Redirect(w, r, routeEnrol, http.StatusSeeOther)
}

// firstSentence returns the first that says something.
func firstSentence(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

// The longest name and login that somebody may have, in bytes.
const (
	mostName  = 100
	mostLogin = 254 // of an e-mail address
)

// whoIsIt says what is wrong with a name or a login.
func whoIsIt(name, login carryover.Text) string {
	n, l := name.Reveal(), login.Reveal()
	switch a, err := mail.ParseAddress(l); {
	case name.IsBlank() || len(n) > mostName:
		return "Write your name as colleagues know it."
	case err != nil || a.Address != l || len(l) > mostLogin:
		return "The login is an e-mail address. Nothing is sent to it."
	}
	return ""
}

// differs says that a password was typed in two ways.
func differs(password carryover.Text, repeat string) string {
	if password.Reveal() != repeat {
		return "The two passwords differ. Type the same one twice."
	}
	return ""
}

// enrolData is for the template "enrol".
type enrolData struct {
	Problem string
	Secret  string // in groups of four, for typing in
	Image   string // where the picture is
}

// enrolling returns the session of somebody who chose a password and has a
// second factor to scan; it has answered when ok is false.
func (g *Gate) enrolling(w http.ResponseWriter, r *http.Request) (h held, p ledger.Person, ok bool) {
	h, p, ok = g.settingUp(w, r)
	if ok && !h.Setup.TOTP.IsSet() {
		http.Redirect(w, r, routeYou, http.StatusSeeOther)
		return h, p, false
	}
	return h, p, ok
}

func (g *Gate) enrolPage(w http.ResponseWriter, r *http.Request) {
	h, _, ok := g.enrolling(w, r)
	if !ok {
		return
	}
	g.show(w, r, http.StatusOK, "enrol", enrolData{Secret: inFours(h.Setup.TOTP.Reveal()), Image: routeImage})
}

func inFours(s string) string {
	var out []string
	for len(s) > 4 {
		out, s = append(out, s[:4]), s[4:]
	}
	return strings.Join(append(out, s), " ")
}

// imageSide is the width of the picture in pixels.
const imageSide = 264

// enrolImage draws the secret for a telephone to scan. It is a picture of its
// own, for the page's policy allows none within a page.
func (g *Gate) enrolImage(w http.ResponseWriter, r *http.Request) {
	h, _, ok := g.enrolling(w, r)
	if !ok {
		return
	}
	var out bytes.Buffer
	key, err := keyOf(h.Setup.TOTP, h.Setup.Login)
	if err == nil {
		img, e := key.Image(imageSide, imageSide)
		if e == nil {
			e = png.Encode(&out, img)
		}
		err = e
	}
	if err != nil {
		g.failed(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(out.Bytes())
}

// enrol takes the first code, stores everything at once and lets them in.
func (g *Gate) enrol(w http.ResponseWriter, r *http.Request) {
	if !g.form(w, r) {
		return
	}
	ctx, now := r.Context(), time.Now()
	h, _, ok := g.enrolling(w, r)
	if !ok {
		return
	}
	step, fits := stepOf(h.Setup.TOTP, typed(r.PostFormValue("code")), now)
	if !fits {
		g.show(w, r, http.StatusUnprocessableEntity, "enrol", enrolData{
			Problem: "That is not the code of now. Is the telephone's clock right? Type the next one.",
			Secret:  inFours(h.Setup.TOTP.Reveal()), Image: routeImage,
		})
		return
	}
	codes := newRecoveryCodes()
	var id carryover.PersonID
	err := g.Ledger.Update(ctx, func(tx *ledger.Tx) (err error) {
		id, err = g.join(ctx, tx, *h.Setup, ledger.Factor{
			PasswordHash: h.Setup.PasswordHash, TOTP: h.Setup.TOTP, TOTPStep: step, RecoveryCodes: codes,
		}, now)
		return err
	})
	if errors.Is(err, ledger.ErrConflict) || errors.Is(err, carryover.ErrRefused) {
		g.problem(w, r, http.StatusConflict, "Somebody else signs in with this e-mail address. Begin again with another link, and another address.")
		return
	}
	if err == nil {
		err = g.hold(ctx, held{Person: id, SignedIn: now, Confirmed: now, Since: now, Agent: h.Agent}, true)
	}
	if err != nil {
		g.failed(w, r, err)
		return
	}
	if login, err := g.loginOf(ctx, id); err == nil {
		g.know(w, login)
	}
	g.Log.Info("signed in", "person", string(id))
	g.show(w, r, http.StatusOK, "recovery", newRecoveryData(codes))
}

// join makes somebody active who was invited, or a new admin. With the login of
// an admin who is there already, the link from the terminal is that admin's way
// back in: whoever can run the command on the machine has the keys anyway.
func (g *Gate) join(ctx context.Context, tx *ledger.Tx, s setup, f ledger.Factor, now time.Time) (carryover.PersonID, error) {
	p, err := tx.Person(ctx, s.Person)
	if s.Person == ledger.NewAdmin {
		p, err = tx.PersonByLogin(ctx, s.Login)
		switch {
		case errors.Is(err, carryover.ErrGone):
			p = ledger.Person{Role: carryover.RoleAdmin, Name: s.Name, Login: s.Login}
			p.ID, err = tx.AddPerson(ctx, p, now)
		case err == nil && p.Role != carryover.RoleAdmin:
			return "", carryover.ErrRefused
		}
	} else if err == nil && p.Standing != ledger.Invited {
		return "", carryover.ErrRefused
	}
	if err != nil {
		return "", err
	}
	if err := tx.Activate(ctx, p.ID, f, now); err != nil {
		return "", err
	}
	if err := tx.NoteSignedIn(ctx, p.ID, now); err != nil {
		return "", err
	}
	return p.ID, g.enter(ctx, tx, "user:"+string(p.ID), audit.Joined, p.ID, string(p.Role), now)
}

// recoveryData is for the template "recovery".
type recoveryData struct{ Codes []string }

func newRecoveryData(codes []carryover.Secret) recoveryData {
	d := recoveryData{}
	for _, c := range codes {
		d.Codes = append(d.Codes, printed(c))
	}
	return d
}
