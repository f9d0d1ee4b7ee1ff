package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"carryover/pipeline"
)

// This file tells what a day cost: at Cliniko requests are the scarce thing, and
// most of them read, for safety.

// requests are counted by the clinic, as they reached it.
type requests struct {
	Heidi   int `json:"heidi"`
	Cliniko int `json:"cliniko"`
}

// reads are Cliniko's reads by what they were for, as the daemon counts them,
// with what they are shared out over.
type reads struct {
	pipeline.Reads
	All      int `json:"total"`
	Sessions int `json:"sessions"` // of the day
	Filed    int `json:"filed"`    // notes and attachments of ours that are in Cliniko at its end
}

// cost fills in what the day cost.
func (s *story) cost(b *balance) {
	b.routes = s.clinic.Journal.Counts()
	for route, n := range b.routes {
		if strings.HasPrefix(route, "heidi ") {
			b.Requests.Heidi += n
		} else {
			b.Requests.Cliniko += n
		}
	}
	r := s.daemon.Reads()
	b.Reads = reads{Reads: r, All: r.Total(), Sessions: len(s.clinic.Practice.Sessions), Filed: b.Documents.Proven + b.Documents.Filed}
}

// printCost shows the requests by what they were for and by route, for each
// session and each filed note.
func (s *story) printCost(w io.Writer, b balance) {
	sessions, notes := float64(max(b.Reads.Sessions, 1)), float64(max(b.Reads.Filed, 1))
	fmt.Fprintf(w, "\nRequests: %d to Heidi, %d to Cliniko (%.1f for each filed note)\n", b.Requests.Heidi, b.Requests.Cliniko, float64(b.Requests.Cliniko)/notes)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(n int, text string) {
		fmt.Fprintf(t, "  %d\t %.1f\t %.1f\t  %s\n", n, float64(n)/sessions, float64(n)/notes, text)
	}
	r := b.Reads
	fmt.Fprintln(t, "  reads\t a session\t a filed note\t  what Cliniko was read for")
	row(r.Candidates, "candidates: who the patient may be")
	row(r.Diary, "the diary: who was booked")
	row(r.ReadAgain, "read again: the patient's record, just before the note is sent")
	row(r.Notes, "the author's notes: a look before sending, after a lost answer, as proof")
	row(r.Held, "what is held, looked at again")
	row(r.Other, "keys and clocks at the start")
	row(r.All, "together")
	_ = t.Flush()
	s.printRoutes(w, b, notes)
}

// printRoutes shows the same requests as the clinic's journal has them.
func (s *story) printRoutes(w io.Writer, b balance, notes float64) {
	var names []string
	for route := range b.routes {
		if strings.HasPrefix(route, "cliniko ") {
			names = append(names, route)
		}
	}
	slices.SortFunc(names, func(x, y string) int { return b.routes[y] - b.routes[x] })
	fmt.Fprintln(w, "  and as they reached Cliniko, writes included")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, route := range names {
		fmt.Fprintf(t, "  %d\t %.1f\t  %s\n", b.routes[route], float64(b.routes[route])/notes, strings.TrimPrefix(route, "cliniko "))
	}
	_ = t.Flush()
}
