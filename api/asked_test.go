package api

import (
	"context"
	"sync"

	"carryover"
	"carryover/internal/desk"
)

// What the tokens of the tests are.
const (
	carryToken   = "carryover_aaaaaaaaaa_CARRY"
	metricsToken = "carryover_bbbbbbbbbb_METRICS"
)

// asked is a desk that notes what it is asked.
type asked struct {
	err    error // what Sync answers
	paused bool
	items  []desk.Item
	wait   chan struct{} // Sync waits for it when it is not nil

	mu    sync.Mutex
	syncs []desk.SyncRequest
	taken map[string]bool
}

func (a *asked) Bearer(_ context.Context, presented carryover.Secret) (desk.Token, error) {
	switch presented.Reveal() {
	case carryToken:
		return desk.Token{ID: "aaaaaaaaaa", Scope: "carry"}, nil
	case metricsToken:
		return desk.Token{ID: "bbbbbbbbbb", Scope: "metrics"}, nil
	}
	return desk.Token{}, &carryover.Problem{Op: "look at a token", Kind: carryover.ErrUnauthorized, Err: desk.ErrNoToken}
}

func (a *asked) Standing(context.Context, carryover.PractitionerID) (desk.Standing, error) {
	return desk.Standing{Paused: a.paused}, nil
}

func (a *asked) Sync(ctx context.Context, r desk.SyncRequest) (desk.SyncResult, error) {
	a.mu.Lock()
	a.syncs = append(a.syncs, r)
	a.mu.Unlock()
	if a.wait != nil {
		select {
		case <-a.wait:
		case <-ctx.Done():
		}
	}
	return desk.SyncResult{Session: string(r.Session), Items: a.items}, a.err
}

func (a *asked) TakeWebhook(_ context.Context, id string) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.taken == nil {
		a.taken = map[string]bool{}
	}
	fresh := !a.taken[id]
	a.taken[id] = true
	return fresh, nil
}

func (a *asked) DropWebhook(_ context.Context, id string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.taken, id)
	return nil
}

func (a *asked) asked() []desk.SyncRequest {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.syncs
}
