// Package daemon puts Carryover together: it opens the ledger, builds a guarded
// client of each API for every practitioner, and runs one lane a practitioner
// until it is told to stop. It also serves the desk that commands speak to.
package daemon

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"carryover"
	"carryover/alarm/notify"
	"carryover/audit"
	"carryover/cliniko"
	"carryover/heidi"
	"carryover/internal/config"
	"carryover/internal/desk"
	"carryover/internal/disk"
	"carryover/internal/guard"
	"carryover/internal/meter"
	"carryover/ledger"
	"carryover/match"
	"carryover/pipeline"
	"carryover/web"
)

// Options say what a Daemon runs on.
type Options struct {
	Config *config.Config
	Log    *slog.Logger         // nil discards
	Events func(pipeline.Event) // nil: nobody watches
	// NoHeidi leaves Heidi out: for filing one document by hand.
	NoHeidi bool
	// Gate lets people in to the review page; nil: package sign's, with password
	// and second factor. The demo has one of its own.
	Gate web.Gate
	// Served is told where the review page is, once it is there. Nil: nobody is.
	Served func(net.Addr)
	// Version and Commit name the build, for whoever watches.
	Version, Commit string
	// Manager started this process and is told how it is. Zero: nobody.
	Manager Manager
}

// A Daemon owns the ledger, the clients and the lanes.
type Daemon struct {
	cfg    *config.Config
	log    *slog.Logger
	guard  *guard.Guard
	ledger *ledger.Ledger
	line   *pipeline.Pipeline
	reads  *pipeline.ReadCounter // what every Cliniko client reads
	desk   *desk.Local
	sides  map[carryover.PractitionerID]*side
	wake   map[carryover.PractitionerID]chan struct{}
	out    leftOut
	past   past
	// heidiRate is how many requests a second Heidi gets at most; 0: no limit.
	heidiRate float64
	// handOnly: Heidi is left out, one document is filed by hand.
	handOnly bool
	// restored: the ledger is a backup's, and this process has still to wait.
	restored bool
	gate     web.Gate       // nil: package sign's
	served   func(net.Addr) // nil: nobody is told
	pulses   pulses         // of the lanes
	disk     fullness       // whether it is full
	meter    *meter.Meter   // nil: nobody watches
	manager  Manager

	sender    *notify.Sender
	mailRoots *x509.CertPool // who may vouch for the mail server; nil: whom the machine trusts
	free      func(folder string) (bytes uint64, err error)
	rounds    sync.Map // when each lane last went round, by practitioner
}

// side is one practitioner with both clients; heidi is nil without Heidi.
type side struct {
	cfg     config.Practitioner
	heidi   *heidi.Client
	cliniko *cliniko.Client
}

// New opens everything that needs no network. Its errors are problems with a
// hint for a person; nothing is left open after one.
func New(ctx context.Context, o Options) (*Daemon, error) {
	d := unopened(o)
	lines := d.keepLines(o.Log)
	d.watched(o)
	if err := fitHere(o.Config); err != nil {
		return nil, err
	}
	guard.LockDefaultTransport()
	if err := d.buildSides(o); err != nil {
		return nil, err
	}
	var err error
	d.ledger, err = ledger.OpenWithKeyFile(ctx, ledger.Config{
		Path: filepath.Join(o.Config.Data, "ledger.db"), Lock: true,
	}, o.Config.MasterKeyFile)
	if err != nil {
		return nil, err
	}
	d.line = d.pipeline(o)
	d.sender = d.newSender()
	d.desk = &desk.Local{
		Ledger: d.ledger, Chain: d.line.Audit, Data: o.Config.Data, KeyFile: o.Config.MasterKeyFile, Engine: engine{d},
		Practitioners: o.Config.PractitionerIDs(), Lines: lines,
	}
	return d, nil
}

// unopened returns a daemon with neither clients nor ledger.
func unopened(o Options) *Daemon {
	d := &Daemon{
		cfg: o.Config, log: o.Log, handOnly: o.NoHeidi, gate: o.Gate, served: o.Served, manager: o.Manager,
		sides: map[carryover.PractitionerID]*side{},
		wake:  map[carryover.PractitionerID]chan struct{}{},
		reads: &pipeline.ReadCounter{}, pulses: newPulses(o.Config.PractitionerIDs()),
		free: disk.Free,
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	return d
}

// buildSides makes the guard and the clients.
func (d *Daemon) buildSides(o Options) error {
	hosts, err := clinicalHosts(o)
	if err != nil {
		return err
	}
	if d.guard, err = guard.New(guard.Policy{
		Clinical: hosts, Operational: o.Config.Alarms.Hosts(), Region: o.Config.Region, Files: files(o.Config),
	}); err != nil {
		return &carryover.Problem{
			Op: "check hosts", Kind: carryover.ErrNotHere, Err: err,
			Hint: "Carryover only speaks to hosts in Australia, and sends messages to others than those. Use a key of an Australian Cliniko account, and other servers for alarms.",
		}
	}
	d.heidiRate = heidi.DefaultPerSecond
	pace := heidi.NewPace(d.heidiRate, heidi.DefaultInFlight)
	if o.Config.Heidi != nil && o.Config.Heidi.BaseURL != "" {
		d.heidiRate = 0
		pace = heidi.NewPace(0, 8) // a sandbox sets its own pace
	}
	var errs []error
	for _, pr := range o.Config.Practitioners {
		s, err := d.newSide(o, pr, pace)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		d.sides[pr.ID] = s
		d.wake[pr.ID] = make(chan struct{}, 1)
	}
	return errors.Join(errs...)
}

func (d *Daemon) newSide(o Options, pr config.Practitioner, pace *heidi.Pace) (*side, error) {
	c := o.Config
	s := &side{cfg: pr}
	var err error
	s.cliniko, err = cliniko.New(cliniko.Config{
		Key: pr.Key, BaseURL: c.Cliniko.BaseURL, Contact: c.Contact,
		Read:      d.felt(pr.ID, meter.Cliniko, counted{d.guard.Transport(), d.reads}),
		Write:     d.felt(pr.ID, meter.Cliniko, d.guard.FreshTransport()),
		PerMinute: c.Cliniko.RequestsPerMinute, Deadline: c.Timing.Deadline, Log: d.log,
		// Ten minutes by default, as long as the grace period; the sandbox
		// shortens both with its day.
		Halving: c.Timing.Grace,
	})
	if err != nil {
		return nil, fmt.Errorf("practitioner %s: %w", pr.ID, err)
	}
	if c.Heidi == nil || o.NoHeidi {
		return s, nil
	}
	s.heidi, err = heidi.New(heidi.Config{
		Key: c.Heidi.Key, Region: c.Region, BaseURL: c.Heidi.BaseURL,
		Email: pr.Email, InternalID: pr.InternalID, Practitioner: pr.ID,
		Read: d.felt(pr.ID, meter.Heidi, d.guard.Transport()), Pace: pace, Log: d.log,
	})
	if err != nil {
		return nil, fmt.Errorf("practitioner %s: %w", pr.ID, err)
	}
	return s, nil
}

// files says whether the way to Cliniko's file store is open: in the one region
// where it is known. A rule need not say so, since what a rule of yesterday made
// is still to be proven.
func files(c *config.Config) bool { return strings.EqualFold(c.Region, "AU") }

// clinicalHosts lists every host that may be spoken to.
func clinicalHosts(o Options) ([]string, error) {
	var hosts []string
	add := func(base string) error {
		u, err := url.Parse(base)
		if err != nil {
			return &carryover.Problem{Op: "check hosts", Kind: carryover.ErrInvalid, Hint: "A base_url in the configuration is not an address."}
		}
		if !slices.Contains(hosts, u.Host) {
			hosts = append(hosts, u.Host)
		}
		return nil
	}
	if h := o.Config.Heidi; h != nil && !o.NoHeidi {
		base := h.BaseURL
		if base == "" {
			var err error
			if base, err = heidi.BaseOf(o.Config.Region); err != nil {
				return nil, err
			}
		}
		if err := add(base); err != nil {
			return nil, err
		}
	}
	for _, pr := range o.Config.Practitioners {
		base := o.Config.Cliniko.BaseURL
		if base == "" {
			shard, err := cliniko.ShardOf(pr.Key)
			if err != nil {
				return nil, fmt.Errorf("practitioner %s: %w", pr.ID, err)
			}
			base = cliniko.BaseOf(shard)
		}
		if err := add(base); err != nil {
			return nil, err
		}
	}
	return hosts, nil
}

// leastChanges is how often at most Cliniko is asked what changed. Only the
// sandbox polls more often than that, and its limit is a minute's as well.
const leastChanges = 10 * time.Second

// pipeline wires the steps to the clients.
func (d *Daemon) pipeline(o Options) *pipeline.Pipeline {
	t := o.Config.Timing
	p := &pipeline.Pipeline{
		Ledger: d.ledger, Audit: audit.Log{Keys: d.ledger.Keys()},
		Sides: map[carryover.PractitionerID]pipeline.Side{},
		Rules: o.Config.Routes, WithNotes: o.Config.ConsultNotes,
		Matching: match.Settings{
			Identifiers: o.Config.Matching.Identifiers, FirstNameAndBooking: o.Config.Matching.FirstNameAndBooking,
		},
		Timing: pipeline.Timing{
			Poll: t.Poll, Quiet: t.Quiet, Reads: t.Reads, Grace: t.Grace, LookBack: t.LookBack,
			EachPollFor: t.RereadEachPollFor, HalfHourlyFor: t.RereadHalfHourlyFor,
			Changes:  max(t.Poll, leastChanges),
			HeldLong: o.Config.Alarms.HeldAfter,
		},
		Practice: o.Config.Practice, Zone: o.Config.TimeZone,
		Log: d.log, Events: d.charting(o.Events), Counter: d.reads, Started: time.Now(),
	}
	if h := o.Config.Heidi; h != nil {
		p.Trusted = h.TrustedProviders
	} else {
		p.Trusted = []string{handProvider}
	}
	for id, s := range d.sides {
		one := pipeline.Side{Chart: chart{s.cliniko}, Files: s.cliniko, Forms: chart{s.cliniko}}
		if s.heidi != nil {
			one.Scribe, one.Templates = s.heidi, templates{s.heidi}
		}
		p.Sides[id] = one
	}
	return p
}

// chart is a cliniko client with the questions that are about its errors.
type chart struct{ *cliniko.Client }

// NamesBooking implements pipeline.Chart.
func (chart) NamesBooking(err error) bool { return cliniko.NamesBooking(err) }

// NamesTemplate implements pipeline.Forms.
func (chart) NamesTemplate(err error) bool { return cliniko.NamesTemplate(err) }

// DoorOf returns where commands reach the daemon of a configuration.
func DoorOf(c *config.Config) desk.Door {
	return desk.Door{Data: c.Data, Socket: c.Socket, Group: c.SocketGroup}
}

// Desk returns where people ask and decide.
func (d *Daemon) Desk() desk.Desk { return d.desk }

// Requests counts what went to each host so far.
func (d *Daemon) Requests() map[string]guard.Count { return d.guard.Journal() }

// Close lets the ledger and all connections go. It is called after Run has
// returned, or instead of it.
func (d *Daemon) Close() error {
	d.guard.Close()
	return d.ledger.Close()
}
