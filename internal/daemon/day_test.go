package daemon_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"carryover"
	"carryover/internal/config"
	"carryover/ledger"
	"carryover/sandbox/clinic"
	"carryover/sandbox/clinikosim"
)

// TestDay carries a generated clinic's whole day, with the usual faults, and
// then asks everybody who knows: the clinic's own books, both simulators, the
// request journal, the ledger and its audit chain.
func TestDay(t *testing.T) {
	if testing.Short() {
		t.Skip("a clinic's day takes ten seconds")
	}
	t.Parallel()
	d := newDay(t, usual(11, 8*time.Second))
	cfg := d.load()
	r := d.start(cfg)
	d.untilSettled(r)
	r.stopped()
	d.inspect(cfg)
}

// inspect asks everybody about a day that is over; the daemon has stopped.
func (d *clinicDay) inspect(cfg *config.Config) {
	d.t.Helper()
	truth := d.judge()
	d.onlyReadHeidi()
	d.notLimited()
	d.onlyDrafts(truth)
	d.books(cfg, func(ctx context.Context, tx *ledger.Tx) error {
		newest, err := tx.List(ctx, ledger.Filter{})
		if err != nil {
			return err
		}
		d.endStates(truth, newest)
		d.countsAddUp(ctx, tx, newest)
		return d.keptTexts(ctx, tx)
	})
}

// writable are the paths of Cliniko, and of its file store, that are written to.
var writable = []string{"/treatment_notes", "/patient_attachments", clinikosim.BucketPath + "/"}

// onlyReadHeidi: nothing but GET ever went to Heidi.
func (d *clinicDay) onlyReadHeidi() {
	d.t.Helper()
	for call, n := range d.Heidi.WriteCalls() {
		d.t.Errorf("heidi got %d × %s, want reads alone", n, call)
	}
	for _, e := range d.Journal.Writes("heidi") {
		d.t.Errorf("heidi got %s %s, want GET alone", e.Method, e.Path)
	}
	for _, e := range d.Journal.Writes("cliniko") {
		if e.Method != http.MethodPost || !slices.Contains(writable, e.Path) {
			d.t.Errorf("cliniko got %s %s, want no write but the POST of a note, a file or its record", e.Method, e.Path)
		}
	}
}

// onlyDrafts: every note of ours is a draft by the practitioner of its session.
func (d *clinicDay) onlyDrafts(truth clinic.Truth) {
	d.t.Helper()
	for _, n := range d.Cliniko.Notes() {
		if n.ByAPI && (!n.Draft || !n.FinalizedAt.IsZero()) {
			d.t.Errorf("note %s is final, want a draft", n.ID)
		}
	}
	author := map[clinic.DocumentRef]string{}
	for _, doc := range truth.Documents {
		author[clinic.DocumentRef{SessionID: doc.SessionID, DocumentID: doc.DocumentID}] = doc.PractitionerID
	}
	for _, n := range truth.Notes {
		if n.BeforeDay {
			continue
		}
		if n.Document == nil {
			d.t.Errorf("note %s carries no document of the day", n.ID)
			continue
		}
		want := author[clinic.DocumentRef{SessionID: n.Document.SessionID, DocumentID: n.Document.DocumentID}]
		if n.PractitionerID != want {
			d.t.Errorf("note %s is by practitioner %s, want %s", n.ID, n.PractitionerID, want)
		}
	}
}

// ends are the ledger's words for what the truth expects.
var ends = map[string][]carryover.State{
	"proven":  {carryover.Proven},
	"held":    {carryover.Held},
	"skipped": {carryover.Skipped},
	"waiting": {carryover.Seen},
	"either":  {carryover.Proven, carryover.Held},
}

// endStates: every document stands where the truth says that it should.
func (d *clinicDay) endStates(truth clinic.Truth, newest []ledger.Version) {
	d.t.Helper()
	at := map[carryover.DocumentID]ledger.Version{}
	for _, v := range newest {
		if v.Newest {
			at[v.Document] = v
		}
	}
	for _, doc := range truth.Documents {
		v, seen := at[carryover.DocumentID(doc.DocumentID)]
		if !seen && !d.passedBy(doc) {
			d.t.Errorf("document %s (%s) is not in the ledger", doc.DocumentID, doc.Case)
		}
		if want := ends[doc.Expect]; seen && !slices.Contains(want, v.State) {
			d.t.Errorf("document %s (%s) is %s (%s), want %s: %s", doc.DocumentID, doc.Case, v.State, v.Reason, doc.Expect, doc.Why)
		}
		delete(at, carryover.DocumentID(doc.DocumentID))
	}
	for id, v := range at {
		d.t.Errorf("the ledger has document %s in %s, which the clinic never showed", id, v.State)
	}
}

// passedBy says that a document came and went: on a busy machine it can do so
// between two polls.
func (d *clinicDay) passedBy(doc clinic.DocumentTruth) bool {
	for _, rec := range d.Heidi.Documents() {
		if rec.SessionID == doc.SessionID && rec.DocumentID == doc.DocumentID {
			return rec.Gone
		}
	}
	return false
}

// countsAddUp: every document that was seen is in exactly one state.
func (d *clinicDay) countsAddUp(ctx context.Context, tx *ledger.Tx, newest []ledger.Version) {
	d.t.Helper()
	counts, err := tx.Counts(ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	sum, documents := 0, 0
	for state, n := range counts {
		sum += n
		if !slices.Contains([]carryover.State{
			carryover.Proven, carryover.Held, carryover.Skipped, carryover.Seen, carryover.Superseded,
		}, state) {
			d.t.Errorf("%d documents are left in %s", n, state)
		}
	}
	for _, v := range newest {
		if v.Newest {
			documents++
		}
	}
	if sum != documents {
		d.t.Errorf("the counts of all states add up to %d, want the %d documents that were seen", sum, documents)
	}
}

// keptTexts: what is proven or superseded is destroyed, what waits is there.
func (d *clinicDay) keptTexts(ctx context.Context, tx *ledger.Tx) error {
	d.t.Helper()
	all, err := tx.List(ctx, ledger.Filter{OlderToo: true})
	if err != nil {
		return err
	}
	destroyed, kept := 0, 0
	for _, v := range all {
		doc, err := tx.Content(ctx, v.ID)
		gone := errors.Is(err, carryover.ErrGone)
		switch {
		case err != nil && !gone:
			return err
		case v.State == carryover.Proven || v.State == carryover.Superseded:
			if destroyed++; !gone {
				d.t.Errorf("version %s is %s and its text is still kept (%d bytes)", v.ID, v.State, len(doc.Content.Reveal()))
			}
		case v.Reason == carryover.TextGone:
			if !gone {
				d.t.Errorf("version %s is held because its text is gone, and it is here", v.ID)
			}
		case v.State == carryover.Held:
			if kept++; gone || doc.Content.IsBlank() {
				d.t.Errorf("version %s is held (%s) and its text is gone", v.ID, v.Reason)
			}
		}
	}
	d.t.Logf("%d texts destroyed, %d kept", destroyed, kept)
	if destroyed == 0 {
		d.t.Error("no text was destroyed: the day proved nothing")
	}
	return nil
}
