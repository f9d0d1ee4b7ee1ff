package daemon

import (
	"context"
	"encoding/hex"
	"slices"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/alarm/notify"
	"carryover/ledger"
)

// This file is how alarms leave the machine: it builds the channels that the
// configuration names and empties the outbox while the daemon runs.

// tellEvery is how often the outbox is looked at. A sandbox, whose day is short,
// looks at each poll.
const tellEvery = 10 * time.Second

// newSender builds the channels. It dials nothing.
func (d *Daemon) newSender() *notify.Sender {
	a := d.cfg.Alarms
	s := &notify.Sender{
		Ledger: d.ledger, Zone: d.cfg.TimeZone, Week: d.week, Log: d.log,
		Raise: d.line.Alarm, Clear: d.line.Calm,
	}
	if w := d.cfg.Web; w != nil {
		s.Page = w.Origin
	}
	if m := a.SMTP; m != nil {
		s.Channels = append(s.Channels, notify.Mail{
			Host: m.Host, Port: m.Port, Security: notify.Security(m.TLS), User: m.User, Password: m.Password,
			From: m.From, To: m.To, Dial: d.guard.DialMessages, Roots: d.mailRoots,
		})
	}
	if n := a.Ntfy; n != nil {
		s.Channels = append(s.Channels, notify.Ntfy{URL: n.URL, Token: n.Token, Transport: d.guard.Messages()})
	}
	if w := a.Webhook; w != nil {
		s.Channels = append(s.Channels, notify.Webhook{URL: w.URL, Token: w.Token, Transport: d.guard.Messages()})
	}
	if a.Digest {
		s.Digest = &notify.Schedule{Day: a.DigestDay, Hour: a.DigestHour, Zone: d.cfg.TimeZone}
	}
	return s
}

// tell empties the outbox until ctx ends.
func (d *Daemon) tell(ctx context.Context) error {
	if len(d.sender.Channels) == 0 {
		return nil
	}
	d.each(ctx, min(tellEvery, d.cfg.Timing.Poll), func() {
		if err := d.sender.Round(ctx); err != nil && ctx.Err() == nil {
			d.log.Error("messages not sent", "err", err)
		}
	})
	return nil
}

// ping gives signs of life until ctx ends.
func (d *Daemon) ping(ctx context.Context) error {
	a := d.cfg.Alarms
	if a.PingURL == "" {
		return nil
	}
	p := notify.Pinger{URL: a.PingURL, Every: a.PingEvery, Transport: d.guard.Messages(), Well: d.isWell, Log: d.log}
	d.each(ctx, min(tellEvery, a.PingEvery), func() { p.Round(ctx) })
	return nil
}

// each does something now and then, and once more after each wait, until ctx
// ends.
func (d *Daemon) each(ctx context.Context, wait time.Duration, do func()) {
	every := time.NewTicker(wait)
	defer every.Stop()
	for {
		do()
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// week counts a week for the digest, and what is open now.
func (d *Daemon) week(ctx context.Context, from, to time.Time) (w notify.Digest, err error) {
	w = notify.Digest{From: from, To: to}
	err = d.ledger.View(ctx, func(tx *ledger.Tx) error {
		seen, err := tx.SeenBetween(ctx, from, to, "")
		if err != nil {
			return err
		}
		var took []time.Duration
		for _, one := range seen {
			if w.Seen++; !one.FiledAt.IsZero() {
				took = append(took, one.FiledAt.Sub(one.FirstSeen))
			}
		}
		if w.Filed = len(took); w.Filed > 0 {
			slices.Sort(took)
			w.Median, w.Worst = took[len(took)/2], took[len(took)-1]
		}
		held := ledger.Filter{States: []carryover.State{carryover.Held, carryover.Refused}}
		if w.Held, err = tx.HowMany(ctx, held); err != nil {
			return err
		}
		waits, err := tx.List(ctx, held)
		for _, v := range waits {
			if w.Oldest.IsZero() || v.ChangedAt.Before(w.Oldest) {
				w.Oldest = v.ChangedAt
			}
		}
		if err != nil {
			return err
		}
		if w.Open, err = alarm.Open(ctx, tx); err != nil {
			return err
		}
		head, err := d.line.Audit.Head(ctx, tx)
		w.Head, w.HeadN = hex.EncodeToString(head.MAC), head.N
		return err
	})
	return w, err
}
