package check

import (
	"context"
	"fmt"
	"slices"

	"carryover/internal/desk"
)

// books looks at the ledger: that it opens, that its audit chain holds, what is
// open, and who else works on it.
func books(ctx context.Context, s Subject) []Finding {
	switch {
	case s.NoDesk != nil:
		return []Finding{failed(Ledger, "The ledger does not open.", s.NoDesk)}
	case s.Desk == nil:
		return []Finding{ok(Ledger, "There is no ledger yet; it is made at the first start.")}
	}
	out := []Finding{runs(s.Running)}
	status, err := s.Desk.Status(ctx)
	if err != nil {
		return append(out, failed(Ledger, "The ledger does not answer.", err))
	}
	out = append(out, ok(Ledger, fmt.Sprintf("The ledger opens and holds %s.", counted(status.Documents, "document"))))
	out = append(out, chain(ctx, s.Desk))
	return append(out, open(status)...)
}

func runs(running bool) Finding {
	if running {
		return ok(OtherRuns, "One Carryover is running on this ledger and answers.")
	}
	return ok(OtherRuns, "No Carryover is running on this ledger. Start it with `carryover run`.")
}

func chain(ctx context.Context, d desk.Desk) Finding {
	report, err := d.Audit(ctx, desk.AuditRequest{})
	switch {
	case err != nil:
		f := failed(AuditChain, "The record of who did what was altered or cut short, or cannot be read.", err)
		f.Next = "Keep the data folder as it is, compare it with a backup, and tell whoever answers for privacy."
		return f
	case report.NoHead && report.Entries > 0:
		return attention(AuditChain, fmt.Sprintf("The chain of %d entries holds, but no head is written beside it.", report.Entries), "`carryover run` writes it. If one was there before, somebody removed it.")
	}
	return ok(AuditChain, fmt.Sprintf("The chain holds, %d entries.", report.Entries))
}

// open tells of open alarms and paused writing: what is wrong already has words
// of its own in `status`.
func open(s desk.Status) []Finding {
	var out []Finding
	if s.Paused {
		out = append(out, attention(Alarms, "Writing to Cliniko is paused.", "`carryover resume` lets it go on."))
	}
	for _, p := range s.Practitioners {
		if p.Paused {
			f := attention(Alarms, "Writing to Cliniko is paused for this practitioner.", "`carryover status` says why.")
			f.Practitioner = practitionerID(p.ID)
			out = append(out, f)
		}
	}
	for _, a := range s.Alarms {
		f := attention(Alarms, a.Sentence, a.NextStep)
		if slices.ContainsFunc(s.Practitioners, func(p desk.PractitionerStatus) bool { return p.ID == a.Subject }) {
			f.Practitioner = practitionerID(a.Subject)
		}
		out = append(out, f)
	}
	if len(out) == 0 {
		out = append(out, ok(Alarms, "No alarm is open."))
	}
	return out
}
