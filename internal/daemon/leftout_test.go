package daemon_test

import (
	"slices"
	"testing"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/internal/desk"
	"carryover/sandbox/clinic"
)

// A practitioner whose key Cliniko does not take is left out with an alarm, and
// one whose account is not linked has one too; the others' documents go on.
func TestOnePractitionerLeftOut(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for part of a clinic's day")
	}
	t.Parallel()
	d := newDay(t, clinic.Options{Seed: 4, Practice: clinic.Generate(4, clinic.LastPracticeDay(time.Now())), Pace: 6 * time.Second})
	cfg := d.load()
	refused, unlinked := cfg.Practitioners[0].ID, cfg.Practitioners[1].ID
	cfg.Practitioners[0].Key = carryover.NewSecret("SANDBOX-nobody-any-more-au3")
	cfg.Practitioners[1].InternalID = "somebody-else-1"
	r := d.start(cfg)

	others := func() bool {
		items, err := r.Desk().List(t.Context(), desk.ListRequest{States: []carryover.State{carryover.Proven}})
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(items, func(i desk.Item) bool { return i.Practitioner != string(refused) && i.Practitioner != string(unlinked) })
	}
	d.until(time.Minute, "another practitioner's document is proven", others)
	s, err := r.Desk().Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []desk.Alarm{
		{Kind: string(alarm.KeyRefused), Subject: string(refused)}, {Kind: string(alarm.LinkGone), Subject: string(unlinked)},
	} {
		n := 0
		for _, a := range s.Alarms {
			if a.Kind == want.Kind && a.Subject == want.Subject {
				n++
			}
		}
		if n != 1 {
			t.Errorf("alarms %s about practitioner %s = %d, want 1; open: %v", want.Kind, want.Subject, n, s.Alarms)
		}
	}
	for _, n := range d.Cliniko.Notes() {
		if n.PractitionerID == string(refused) && n.ByAPI {
			t.Errorf("note %s was filed for the practitioner who was left out", n.ID)
		}
	}
	r.stopped()
}
