package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"carryover"
	"carryover/alarm"
	"carryover/audit"
	"carryover/cliniko"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/pipeline"
	"carryover/route"
)

// Run carries documents until ctx ends, then stops in order: no new work, what
// is in flight is finished, the head of the audit chain is written. Deliveries
// that were cut off by a crash are in doubt from the first moment. It returns
// nil after a clean stop.
func (d *Daemon) Run(ctx context.Context) error {
	if err := d.prepare(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // asked to stop before there was anything to stop
		}
		return err
	}
	l, err := DoorOf(d.cfg).Listen()
	if err != nil {
		return err
	}
	page, err := d.listenWeb(ctx)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer context.AfterFunc(ctx, func() { d.inform(tellStopping) })()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return desk.Serve(ctx, l, d.desk) })
	if page != nil {
		group.Go(func() error { return d.serveWeb(ctx, page) })
	}
	for id := range d.sides {
		group.Go(func() error { return d.lane(ctx, id) })
		if d.sides[id].heidi != nil {
			group.Go(func() error { return d.pastLoop(ctx, id, d.readPast(id)) })
			group.Go(func() error { return d.pastLoop(ctx, id, d.carryPast(id)) })
		}
	}
	group.Go(func() error { return d.keepHead(ctx) })
	group.Go(func() error { return d.tidy(ctx) })
	if d.restored {
		group.Go(func() error { return d.outwaitRestore(ctx) })
	}
	group.Go(func() error { return d.learn(ctx) })
	if !d.handOnly {
		group.Go(func() error { return d.watch(ctx) })
		group.Go(func() error { return d.tell(ctx) })
		group.Go(func() error { return d.ping(ctx) })
	}
	if d.manager.Every > 0 {
		group.Go(func() error { return d.watchdog(ctx) })
	}
	d.inform(tellReady) // commands and browsers are answered from here on
	err = group.Wait()
	if e := d.writeHead(context.WithoutCancel(ctx)); err == nil {
		err = e
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// prepare takes up what the last run left, and looks whether keys, links and
// the clock are as they should be.
func (d *Daemon) prepare(ctx context.Context) error {
	if err := d.line.Recover(ctx); err != nil {
		return fmt.Errorf("take up what the last run left: %w", err)
	}
	audit.RemoveLeftovers(d.headFile())
	if err := d.checkLeft(ctx); err != nil {
		return fmt.Errorf("look for what was left behind: %w", err)
	}
	if err := d.rememberDisk(ctx); err != nil {
		return fmt.Errorf("see whether the disk was full: %w", err)
	}
	if err := d.waitAfterRestore(ctx); err != nil {
		return fmt.Errorf("see whether the ledger was restored: %w", err)
	}
	if err := d.resumeBudgets(ctx); err != nil {
		return fmt.Errorf("read what is left of the minute's requests: %w", err)
	}
	if err := d.check(ctx); err != nil {
		return err
	}
	d.learnPages(ctx)
	if d.routesByName() { // before the first document is routed
		d.learnOnce(ctx)
	}
	return nil
}

// learnPages has the desk know where in Cliniko people find the practice's
// records, for whoever has to remove a note by hand. At a start it is asked once
// in a ledger's life, and again with the practitioners' names (see practice.go);
// that nobody answers is no trouble.
func (d *Daemon) learnPages(ctx context.Context) {
	known, err := d.desk.Pages(ctx)
	if err != nil || known != "" || d.handOnly {
		return
	}
	for s := range d.well() {
		at, err := s.cliniko.Address(cliniko.WithPriority(ctx, cliniko.Look))
		if err == nil {
			err = d.desk.SetPages(ctx, at)
		}
		if err != nil {
			d.log.Info("address of the practice's pages not learnt", "err", err)
		}
		return
	}
}

// routesByName says that a rule goes by the name of a template of Heidi's.
func (d *Daemon) routesByName() bool {
	return slices.ContainsFunc(d.cfg.Routes, func(r route.Rule) bool { return r.TemplateName != "" })
}

// learnEvery is how often Heidi is asked what its templates are called.
const learnEvery = 4 * time.Hour

// learn keeps the names of Heidi's templates known.
func (d *Daemon) learn(ctx context.Context) error {
	if !d.routesByName() {
		d.learnOnce(ctx)
	}
	every := time.NewTicker(learnEvery)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
			d.learnOnce(ctx)
		}
	}
}

// learnOnce asks once. That Heidi does not answer is no trouble: the names that
// are known stay known.
func (d *Daemon) learnOnce(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := d.line.LearnTemplates(ctx); err != nil {
		d.log.Info("heidi's templates not read", "err", err)
	}
}

// keepHead writes the audit chain's head beside the ledger while it grows, and
// empties the ledger's log of what was destroyed.
func (d *Daemon) keepHead(ctx context.Context) error {
	every := time.NewTicker(10 * time.Second)
	defer every.Stop()
	written := int64(-1) // after how many updates
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
			updates := d.ledger.Updates()
			if updates == written {
				continue // most of a day nothing happens, and a chain grows by updates alone
			}
			if err := d.writeHead(ctx); err == nil {
				written = updates
			} else if ctx.Err() == nil {
				d.log.Error("head of the audit chain not written", "err", err)
			}
			if _, err := d.ledger.ForgetDestroyed(ctx); err != nil && ctx.Err() == nil {
				d.log.Error("what was destroyed is still in the ledger's log", "err", err)
			}
		}
	}
}

// tidy destroys what is needed no more, now and every hour.
func (d *Daemon) tidy(ctx context.Context) error {
	every := time.NewTicker(time.Hour)
	defer every.Stop()
	for {
		if err := d.line.Tidy(ctx); err != nil && ctx.Err() == nil {
			d.log.Error("tidying failed", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
		}
	}
}

// sweepEvery is how often each author's notes are looked through for doubles.
const sweepEvery = 24 * time.Hour

// silentAfter is how many polls in a row may fail before a person is told.
const silentAfter = 10

// lane takes one practitioner's documents along the road, step after step, so
// that no two writes of one author are ever under way at once.
func (d *Daemon) lane(ctx context.Context, who carryover.PractitionerID) error {
	if d.out.has(who) && !d.awaitRejoin(ctx, who) {
		return nil
	}
	nextPoll := time.Now()
	failed, used := 0, 0
	var rate thirst
	nextSweep := time.Now().Add(d.cfg.Timing.Grace)
	// What the last round asked counts for the next process as well.
	defer func() { d.keepBudget(context.WithoutCancel(ctx), who, used) }()
	for {
		if d.sides[who].heidi != nil && !time.Now().Before(nextPoll) {
			nextPoll = time.Now().Add(d.pollEvery(time.Now()))
			failed = d.poll(ctx, who, failed)
		}
		err := d.steps(ctx, who)
		d.pulses.turned(who)
		if errors.Is(err, pipeline.ErrSwapped) {
			return err // everything would be held: better that somebody looks now
		}
		switch {
		case err == nil:
			d.roundOver(who)
		case ctx.Err() == nil:
			d.log.Error("step failed", "practitioner", string(who), "err", err)
		}
		d.tellDisk(ctx, who, err)
		d.lookClock(ctx, who)
		d.lookKey(ctx, who)
		d.lookStarved(ctx, who, &rate)
		if !d.handOnly && time.Now().After(nextSweep) {
			nextSweep = time.Now().Add(sweepEvery)
			if err := d.line.Sweep(cliniko.WithPriority(ctx, cliniko.Look), who); err != nil && ctx.Err() == nil {
				nextSweep = time.Now().Add(d.cfg.Timing.Grace)
				d.log.Warn("sweep failed", "practitioner", string(who), "err", err)
			}
		}
		used = d.keepBudget(ctx, who, used)
		wait := time.NewTimer(d.untilNext(ctx, nextPoll))
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil
		case <-d.wake[who]:
			wait.Stop()
		case <-wait.C:
		}
	}
}

// poll looks for documents and counts failures in a row.
func (d *Daemon) poll(ctx context.Context, who carryover.PractitionerID, failed int) int {
	err := d.line.Discover(ctx, who)
	if err == nil || ctx.Err() != nil {
		return 0
	}
	d.log.Warn("poll failed", "practitioner", string(who), "err", err)
	if errors.Is(err, carryover.ErrUnauthorized) {
		return 0 // Heidi has answered: that a link or key is gone has an alarm of its own
	}
	if failed++; failed != silentAfter {
		return failed
	}
	if err := d.line.Alarm(ctx, alarm.PollSilent, string(who)); err != nil {
		d.log.Error("alarm not recorded", "err", err)
	}
	return failed
}

// steps takes everything that is due one step on.
func (d *Daemon) steps(ctx context.Context, who carryover.PractitionerID) error {
	if err := d.line.Ripen(ctx); err != nil {
		return err
	}
	live, later := cliniko.WithPriority(ctx, cliniko.Live), cliniko.WithPriority(ctx, cliniko.Look)
	round := d.line.Begin(who)
	// First, so that all else in the round sees what changed; a failure of it
	// or of looking again is no reason to keep what is new waiting.
	held := d.line.Watch(later, round)
	if err := d.line.Match(live, round); err != nil {
		return errors.Join(held, err)
	}
	held = errors.Join(held, d.line.Reconsider(later, round))
	return errors.Join(held, d.line.Deliver(live, round))
}

// untilNext is how long a lane may rest: until its next poll, or until
// something is due, but never so short that it spins on work that waits for
// something else.
func (d *Daemon) untilNext(ctx context.Context, nextPoll time.Time) time.Duration {
	poll := d.cfg.Timing.Poll
	rest := poll
	if until := time.Until(nextPoll); until < rest {
		rest = until
	}
	err := d.ledger.View(ctx, func(tx *ledger.Tx) error {
		due, some, err := tx.NextDue(ctx, carryover.Seen, carryover.Ripe, carryover.Ready)
		if some && time.Until(due) < rest {
			rest = time.Until(due)
		}
		return err
	})
	if err != nil && ctx.Err() == nil {
		d.log.Error("next step not found", "err", err)
	}
	return max(rest, poll/4)
}

// pollEvery is the poll interval at a time: the practice's hours are polled
// often, the night hourly.
func (d *Daemon) pollEvery(now time.Time) time.Duration {
	t := d.cfg.Timing
	local := now.In(d.cfg.TimeZone)
	since := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute
	if since >= t.DayFrom && since < t.DayTo {
		return t.Poll
	}
	return t.PollNight
}

// wakeAll makes every lane look at what is due now.
func (d *Daemon) wakeAll() {
	for _, c := range d.wake {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
