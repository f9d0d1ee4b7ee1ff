package sign_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/web/sign"
	"carryover/web/sign/signtest"
)

// TestChangesAskWhoItIs: with a browser that an admin left open, nobody changes
// who may come in; the admin does with the password, or a code, and is asked once
// for several changes.
func TestChangesAskWhoItIs(t *testing.T) {
	t.Parallel()
	changes := []string{"role", "reset", "end", "sessions", "link", ""} // "": an invitation
	for _, change := range changes {
		t.Run("change "+change, func(t *testing.T) {
			t.Parallel()
			bubble(t, sign.Config{}, func(t *testing.T, h *house) {
				admin, somebody := h.join(t, carryover.RoleAdmin), h.join(t, carryover.RoleReviewer)
				path, form := "/people/"+string(somebody.ID)+"/"+change, url.Values{"role": {"admin"}}
				if change == "" {
					path, form = "/people", invitation("New <b>Admin</b>", "new@example.com", "admin", "")
				}
				before := standing(t, h)
				time.Sleep(11 * time.Minute)
				asked := admin.Post(t, path, form)
				if asked.Status != http.StatusOK || !strings.Contains(asked.Body, "Is it still you?") || !strings.Contains(asked.Body, `action="`+path+`"`) {
					t.Fatalf("after 11 minutes = %d, want to be asked: %s", asked.Status, asked.Body)
				}
				if change == "" && (!strings.Contains(asked.Body, `value="New &lt;b&gt;Admin&lt;/b&gt;"`) || !strings.Contains(asked.Body, `value="new@example.com"`)) {
					t.Errorf("the question does not keep what was typed: %s", asked.Body)
				}
				form.Set("confirm", "not the password")
				if got := admin.Post(t, path, form); got.Status != http.StatusUnauthorized {
					t.Errorf("with a wrong password = %d, want %d", got.Status, http.StatusUnauthorized)
				}
				form.Set("confirm", somebody.Code(t, 1))
				if got := admin.Post(t, path, form); got.Status != http.StatusUnauthorized {
					t.Errorf("with somebody else's code = %d, want %d", got.Status, http.StatusUnauthorized)
				}
				if got := standing(t, h); got != before {
					t.Errorf("nobody confirmed it, and people went from %q to %q", before, got)
				}
				old := admin.Session()
				form.Set("confirm", signtest.Password)
				if got := admin.Post(t, path, form); got.Status >= 400 && (change != "link" || got.Status != http.StatusNotFound) {
					t.Errorf("with the password = %d, want it done: %s", got.Status, signtest.Words(got.Body))
				}
				if admin.Session() == old {
					t.Error("the token stays the same although the session may do more now")
				}
				if got := standing(t, h); got == before && change != "sessions" && change != "link" {
					t.Errorf("confirmed, and people stay as they were: %q", got)
				}
			})
		})
	}
}

// standing is what people may do, as text.
func standing(t testing.TB, h *house) string {
	t.Helper()
	var all []string
	err := h.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		people, err := tx.People(t.Context())
		for _, p := range people {
			all = append(all, string(p.Role)+" "+string(p.Standing))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, ", ")
}

// TestConfirmingLasts: a code confirms as well, once; what it confirmed is good
// for ten minutes, and guesses at it wait.
func TestConfirmingLasts(t *testing.T) {
	t.Parallel()
	bubble(t, sign.Config{}, func(t *testing.T, h *house) {
		admin, somebody := h.join(t, carryover.RoleAdmin), h.join(t, carryover.RoleReviewer)
		role := func(confirm string) signtest.Answer {
			form := url.Values{"role": {"reviewer"}}
			if confirm != "" {
				form.Set("confirm", confirm)
			}
			return admin.Post(t, "/people/"+string(somebody.ID)+"/role", form)
		}
		done := "/people/" + string(somebody.ID)
		want(t, "right after the sign-in", role(""), http.StatusSeeOther, done)
		time.Sleep(11 * time.Minute)
		code := admin.Code(t, 0)
		want(t, "with a code", role(code), http.StatusSeeOther, done)
		want(t, "with the same code", role(code), http.StatusUnauthorized, "")
		time.Sleep(9 * time.Minute)
		want(t, "nine minutes later", role(""), http.StatusSeeOther, done)
		time.Sleep(2 * time.Minute)
		want(t, "eleven minutes later", role(""), http.StatusOK, "")
		for range 8 {
			role("a wrong password")
		}
		want(t, "the password after many guesses", role(signtest.Password), http.StatusTooManyRequests, "")
	})
}

// TestPractitionersByName: people read names, never the addresses of accounts.
func TestPractitionersByName(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{
		Practitioners: []sign.Practitioner{{ID: "41"}, {ID: "42", Label: carryover.NewText("Dr Configured")}, {ID: "43"}},
		Called: func(_ context.Context, id carryover.PractitionerID) carryover.Text {
			return map[carryover.PractitionerID]carryover.Text{"41": carryover.NewText("Dr Cliniko"), "42": carryover.NewText("Dr Other")}[id]
		},
	})
	page := h.join(t, carryover.RoleAdmin).Get(t, "/people").Body
	for _, want := range []string{"Dr Cliniko", "Dr Configured", "practitioner 43"} {
		if !strings.Contains(page, ">"+want+"<") {
			t.Errorf("the page of people does not list %q", want)
		}
	}
	if strings.Contains(page, "Dr Other") {
		t.Error("Cliniko's name stands in the place of the configuration's")
	}
}
