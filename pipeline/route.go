package pipeline

import (
	"context"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/render"
	"carryover/route"
)

// record stores the match and takes the version where the match and the
// practice's rules say.
func (p *Pipeline) record(ctx context.Context, v ledger.Version, m carryover.Match, author carryover.PractitionerID, doc carryover.Document, l *lookups) error {
	decision := route.Decide(p.Rules, doc, author)
	to, why := p.destined(m, decision, doc)
	return p.update(ctx, func(s *step) error {
		if err := s.Decide(ctx, v.ID, m, author, false, s.now); err != nil {
			return err
		}
		if m.Patient != "" {
			// What the record said when it was chosen; a change before the POST shows.
			seen := carryover.NewText(p.identity(l.byID[m.Patient]))
			if err := s.SealText(ctx, string(v.ID), identityKind, seen); err != nil {
				return err
			}
		}
		v.Practitioner = author
		due := time.Time{}
		if to == carryover.Ready {
			due = s.now
		}
		return s.move(ctx, v, to, why, due)
	})
}

// identityKind names the sealed digest of the patient's identity at the match.
const identityKind = "identity"

// identity is a record's id with a keyed digest of who it is about.
func (p *Pipeline) identity(r carryover.Patient) string {
	return string(r.ID) + " " + string(hexed(p.Ledger.Keys().Digest("identity", r.Identity()...)))
}

// destined is the table of where a matched version goes.
func (p *Pipeline) destined(m carryover.Match, d route.Decision, doc carryover.Document) (carryover.State, carryover.Reason) {
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
	if _, err := render.Note(doc, "HD-AAAAAAAA-AAAA", render.Standard); err != nil {
		return carryover.Held, carryover.CannotRender
	}
	return carryover.Ready, carryover.NoReason
}
