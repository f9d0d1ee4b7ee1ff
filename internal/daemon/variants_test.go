package daemon_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// A variant is one answer to an open question about one of the APIs.
type variant struct {
	name    string
	heidi   heidisim.Switches
	cliniko clinikosim.Switches
}

// clinikoVariants are the answers that bear on what is sent and read back, on
// whom a search finds, and on how ids and limits look.
var clinikoVariants = []variant{
	{name: "cliniko keeps newlines", cliniko: clinikosim.Switches{KeepNewlines: true}},
	{name: "cliniko strict tags", cliniko: clinikosim.Switches{StrictTags: true}},
	{name: "cliniko div and br only", cliniko: clinikosim.Switches{DivBrOnly: true}},
	{name: "cliniko strips archived", cliniko: clinikosim.Switches{StripArchived: true}},
	{name: "cliniko finds archived", cliniko: clinikosim.Switches{ArchivedLeak: true}},
	{name: "cliniko numbers for ids", cliniko: clinikosim.Switches{IDsAsNumbers: true, TotalAsString: true}},
	{name: "cliniko null relations", cliniko: clinikosim.Switches{Absent: clinikosim.AbsentNull}},
	{name: "cliniko empty relations", cliniko: clinikosim.Switches{Absent: clinikosim.AbsentEmpty}},
	{name: "cliniko lists late", cliniko: clinikosim.Switches{ListLag: sandbox.Duration(700 * time.Millisecond)}},
	{name: "cliniko retry after", cliniko: clinikosim.Switches{RetryAfter: true, RateLimitBody: clinikosim.BodyHTML}},
	{name: "cliniko sliding window", cliniko: clinikosim.Switches{SlidingWindow: true}},
	{name: "cliniko exact search", cliniko: clinikosim.Switches{Comparison: clinikosim.CompareExact, StampStyle: clinikosim.StampOffset}},
	{name: "cliniko refuses bookings", cliniko: clinikosim.Switches{NoCancelledBooking: true, ArrayErrors: true, UnknownRelation404: true}},
}

// heidiVariants are the three listings that the sources describe, in the orders
// a listing may have.
var heidiVariants = []variant{
	{name: "heidi listing A, newest first", heidi: heidisim.Switches{Listing: heidisim.ListingA, Order: heidisim.OrderNewestFirst, PageSizeCap: 5}},
	{name: "heidi listing B, unsorted", heidi: heidisim.Switches{Listing: heidisim.ListingB, Order: heidisim.OrderUnsorted, PageSizeCap: 5, DuplicateItems: true}},
	{name: "heidi listing C, oldest first", heidi: heidisim.Switches{Listing: heidisim.ListingC, Order: heidisim.OrderOldestFirst}},
}

// seeds is how many seeds of Heidi's switches have a day.
const seeds = 5

// TestDayUnderEverySwitch: nobody has confirmed how the two APIs answer in
// places, so a short day must go well whichever way they do.
func TestDayUnderEverySwitch(t *testing.T) {
	if testing.Short() {
		t.Skip("twenty short days take half a minute")
	}
	all := slices.Concat(clinikoVariants, heidiVariants)
	for n := range uint64(seeds) {
		all = append(all, variant{name: fmt.Sprintf("heidi seed %d", n+1), heidi: heidisim.SeededSwitches(n + 1)})
	}
	for n, v := range all {
		t.Run(v.name, func(t *testing.T) {
			if slowness > 1 && n%5 != 0 {
				t.Skip("under the race detector one variant in five is enough: they differ in data alone")
			}
			t.Parallel()
			o := usual(uint64(100+n), 5*time.Second)
			o.Practice, o.Heidi, o.Cliniko = short(o.Practice), v.heidi, v.cliniko
			d := newDay(t, o)
			cfg := d.load()
			r := d.start(cfg)
			d.untilSettled(r)
			r.stopped()
			d.inspect(cfg)
			s := d.Truth().Summary
			t.Logf("%d notes, %d files", s.NotesInCliniko, s.AttachmentsInCliniko)
		})
	}
}

// short makes a short day of a generated practice: every fifth session, and
// those of merged and archived records, which several switches are about.
func short(p *sandbox.Practice) *sandbox.Practice {
	few := *p
	few.Sessions = nil
	for i, s := range p.Sessions {
		if i%5 == 1 || strings.Contains(s.Case, "merged") || strings.Contains(s.Case, "archived") {
			few.Sessions = append(few.Sessions, s)
		}
	}
	return &few
}
