package pipeline

import (
	"context"
	"slices"

	"carryover"
	"carryover/render"
)

// lookFirst is step 1: it ends the road before a POST when what the author has
// filed says that the document is there already; done is true then.
func (p *Pipeline) lookFirst(ctx context.Context, w way) (done bool, err error) {
	mark := w.d.Reference.Mark()
	for _, f := range w.list.filings {
		refs := render.References(f.says)
		switch {
		case slices.Contains(refs, w.d.Reference) && f.to == w.d.Destination:
			// A restored database, or a second daemon: it is ours.
			w.d.WordsDigest = w.sentDigest()
			return true, p.adoptOrHold(ctx, w.v, w.d, w.list)
		case !f.live:
		case slices.ContainsFunc(refs, func(r carryover.Reference) bool { return r.Mark() == mark }):
			if !w.knowsOfNote() {
				return true, p.hold(ctx, w.v, carryover.EarlierNote)
			}
		case f.to != carryover.ToTreatmentNote: // what other files hold is not read
		case f.patient != w.v.Patient || w.waived == carryover.AlreadyPasted:
		case len(refs) == 0 && render.HoldsCopy(f.says, w.doc), len(refs) > 0 && render.IsCopy(f.says, w.doc):
			return true, p.hold(ctx, w.v, carryover.AlreadyPasted)
		}
	}
	if w.updated && !w.follows && !w.v.ByPerson {
		// A rule had it follow an earlier version, and then it was matched to somebody
		// else than that one went to, as when a person has moved the earlier one.
		return true, p.hold(ctx, w.v, carryover.LaterVersion)
	}
	return false, nil
}
