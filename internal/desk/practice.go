package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/cases"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// This file answers what only the pages ask, in the daemon's own process: who
// is in the register, what the practitioners are called, how days went.

// A Directory finds people in Cliniko's register. An Engine may be one.
type Directory interface {
	Register
	PatientsNamed(ctx context.Context, lastName carryover.Text) ([]carryover.Patient, error)
	PatientsBornOn(ctx context.Context, d carryover.Date) ([]carryover.Patient, error)
}

// A FindRequest looks for patients: by id alone, or by words of the name, or by
// the birth date, or by both, which must then both fit.
type FindRequest struct {
	Patient   carryover.PatientID
	Name      carryover.Text
	BirthDate carryover.Date
	Subject   string // the version that a patient is looked for; may be empty
	Actor     string
}

// maxFound is how many people an answer holds: who does not see the right one
// among so many types more of the name.
const maxFound = 20

// FindPatients returns patients as the register has them now, live records
// first; more says that others fit too. That somebody looked is an entry of the
// audit chain, whom they looked for is not.
func (d *Local) FindPatients(ctx context.Context, r FindRequest) (found []carryover.Patient, more bool, err error) {
	reg, ok := d.Engine.(Directory)
	if !ok {
		return nil, false, noEngine("look for a patient")
	}
	err = d.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		return d.enter(ctx, tx, "", audit.Entry{Actor: r.Actor, Action: audit.ShownNames, Subject: r.Subject, Note: "register"})
	})
	if err != nil {
		return nil, false, err
	}
	words := strings.Fields(fold(r.Name.Reveal()))
	switch {
	case r.Patient != "":
		if !isPatientID(r.Patient) {
			return nil, false, invalid("look for a patient", "that is not a patient's id", "It is the number at the end of the patient's address in Cliniko.")
		}
		found, err = reg.PatientsByID(ctx, []carryover.PatientID{r.Patient})
		return found, false, err
	case !r.BirthDate.IsZero():
		found, err = reg.PatientsBornOn(ctx, r.BirthDate)
	case len(words) == 0:
		return nil, false, invalid("look for a patient", "there is nothing to look for", "Write at least two letters of the last name, or a birth date.")
	default:
		found, err = named(ctx, reg, words)
	}
	if err != nil {
		return nil, false, err
	}
	found = slices.DeleteFunc(found, func(p carryover.Patient) bool { return !fits(p, words) })
	slices.SortStableFunc(found, func(a, b carryover.Patient) int {
		if a.Live() != b.Live() && a.Live() {
			return -1
		} else if a.Live() != b.Live() {
			return 1
		}
		return strings.Compare(fold(a.LastName.Reveal()+" "+a.FirstName.Reveal()), fold(b.LastName.Reveal()+" "+b.FirstName.Reveal()))
	})
	if len(found) > maxFound {
		return found[:maxFound], true, nil
	}
	return found, false, nil
}

// named asks for everybody whose last name has one of the words in it: people
// write first and last names in either order.
func named(ctx context.Context, reg Directory, words []string) ([]carryover.Patient, error) {
	var all []carryover.Patient
	for _, w := range words[:min(len(words), 3)] {
		some, err := reg.PatientsNamed(ctx, carryover.NewText(w))
		if err != nil {
			return nil, err
		}
		for _, p := range some {
			if !slices.ContainsFunc(all, func(o carryover.Patient) bool { return o.ID == p.ID }) {
				all = append(all, p)
			}
		}
	}
	return all, nil
}

// fits says that every word is the beginning of a word of the patient's names.
func fits(p carryover.Patient, words []string) bool {
	names := strings.FieldsFunc(fold(p.FirstName.Reveal()+" "+p.PreferredName.Reveal()+" "+p.LastName.Reveal()), func(r rune) bool {
		return r == ' ' || r == '-' || r == '\''
	})
	for _, w := range words {
		if !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, w) }) &&
			!strings.Contains(fold(p.LastName.Reveal()), w) {
			return false
		}
	}
	return true
}

func fold(s string) string { return cases.Fold().String(s) }

// Seen returns every document that was first seen from one moment up to another,
// oldest first; who empty means everybody's.
func (d *Local) Seen(ctx context.Context, from, to time.Time, who carryover.PractitionerID) (all []ledger.Seen, err error) {
	err = d.Ledger.View(ctx, func(tx *ledger.Tx) error {
		all, err = tx.SeenBetween(ctx, from, to, who)
		return err
	})
	return all, err
}

// Items returns versions by their ids, in the order asked, without names.
func (d *Local) Items(ctx context.Context, ids []carryover.VersionID) ([]Item, error) {
	items := make([]Item, 0, len(ids))
	err := d.Ledger.View(ctx, func(tx *ledger.Tx) error {
		for _, id := range ids {
			v, err := tx.Version(ctx, id)
			if err != nil {
				return err
			}
			i, err := itemOf(ctx, tx, v)
			if err != nil {
				return err
			}
			items = append(items, i)
		}
		return nil
	})
	return items, err
}
