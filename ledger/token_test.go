package ledger_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

// newToken makes a token of a scope; a zero life is for ever.
func newToken(t *testing.T, l *ledger.Ledger, life time.Duration) (id carryover.TokenID, whole carryover.Secret) {
	t.Helper()
	want := ledger.Token{Scope: carryover.ScopeCarry, Name: carryover.NewText("the front desk's robot")}
	if life > 0 {
		want.ExpiresAt = monday.Add(life)
	}
	update(t, l, func(tx *ledger.Tx) (err error) {
		id, whole, err = tx.AddToken(t.Context(), want, monday)
		return err
	})
	return id, whole
}

// TestTokenIsFoundByTheWholeOfIt: a token opens with every character, and with
// none missing, changed or taken from another.
func TestTokenIsFoundByTheWholeOfIt(t *testing.T) {
	l := open(t)
	id, whole := newToken(t, l, 0)
	_, other := newToken(t, l, 0)
	_, others, _ := strings.Cut(strings.TrimPrefix(other.Reveal(), "carryover_"), "_")
	for _, tt := range []struct{ name, presented string }{
		{"nothing", ""},
		{"the id alone", "carryover_" + string(id)},
		{"the id with an empty secret", "carryover_" + string(id) + "_"},
		{"one character short", whole.Reveal()[:len(whole.Reveal())-1]},
		{"one character more", whole.Reveal() + "A"},
		{"in capitals", strings.ToUpper(whole.Reveal())},
		{"another one's secret", "carryover_" + string(id) + "_" + others},
		{"an id that nobody has", "carryover_aaaaaaaaaa_" + others},
	} {
		view(t, l, func(tx *ledger.Tx) error {
			if got, err := tx.TokenOf(t.Context(), carryover.NewSecret(tt.presented)); !errors.Is(err, carryover.ErrGone) {
				t.Errorf("%s: TokenOf = %+v, %v, want ErrGone", tt.name, got, err)
			}
			return nil
		})
	}
	view(t, l, func(tx *ledger.Tx) error {
		got, err := tx.TokenOf(t.Context(), whole)
		if err != nil || got.ID != id || got.Scope != carryover.ScopeCarry || got.Name.Reveal() != "the front desk's robot" {
			t.Errorf("TokenOf = %+v, %v, want %s", got, err, id)
		}
		return nil
	})
}

// TestTokenEnds: by time, and by a person, once.
func TestTokenEnds(t *testing.T) {
	l := open(t)
	id, whole := newToken(t, l, time.Hour)
	live := func(at time.Time) (is bool) {
		view(t, l, func(tx *ledger.Tx) error {
			got, err := tx.TokenOf(t.Context(), whole)
			is = got.Live(at)
			return err
		})
		return is
	}
	if !live(monday) || live(monday.Add(time.Hour)) {
		t.Error("a token of an hour is live for other than an hour")
	}
	update(t, l, func(tx *ledger.Tx) error { return tx.RevokeToken(t.Context(), id, monday) })
	if live(monday) {
		t.Error("a revoked token is live")
	}
	refused(t, l, carryover.ErrGone, "a second revocation", func(tx *ledger.Tx) error {
		return tx.RevokeToken(t.Context(), id, monday)
	})
	refused(t, l, carryover.ErrInvalid, "a token of no scope", func(tx *ledger.Tx) error {
		_, _, err := tx.AddToken(t.Context(), ledger.Token{Scope: "everything"}, monday)
		return err
	})
	refused(t, l, carryover.ErrInvalid, "a token that expired before it was made", func(tx *ledger.Tx) error {
		_, _, err := tx.AddToken(t.Context(), ledger.Token{Scope: carryover.ScopeCarry, ExpiresAt: monday}, monday)
		return err
	})
}

// TestTokenUseIsNotedByTheMinute: the last use is on record, and a token in
// constant use does not write with each.
func TestTokenUseIsNotedByTheMinute(t *testing.T) {
	l := open(t)
	_, whole := newToken(t, l, 0)
	for _, after := range []time.Duration{0, 59 * time.Second, time.Minute} {
		update(t, l, func(tx *ledger.Tx) error {
			got, err := tx.TokenOf(t.Context(), whole)
			if err != nil {
				return err
			}
			return tx.NoteTokenUsed(t.Context(), got, monday.Add(after))
		})
		want := monday
		if after == time.Minute {
			want = monday.Add(after)
		}
		view(t, l, func(tx *ledger.Tx) error {
			all, err := tx.Tokens(t.Context())
			if err != nil || len(all) != 1 || !all[0].UsedAt.Equal(want) {
				t.Errorf("used %v after the first: Tokens = %+v, %v, want a last use at %v", after, all, err, want)
			}
			return nil
		})
	}
}

// TestWebhooksAreRemembered: over a restart, for a day, unless given back.
func TestWebhooksAreRemembered(t *testing.T) {
	c := config(t)
	l := openAt(t, c)
	take := func(id string, at time.Time, want bool) {
		t.Helper()
		update(t, l, func(tx *ledger.Tx) error {
			fresh, err := tx.TakeWebhook(t.Context(), id, at)
			if err == nil && fresh != want {
				t.Errorf("TakeWebhook(%q) at %v = %v, want %v", id, at, fresh, want)
			}
			return err
		})
	}
	take("msg_1", monday, true)
	take("msg_2", monday, true)
	take("msg_1", monday.Add(time.Minute), false)
	update(t, l, func(tx *ledger.Tx) error { return tx.DropWebhook(t.Context(), "msg_2") })
	l.Close()
	l = openAt(t, c)
	take("msg_1", monday.Add(time.Hour), false)
	take("msg_2", monday.Add(time.Hour), true)
	take("msg_1", monday.Add(25*time.Hour), true) // far behind the few minutes in which it is accepted at all
}
