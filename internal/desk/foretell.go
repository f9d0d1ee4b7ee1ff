package desk

import (
	"context"
	"time"

	"carryover"
	"carryover/ledger"
)

// What an undo or a move will come to, as data for a page and for a terminal.

// A Reversal is what happens to a filing that is taken back or moved.
type Reversal struct {
	Item                  // the document's version
	Of          string    `json:"of"` // the delivery
	OfReference string    `json:"of_reference"`
	OfNote      string    `json:"of_note"`
	OfTo        string    `json:"of_destination"` // treatment_note or attachment: what the id in OfNote is of
	From        string    `json:"from"`           // in whose record it is, or was
	Into        string    `json:"into,omitempty"` // in whose record the document is filed instead
	Address     string    `json:"address,omitempty"`
	Will        string    `json:"will"` // archive, remove_by_hand, nothing, not_known
	Touch       string    `json:"touch,omitempty"`
	Says        []string  `json:"says"`            // the same in sentences
	State       string    `json:"doing,omitempty"` // how far it has come; empty for a dry run
	Asked       time.Time `json:"asked,omitzero"`
}

// What will happen to a note.
const (
	WillArchive = "archive"        // Carryover archives it
	WillByHand  = "remove_by_hand" // a person must remove it
	WillNothing = "nothing"        // it is not in the record
	WillSee     = "not_known"      // nobody has read it yet
)

// foretell reads the note, where a daemon can, and says what will happen.
func (d *Local) foretell(ctx context.Context, p plan, r reversal) Reversal {
	out := Reversal{
		Of: string(p.of.ID), OfReference: string(p.of.Reference), OfNote: string(p.of.Note), OfTo: string(p.of.Destination),
		From: string(p.of.Patient), Into: string(r.into), Will: WillSee,
	}
	_ = d.Ledger.View(ctx, func(tx *ledger.Tx) (err error) { // what there is of it is said
		out.Item, err = itemOf(ctx, tx, p.v)
		return err
	})
	examiner, ok := d.Engine.(Examiner)
	switch {
	case p.of.State == carryover.Undone:
		out.Will = WillNothing
	case ok:
		there, touch, err := examiner.Examine(ctx, p.of.ID)
		switch {
		case err != nil:
		case !there:
			out.Will = WillNothing
		case touch == "":
			out.Will = WillArchive
		default:
			out.Will, out.Touch = WillByHand, touch
		}
	}
	out.Says = append(says(out), d.waits(ctx, p.of.Practitioner)...)
	return out
}

// says puts it in sentences, with what the note is called in the middle.
func says(r Reversal) []string {
	what, record, anew := called(r), "the record of patient "+r.From, "draft"
	if r.OfTo == string(carryover.ToAttachment) {
		anew = "attachment"
	}
	var out []string
	switch r.Will {
	case WillArchive:
		out = append(out, what+" is as it was filed: it is archived, and so out of "+record+".")
	case WillByHand:
		from := record
		if r.Touch == "another_record" { // the one that it was filed in is not where to look
			from = "the record that it is in now"
		}
		out = append(out, what+" is left alone: "+TouchSentence(r.Touch)+" A person has to remove it from "+from+".")
	case WillNothing:
		out = append(out, what+" is not in "+record+" any more.")
	default:
		out = append(out, what+" is read first. As it was filed, it is archived, and so out of "+record+"; if somebody has worked on it, a person has to remove it.")
	}
	if r.Into != "" {
		out = append(out, "The document is filed in the record of patient "+r.Into+", as a new "+anew+" with a reference of its own.")
	}
	return out
}

// waits says why a decision is not acted on at once, and what helps: nothing is
// written while writing is paused, nor while no daemon runs.
func (d *Local) waits(ctx context.Context, who carryover.PractitionerID) (out []string) {
	_ = d.Ledger.View(ctx, func(tx *ledger.Tx) error { // what there is of it is said
		all, _, err := tx.Setting(ctx, pausedSetting)
		if err != nil {
			return err
		}
		if all == pausedYes {
			out = append(out, "All writing to Cliniko is paused, so this waits until that is lifted.", "`carryover resume` lets it go on.")
		}
		row, err := tx.Practitioner(ctx, who)
		if err == nil && !row.PausedAt.IsZero() {
			out = append(out, "Writing for practitioner "+string(who)+" is paused, so this waits until that is lifted.",
				"`carryover status` says why; `carryover resume --practitioner "+string(who)+"` lets it go on.")
		}
		return err
	})
	if d.Engine == nil {
		out = append(out, "No daemon runs, so this waits until one does: start `carryover run`.")
	}
	return out
}

// touches are what somebody may have done to a note, in plain words.
var touches = map[string]string{
	"edited":           "it holds other words than were filed.",
	"finalised":        "it is finalised.",
	"saved":            "somebody has saved it since it was filed.",
	"another_record":   "somebody has put it into another record than the one it was filed in.",
	"another_author":   "it is not the author's whose key made it.",
	"described":        "somebody has described it anew.",
	"unread":           "Cliniko does not show what it holds.",
	"refused":          "Cliniko would not archive it.",
	"no_answer":        "twice nobody could tell whether Cliniko archived it.",
	"worked_on_during": "somebody worked on it while it was being archived.",
	"brought_back":     "it was archived, and somebody has brought it back.",
	"called_off":       "somebody decided otherwise.",
	"restored":         "it was decided before the ledger was restored.",
	"there_already":    "it is in the record where it was to go, since the two were merged.",
}

// TouchSentence says in plain words what somebody did to a note, so that it is
// left to a person; "" for any other word.
func TouchSentence(touch string) string { return touches[touch] }

// whySentence is the sentence of whatever a reversal gives as its reason.
func whySentence(why string) string {
	if s := TouchSentence(why); s != "" || why == "" {
		return s
	}
	return carryover.Reason(why).Sentence()
}

// addressed adds where in Cliniko the record is.
func (d *Local) addressed(ctx context.Context, r Reversal) (Reversal, error) {
	err := d.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		r.Address, err = addressOf(ctx, tx, carryover.PatientID(r.From))
		return err
	})
	return r, err
}

// A Removal is a note or attachment that a person must remove, or bring back.
type Removal struct {
	Mark     string    `json:"mark"`
	Delivery string    `json:"delivery"`
	Note     string    `json:"note"`
	To       string    `json:"destination"`
	Patient  string    `json:"patient"`
	Address  string    `json:"address,omitempty"`
	Why      string    `json:"why,omitempty"` // a sentence
	PutBack  bool      `json:"put_back,omitempty"`
	Asked    time.Time `json:"asked"`
	Read     time.Time `json:"read,omitzero"` // when it was last seen there
}

// removals lists what waits for a person's hand in Cliniko.
func removals(ctx context.Context, tx *ledger.Tx) ([]Removal, error) {
	open, err := tx.OpenReversals(ctx)
	if err != nil {
		return nil, err
	}
	var out []Removal
	for _, r := range open {
		if r.State != ledger.ReversalByHand && r.State != ledger.ReversalPutBack {
			continue
		}
		one, err := removalOf(ctx, tx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func removalOf(ctx context.Context, tx *ledger.Tx, r ledger.Reversal) (Removal, error) {
	of, err := tx.Delivery(ctx, r.Delivery)
	if err != nil {
		return Removal{}, err
	}
	v, err := tx.Version(ctx, of.Version)
	if err != nil {
		return Removal{}, err
	}
	address, err := addressOf(ctx, tx, of.Patient)
	return Removal{
		Mark: markOf(v), Delivery: string(of.ID), Note: string(of.Note), To: string(of.Destination), Patient: string(of.Patient),
		Address: address, Why: TouchSentence(r.Why), PutBack: r.State == ledger.ReversalPutBack, Asked: r.AskedAt, Read: r.ReadAt,
	}, err
}
