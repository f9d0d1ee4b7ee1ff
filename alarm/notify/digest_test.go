package notify_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"carryover/alarm"
	"carryover/alarm/notify"
)

func TestScheduleLast(t *testing.T) {
	t.Parallel()
	hobart, err := time.LoadLocation("Australia/Hobart")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		t.Helper()
		when, err := time.ParseInLocation("2006-01-02 15:04", s, hobart)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, tt := range []struct {
		name      string
		day       time.Weekday
		hour      int
		now, want string
	}{
		{"later that day", time.Monday, 7, "2026-11-02 15:00", "2026-11-02 07:00"},
		{"in its minute", time.Monday, 7, "2026-11-02 07:00", "2026-11-02 07:00"},
		{"just before", time.Monday, 7, "2026-11-02 06:59", "2026-10-26 07:00"},
		{"on a Sunday", time.Monday, 7, "2026-11-08 23:59", "2026-11-02 07:00"},
		{"a Sunday's", time.Sunday, 0, "2026-11-02 00:00", "2026-11-01 00:00"},
		{"over the month", time.Friday, 23, "2026-11-01 09:00", "2026-10-30 23:00"},
		{"after summer time began that night", time.Sunday, 7, "2026-10-04 08:00", "2026-10-04 07:00"},
		{"an hour that summer time skipped", time.Sunday, 2, "2026-10-04 08:00", "2026-10-04 03:00"},
	} {
		got := notify.Schedule{Day: tt.day, Hour: tt.hour, Zone: hobart}.Last(at(tt.now))
		if !got.Equal(at(tt.want)) {
			t.Errorf("%s: Last(%s) = %v, want %s", tt.name, tt.now, got, tt.want)
		}
	}
}

// TestDigestOnce: each week has one digest on each channel, whatever restarts in
// between; a machine that was off at the hour sends it late; the first hour is
// the next one.
func TestDigestOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // begins on Saturday 1 January 2000
		mail, push := &box{name: "mail"}, &box{name: "ntfy"}
		d := newDesk(t, mail, push)
		defer d.l.Close()
		weeks := 0
		begin := func() {
			d.restart(mail, push)
			d.Digest = &notify.Schedule{Day: time.Monday, Hour: 7}
			d.Week = func(_ context.Context, from, to time.Time) (notify.Digest, error) {
				weeks++
				return notify.Digest{From: from, To: to}, nil
			}
		}
		begin()
		days := func(n int) {
			for range n * 24 {
				d.round()
				time.Sleep(time.Hour)
			}
		}
		days(1)
		if n := mail.matters()["digest"]; n != 0 {
			t.Errorf("%d digests before the first Monday", n)
		}
		days(10) // two Mondays
		begin()
		days(1)
		if n := mail.matters()["digest"]; n != 2 {
			t.Errorf("%d digests after two Mondays, want 2", n)
		}
		time.Sleep(3 * 7 * 24 * time.Hour) // off
		begin()
		days(1)
		if n := mail.matters()["digest"]; n != 3 {
			t.Errorf("%d digests after a time off, want one more", n)
		}
		if push.matters()["digest"] != 3 || weeks != 6 {
			t.Errorf("%d on the other channel, %d counts, want 3 and 6", push.matters()["digest"], weeks)
		}
		last := mail.got[len(mail.got)-1].Digest
		if span := last.To.Sub(last.From); span != 7*24*time.Hour || last.To.Weekday() != time.Monday || last.To.After(time.Now()) {
			t.Errorf("the last digest is from %v to %v, want a week up to a Monday", last.From, last.To)
		}
	})
}

func TestDigestWords(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, 11, 2, 7, 0, 0, 0, time.UTC)
	m := notify.Message{Page: "https://records.example.com", Digest: &notify.Digest{
		From: monday.AddDate(0, 0, -7), To: monday, Seen: 60, Filed: 55, Held: 3, Oldest: monday.Add(-26 * time.Hour),
		Median: 21 * time.Minute, Worst: 5 * time.Hour,
		Open: []alarm.Alarm{{Kind: alarm.HeldLong}, {Kind: alarm.HeldLong}, {Kind: alarm.DiskLow}}, Head: "ab12", HeadN: 812,
	}}
	text := m.Text()
	for _, want := range []string{
		"60 documents seen, 55 of them filed", "21 min in the middle, 5 h at worst", "3 held for a person, the oldest since Sun 1 Nov 2026 05:00",
		"open 2: " + alarm.HeldLong.Sentence(), "open 1: " + alarm.DiskLow.Sentence(), "entry 812", "ab12", "https://records.example.com",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the digest lacks %q:\n%s", want, text)
		}
	}
	if m.Title() != "Carryover: the week" || m.Urgent() {
		t.Errorf("Title = %q, urgent %v", m.Title(), m.Urgent())
	}
}
