package pipeline

import (
	"context"
	"fmt"
	"time"

	"carryover/audit"
)

// changeOfMind is how long the text of a document that was left out is kept.
const changeOfMind = 7 * 24 * time.Hour

// Tidy destroys what is sealed and needed no more: the text of documents that
// were left out a week ago, and what sessions beyond the look-back said about
// their patient. Proven text is destroyed at once, by the step that proves it.
func (p *Pipeline) Tidy(ctx context.Context) error {
	if err := p.update(ctx, func(s *step) error { return s.restoredLongAgo(ctx) }); err != nil {
		return fmt.Errorf("forget an old restore: %w", err)
	}
	for {
		n := 0
		err := p.update(ctx, func(s *step) error {
			texts, err := s.TextsToForget(ctx, s.now.Add(-changeOfMind), batch)
			if err != nil {
				return err
			}
			for _, id := range texts {
				if err := s.forget(ctx, string(id)); err != nil {
					return err
				}
			}
			sessions, err := s.SessionsToForget(ctx, s.now.Add(-p.Timing.LookBack), batch)
			for _, id := range sessions {
				if err := s.forget(ctx, string(id)); err != nil {
					return err
				}
			}
			n = len(texts) + len(sessions)
			return err
		})
		if err != nil {
			return fmt.Errorf("destroy what is needed no more: %w", err)
		}
		if n == 0 {
			return nil
		}
	}
}

func (s *step) forget(ctx context.Context, owner string) error {
	if err := s.Destroy(ctx, owner); err != nil {
		return err
	}
	return s.p.Audit.Append(ctx, s.Tx, audit.Entry{At: s.now, Actor: audit.Daemon, Action: audit.Destroyed, Subject: owner})
}
