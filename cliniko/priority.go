package cliniko

import "context"

// A Priority says who goes first when requests wait for the budget.
type Priority int

// The priorities, first to last. The zero value is Live.
const (
	Person   Priority = -2 // somebody is looking at a screen
	Proof    Priority = -1 // settling a lost answer, reading back
	Live     Priority = 0  // the day's documents
	Look     Priority = 1  // looking again at what is held, sweeps, addresses
	Backfill Priority = 2  // the past; it can wait
)

type priorityKey struct{}

// WithPriority returns a context whose requests wait with priority p.
func WithPriority(ctx context.Context, p Priority) context.Context {
	return context.WithValue(ctx, priorityKey{}, p)
}

// priorityOf returns the priority that ctx carries, else Live.
func priorityOf(ctx context.Context) Priority {
	p, _ := ctx.Value(priorityKey{}).(Priority)
	return p
}
