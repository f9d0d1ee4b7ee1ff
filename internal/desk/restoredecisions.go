package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"carryover/alarm"
	"carryover/audit"
	"carryover/ledger"
)

// A backup knows the decisions of its time. Those that were made since are lost,
// which people are told; those that had not been acted on are old, and a person
// may have decided otherwise since: they wait until somebody decides again.

// decisionsLost marks in a restored copy from when on it knows nothing, tells of
// it, and stops what was to be taken back or moved. It comes before anything
// else is written into the copy.
func (d *Local) decisionsLost(ctx context.Context, tx *ledger.Tx, who string, now time.Time, out *RestoreResult) (err error) {
	if out.KnownUntil, err = tx.NewestRow(ctx); err != nil {
		return err
	}
	if err := tx.SetSetting(ctx, ledger.SettingKnownUntil, out.KnownUntil.Format(time.RFC3339)); err != nil {
		return err
	}
	if err := d.raise(ctx, tx, alarm.RestoredLedger, "ledger", who, now); err != nil {
		return err
	}
	waiting, err := tx.AskAgain(ctx, now)
	if err != nil {
		return err
	}
	for _, r := range waiting {
		of, err := tx.Delivery(ctx, r.Delivery)
		if err != nil {
			return err
		}
		out.AskAgain = append(out.AskAgain, string(of.Reference))
		if err := d.raise(ctx, tx, alarm.DecideAgain, string(r.Delivery), who, now); err != nil {
			return err
		}
	}
	s, err := status(ctx, tx)
	for _, p := range s.Practitioners {
		if p.Paused {
			out.Paused = append(out.Paused, p.ID)
		}
	}
	out.PausedAll = s.Paused
	return err
}

// raise opens an alarm on somebody's behalf, once while it is open.
func (d *Local) raise(ctx context.Context, tx *ledger.Tx, k alarm.Kind, subject, who string, now time.Time) error {
	fresh, err := alarm.Raise(ctx, tx, k, subject, now)
	if err != nil || !fresh {
		return err
	}
	return d.enter(ctx, tx, "", audit.Entry{Actor: who, Action: audit.AlarmRaised, Subject: subject, Note: string(k)})
}

// isOpen says that an alarm about a subject is open.
func isOpen(ctx context.Context, tx *ledger.Tx, k alarm.Kind, subject string) (bool, error) {
	open, err := alarm.Open(ctx, tx)
	return slices.ContainsFunc(open, func(a alarm.Alarm) bool { return a.Kind == k && a.Subject == subject }), err
}

// knownUntil is the newest moment that the backup knew of from which the ledger
// was restored; zero when it was not.
func knownUntil(ctx context.Context, tx *ledger.Tx) (time.Time, error) {
	text, _, err := tx.Setting(ctx, ledger.SettingKnownUntil)
	if err != nil || text == "" {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("read since when a restored ledger knows nothing: %w", err)
	}
	return at, nil
}
