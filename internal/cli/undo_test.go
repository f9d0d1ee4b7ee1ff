package cli

import (
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/internal/desk"
)

var noon = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

func TestRemovalsAreSaidOutLoud(t *testing.T) {
	var out strings.Builder
	a := &app{zone: time.UTC}
	a.removals(&out, []desk.Removal{
		{Mark: "HD-7Q4K2MXA", Note: "71", To: "treatment_note", Patient: "5", Address: "https://x.au3.cliniko.com/patients/5", Why: "it is finalised.", Asked: noon},
		{Mark: "HD-7Q4K2MXB", Note: "72", To: "attachment", Patient: "6", Asked: noon},
		{Mark: "HD-7Q4K2MXC", Note: "73", To: "treatment_note", Patient: "7", PutBack: true, Asked: noon},
	})
	want := `REMOVE BY HAND: note 71 in the record of patient 5 (HD-7Q4K2MXA), asked for Tue 3 Nov 2026 12:00
  Left alone because it is finalised.
  https://x.au3.cliniko.com/patients/5
REMOVE BY HAND: attachment 72 in the record of patient 6 (HD-7Q4K2MXB), asked for Tue 3 Nov 2026 12:00
BRING BACK BY HAND: note 73 in the record of patient 7 (HD-7Q4K2MXC), asked for Tue 3 Nov 2026 12:00
`
	if out.String() != want {
		t.Errorf("removals =\n%s\nwant\n%s", out.String(), want)
	}
}

// TestFactsOfAMistake are those that whoever assesses it asks for.
func TestFactsOfAMistake(t *testing.T) {
	var out strings.Builder
	a := &app{zone: time.UTC}
	d := desk.Delivery{Patient: "5", Practitioner: "9", TakenBack: &desk.TakenBack{
		State: "by_hand", Asked: noon, Says: "it is finalised.", Read: noon.Add(time.Minute), Into: "6", Refiled: noon.Add(2 * time.Minute), VisibleFrom: noon.Add(-time.Hour),
	}}
	a.takenBack(&out, d)
	for _, want := range []string{
		"a person has to remove it", "in the record of patient 5 from Tue 3 Nov 2026 11:00 until now, written by practitioner 9",
		"12:01: it is finalised.", "into the record of patient 6 at Tue 3 Nov 2026 12:02",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the facts lack %q:\n%s", want, out.String())
		}
	}
	out.Reset()
	if a.takenBack(&out, desk.Delivery{}); out.Len() != 0 {
		t.Errorf("of a filing that nobody took back it is said %q", out.String())
	}
}

// TestAReversalIsNoPromise: what a person must do is not said to be done.
func TestAReversalIsNoPromise(t *testing.T) {
	for will, want := range map[string]string{desk.WillArchive: "HD-7Q4K2MXA-2C7P will be taken back.", desk.WillByHand: "HD-7Q4K2MXA-2C7P has to be removed by a person."} {
		var out strings.Builder
		(&app{zone: time.UTC}).reversal(&out, desk.Reversal{OfReference: "HD-7Q4K2MXA-2C7P", Will: will, State: "asked"}, "will be taken back")
		if !strings.HasPrefix(out.String(), want) {
			t.Errorf("%s: %q, want %q", will, out.String(), want)
		}
	}
	var out strings.Builder
	v := desk.Detail{Item: desk.Item{Mark: "HD-7Q4K2MXA", State: string(carryover.Held), Note: "71", NextStep: carryover.RemoveByHand.NextStep()}}
	if whatHelps(&out, v); strings.Contains(out.String(), "dismiss") {
		t.Errorf("a note in Cliniko is to be dismissed:\n%s", out.String())
	}
}

func TestRulesSayWhatBecomesOfLaterVersions(t *testing.T) {
	for later, want := range map[string]string{"": "review: waits for one click\n", "hold": "review: waits for one click\n", "file": "; later versions are filed too\n", "leave": "; later versions are left\n"} {
		var out strings.Builder
		ruleTable(&out, desk.Rules{Rules: []desk.Rule{{To: "treatment_note", Mode: "review", Later: later}}, NamesKnown: true})
		if !strings.HasSuffix(out.String(), want) {
			t.Errorf("later %q: %q, want it to end in %q", later, out.String(), want)
		}
	}
}
