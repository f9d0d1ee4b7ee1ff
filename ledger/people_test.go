package ledger_test

import (
	"errors"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

// invite adds a reviewer who is invited.
func invite(t testing.TB, l *ledger.Ledger, login string) (id carryover.PersonID) {
	t.Helper()
	update(t, l, func(tx *ledger.Tx) (err error) {
		id, err = tx.AddPerson(t.Context(), ledger.Person{
			Role: carryover.RoleReviewer, Name: carryover.NewText("Rowan Quillfeather"), Login: carryover.NewText(login),
		}, monday)
		return err
	})
	return id
}

// factor is how an active person shows that it is they.
var factor = ledger.Factor{
	PasswordHash: carryover.NewSecret("hash"), TOTP: carryover.NewSecret("JBSWY3DPEHPK3PXP"), TOTPStep: 7,
	RecoveryCodes: []carryover.Secret{carryover.NewSecret("first"), carryover.NewSecret("second")},
}

// activate lets an invited person in.
func activate(t testing.TB, l *ledger.Ledger, id carryover.PersonID) {
	t.Helper()
	update(t, l, func(tx *ledger.Tx) error { return tx.Activate(t.Context(), id, factor, monday) })
}

// person reads somebody who must be there.
func person(t testing.TB, l *ledger.Ledger, id carryover.PersonID) (p ledger.Person) {
	t.Helper()
	view(t, l, func(tx *ledger.Tx) (err error) {
		p, err = tx.Person(t.Context(), id)
		return err
	})
	return p
}

func TestPersonIsFoundByLoginHoweverTyped(t *testing.T) {
	l := open(t)
	id := invite(t, l, "Rowan@Example.com")
	for _, login := range []string{"rowan@example.com", " ROWAN@EXAMPLE.COM\n", "ｒowan@example.com"} {
		view(t, l, func(tx *ledger.Tx) error {
			p, err := tx.PersonByLogin(t.Context(), carryover.NewText(login))
			if err != nil || p.ID != id || p.Login.Reveal() != "Rowan@Example.com" || p.Name.Reveal() != "Rowan Quillfeather" {
				t.Errorf("PersonByLogin(%q) = %+v, %v, want %s with name and login", login, p, err, id)
			}
			return nil
		})
	}
	refused(t, l, ledger.ErrConflict, "a second person of one login", func(tx *ledger.Tx) error {
		_, err := tx.AddPerson(t.Context(), ledger.Person{
			Role: carryover.RoleAdmin, Name: carryover.NewText("Another"), Login: carryover.NewText("ROWAN@example.com"),
		}, monday)
		return err
	})
}

func TestRoleAndPractitionerGoTogether(t *testing.T) {
	l := open(t)
	for _, c := range []struct {
		role         carryover.Role
		practitioner carryover.PractitionerID
		ok           bool
	}{
		{carryover.RolePractitioner, "41", true},
		{carryover.RolePractitioner, "", false}, // would see nothing, or everything
		{carryover.RoleReviewer, "41", false},
		{carryover.RoleAdmin, "", true},
		{"owner", "", false},
		{"", "", false},
	} {
		err := l.Update(t.Context(), func(tx *ledger.Tx) error {
			_, err := tx.AddPerson(t.Context(), ledger.Person{
				Role: c.role, Practitioner: c.practitioner, Name: carryover.NewText("A"), Login: carryover.NewText(string(c.role + "x")),
			}, monday)
			return err
		})
		if (err == nil) != c.ok || err != nil && !errors.Is(err, carryover.ErrInvalid) {
			t.Errorf("AddPerson(%q of %q) = %v, want ok %v", c.role, c.practitioner, err, c.ok)
		}
	}
}

// TestStandings walks a person from invitation to end, and looks at each step
// whether what let them in is there.
func TestStandings(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := invite(t, l, "rowan@example.com")
	has := func(when string, standing ledger.Standing, access bool) {
		t.Helper()
		p := person(t, l, id)
		view(t, l, func(tx *ledger.Tx) error {
			_, totp := tx.TOTP(ctx, id)
			codes, err := tx.RecoveryCodes(ctx, id)
			if p.Standing != standing || p.PasswordHash.IsSet() != access || (totp == nil) != access || (codes > 0) != access {
				t.Errorf("%s: standing %s, password %v, second factor %v, %d recovery codes, want %s and access %v",
					when, p.Standing, p.PasswordHash, totp, codes, standing, access)
			}
			return err
		})
	}
	has("invited", ledger.Invited, false)
	refused(t, l, carryover.ErrGone, "a password before there is one", func(tx *ledger.Tx) error {
		return tx.SetPassword(ctx, id, carryover.NewSecret("x"), "", monday)
	})
	activate(t, l, id)
	has("active", ledger.Active, true)
	update(t, l, func(tx *ledger.Tx) error { return tx.ResetPerson(ctx, id, monday) })
	has("reset", ledger.Invited, false)
	activate(t, l, id)
	update(t, l, func(tx *ledger.Tx) error { return tx.EndPerson(ctx, id, monday) })
	has("ended", ledger.Ended, false)
	for what, f := range map[string]func(tx *ledger.Tx) error{
		"activate":    func(tx *ledger.Tx) error { return tx.Activate(ctx, id, factor, monday) },
		"reset":       func(tx *ledger.Tx) error { return tx.ResetPerson(ctx, id, monday) },
		"change role": func(tx *ledger.Tx) error { return tx.SetRole(ctx, id, carryover.RoleAdmin, "") },
		"end again":   func(tx *ledger.Tx) error { return tx.EndPerson(ctx, id, monday) },
		"find": func(tx *ledger.Tx) error {
			_, err := tx.PersonByLogin(ctx, carryover.NewText("rowan@example.com"))
			return err
		},
	} {
		refused(t, l, carryover.ErrGone, what+" somebody who is ended", f)
	}
	if again := invite(t, l, "rowan@example.com"); again == id {
		t.Error("the login of somebody who is ended is not free again")
	}
}

func TestACodeWorksOnce(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := invite(t, l, "rowan@example.com")
	activate(t, l, id) // step 7 was shown while enrolling
	for _, c := range []struct {
		step int64
		ok   bool
	}{{7, false}, {6, false}, {8, true}, {8, false}, {7, false}, {10, true}} {
		err := l.Update(ctx, func(tx *ledger.Tx) error { return tx.TakeTOTPStep(ctx, id, c.step) })
		if (err == nil) != c.ok || err != nil && !errors.Is(err, ledger.ErrConflict) {
			t.Errorf("TakeTOTPStep(%d) = %v, want ok %v", c.step, err, c.ok)
		}
	}
	use := func(code string) func(tx *ledger.Tx) error {
		return func(tx *ledger.Tx) error { return tx.UseRecoveryCode(ctx, id, carryover.NewSecret(code), monday) }
	}
	update(t, l, use("second"))
	refused(t, l, carryover.ErrGone, "a recovery code used twice", use("second"))
	refused(t, l, carryover.ErrGone, "somebody's invention", use("third"))
	other := invite(t, l, "other@example.com")
	refused(t, l, carryover.ErrGone, "somebody else's recovery code", func(tx *ledger.Tx) error {
		return tx.UseRecoveryCode(ctx, other, carryover.NewSecret("first"), monday)
	})
}

func TestALinkWorksOnceAndNotForLong(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := invite(t, l, "rowan@example.com")
	link := func(whom carryover.PersonID) (s carryover.Secret) {
		t.Helper()
		update(t, l, func(tx *ledger.Tx) (err error) {
			s, err = tx.AddLink(ctx, whom, after(15*time.Minute), monday)
			return err
		})
		return s
	}
	use := func(s carryover.Secret, at time.Time) (whom carryover.PersonID, err error) {
		err = l.Update(ctx, func(tx *ledger.Tx) (err error) {
			whom, err = tx.UseLink(ctx, s, at)
			return err
		})
		return whom, err
	}
	late := link(id)
	if _, err := use(late, after(15*time.Minute)); !errors.Is(err, carryover.ErrGone) {
		t.Errorf("a link after its time = %v, want %q", err, carryover.ErrGone)
	}
	replaced := link(id)
	good := link(id)
	if _, err := use(replaced, monday); !errors.Is(err, carryover.ErrGone) {
		t.Errorf("a link that a newer one replaced = %v, want %q", err, carryover.ErrGone)
	}
	admin := link(ledger.NewAdmin) // another's: takes none of theirs back
	if whom, err := use(good, after(15*time.Minute-time.Second)); err != nil || whom != id {
		t.Errorf("a link in time = %q, %v, want %s", whom, err, id)
	}
	if _, err := use(good, monday); !errors.Is(err, carryover.ErrGone) {
		t.Errorf("a link a second time = %v, want %q", err, carryover.ErrGone)
	}
	if whom, err := use(admin, monday); err != nil || whom != ledger.NewAdmin {
		t.Errorf("an admin's link = %q, %v, want nobody who is known", whom, err)
	}
	ended := link(id)
	update(t, l, func(tx *ledger.Tx) error { return tx.EndPerson(ctx, id, monday) })
	if _, err := use(ended, monday); !errors.Is(err, carryover.ErrGone) {
		t.Errorf("the link of somebody who was ended = %v, want %q", err, carryover.ErrGone)
	}
}

func TestWebSessions(t *testing.T) {
	l, ctx := open(t), t.Context()
	id := invite(t, l, "rowan@example.com")
	activate(t, l, id)
	token := func(s string) carryover.Secret { return carryover.NewSecret("token-" + s) }
	save := func(of string, signedIn time.Time) {
		t.Helper()
		update(t, l, func(tx *ledger.Tx) error {
			return tx.SaveWebSession(ctx, token(of), ledger.WebSession{
				Person: id, SignedInAt: signedIn, ExpiresAt: after(time.Hour), Data: carryover.NewText("data of " + of),
			}, monday)
		})
	}
	live := func(of string, at time.Time) bool {
		t.Helper()
		var err error
		view(t, l, func(tx *ledger.Tx) error {
			_, err = tx.WebSession(ctx, token(of), at)
			return nil
		})
		if err != nil && !errors.Is(err, carryover.ErrGone) {
			t.Errorf("WebSession(%s) = %v", of, err)
		}
		return err == nil
	}
	save("desk", monday)
	save("phone", monday)
	save("half", time.Time{})
	var here, there ledger.WebSession
	view(t, l, func(tx *ledger.Tx) (err error) {
		all, err := tx.WebSessions(ctx, id, monday)
		if err != nil || len(all) != 2 {
			t.Errorf("%d sessions listed, %v, want the two that are signed in", len(all), err)
		}
		here, err = tx.WebSession(ctx, token("desk"), monday)
		if here.Data.Reveal() != "data of desk" {
			t.Errorf("the session holds %q", here.Data.Reveal())
		}
		there, _ = tx.WebSession(ctx, token("phone"), monday)
		return err
	})
	if live("desk", after(time.Hour)) {
		t.Error("a session lives past its time")
	}
	other := invite(t, l, "other@example.com")
	refused(t, l, carryover.ErrGone, "ending somebody else's session", func(tx *ledger.Tx) error {
		return tx.EndWebSession(ctx, other, there.ID, monday)
	})
	update(t, l, func(tx *ledger.Tx) error { return tx.SetPassword(ctx, id, carryover.NewSecret("new"), here.ID, monday) })
	for of, want := range map[string]bool{"desk": true, "phone": false, "half": false} {
		if got := live(of, monday); got != want {
			t.Errorf("after a new password at the desk, session %s is live = %v, want %v", of, got, want)
		}
	}
	save("phone", monday) // a request that was under way when the session was ended
	if live("phone", monday) {
		t.Error("a session that was ended came back")
	}
	view(t, l, func(tx *ledger.Tx) error {
		if _, err := tx.OpenText(ctx, there.ID, "session"); !errors.Is(err, carryover.ErrGone) {
			t.Errorf("what an ended session held = %v, want %q", err, carryover.ErrGone)
		}
		return nil
	})
	update(t, l, func(tx *ledger.Tx) error { return tx.DropWebSessions(ctx, after(2*time.Hour)) })
	view(t, l, func(tx *ledger.Tx) error {
		var rows int
		err := tx.QueryRowContext(ctx, "SELECT (SELECT COUNT(*) FROM web_session) + (SELECT COUNT(*) FROM sealed WHERE kind = 'session')").Scan(&rows)
		if rows != 0 {
			t.Errorf("%d rows are left of sessions that expired, want none", rows)
		}
		return err
	})
}

func TestTries(t *testing.T) {
	l, ctx := open(t), t.Context()
	want := ledger.Try{Tries: 6, TriedAt: monday, UntilAt: after(2 * time.Second)}
	update(t, l, func(tx *ledger.Tx) error { return tx.SetTry(ctx, "login", "rowan", want) })
	get := func(sort, key string) (got ledger.Try) {
		view(t, l, func(tx *ledger.Tx) (err error) {
			got, err = tx.Try(ctx, sort, key)
			return err
		})
		return got
	}
	if got := get("login", "rowan"); got != want {
		t.Errorf("Try = %+v, want %+v", got, want)
	}
	if got := get("address", "rowan"); got != (ledger.Try{}) {
		t.Errorf("Try of another sort = %+v, want none", got)
	}
	update(t, l, func(tx *ledger.Tx) error { return tx.ForgetTries(ctx, after(time.Hour)) })
	if got := get("login", "rowan"); got != (ledger.Try{}) {
		t.Errorf("Try after it was forgotten = %+v, want none", got)
	}
}
