package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"carryover/alarm"
)

// The alarms' table is the truth; the outbox follows it. Whoever raises an alarm,
// in whatever process, need not know who is told, and a channel that is new in
// the configuration hears of what is open.

// waits are how long after each attempt the next one comes. After the last a
// message is given up: by then the alarm MessagesUnsent has stood for most of a
// day where people look.
var waits = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// A notice is one row of the outbox.
type notice struct {
	id       string
	matter   Matter
	attempts int // including the one that was just counted
}

// toRaise and toClear find what a channel has not been told: each open alarm, and
// of those that it was told of, each that is well again. What was over before
// anybody looked is not worth a message.
const (
	toRaise = `SELECT a.kind, a.subject, a.raised_at, a.raised_at FROM alarm AS a
		WHERE a.cleared_at = 0 AND NOT EXISTS (SELECT 1 FROM notice AS n WHERE n.channel = $1 AND n.about = 'raised'
			AND n.kind = a.kind AND n.subject = a.subject AND n.raised_at = a.raised_at)
		ORDER BY a.raised_at, a.kind, a.subject`
	toClear = `SELECT n.kind, n.subject, n.raised_at, a.cleared_at FROM notice AS n
		JOIN alarm AS a ON a.kind = n.kind AND a.subject = n.subject AND a.raised_at = n.raised_at
		WHERE n.channel = $1 AND n.about = 'raised' AND a.cleared_at > 0
			AND NOT EXISTS (SELECT 1 FROM notice AS c WHERE c.channel = n.channel AND c.about = 'cleared'
				AND c.kind = n.kind AND c.subject = n.subject AND c.raised_at = n.raised_at)
		ORDER BY a.cleared_at, n.kind, n.subject`
)

// news is what a channel has not been told.
func news(ctx context.Context, db alarm.DB, channel string) (all []found, err error) {
	for _, about := range []About{Raised, Cleared} {
		statement := toRaise
		if about == Cleared {
			statement = toClear
		}
		some, err := matters(ctx, db, statement, channel)
		if err != nil {
			return nil, err
		}
		for _, f := range some {
			f.about = about
			// A channel that fails is no way to say so.
			if own := f.kind == alarm.MessagesUnsent && f.subject == channel; !own && outboxed(f.kind) {
				all = append(all, f)
			}
		}
	}
	return all, nil
}

// announce queues what a channel has not been told.
func announce(ctx context.Context, db alarm.DB, channel string, refer func(subject string) string, now time.Time) error {
	all, err := news(ctx, db, channel)
	for _, f := range all {
		if err := put(ctx, db, channel, f, refer(f.subject), now); err != nil {
			return err
		}
	}
	return err
}

// nothing says that a channel has nothing to be told, and nothing due.
func nothing(ctx context.Context, db alarm.DB, channel string, now time.Time) (bool, error) {
	all, err := news(ctx, db, channel)
	if err != nil || len(all) > 0 {
		return false, err
	}
	var due int
	if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM notice WHERE channel = $1 AND due_at > 0 AND due_at <= $2`,
		channel, now.UnixMicro()).Scan(&due); err != nil {
		return false, fmt.Errorf("count what is due by %s: %w", channel, err)
	}
	return due == 0, nil
}

// A found is an alarm that a channel is to be told about.
type found struct {
	about        About
	kind         alarm.Kind
	subject      string
	raisedAt, at int64
}

func matters(ctx context.Context, db alarm.DB, statement, channel string) (all []found, err error) {
	rows, err := db.QueryContext(ctx, statement, channel)
	if err != nil {
		return nil, fmt.Errorf("find what to tell by %s: %w", channel, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var f found
		if err := rows.Scan(&f.kind, &f.subject, &f.raisedAt, &f.at); err != nil {
			return nil, fmt.Errorf("find what to tell by %s: %w", channel, err)
		}
		all = append(all, f)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("find what to tell by %s: %w", channel, err)
	}
	return all, nil
}

// put writes one notice, due now; one that is there already stays as it is.
func put(ctx context.Context, db alarm.DB, channel string, f found, reference string, now time.Time) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make the id of a notice: %w", err)
	}
	if _, err := db.ExecContext(ctx, `INSERT INTO notice
		(id, channel, about, kind, subject, reference, raised_at, at, due_at, attempts, sent_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0)
		ON CONFLICT (channel, about, kind, subject, raised_at) DO NOTHING`,
		id.String(), channel, string(f.about), string(f.kind), f.subject, reference, f.raisedAt, f.at, now.UnixMicro()); err != nil {
		return fmt.Errorf("queue a notice for %s: %w", channel, err)
	}
	return nil
}

// take returns what is due on a channel, the oldest first, and counts an attempt
// for each, before any is made. What had its last attempt will not be due again.
func take(ctx context.Context, db alarm.DB, channel string, now time.Time) ([]notice, error) {
	rows, err := db.QueryContext(ctx, `SELECT id, about, kind, reference, at, attempts FROM notice
		WHERE channel = $1 AND due_at > 0 AND due_at <= $2 ORDER BY due_at, id LIMIT 200`, channel, now.UnixMicro())
	if err != nil {
		return nil, fmt.Errorf("read what is due by %s: %w", channel, err)
	}
	defer func() { _ = rows.Close() }()
	var due []notice
	for rows.Next() {
		var n notice
		var at int64
		if err := rows.Scan(&n.id, &n.matter.About, &n.matter.Kind, &n.matter.Reference, &at, &n.attempts); err != nil {
			return nil, fmt.Errorf("read what is due by %s: %w", channel, err)
		}
		n.matter.At = time.UnixMicro(at).UTC()
		due = append(due, n)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read what is due by %s: %w", channel, err)
	}
	for i := range due {
		again := int64(0)
		if due[i].attempts < len(waits) {
			again = now.Add(waits[due[i].attempts]).UnixMicro()
		}
		due[i].attempts++
		if _, err := db.ExecContext(ctx, `UPDATE notice SET attempts = $1, due_at = $2 WHERE id = $3`,
			due[i].attempts, again, due[i].id); err != nil {
			return nil, fmt.Errorf("count an attempt by %s: %w", channel, err)
		}
	}
	return due, nil
}

// sent records that notices went out.
func sent(ctx context.Context, db alarm.DB, all []notice, now time.Time) error {
	for _, n := range all {
		if _, err := db.ExecContext(ctx, `UPDATE notice SET sent_at = $1, due_at = 0 WHERE id = $2`, now.UnixMicro(), n.id); err != nil {
			return fmt.Errorf("record a notice that was sent: %w", err)
		}
	}
	return nil
}

// hasten makes what waits for another attempt due now: whoever mended the
// configuration has started the daemon again and should not wait for hours.
func hasten(ctx context.Context, db alarm.DB, now time.Time) error {
	if _, err := db.ExecContext(ctx, `UPDATE notice SET due_at = $1 WHERE due_at > $1`, now.UnixMicro()); err != nil {
		return fmt.Errorf("hasten the notices that wait: %w", err)
	}
	return nil
}

// forget takes away what was told before a time and is over.
func forget(ctx context.Context, db alarm.DB, before time.Time) error {
	for _, statement := range []string{
		`DELETE FROM notice WHERE about = 'raised' AND due_at = 0 AND EXISTS (SELECT 1 FROM notice AS c
			WHERE c.channel = notice.channel AND c.about = 'cleared' AND c.kind = notice.kind
				AND c.subject = notice.subject AND c.raised_at = notice.raised_at AND c.due_at = 0 AND c.at < $1)`,
		`DELETE FROM notice WHERE about <> 'raised' AND due_at = 0 AND at < $1`,
	} {
		if _, err := db.ExecContext(ctx, statement, before.UnixMicro()); err != nil {
			return fmt.Errorf("forget old notices: %w", err)
		}
	}
	return nil
}
