package notify

import (
	"fmt"
	"strings"
	"time"

	"carryover/alarm"
)

// A Digest is a week in numbers.
type Digest struct {
	From, To      time.Time
	Seen, Filed   int           // documents first seen in the week, and how many of them are in Cliniko
	Held          int           // waiting for a person now
	Oldest        time.Time     // since when the first of them waits; zero: none does
	Median, Worst time.Duration // from when Heidi first showed a document until Cliniko had it; zero: none filed
	Open          []alarm.Alarm // what somebody should look at
	// Head is the newest entry of the audit chain and its number, for whoever wants
	// to know later that nothing was cut off: `carryover audit verify --head`.
	Head  string
	HeadN int64
}

func (d *Digest) write(b *strings.Builder, zone *time.Location) {
	fmt.Fprintf(b, "From %s to %s\n\n", when(d.From, zone), when(d.To, zone))
	fmt.Fprintf(b, "  %d documents seen, %d of them filed\n", d.Seen, d.Filed)
	if d.Filed > 0 {
		fmt.Fprintf(b, "  From Heidi to the chart: %s in the middle, %s at worst\n", span(d.Median), span(d.Worst))
	}
	fmt.Fprintf(b, "  %d held for a person", d.Held)
	if d.Held > 0 {
		fmt.Fprintf(b, ", the oldest since %s", when(d.Oldest, zone))
	}
	b.WriteString("\n\n")
	if len(d.Open) == 0 {
		b.WriteString("Nothing is open that somebody should look at.\n")
	}
	for _, k := range alarm.Kinds {
		n := 0
		for _, a := range d.Open {
			if a.Kind == k {
				n++
			}
		}
		if n > 0 {
			fmt.Fprintf(b, "  open %d: %s\n", n, k.Sentence())
		}
	}
	fmt.Fprintf(b, "\nThe record of who did what ends with entry %d:\n  %s\nKeep this mail: `carryover audit verify --head` with these digits shows whether anything was cut off.\n\n", d.HeadN, d.Head)
}

// span writes how long something took, in whole minutes.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "under a minute"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	}
	return fmt.Sprintf("%d h", int(d.Round(time.Hour).Hours()))
}

// A Schedule is the hour of a week at which a digest goes out, in a zone.
type Schedule struct {
	Day  time.Weekday
	Hour int
	Zone *time.Location
}

// Last is the newest such moment that is not after now. Where summer time skips
// the hour, it is the one after.
func (s Schedule) Last(now time.Time) time.Time {
	zone := s.Zone
	if zone == nil {
		zone = time.UTC
	}
	local := now.In(zone)
	back := (int(local.Weekday()) - int(s.Day) + 7) % 7
	at := time.Date(local.Year(), local.Month(), local.Day()-back, s.Hour, 0, 0, 0, zone)
	if at.After(now) {
		at = time.Date(local.Year(), local.Month(), local.Day()-back-7, s.Hour, 0, 0, 0, zone)
	}
	return at
}
