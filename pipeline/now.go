package pipeline

import (
	"context"
	"fmt"
	"time"

	"carryover"
)

// ReadNow reads a session that a person or a trigger named, whether or not a
// listing has shown it. ErrGone when this practitioner's link does not show it.
func (p *Pipeline) ReadNow(ctx context.Context, who carryover.PractitionerID, id carryover.SessionID) error {
	r, err := p.read(ctx, who, id)
	switch {
	case err != nil:
		return err
	case r.gone:
		return fmt.Errorf("read session %s: %w", id, carryover.ErrGone)
	}
	return p.update(ctx, func(s *step) error {
		ref := carryover.SessionRef{ID: id, CreatedAt: r.session.StartedAt}
		if _, err := s.NoteListed(ctx, who, []carryover.SessionRef{ref}, s.now); err != nil {
			return err
		}
		return s.observe(ctx, r)
	})
}

// between is how far apart the two readings are that stand for the quiet
// period when somebody says that a text is finished.
const between = 20 * time.Second

// ReadTwice reads a session a second time and lets what has not changed in
// between ripen: whoever asked said that the texts are finished.
func (p *Pipeline) ReadTwice(ctx context.Context, who carryover.PractitionerID, id carryover.SessionID) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(min(between, p.Timing.Quiet)):
	}
	if err := p.Read(ctx, who, id); err != nil {
		return err
	}
	return p.update(ctx, func(s *step) error {
		current, err := s.CurrentVersions(ctx, id)
		if err != nil {
			return err
		}
		for _, v := range current {
			if v.State == carryover.Seen && !v.Empty && v.Reads >= 2 {
				if err := s.settled(ctx, v); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
