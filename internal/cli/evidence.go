package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"carryover/internal/desk"
)

// This file prints what a person decides by: who the patient may be, and who was
// booked.

// fields are the evidence's fields in the words of the two programs.
var fields = map[string]string{
	"birth_date": "birth date", "patient_id": "patient's id", "content": "the document",
}

// candidates prints each patient who may be meant, with one line a field: how it
// compared, and what was noticed.
func (a *app) candidates(w io.Writer, v desk.Detail) {
	if v.Grade == "" {
		return
	}
	if len(v.Candidates) == 0 {
		fmt.Fprintln(w, "\nNo patient in Cliniko comes near.")
		return
	}
	fmt.Fprintln(w, "\nWho it may be, the likeliest first")
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	for _, c := range v.Candidates {
		_ = t.Flush() // a long name must not widen the next patient's columns
		fmt.Fprintf(w, "  patient %s  %s", c.Patient, c.Grade)
		if c.Name != "" {
			fmt.Fprintf(w, ": %s, born %s", visible(c.Name), or(c.BirthDate, "no date"))
		}
		if c.Archived {
			fmt.Fprint(w, " (archived)")
		}
		fmt.Fprintln(w)
		for _, f := range c.Findings {
			fmt.Fprintf(t, "    %-12s\t%-11s\t%s\n", or(fields[f.Field], f.Field), f.Outcome, f.Note)
		}
	}
	_ = t.Flush()
}

// diary prints the bookings around the recording: times and sorts, and patients
// by their ids unless names were asked for.
func (a *app) diary(w io.Writer, v desk.Detail) {
	if len(v.Bookings) == 0 {
		return
	}
	fmt.Fprintf(w, "\nThe diary around the recording, which began %s\n", a.when(v.Started))
	shared := slices.ContainsFunc(v.Bookings, func(b desk.Booking) bool { return b.Practitioner != v.Bookings[0].Practitioner })
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, b := range v.Bookings {
		fmt.Fprintf(t, "  %s\t%s\t%s", a.span(b), sorts[b.Kind], booked(b))
		if shared {
			fmt.Fprintf(t, "\tpractitioner %s", b.Practitioner)
		}
		fmt.Fprintln(t)
	}
	_ = t.Flush()
}

// sorts are the kinds of a booking in plain words.
var sorts = map[string]string{"appointment": "appointment", "group": "group", "unavailable": "not available"}

func (a *app) span(b desk.Booking) string {
	from := a.clock(b.Starts)
	if b.Ends.IsZero() {
		return from
	}
	return from + "–" + a.clock(b.Ends)
}

// booked says who was booked. A group is counted unless names were asked for.
func booked(b desk.Booking) string {
	var who []string
	for _, p := range b.Patients {
		if p.Name != "" {
			who = append(who, visible(p.Name)+" ("+p.Patient+")")
		} else {
			who = append(who, "patient "+p.Patient)
		}
	}
	text := strings.Join(who, ", ")
	if len(who) > 1 && b.Patients[0].Name == "" {
		text = fmt.Sprintf("%d patients", len(who))
	}
	if !b.Stands {
		text += ", cancelled or missed"
	}
	return strings.TrimPrefix(text, ", ")
}
