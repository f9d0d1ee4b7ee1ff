package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"carryover/cliniko"
	"carryover/heidi"
)

// This file is where internal/sim takes hold of a daemon. A simulation passes
// weeks in seconds, in a bubble of testing/synctest, where nothing may wait for
// a socket: time stands still while something does. So connections come from a
// function, and the desk is asked in the same process. All else is the daemon
// as it runs in a practice.

// A Dial opens a connection to a host and port.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// A Seam says what is different in a simulated daemon.
type Seam struct {
	// Dial opens every connection. The guard is not asked: it speaks sockets.
	Dial Dial
	// Backoff is the wait before a GET is tried again. The clients add chance to
	// it that no seed reaches, so a simulation keeps it too short to tell.
	Backoff time.Duration
	// HeidiPerSecond is how many requests a second Heidi gets; 0: as many as the
	// real one does.
	HeidiPerSecond float64
}

// NewSimulated is New for a simulation. The configuration needs the base_url of
// both APIs, on a loopback address that nobody listens on.
func NewSimulated(ctx context.Context, o Options, s Seam) (*Daemon, error) {
	d, err := New(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := d.rewire(o, s); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// seamInFlight is how many requests to Heidi may be on their way: more than
// there are lanes. A slot that one lane hands to another would wake two at one
// instant, and chance would say which of them goes first.
const seamInFlight = 16

// rewire replaces the clients by such as speak through the seam, at the rates
// at which the real APIs are spoken to.
func (d *Daemon) rewire(o Options, seam Seam) error {
	read := &http.Transport{
		DialContext: seam.Dial, ResponseHeaderTimeout: time.Minute, IdleConnTimeout: 50 * time.Second,
		MaxIdleConnsPerHost: 4, MaxConnsPerHost: 16,
	}
	write := &http.Transport{
		DialContext: seam.Dial, ResponseHeaderTimeout: time.Minute, DisableKeepAlives: true, DisableCompression: true,
	}
	d.heidiRate = cmp.Or(seam.HeidiPerSecond, heidi.DefaultPerSecond)
	pace := heidi.NewPace(d.heidiRate, seamInFlight)
	c := o.Config
	for id, s := range d.sides {
		var err error
		s.cliniko, err = cliniko.New(cliniko.Config{
			Key: s.cfg.Key, BaseURL: c.Cliniko.BaseURL, Contact: c.Contact, Read: counted{read, d.reads}, Write: write,
			PerMinute: c.Cliniko.RequestsPerMinute, Deadline: c.Timing.Deadline, Halving: c.Timing.Grace,
			Backoff: seam.Backoff, Log: d.log,
		})
		if err != nil {
			return fmt.Errorf("practitioner %s: %w", id, err)
		}
		s.heidi, err = heidi.New(heidi.Config{
			Key: c.Heidi.Key, Region: c.Region, BaseURL: c.Heidi.BaseURL, Email: s.cfg.Email, InternalID: s.cfg.InternalID,
			Practitioner: id, Read: read, Pace: pace, Timeout: heidi.DefaultTimeout, Backoff: seam.Backoff, Log: d.log,
		})
		if err != nil {
			return fmt.Errorf("practitioner %s: %w", id, err)
		}
	}
	d.line = d.pipeline(o)
	d.sender = d.newSender() // its alarms are the new line's
	d.desk.Chain = d.line.Audit
	return nil
}

// RunSimulated is Run without the desk's socket. What runs side by side starts
// one after the other, apart by what is given, so that no two of its timers
// ever go off at one instant, whose order chance would decide.
func (d *Daemon) RunSimulated(ctx context.Context, apart func(n int) time.Duration) error {
	if err := d.prepare(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	n := 0
	start := func(f func(context.Context) error) {
		wait := apart(n)
		n++
		group.Go(func() error {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(wait):
				return f(ctx)
			}
		})
	}
	for _, pr := range d.cfg.Practitioners {
		start(func(ctx context.Context) error { return d.lane(ctx, pr.ID) })
	}
	start(d.keepHead)
	start(d.tidy)
	start(d.learn)
	start(d.watch)
	for _, pr := range d.cfg.Practitioners {
		start(func(ctx context.Context) error { return d.pastLoop(ctx, pr.ID, d.readPast(pr.ID)) })
		start(func(ctx context.Context) error { return d.pastLoop(ctx, pr.ID, d.carryPast(pr.ID)) })
	}
	err := group.Wait()
	if e := d.writeHead(context.WithoutCancel(ctx)); err == nil {
		err = e
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
