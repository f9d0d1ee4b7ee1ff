package sign

import (
	"context"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"carryover"
	"carryover/ledger"
)

// A pace says how many tries in a row are free, and how the wait after each
// further one doubles.
type pace struct {
	free  int
	first time.Duration
	most  time.Duration
}

// What tries are counted by. By login and by person, a wait grows long enough
// to make guessing hopeless, and stays short enough that an attacker cannot keep
// somebody out for a day. An address may be a whole practice's, so that its
// waits stay shorter.
const (
	byLogin   = "login"
	byPerson  = "person" // of the second factor
	byAddress = "address"
)

var paces = map[string]pace{
	byLogin:   {free: 5, first: 2 * time.Second, most: 15 * time.Minute},
	byPerson:  {free: 5, first: 2 * time.Second, most: 15 * time.Minute},
	byAddress: {free: 20, first: 2 * time.Second, most: time.Minute},
}

// forgetTries is how long tries are remembered after the last one.
const forgetTries = 24 * time.Hour

// wait is how long the n-th try in a row makes the next one wait.
func (p pace) wait(n int) time.Duration {
	if n <= p.free {
		return 0
	}
	d := p.first
	for range min(n-p.free-1, 32) {
		if d *= 2; d >= p.most {
			return p.most
		}
	}
	return d
}

// A tryKey is one thing that tries are counted by.
type tryKey struct{ sort, key string }

func (g *Gate) keysOfLogin(login carryover.Text, address string) []tryKey {
	return []tryKey{{byLogin, strings.ToLower(norm.NFKC.String(strings.TrimSpace(login.Reveal())))}, {byAddress, address}}
}

func keysOfPerson(id carryover.PersonID, address string) []tryKey {
	return []tryKey{{byPerson, string(id)}, {byAddress, address}}
}

// pay counts a try by all keys before it is made, so that many at once count as
// many. While one of the keys waits, the try must not be made: pay counts
// nothing and returns how long the wait goes on.
func (g *Gate) pay(ctx context.Context, keys ...tryKey) (waiting time.Duration, err error) {
	err = g.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		now := time.Now() // by now, others' tries are written
		tries := make([]ledger.Try, len(keys))
		for i, k := range keys {
			t, err := tx.Try(ctx, k.sort, k.key)
			if err != nil {
				return err
			}
			if now.Sub(t.TriedAt) > forgetTries {
				t = ledger.Try{}
			}
			waiting = max(waiting, t.UntilAt.Sub(now))
			tries[i] = t
		}
		if waiting > 0 {
			return nil
		}
		for i, k := range keys {
			n := tries[i].Tries + 1
			err := tx.SetTry(ctx, k.sort, k.key, ledger.Try{Tries: n, TriedAt: now, UntilAt: now.Add(paces[k.sort].wait(n))})
			if err != nil {
				return err
			}
		}
		if err := tx.ForgetTries(ctx, now.Add(-forgetTries)); err != nil {
			return err
		}
		return tx.DropWebSessions(ctx, now)
	})
	return max(waiting, 0), err
}

// forgive takes tries back that came from somebody who is let in: those by
// login and person altogether, those by address as far as they were this
// person's, for others share it.
func forgive(ctx context.Context, tx *ledger.Tx, spent int, keys ...tryKey) error {
	for _, k := range keys {
		var left ledger.Try
		if k.sort == byAddress {
			t, err := tx.Try(ctx, k.sort, k.key)
			if err != nil {
				return err
			}
			left = ledger.Try{Tries: t.Tries - spent, TriedAt: t.TriedAt}
		}
		if err := tx.SetTry(ctx, k.sort, k.key, left); err != nil {
			return err
		}
	}
	return nil
}

// inWords says how long somebody has to wait.
func inWords(d time.Duration) string {
	if d < 50*time.Second {
		return "less than a minute"
	}
	if m := int((d + 59*time.Second) / time.Minute); m > 1 {
		return "about " + numberOf(m, "minute")
	}
	return "about a minute"
}
