package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/audit"
	"carryover/ledger"
)

// This file shows the alarms with commands that can be copied as they stand, and
// clears those that a person's decision has dealt with.

// alarms returns the open alarms as people see them, the oldest first.
func alarms(ctx context.Context, tx *ledger.Tx) ([]Alarm, error) {
	open, err := alarm.Open(ctx, tx)
	if err != nil {
		return nil, err
	}
	all := make([]Alarm, 0, len(open))
	for _, a := range open {
		same := func(o Alarm) bool { return o.Kind == string(a.Kind) }
		if i := slices.IndexFunc(all, same); i >= 0 && listed(a.Kind) {
			all[i].More++
			all[i].Subject, all[i].NextStep = "", a.Kind.NextStep()
			continue
		}
		next, err := alarmStep(ctx, tx, a)
		if err != nil {
			return nil, err
		}
		all = append(all, alarmOf(a, next))
	}
	return all, nil
}

func alarmOf(a alarm.Alarm, next string) Alarm {
	return Alarm{
		Kind: string(a.Kind), Subject: a.Subject, Sentence: a.Kind.Sentence(), NextStep: next, Since: a.RaisedAt,
	}
}

// listed says that what an alarm is about stands in the list of what is held as
// well: twenty of them are one line that says so.
func listed(k alarm.Kind) bool { return k == alarm.HeldLong || k == alarm.RetentionNear }

// unrecorded are the alarms that the ledger could not keep.
func (d *Local) unrecorded() []alarm.Alarm {
	if m, ok := d.Engine.(Memory); ok {
		return m.Unrecorded()
	}
	return nil
}

// alarmStep is what helps with an alarm, its commands about the document and the
// practitioner that it is about. What is not known stays a placeholder.
func alarmStep(ctx context.Context, tx *ledger.Tx, a alarm.Alarm) (string, error) {
	who, mark, err := about(ctx, tx, a)
	if err != nil {
		return "", err
	}
	next := a.Kind.NextStep()
	if who != "" {
		next = strings.ReplaceAll(next, "--practitioner P", "--practitioner "+string(who))
	}
	if mark != "" {
		next = placeholder.ReplaceAllLiteralString(next, mark)
	}
	return next, nil
}

// about says whom and which document an alarm is about, as far as its subject
// tells: a practitioner, a version, a delivery or a reference. Two notes may bear
// a reference that a restored ledger does not have; whoever is stopped because of
// them is known, if it is one practitioner alone.
func about(ctx context.Context, tx *ledger.Tx, a alarm.Alarm) (who carryover.PractitionerID, mark string, err error) {
	if isPatientID(carryover.PatientID(a.Subject)) { // a row of digits
		return carryover.PractitionerID(a.Subject), "", nil
	}
	for _, look := range []func(context.Context, *ledger.Tx, string) (ledger.Version, error){byVersion, byDelivery, byReference} {
		v, err := look(ctx, tx, a.Subject)
		if err == nil {
			return v.Practitioner, markOf(v), nil
		}
		if !errors.Is(err, carryover.ErrGone) {
			return "", "", err
		}
	}
	if a.Kind != alarm.DuplicateNote {
		return "", "", nil
	}
	all, err := tx.Practitioners(ctx)
	if err != nil {
		return "", "", err
	}
	for _, p := range all {
		switch {
		case p.PauseReason != ledger.PausedDuplicateNote:
		case who != "":
			return "", "", nil
		default:
			who = p.ID
		}
	}
	return who, "", nil
}

// dealtWith are the alarms about a document that are at an end when a person
// leaves it out; trying it again leaves those that ask where a note is.
var dealtWith = []alarm.Kind{alarm.Refused, alarm.NotProven, alarm.MaybeWrongFile}

// calm clears the alarms of some kinds about a version that a person has now
// dealt with.
func (d *Local) calm(ctx context.Context, tx *ledger.Tx, v ledger.Version, actor string, now time.Time, kinds ...alarm.Kind) error {
	for _, kind := range kinds {
		for _, subject := range []string{string(v.ID), string(v.Delivery)} {
			if err := d.calmOne(ctx, tx, v, kind, subject, actor, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// calmOne clears one alarm, if it is open.
func (d *Local) calmOne(ctx context.Context, tx *ledger.Tx, v ledger.Version, kind alarm.Kind, subject, actor string, now time.Time) error {
	cleared, err := alarm.Clear(ctx, tx, kind, subject, now)
	if err != nil || !cleared {
		return err
	}
	return d.enter(ctx, tx, v.Session, audit.Entry{Actor: actor, Action: audit.AlarmCleared, Subject: subject, Note: string(kind)})
}
