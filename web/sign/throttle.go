package sign

import (
	"context"
	"net/http"
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

// What tries are counted by. A stranger must not be able to keep somebody out:
// what anybody can add to, a login or an address, makes wait a minute at most,
// and a browser that somebody has signed in with before is counted by itself
// alone (see known.go). Who guesses at one login from one address, or knows the
// password and guesses at the code, waits up to a quarter of an hour.
const (
	byLogin   = "login"   // from wherever
	byPlace   = "place"   // a login, from one address
	byPerson  = "person"  // of the second factor
	byBrowser = "browser" // one that is known, or signed in
	byAddress = "address" // may be a whole practice's
)

var paces = map[string]pace{
	byLogin:   {free: 5, first: 2 * time.Second, most: time.Minute},
	byPlace:   {free: 5, first: 2 * time.Second, most: 15 * time.Minute},
	byPerson:  {free: 5, first: 2 * time.Second, most: 15 * time.Minute},
	byBrowser: {free: 5, first: 2 * time.Second, most: 15 * time.Minute},
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

// keysOfLogin are those of a password, from a request.
func (g *Gate) keysOfLogin(r *http.Request, login carryover.Text) []tryKey {
	address := g.Address(r)
	if k, ok := g.knownBrowser(r, login); ok {
		return atAddress([]tryKey{k}, address)
	}
	name := loginName(login)
	keys := []tryKey{{byLogin, name}}
	if address != "" {
		keys = append(keys, tryKey{byPlace, name + " " + address})
	}
	return atAddress(keys, address)
}

// keysOfPerson are those of a code.
func (g *Gate) keysOfPerson(r *http.Request, id carryover.PersonID, login carryover.Text) []tryKey {
	if k, ok := g.knownBrowser(r, login); ok {
		return atAddress([]tryKey{k}, g.Address(r))
	}
	return atAddress([]tryKey{{byPerson, string(id)}}, g.Address(r))
}

// keysOfSession are those of somebody who is signed in and shows again who they
// are: nobody else can add to them.
func keysOfSession(who Who) []tryKey { return []tryKey{{byBrowser, who.session}} }

// atAddress adds the address, if it is known: behind a proxy that does not tell,
// everybody would have the same.
func atAddress(keys []tryKey, address string) []tryKey {
	if address == "" {
		return keys
	}
	return append(keys, tryKey{byAddress, address})
}

// loginName is a login in the one form in which it is counted.
func loginName(login carryover.Text) string {
	return strings.ToLower(norm.NFKC.String(strings.TrimSpace(login.Reveal())))
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
