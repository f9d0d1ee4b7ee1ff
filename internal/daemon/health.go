package daemon

import (
	"context"
	"sync"
	"time"

	"carryover/alarm"
	"carryover/ledger"
)

// stalled is how long, beyond the time between two polls, a lane may give no
// sign of life. The longest that one request may take is under two minutes.
const stalled = 10 * time.Minute

// The words of a health; api/openapi.json lists them.
const (
	laneStopped = "lane_stopped"
	starting    = "starting"
	writesWait  = "writes_wait" // the first ones, after a restore or a long rest
	notWritable = "ledger_not_writable"
	heidiSilent = "heidi_silent"
)

// settingWritten is when a health last wrote to the ledger, which is how it is
// known that one can.
const settingWritten = "written_at"

// lookEvery is how often the ledger is looked at for a health at most: everybody
// may ask.
const lookEvery = 10 * time.Second

// A health says how a daemon is. It implements api.Health.
type health struct {
	d    *Daemon
	seen *looked
}

// looked is what the last look at the ledger found.
type looked struct {
	mu  sync.Mutex
	at  time.Time
	why []string
}

// Live implements api.Health.
func (h health) Live() []string {
	if h.d.pulses.stopped(h.d.cfg.Timing.Poll + stalled) {
		return []string{laneStopped}
	}
	return nil
}

// Ready implements api.Health.
func (h health) Ready(ctx context.Context) []string {
	why := h.Live()
	if !h.d.pulses.begun() {
		why = append(why, starting)
	}
	if time.Now().Before(h.d.line.WritesFrom) {
		why = append(why, writesWait)
	}
	return append(why, h.ledger(ctx)...)
}

// ledger writes to the ledger and reads whether Heidi is silent, unless that was
// done just now.
func (h health) ledger(ctx context.Context) []string {
	h.seen.mu.Lock()
	defer h.seen.mu.Unlock()
	if !h.seen.at.IsZero() && time.Since(h.seen.at) < lookEvery {
		return h.seen.why
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second) // the next who asks gets this answer too
	defer cancel()
	var why []string
	err := h.d.ledger.Update(ctx, func(tx *ledger.Tx) error {
		if err := tx.SetSetting(ctx, settingWritten, time.Now().UTC().Format(time.RFC3339)); err != nil {
			return err
		}
		open, err := alarm.Open(ctx, tx)
		for _, a := range open {
			if a.Kind == alarm.PollSilent && len(why) == 0 {
				why = append(why, heidiSilent)
			}
		}
		return err
	})
	if err != nil {
		h.d.log.Error("ledger not written to", "err", err)
		why = []string{notWritable}
	}
	h.seen.at, h.seen.why = time.Now(), why
	return why
}
