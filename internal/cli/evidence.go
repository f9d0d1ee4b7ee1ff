package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"carryover"
	"carryover/internal/desk"
)

// This file prints what a person decides by: who the patient may be, and who was
// booked.

// fields are the evidence's fields in the words of the two programs.
var fields = map[string]string{"birth_date": "birth date", "patient_id": "patient's id", "content": "document"}

// candidates prints who the patient may be as a table: a line for each, a column
// for each field, and below it what was noticed.
func (a *app) candidates(w io.Writer, v desk.Detail) {
	if v.Grade == "" {
		return
	}
	if len(v.Candidates) == 0 {
		fmt.Fprintln(w, "\nNo patient in Cliniko comes near.")
		return
	}
	columns := columnsOf(v.Candidates)
	titles := make([]string, len(columns))
	for i, field := range columns {
		titles[i] = or(fields[field], field)
	}
	fmt.Fprintf(w, "\n%s\n", row(fmt.Sprintf("%-32s", "Who it may be, likeliest first"), titles))
	for _, c := range v.Candidates {
		outcomes := make([]string, len(columns))
		for i, field := range columns {
			outcomes[i] = outcome(c, field)
		}
		fmt.Fprintf(w, "%s\n%s", row(fmt.Sprintf("  %-20s  %-8s", c.Patient, c.Grade), outcomes), noticed(c))
	}
}

// row sets cells in columns wide enough for their titles and outcomes.
func row(first string, cells []string) string {
	for _, c := range cells {
		first += fmt.Sprintf("  %-12s", c)
	}
	return strings.TrimRight(first, " ")
}

// columnsOf lists the fields that any candidate was compared by, in their order.
func columnsOf(all []desk.Candidate) []string {
	var columns []string
	for _, c := range all {
		for _, f := range c.Findings {
			if !slices.Contains(columns, f.Field) {
				columns = append(columns, f.Field)
			}
		}
	}
	return columns
}

func outcome(c desk.Candidate, field string) string {
	for _, f := range c.Findings {
		if f.Field == field {
			return f.Outcome
		}
	}
	return string(carryover.Absent)
}

// noticed is the line below a candidate: who that is, when it was asked for, and
// what is worth knowing about the fields. Empty when there is nothing.
func noticed(c desk.Candidate) string {
	var parts []string
	if c.Name != "" {
		who := visible(c.Name) + ", born " + or(c.BirthDate, "no date")
		if c.Archived {
			who += ", archived"
		}
		parts = append(parts, who)
	}
	for _, f := range c.Findings {
		if f.Note != "" {
			parts = append(parts, or(fields[f.Field], f.Field)+": "+f.Note)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "      " + strings.Join(parts, "; ") + "\n"
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
