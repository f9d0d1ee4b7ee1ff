package pipeline

import (
	"context"
	"slices"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/route"
)

// record stores the match and takes the version where the match and the
// practice's rules say.
func (p *Pipeline) record(ctx context.Context, v ledger.Version, f verdict) error {
	to, why := p.destined(f.match, f.doc, f.author)
	return p.update(ctx, func(s *step) error { return s.decided(ctx, v, f, to, why) })
}

// decided stores a verdict and moves its version.
func (s *step) decided(ctx context.Context, v ledger.Version, f verdict, to carryover.State, why carryover.Reason) error {
	if err := s.Decide(ctx, v.ID, f.match, f.author, false, s.now); err != nil {
		return err
	}
	if f.match.Patient != "" {
		// What the record said when it was chosen; a change before the POST shows.
		if err := s.SealText(ctx, string(v.ID), identityKind, carryover.NewText(s.p.identity(f.chosen))); err != nil {
			return err
		}
	}
	v.Practitioner = f.author
	due := time.Time{}
	switch {
	case to == carryover.Ready:
		due = s.now
	case to == carryover.Held && slices.Contains(lookReasons, why):
		row, err := s.SessionRow(ctx, v.Session)
		if err != nil {
			return err
		}
		if !s.p.isPast(s.now, row.StartedAt) {
			due = s.p.nextLook(s.now, v)
		}
	}
	return s.move(ctx, v, to, why, due)
}

// identityKind names the sealed digest of the patient's identity at the match.
const identityKind = "identity"

// identity is a record's id with a keyed digest of who it is about.
func (p *Pipeline) identity(r carryover.Patient) string {
	return string(r.ID) + " " + string(hexed(p.Ledger.Keys().Digest("identity", r.Identity()...)))
}

// destined is the table of where a matched version goes.
func (p *Pipeline) destined(m carryover.Match, doc carryover.Document, author carryover.PractitionerID) (carryover.State, carryover.Reason) {
	d := p.routed(doc, author)
	switch {
	case d.To == carryover.ToNowhere:
		return carryover.Skipped, carryover.ByRoute
	case m.Grade != carryover.Certain:
		return carryover.Held, m.Reason
	case d.Mode == route.Shadow:
		return carryover.Skipped, carryover.ShadowMode
	case d.Mode == route.Review:
		return carryover.Held, carryover.ReviewMode
	}
	if p.renders(doc, d.To) != nil {
		return carryover.Held, carryover.CannotRender
	}
	return carryover.Ready, carryover.NoReason
}

// routed is where a document goes by the practice's rules.
func (p *Pipeline) routed(doc carryover.Document, author carryover.PractitionerID) route.Decision {
	return p.routes().Decide(doc, author)
}

// destination is what a document that is ready becomes. One that a rule has come
// to leave out since is a note: it was let go before the rule was.
func (p *Pipeline) destination(doc carryover.Document, author carryover.PractitionerID) carryover.Destination {
	if to := p.routed(doc, author).To; to != carryover.ToNowhere {
		return to
	}
	return carryover.ToTreatmentNote
}
