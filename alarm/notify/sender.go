package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/ledger"
)

const (
	// sendWithin bounds one attempt on one channel.
	sendWithin = 45 * time.Second
	// failsToTell is how many attempts in a row a channel may fail before people
	// are told where they look: by then six minutes have passed.
	failsToTell = 3
	// rememberFor is how long what was told and is over stays in the outbox.
	rememberFor = 90 * 24 * time.Hour
	// settingDigest holds the hour of the newest digest, in microseconds.
	settingDigest = "digest.hour"
)

// A Sender empties the outbox. Fields are set before the first round and not
// changed after; rounds do not overlap.
type Sender struct {
	Ledger   *ledger.Ledger
	Channels []Channel
	Page     string         // the review page's address; empty: not said
	Zone     *time.Location // in which people read times; nil: UTC
	// Digest is when the weekly digest goes out; nil: there is none.
	Digest *Schedule
	// Week counts a week that ends now; not nil when Digest is not.
	Week func(ctx context.Context, from, to time.Time) (Digest, error)
	// Raise and Clear tell people that a channel fails, or does not any more, by
	// the alarm MessagesUnsent about its name.
	Raise, Clear func(ctx context.Context, k alarm.Kind, subject string) error
	Log          *slog.Logger

	begun  bool           // the first round has begun
	failed map[string]int // attempts in a row, by channel

	mu       sync.Mutex // guards directly
	directly []direct
}

// A direct is a message that does not go through the outbox, on one channel.
type direct struct {
	channel  string
	matter   Matter
	attempts int
	due      time.Time
}

// Directly sends a message without the outbox, from memory: for the one alarm
// that says that nothing can be written. It is tried as often as others are.
func (s *Sender) Directly(m Matter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.Channels {
		s.directly = append(s.directly, direct{channel: c.Name(), matter: m})
	}
}

// outboxed says that an alarm goes through the outbox: all but the one that
// Directly is for.
func outboxed(k alarm.Kind) bool { return k != alarm.DiskFull }

// Round queues what is new and sends what is due, each channel on its own. An
// error is the ledger's; that a channel fails is told by an alarm.
func (s *Sender) Round(ctx context.Context) error {
	if s.failed == nil {
		s.failed = map[string]int{}
	}
	for _, c := range s.Channels {
		s.sendDirectly(ctx, c, time.Now())
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	if err := s.queueDigest(ctx, time.Now()); err != nil {
		return err
	}
	var errs []error
	for _, c := range s.Channels {
		errs = append(errs, s.serve(ctx, c))
	}
	return errors.Join(errs...)
}

// begin is the first round's own part.
func (s *Sender) begin(ctx context.Context) error {
	if s.begun {
		return nil
	}
	now := time.Now()
	err := s.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		return errors.Join(hasten(ctx, tx, now), forget(ctx, tx, now.Add(-rememberFor)))
	})
	s.begun = err == nil
	return err
}

// serve queues and sends on one channel.
func (s *Sender) serve(ctx context.Context, c Channel) error {
	now := time.Now()
	idle := false
	if err := s.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		idle, err = nothing(ctx, tx, c.Name(), now)
		return err
	}); err != nil || idle {
		return err
	}
	var due []notice
	if err := s.Ledger.Update(ctx, func(tx *ledger.Tx) (err error) {
		refer := func(subject string) string { return referenceOf(ctx, tx, subject) }
		if err := announce(ctx, tx, c.Name(), refer, now); err != nil {
			return err
		}
		due, err = take(ctx, tx, c.Name(), now)
		return err
	}); err != nil {
		return err
	}
	isDigest := func(n notice) bool { return n.matter.About == OfAWeek }
	digests := slices.DeleteFunc(slices.Clone(due), func(n notice) bool { return !isDigest(n) })
	return errors.Join(
		s.send(ctx, c, slices.DeleteFunc(due, isDigest)),
		s.send(ctx, c, digests))
}

// send makes one attempt with one message and records what became of it.
func (s *Sender) send(ctx context.Context, c Channel, all []notice) error {
	if len(all) == 0 {
		return nil
	}
	m := Message{ID: idOf(all), Page: s.Page, Zone: s.Zone}
	for _, n := range all {
		if n.matter.About != OfAWeek {
			m.Matters = append(m.Matters, n.matter)
			continue
		}
		week, err := s.Week(ctx, n.matter.At.AddDate(0, 0, -7), n.matter.At)
		if err != nil {
			return fmt.Errorf("count the week: %w", err)
		}
		m.Digest = &week
	}
	if err := s.attempt(ctx, c, m); err != nil {
		s.Log.Warn("message not sent", "channel", c.Name(), "messages", len(all), "attempt", all[0].attempts, "err", err)
		return s.countFailure(ctx, c.Name(), all)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := s.Ledger.Update(ctx, func(tx *ledger.Tx) error { return sent(ctx, tx, all, time.Now()) })
	s.Log.Info("message sent", "channel", c.Name(), "messages", len(all))
	s.failed[c.Name()] = 0
	return errors.Join(err, s.Clear(ctx, alarm.MessagesUnsent, c.Name()))
}

func (s *Sender) attempt(ctx context.Context, c Channel, m Message) error {
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	return c.Send(ctx, m)
}

// countFailure tells people when a channel has failed often enough, or when a
// message was given up.
func (s *Sender) countFailure(ctx context.Context, channel string, all []notice) error {
	if ctx.Err() != nil {
		return nil // the daemon stops; that is no fault of the channel
	}
	s.failed[channel]++
	gaveUp := slices.ContainsFunc(all, func(n notice) bool { return n.attempts > len(waits) })
	if s.failed[channel] < failsToTell && !gaveUp {
		return nil
	}
	return s.Raise(ctx, alarm.MessagesUnsent, channel)
}

// sendDirectly tries what waits in memory for one channel.
func (s *Sender) sendDirectly(ctx context.Context, c Channel, now time.Time) {
	s.mu.Lock()
	var due []direct
	s.directly = slices.DeleteFunc(s.directly, func(d direct) bool {
		mine := d.channel == c.Name() && !d.due.After(now)
		if mine {
			due = append(due, d)
		}
		return mine
	})
	s.mu.Unlock()
	if len(due) == 0 {
		return
	}
	m := Message{Page: s.Page, Zone: s.Zone}
	for _, d := range due {
		m.Matters = append(m.Matters, d.matter)
	}
	m.ID = idOf([]notice{{id: fmt.Sprintf("%s %v", c.Name(), m.Matters)}})
	err := s.attempt(ctx, c, m)
	if err == nil {
		s.Log.Info("message sent", "channel", c.Name(), "messages", len(due))
		return
	}
	s.Log.Warn("message not sent", "channel", c.Name(), "messages", len(due), "attempt", due[0].attempts+1, "err", err)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range due {
		if d.attempts < len(waits) {
			d.due = now.Add(waits[d.attempts])
			d.attempts++
			s.directly = append(s.directly, d)
		}
	}
}

// queueDigest queues the digest once its hour has come. The first hour after the
// digest is switched on is the next one, not one that has passed; a machine that
// was off at the hour sends it when it is on again.
func (s *Sender) queueDigest(ctx context.Context, now time.Time) error {
	if s.Digest == nil || len(s.Channels) == 0 {
		return nil
	}
	hour := s.Digest.Last(now).UnixMicro()
	var told int64
	var known bool
	if err := s.Ledger.View(ctx, func(tx *ledger.Tx) error {
		text, ok, err := tx.Setting(ctx, settingDigest)
		if err != nil || !ok {
			return err
		}
		told, err = strconv.ParseInt(text, 10, 64)
		known = err == nil // one that cannot be read is written anew
		return nil
	}); err != nil || (known && told >= hour) {
		return err
	}
	return s.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		for _, c := range s.Channels {
			if !known {
				break
			}
			f := found{about: OfAWeek, raisedAt: hour, at: hour}
			if err := put(ctx, tx, c.Name(), f, nowhere, now); err != nil {
				return err
			}
		}
		return tx.SetSetting(ctx, settingDigest, strconv.FormatInt(hour, 10))
	})
}

// referenceOf is what people know a delivery or a document by; empty when the
// subject is neither.
func referenceOf(ctx context.Context, tx *ledger.Tx, subject string) string {
	if d, err := tx.Delivery(ctx, carryover.DeliveryID(subject)); err == nil {
		return string(d.Reference)
	}
	if v, err := tx.Version(ctx, carryover.VersionID(subject)); err == nil {
		return carryover.DocumentMark(v.Session, v.Document)
	}
	return nowhere
}
