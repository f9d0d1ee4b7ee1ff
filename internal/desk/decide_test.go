package desk

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

func TestRelease(t *testing.T) {
	certain := &carryover.Match{
		Grade: carryover.Certain, Patient: patient, Booking: "77",
		Candidates: []carryover.Candidate{{Patient: patient, Grade: carryover.Certain}},
	}
	for _, tt := range []struct {
		name    string
		why     carryover.Reason
		match   *carryover.Match
		chosen  carryover.PatientID
		patient string // who it is released to; "" means refused
		booking string
	}{
		{"evidence names one, unseen", carryover.OneClue, probable(patient), "", "", ""},
		{"evidence names one", carryover.OneClue, probable(patient), patient, "501", ""},
		{"a person names one", carryover.NoCandidate, nil, "777", "777", ""},
		{"a person overrules", carryover.OneClue, probable(patient), "777", "777", ""},
		{"a click", carryover.ReviewMode, certain, "", "501", "77"},
		{"a click, another patient", carryover.ReviewMode, certain, "777", "777", ""},
		{"rivals", carryover.Rivals, probable("501", "502"), "", "", ""},
		{"rivals, one chosen", carryover.Rivals, probable("501", "502"), "502", "502", ""},
		{"nobody", carryover.NoEvidence, nil, "", "", ""},
		{"not an id", carryover.NoEvidence, nil, "Cana", "", ""},
		{"evidence changed after filing", carryover.EvidenceChanged, certain, "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tb := newTable(t)
			v := tb.held(tt.why, tt.match)
			got, err := tb.Release(t.Context(), ReleaseRequest{ID: string(v.ID), Patient: tt.chosen, Actor: somebody})
			if tt.patient == "" {
				if err == nil || carryover.HintOf(err) == "" {
					t.Fatalf("Release = %+v, %v, want a refusal with a hint", got, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got.State != "ready" || got.Patient != tt.patient || got.Booking != tt.booking || !got.ByPerson {
				t.Errorf("Release = %s, patient %s, booking %q, by person %t, want ready, %s, %q, true",
					got.State, got.Patient, got.Booking, got.ByPerson, tt.patient, tt.booking)
			}
			if d := cmp.Diff([]string{somebody + " released"}, tb.actions(v.ID)); d != "" {
				t.Errorf("entries (-want +got):\n%s", d)
			}
		})
	}
}

func TestReleaseOfALaterVersionGoesWhereTheEarlierWent(t *testing.T) {
	tb := newTable(t)
	first := tb.readied(tb.held(carryover.OneClue, probable(patient)))
	tb.sent(first, carryover.Sending, carryover.Filed, carryover.Proven)
	later := tb.again(carryover.Session{ID: first.Session, Practitioner: author}, "A letter, changed.")
	tb.move(later.ID, carryover.Held, carryover.LaterVersion)
	if _, err := tb.Retry(t.Context(), RetryRequest{ID: string(later.ID), Actor: somebody}); err == nil {
		t.Error("Retry(later version) worked, want a refusal: a person must choose")
	}
	got, err := tb.Release(t.Context(), ReleaseRequest{ID: string(later.ID), Actor: somebody})
	if err != nil || got.Patient != string(patient) || got.State != "ready" {
		t.Errorf("Release(later version) = %+v, %v, want ready for patient %s", got, err, patient)
	}
}

func TestReleaseOnlyWhatWasShown(t *testing.T) {
	tb := newTable(t)
	v := tb.held(carryover.OneClue, probable(patient))
	shown, err := tb.Show(t.Context(), ShowRequest{ID: string(v.ID)})
	if err != nil {
		t.Fatal(err)
	}
	tb.update(func(tx *ledger.Tx) error { return tx.TouchVersion(t.Context(), v.ID, tb.now()) })
	if again, _ := tb.Show(t.Context(), ShowRequest{ID: string(v.ID)}); again.Digest != shown.Digest {
		t.Errorf("digest after a reading that changed nothing = %s, want %s", again.Digest, shown.Digest)
	}
	tb.update(func(tx *ledger.Tx) error {
		return tx.Decide(t.Context(), v.ID, *probable("502"), author, false, tb.now())
	})
	_, err = tb.Release(t.Context(), ReleaseRequest{ID: string(v.ID), Digest: shown.Digest, Actor: somebody})
	if !errors.Is(err, ErrChanged) {
		t.Fatalf("Release(what was shown before) = %v, want ErrChanged", err)
	}
	if got := tb.actions(v.ID); len(got) != 0 {
		t.Errorf("a refused release left entries %v, want none", got)
	}
	again, err := tb.Show(t.Context(), ShowRequest{ID: string(v.ID)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tb.Release(t.Context(), ReleaseRequest{ID: string(v.ID), Digest: again.Digest, Actor: somebody}); err != nil {
		t.Errorf("Release(what is shown now) = %v, want no error", err)
	}
}

func TestTwoPeopleDecideAtOnce(t *testing.T) {
	tb := newTable(t)
	v := tb.held(carryover.OneClue, probable(patient))
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			if i%2 == 0 {
				_, errs[i] = tb.Release(context.Background(), ReleaseRequest{ID: string(v.ID), Patient: patient, Actor: somebody})
			} else {
				_, errs[i] = tb.Dismiss(context.Background(), DismissRequest{ID: string(v.ID), Reason: Test, Actor: somebody})
			}
		})
	}
	wg.Wait()
	done := 0
	for i, err := range errs {
		if err == nil {
			done++
		} else if carryover.HintOf(err) == "" {
			t.Errorf("decision %d = %v, want a hint", i, err)
		}
	}
	// A dismissal may follow a release that came first; nothing follows a dismissal.
	if done < 1 || done > 2 || len(tb.actions(v.ID)) != done {
		t.Errorf("%d decisions took effect, with %d entries, want 1 or 2 and as many entries", done, len(tb.actions(v.ID)))
	}
}

func TestReleaseRefusesWhatIsNotHeld(t *testing.T) {
	tb := newTable(t)
	seen := tb.seen("Still young.")
	unproven := tb.readied(tb.held(carryover.OneClue, probable(patient)))
	tb.sent(unproven, carryover.Sending, carryover.Filed, carryover.Held)
	for _, tt := range []struct {
		name string
		id   carryover.VersionID
		hint string
	}{
		{"seen", seen.ID, "nothing to decide"},
		{"not proven", unproven.ID, "Look at the note"},
	} {
		_, err := tb.Release(t.Context(), ReleaseRequest{ID: string(tt.id), Patient: patient, Actor: somebody})
		if !errors.Is(err, carryover.ErrRefused) || !strings.Contains(carryover.HintOf(err), tt.hint) {
			t.Errorf("Release(%s) = %v (hint %q), want ErrRefused with %q", tt.name, err, carryover.HintOf(err), tt.hint)
		}
	}
}

func TestDismissAndChangeOfMind(t *testing.T) {
	tb := newTable(t)
	v := tb.held(carryover.OneClue, probable(patient))
	if _, err := tb.Dismiss(t.Context(), DismissRequest{ID: string(v.ID), Reason: "because", Actor: somebody}); !errors.Is(err, carryover.ErrInvalid) {
		t.Errorf("Dismiss(reason that is not in the list) = %v, want ErrInvalid", err)
	}
	got, err := tb.Dismiss(t.Context(), DismissRequest{
		ID: string(v.ID), Reason: NotForCliniko, Remark: carryover.NewText("Cana asked for it"), Actor: somebody,
	})
	if err != nil || got.State != "dismissed" {
		t.Fatalf("Dismiss = %+v, %v, want dismissed", got, err)
	}
	tb.update(func(tx *ledger.Tx) error {
		remark, err := tx.OpenText(t.Context(), string(v.ID), "remark")
		if err == nil && remark.Reveal() != "Cana asked for it" {
			t.Errorf("remark = %q, want what was said", remark.Reveal())
		}
		return err
	})
	if _, err := tb.Release(t.Context(), ReleaseRequest{ID: string(v.ID), Actor: somebody}); err == nil {
		t.Error("Release(dismissed) worked, want a refusal")
	}
	back, err := tb.Retry(t.Context(), RetryRequest{ID: string(v.ID), Actor: somebody})
	if err != nil || back.State != "held" || back.Reason != string(carryover.OneClue) {
		t.Fatalf("Retry(dismissed) = %+v, %v, want held for what it was held for", back, err)
	}
	if _, err := tb.Release(t.Context(), ReleaseRequest{ID: string(v.ID), Patient: patient, Actor: somebody}); err != nil {
		t.Errorf("Release(after a change of mind) = %v, want no error", err)
	}
	want := []string{somebody + " dismissed", somebody + " reopened", somebody + " released"}
	if d := cmp.Diff(want, tb.actions(v.ID)); d != "" {
		t.Errorf("entries (-want +got):\n%s", d)
	}
}

func TestRetry(t *testing.T) {
	for _, tt := range []struct {
		name  string
		make  func(tb *table) ledger.Version
		state string // where it goes; "" means refused
	}{
		{"held", func(tb *table) ledger.Version { return tb.held(carryover.NoCandidate, nil) }, "ripe"},
		{"skipped", func(tb *table) ledger.Version {
			v := tb.seen("A consent form.")
			tb.move(v.ID, carryover.Ripe, carryover.NoReason)
			return tb.move(v.ID, carryover.Skipped, carryover.ByRoute)
		}, "ripe"},
		{"held, with the words of the consult note", func(tb *table) ledger.Version {
			v := tb.held(carryover.DeletedInHeidi, nil)
			tb.update(func(tx *ledger.Tx) error { return tx.MarkEqual(context.Background(), v.ID, true) })
			return v
		}, "skipped"},
		{"skipped for the words of the consult note", func(tb *table) ledger.Version {
			v := tb.seen("A consult note.")
			tb.update(func(tx *ledger.Tx) error { return tx.MarkEqual(context.Background(), v.ID, true) })
			return tb.move(v.ID, carryover.Skipped, carryover.EqualsConsultNote)
		}, "ripe"},
		{"refused by cliniko", func(tb *table) ledger.Version {
			v := tb.readied(tb.held(carryover.OneClue, probable(patient)))
			tb.sent(v, carryover.Sending, carryover.Refused)
			return v
		}, "ripe"},
		{"still in doubt", func(tb *table) ledger.Version {
			v := tb.readied(tb.held(carryover.OneClue, probable(patient)))
			tb.sent(v, carryover.Sending, carryover.InDoubt, carryover.Held)
			return v
		}, "ready"},
		{"not proven", func(tb *table) ledger.Version {
			v := tb.readied(tb.held(carryover.OneClue, probable(patient)))
			tb.sent(v, carryover.Sending, carryover.Filed, carryover.Held)
			return v
		}, "filed"},
		{"seen", func(tb *table) ledger.Version { return tb.seen("Young.") }, ""},
		{"proven", func(tb *table) ledger.Version {
			v := tb.readied(tb.held(carryover.OneClue, probable(patient)))
			tb.sent(v, carryover.Sending, carryover.Filed, carryover.Proven)
			return v
		}, ""},
		{"text destroyed", func(tb *table) ledger.Version {
			v := tb.held(carryover.NoCandidate, nil)
			tb.update(func(tx *ledger.Tx) error { return tx.Destroy(context.Background(), string(v.ID)) })
			return v
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tb := newTable(t)
			v := tt.make(tb)
			got, err := tb.Retry(t.Context(), RetryRequest{ID: string(v.ID), Actor: somebody})
			switch {
			case tt.state == "" && (err == nil || carryover.HintOf(err) == ""):
				t.Errorf("Retry = %s, %v, want a refusal with a hint", got.State, err)
			case tt.state != "" && (err != nil || got.State != tt.state):
				t.Errorf("Retry = %s, %v, want %s", got.State, err, tt.state)
			}
		})
	}
}

func TestDecidingClearsTheAlarm(t *testing.T) {
	tb := newTable(t)
	v := tb.readied(tb.held(carryover.OneClue, probable(patient)))
	delivery := tb.sent(v, carryover.Sending, carryover.Refused)
	tb.update(func(tx *ledger.Tx) error {
		_, err := alarm.Raise(t.Context(), tx, alarm.Refused, string(delivery), tb.now())
		return err
	})
	if _, err := tb.Dismiss(t.Context(), DismissRequest{ID: string(delivery), Reason: FiledByHand, Actor: somebody}); err != nil {
		t.Fatal(err)
	}
	if s, err := tb.Status(t.Context()); err != nil || len(s.Alarms) != 0 {
		t.Errorf("Status().Alarms = %+v, %v, want none", s.Alarms, err)
	}
}

func TestPause(t *testing.T) {
	tb := newTable(t)
	on, err := tb.Pause(t.Context(), PauseRequest{On: true, Actor: somebody})
	if err != nil || !on.Paused {
		t.Errorf("Pause(on) = %+v, %v, want paused", on, err)
	}
	off, err := tb.Pause(t.Context(), PauseRequest{Actor: somebody})
	if err != nil || off.Paused {
		t.Errorf("Pause(off) = %+v, %v, want not paused", off, err)
	}
	one, err := tb.Pause(t.Context(), PauseRequest{On: true, Practitioner: author, Actor: somebody})
	if err != nil || one.Paused || !one.Practitioners[0].Paused || one.Practitioners[0].Reason != "by_person" {
		t.Errorf("Pause(on, one) = %+v, %v, want that practitioner paused by a person", one, err)
	}
	if one, err = tb.Pause(t.Context(), PauseRequest{Practitioner: author, Actor: somebody}); err != nil || one.Practitioners[0].Paused {
		t.Errorf("Pause(off, one) = %+v, %v, want nobody paused", one, err)
	}
	if _, err := tb.Pause(t.Context(), PauseRequest{On: true, Practitioner: "4040", Actor: somebody}); !errors.Is(err, carryover.ErrRefused) {
		t.Errorf("Pause(unknown practitioner) = %v, want ErrRefused", err)
	}
}
