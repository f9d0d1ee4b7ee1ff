package check

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"carryover"
	"carryover/internal/config"
	"carryover/internal/desk"
	"carryover/internal/guard"
)

// A Subject is everything that is looked at.
type Subject struct {
	Config *config.Config
	// Sides are the practitioners, in the order of the configuration, and Guard
	// lets their clients out; both nil where Unreachable says why there are none.
	Sides       []Side
	Guard       *guard.Guard
	Unreachable error
	// Desk answers from the ledger; nil where there is none yet or NoDesk says why.
	Desk    desk.Desk
	Running bool // the desk is a running daemon's
	NoDesk  error
}

// All looks at everything that is on this machine, then asks Heidi and Cliniko.
// The findings come in a fixed order.
func All(ctx context.Context, s Subject) []Finding {
	out := []Finding{ok(Configuration, "The configuration can be used: "+s.Config.File+".")}
	out = append(out, here(ctx, s)...)
	if s.Unreachable != nil {
		for _, err := range each(s.Unreachable) {
			out = append(out, failed(Hosts, "No connection is opened: "+sentence(err)+".", err))
		}
		return out
	}
	return append(out, there(ctx, s)...)
}

// here looks at this machine.
func here(ctx context.Context, s Subject) []Finding {
	out := secrets(s.Config)
	out = append(out, folder(s.Config)...)
	out = append(out, books(ctx, s)...)
	out = append(out, page(s.Config, s.Running)...)
	return append(out, limits(s.Config)...)
}

// atOnce is how many practitioners are asked about at a time.
const atOnce = 4

// there asks Heidi and Cliniko, each practitioner with their own keys.
func there(ctx context.Context, s Subject) []Finding {
	of := make([][]Finding, len(s.Sides))
	clocks := make([]Finding, len(s.Sides))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, side := range s.Sides {
		group.Go(func() error {
			user, f := Owner(ctx, side)
			of[i] = append(of[i], f)
			clocks[i] = Time(side)
			if f.Grade == OK {
				of[i] = append(of[i], permission(ctx, side, user)...)
			}
			if side.Heidi != nil {
				of[i] = append(of[i], Linked(ctx, side))
			}
			return nil
		})
	}
	_ = group.Wait()
	out := []Finding{hosts(s.Guard)}
	out = append(out, worstOf(clocks)...)
	out = append(out, heidiKey(ctx, s))
	for _, some := range of {
		out = append(out, some...)
	}
	return append(out, rules(ctx, s)...)
}

// heidiKey asks about the key once: it is the practice's.
func heidiKey(ctx context.Context, s Subject) Finding {
	for _, side := range s.Sides {
		if side.Heidi != nil {
			return key(ctx, side)
		}
	}
	return attention(HeidiKey, "Heidi is not in the configuration: only `carryover file` carries documents.",
		"When you have a Heidi key, add the heidi block (docs/configuration.md) and link each practitioner.")
}

// worstOf keeps the worst of several findings about one thing.
func worstOf(all []Finding) []Finding {
	if len(all) == 0 {
		return nil
	}
	worst := all[0]
	for _, f := range all[1:] {
		if f.Grade == Broken && worst.Grade != Broken || f.Grade == Attention && worst.Grade == OK {
			worst = f
		}
	}
	return []Finding{worst}
}

// each takes joined errors apart.
func each(err error) []error {
	joined, is := err.(interface{ Unwrap() []error })       //nolint:errorlint // only what was joined at the top
	if _, whole := err.(*carryover.Problem); whole || !is { //nolint:errorlint // a problem's kind and cause belong together
		return []error{err}
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, each(e)...)
	}
	return out
}

// sentence is what an error says without its chain of causes.
func sentence(err error) string {
	if p, is := errors.AsType[*carryover.Problem](err); is {
		return p.Op
	}
	return "what the configuration names may not be contacted"
}

// Mistakes are the findings about a configuration that cannot be used.
func Mistakes(err error) []Finding {
	e, is := errors.AsType[*config.Error](err)
	if !is {
		return []Finding{failed(Configuration, sentence(err)+": the configuration cannot be read.", err)}
	}
	var out []Finding
	for _, m := range e.Mistakes {
		f := broken(Configuration, m.String()+".", m.Hint)
		f.Err = err
		out = append(out, f)
	}
	return out
}
