package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
	"carryover/ledger"
)

// Whatever holds a document comes with what helps, about this document.
func TestHeldSaysWhatHelps(t *testing.T) {
	tb := newTable(t)
	v := tb.held(carryover.Rivals, probable("501", "502"))
	held, err := tb.Held(t.Context())
	if err != nil || len(held) != 1 {
		t.Fatalf("Held = %+v, %v, want one", held, err)
	}
	mark := carryover.DocumentMark(v.Session, v.Document)
	if want := "carryover release " + mark + " --patient N"; !strings.Contains(held[0].NextStep, want) {
		t.Errorf("next step = %q, want it to hold %q", held[0].NextStep, want)
	}
	if tb.seen("Still young."); len(tb.list(carryover.Seen)) != 1 || tb.list(carryover.Seen)[0].NextStep != "" {
		t.Error("what moves by itself has a next step for a person")
	}
}

// list returns the versions in a state.
func (tb *table) list(s carryover.State) []Item {
	tb.t.Helper()
	items, err := tb.List(context.Background(), ListRequest{States: []carryover.State{s}})
	if err != nil {
		tb.t.Fatal(err)
	}
	return items
}

// withDiary is an engine that has a diary too.
type withDiary struct {
	byHand
	of       []carryover.PractitionerID
	from, to time.Time
	bookings []carryover.Booking
	err      error
}

func (e *withDiary) Bookings(_ context.Context, of []carryover.PractitionerID, from, to time.Time) ([]carryover.Booking, error) {
	e.of, e.from, e.to = of, from, to
	return e.bookings, e.err
}

func TestShowHasTheDiaryAround(t *testing.T) {
	tb := newTable(t)
	at := tb.now().Add(-time.Hour).Truncate(time.Second)
	e := &withDiary{byHand: byHand{table: tb}, bookings: []carryover.Booking{
		{ID: "2", Kind: carryover.GroupAppointment, Practitioner: author, Patients: []carryover.PatientID{"502", "501"}, StartsAt: at.Add(time.Hour), EndsAt: at.Add(2 * time.Hour)},
		{ID: "1", Kind: carryover.IndividualAppointment, Practitioner: author, Patients: []carryover.PatientID{"501"}, StartsAt: at, EndsAt: at.Add(time.Hour), CancelledAt: at},
		{ID: "3", Kind: carryover.UnavailableBlock, Practitioner: author, StartsAt: at.Add(2 * time.Hour)},
	}}
	tb.Engine = e
	c := serve(t, t.TempDir(), tb.Local)
	v := tb.held(carryover.NextPatient, probable(patient))

	if plain, err := c.Show(t.Context(), ShowRequest{ID: string(v.ID)}); err != nil || len(plain.Bookings) != 0 || e.of != nil {
		t.Errorf("Show = %+v, %v, want Cliniko left alone", plain.Bookings, err)
	}
	got, err := c.Show(t.Context(), ShowRequest{ID: string(v.ID), Diary: true})
	if err != nil {
		t.Fatal(err)
	}
	want := []Booking{
		{ID: "1", Practitioner: "71", Kind: "appointment", Starts: at, Ends: at.Add(time.Hour), Patients: []Attendee{{Patient: "501"}}},
		{ID: "2", Practitioner: "71", Kind: "group", Starts: at.Add(time.Hour), Ends: at.Add(2 * time.Hour), Stands: true, Patients: []Attendee{{Patient: "502"}, {Patient: "501"}}},
		{ID: "3", Practitioner: "71", Kind: "unavailable", Starts: at.Add(2 * time.Hour), Stands: true},
	}
	if d := cmp.Diff(want, got.Bookings); d != "" {
		t.Errorf("bookings, by their start and without names (-want +got):\n%s", d)
	}
	if !slices.Equal(e.of, []carryover.PractitionerID{author}) || !e.from.Before(got.Started) || !e.to.After(got.Started) {
		t.Errorf("asked for %v from %s to %s, want the practitioner's around %s", e.of, e.from, e.to, got.Started)
	}
	named, err := c.Show(t.Context(), ShowRequest{ID: string(v.ID), Diary: true, Names: true})
	if err != nil || named.Bookings[1].Patients[0].Name != "Cana Canaryname" {
		t.Errorf("Show(names) = %+v, %v, want the booked patients' names", named.Bookings, err)
	}
}

// Whose session it was can only be told from everybody's diary.
func TestShowOfWhoseSessionHasEverybodysDiary(t *testing.T) {
	tb := newTable(t)
	tb.Practitioners = []carryover.PractitionerID{author, colleague}
	e := &withDiary{byHand: byHand{table: tb}}
	tb.Engine = e
	v := tb.held(carryover.WhoseSession, probable(patient))
	if _, err := tb.Show(t.Context(), ShowRequest{ID: string(v.ID), Diary: true}); err != nil || !slices.Equal(e.of, tb.Practitioners) {
		t.Errorf("Show asked for the diary of %v, %v, want everybody's", e.of, err)
	}
	e.err = errors.New("no answer")
	if got, err := tb.Show(t.Context(), ShowRequest{ID: string(v.ID), Diary: true}); err != nil || len(got.Candidates) != 1 {
		t.Errorf("Show without an answer of the diary = %+v, %v, want the rest", got, err)
	}
}

func TestStatusTellsOfFewTags(t *testing.T) {
	tb := newTable(t)
	tb.update(func(tx *ledger.Tx) error { return tx.UseMinimal(t.Context(), "t1") })
	got, err := tb.Status(t.Context())
	if err != nil || !slices.Equal(got.FewTags, []string{"t1"}) {
		t.Errorf("Status = few tags of %v, %v, want of t1", got.FewTags, err)
	}
}

// What was sent is called what it is, a note template that was not used says
// why, and the words that Cliniko lost are shown to those who ask for text.
func TestShowSaysWhatBecameOfIt(t *testing.T) {
	tb := newTable(t)
	v := tb.readied(tb.held(carryover.OneClue, probable(patient)))
	tb.update(func(tx *ledger.Tx) error {
		if err := tx.SealText(t.Context(), string(v.ID), ledger.SealedDifference, carryover.NewText("missing: Canaryword")); err != nil {
			return err
		}
		_, err := tx.AddDelivery(t.Context(), ledger.Delivery{
			Version: v.ID, Patient: patient, Practitioner: author, Destination: carryover.ToAttachment, Profile: "standard " + ledger.TemplateGone,
			Reference: carryover.NewReference(v.Session, v.Document, carryover.NewText("A letter."), carryover.ToAttachment, 1),
		})
		return err
	})
	got, err := tb.Show(t.Context(), ShowRequest{ID: string(v.ID), Names: true, Actor: somebody})
	if err != nil {
		t.Fatal(err)
	}
	if got.Destination != "attachment" || len(got.Deliveries) != 1 || got.Deliveries[0].Destination != "attachment" ||
		got.Deliveries[0].Fallback != ledger.FallbackSentence(ledger.TemplateGone) {
		t.Errorf("Show = destination %q, deliveries %+v, want an attachment and why its template was not used", got.Destination, got.Deliveries)
	}
	if got.Difference != "" {
		t.Errorf("Show(names) tells the difference %q, want that only with the text", got.Difference)
	}
	got, err = tb.Show(t.Context(), ShowRequest{ID: string(v.ID), Text: true, Actor: somebody})
	if err != nil || got.Difference != "missing: Canaryword" {
		t.Errorf("Show(text) = difference %q, %v, want what is sealed with the version", got.Difference, err)
	}
}
