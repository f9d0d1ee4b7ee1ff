package desk

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// colleague is another practitioner of the practice.
const colleague = carryover.PractitionerID("72")

func TestReleaseNamesThePractitioner(t *testing.T) {
	both := []carryover.PractitionerID{author, colleague}
	for _, tt := range []struct {
		name       string
		why        carryover.Reason
		configured []carryover.PractitionerID
		named      carryover.PractitionerID
		want       carryover.PractitionerID // "" means refused
		kind       carryover.Kind
		hint       string
	}{
		{"the colleague's", carryover.WhoseSession, both, colleague, colleague, "", ""},
		{"the one who recorded it", carryover.WhoseSession, both, author, author, "", ""},
		{"nobody is named, and there is a choice", carryover.WhoseSession, both, "", "", carryover.ErrRefused, "--practitioner"},
		{"nobody is named, and there is none", carryover.WhoseSession, both[:1], "", author, "", ""},
		{"a stranger", carryover.WhoseSession, both, "99", "", carryover.ErrInvalid, "practitioner_id"},
		{"left the configuration", carryover.WhoseSession, both[:1], colleague, "", carryover.ErrInvalid, "practitioner_id"},
		{"known to the ledger alone", carryover.WhoseSession, nil, author, author, "", ""},
		{"a stranger to the ledger", carryover.WhoseSession, nil, colleague, "", carryover.ErrInvalid, "practitioner_id"},
		{"where it is not the question", carryover.OneClue, both, colleague, "", carryover.ErrRefused, "Leave --practitioner away"},
		{"not even the right one", carryover.ReviewMode, both, author, "", carryover.ErrRefused, "Leave --practitioner away"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tb := newTable(t)
			tb.Practitioners = tt.configured
			v := tb.held(tt.why, probable(patient))
			got, err := tb.Release(t.Context(), ReleaseRequest{ID: string(v.ID), Patient: patient, Practitioner: tt.named, Actor: somebody})
			if tt.want == "" {
				if !errors.Is(err, tt.kind) || !strings.Contains(carryover.HintOf(err), tt.hint) {
					t.Errorf("Release = %v (hint %q), want %s with %q", err, carryover.HintOf(err), tt.kind, tt.hint)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got.State != "ready" || got.Practitioner != string(tt.want) || got.Patient != string(patient) {
				t.Errorf("Release = %s, practitioner %s, patient %s, want ready, %s, %s", got.State, got.Practitioner, got.Patient, tt.want, patient)
			}
		})
	}
}

// What a person said is an entry, and a booking of the practitioner before does
// not travel into the colleague's note.
func TestReleaseOfAColleaguesSessionIsOnRecord(t *testing.T) {
	tb := newTable(t)
	tb.Practitioners = []carryover.PractitionerID{author, colleague}
	m := probable(patient)
	m.Booking = "77"
	v := tb.held(carryover.WhoseSession, m)
	got, err := tb.Release(t.Context(), ReleaseRequest{ID: string(v.ID), Patient: patient, Practitioner: colleague, Actor: somebody})
	if err != nil {
		t.Fatal(err)
	}
	if got.Booking != "" {
		t.Errorf("Release: booking %s, want none: it stands in another diary", got.Booking)
	}
	shown, err := tb.Show(t.Context(), ShowRequest{ID: string(v.ID)})
	if err != nil {
		t.Fatal(err)
	}
	want := "patient:501/practitioner:72"
	if !slices.ContainsFunc(shown.History, func(e Event) bool { return e.Action == "released" && e.Note == want }) {
		t.Errorf("history = %+v, want a release with the note %q", shown.History, want)
	}
}

// The digest covers who is thought to be the author: a decision about another
// one is refused.
func TestReleaseNoticesAnotherPractitioner(t *testing.T) {
	tb := newTable(t)
	tb.Practitioners = []carryover.PractitionerID{author, colleague}
	v := tb.held(carryover.WhoseSession, probable(patient))
	shown, err := tb.Show(t.Context(), ShowRequest{ID: string(v.ID)})
	if err != nil {
		t.Fatal(err)
	}
	tb.update(func(tx *ledger.Tx) error {
		return tx.Decide(t.Context(), v.ID, *probable(patient), colleague, false, tb.now())
	})
	r := ReleaseRequest{ID: string(v.ID), Practitioner: author, Digest: shown.Digest, Actor: somebody}
	if _, err := tb.Release(t.Context(), r); !errors.Is(err, ErrChanged) {
		t.Errorf("Release(what was shown before) = %v, want ErrChanged", err)
	}
}

// A likely patient is taken only by somebody who has seen why.
func TestReleaseOfALikelyPatientNeedsALook(t *testing.T) {
	tb := newTable(t)
	v := tb.held(carryover.OneClue, probable(patient))
	_, err := tb.Release(t.Context(), ReleaseRequest{ID: string(v.ID), Actor: somebody})
	if !errors.Is(err, carryover.ErrRefused) || !strings.Contains(carryover.HintOf(err), "--patient") {
		t.Errorf("Release(unseen) = %v (hint %q), want a refusal that asks for the patient", err, carryover.HintOf(err))
	}
	shown, err := tb.Show(t.Context(), ShowRequest{ID: string(v.ID)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := tb.Release(t.Context(), ReleaseRequest{ID: string(v.ID), Digest: shown.Digest, Actor: somebody})
	if err != nil || got.Patient != string(patient) {
		t.Errorf("Release(seen) = %+v, %v, want ready for patient %s", got, err, patient)
	}
}

// A change of mind brings back what the document was held for: dismissing it has
// not told anybody who the patient is, and a note that is in Cliniko stays there.
func TestAChangeOfMindKeepsTheReason(t *testing.T) {
	for _, why := range []carryover.Reason{carryover.OneClue, carryover.Rivals, carryover.AlreadyPasted, carryover.NotProven, carryover.ReviewMode} {
		tb := newTable(t)
		v := tb.held(why, probable(patient))
		tb.update(func(tx *ledger.Tx) error {
			return tb.enter(t.Context(), tx, v.Session, audit.Entry{
				Actor: "carryover", Action: audit.Moved, Subject: string(v.ID), From: carryover.Ripe, To: carryover.Held, Reason: why,
			})
		})
		if _, err := tb.Dismiss(t.Context(), DismissRequest{ID: string(v.ID), Reason: Test, Actor: somebody}); err != nil {
			t.Fatal(err)
		}
		back, err := tb.Retry(t.Context(), RetryRequest{ID: string(v.ID), Actor: somebody})
		if err != nil || back.State != "held" || back.Reason != string(why) {
			t.Errorf("Retry(dismissed while held for %s) = %s (%s), %v, want held for the same", why, back.State, back.Reason, err)
		}
	}
}
