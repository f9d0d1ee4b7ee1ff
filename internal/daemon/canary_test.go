package daemon_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover/internal/cli"
	"carryover/internal/config"
	"carryover/internal/daemon"
	"carryover/internal/desk"
	"carryover/pipeline"
	"carryover/sandbox"
)

// A leakDay is a day in which every free text holds a canary, with everything
// that Carryover writes captured.
type leakDay struct {
	*clinicDay
	cfg              *config.Config
	scanner          *leakScanner
	heidi, cliniko   *witness
	page             chan net.Addr // where the page is, when it is watched
	log, said, named output        // the logs, what commands print, what they print when asked for names
}

// An output collects what is written, from any goroutine.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) bytes() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.b.Bytes())
}

// TestNothingLeaks carries a day of canaries with logs at debug level, many
// faults, and errors that repeat what they were asked, while people look at it
// with commands. No canary, birth date, key or token may stand in any file of
// the data folder, at any moment, nor in what is logged or printed, until
// somebody asks for names.
func TestNothingLeaks(t *testing.T) {
	if testing.Short() {
		t.Skip("a clinic's day takes ten seconds")
	}
	t.Parallel()
	d := newLeakDay(t, 51, 8*time.Second)
	r := d.startWith(daemon.Options{Config: d.cfg, Log: d.logger(), Served: d.watch(), Events: func(e pipeline.Event) {
		fmt.Fprintf(&d.log, "event %+v\n", e)
	}})
	d.untilShare(0.5)
	d.look()
	d.scan("half-way")
	d.untilSettled(r)
	d.look()
	d.decide()
	d.export()
	d.scan("after the day")
	d.lookAtNames()
	r.stopped()
	d.scan("after Close")
	d.books(d.cfg, nil)
	d.carriedSomething()
}

func newLeakDay(t *testing.T, seed uint64, pace time.Duration) *leakDay {
	t.Helper()
	o := usual(seed, pace)
	o.Plan.Rules = append(o.Plan.Rules, outages()...)
	p := newPlanter()
	p.plant(o.Practice)
	d := &leakDay{clinicDay: newDay(t, o), scanner: &leakScanner{field: p.field}}
	text, err := os.ReadFile(d.file())
	if err != nil {
		t.Fatal(err)
	}
	var heidi, cliniko string
	d.heidi, heidi = newWitness(t, d.HeidiURL)
	d.cliniko, cliniko = newWitness(t, d.ClinikoURL)
	changed := strings.NewReplacer(d.HeidiURL, heidi, d.ClinikoURL, cliniko).Replace(string(text))
	if err := os.WriteFile(d.file(), []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	d.cfg = d.load()
	d.knowSecrets()
	return d
}

// outages are times in which each API gives no good answer for so long that a
// client gives up, and a small share of bad ones all day.
func outages() (rules []sandbox.Rule) {
	for i, kind := range []sandbox.FaultKind{
		sandbox.FaultHTML, sandbox.FaultTruncated, sandbox.FaultCutBefore, sandbox.FaultStatus,
	} {
		from := 0.2 + 0.15*float64(i)
		rules = append(rules,
			sandbox.Rule{Method: http.MethodGet, Fault: kind, Rate: 0.01, Again: 1000},
			sandbox.Rule{Method: http.MethodGet, Fault: kind, From: from, Until: from + 0.1, Again: 1000})
	}
	return rules
}

// knowSecrets tells the scanner what else must stay in: there is no room for a
// canary in a date or in a key that somebody else made.
func (d *leakDay) knowSecrets() {
	d.scanner.know("a canary", canaryStem)
	d.scanner.know("heidi's key", d.HeidiKey)
	master, err := os.ReadFile(d.cfg.MasterKeyFile)
	if err != nil {
		d.t.Fatal(err)
	}
	d.scanner.know("the master key", strings.TrimSpace(string(master)))
	for _, s := range d.Practice.Sessions {
		if day, err := time.Parse(time.DateOnly, s.PatientDOB); err == nil {
			d.scanner.know("a birth date", s.PatientDOB)
			d.scanner.know("a birth date", day.Format("02/01/2006"))
		}
	}
}

// logger writes everything there is to log, in both forms.
func (d *leakDay) logger() *slog.Logger { return loggerTo(&d.log) }

func loggerTo(w io.Writer) *slog.Logger {
	all := &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}
	return slog.New(slog.NewMultiHandler(slog.NewJSONHandler(w, all), slog.NewTextHandler(w, all)))
}

// known is the scanner with every token that was used so far: they are new all
// the time.
func (d *leakDay) known() leakScanner {
	known := *d.scanner
	known.forms = slices.Clone(known.forms)
	for _, w := range []*witness{d.heidi, d.cliniko} {
		for _, secret := range w.seen() {
			known.know("a key or token", secret)
		}
	}
	return known
}

// scan looks through every file of the data folder and all that was written.
func (d *leakDay) scan(when string) {
	d.t.Helper()
	known := d.known()
	found, read, err := known.folder(d.cfg.Data)
	if err != nil {
		d.t.Fatal(err)
	}
	log, said := d.log.bytes(), d.said.bytes()
	for _, leak := range known.in(log) {
		found = append(found, "the log holds "+leak)
	}
	for _, leak := range known.in(said) {
		found = append(found, "a command printed "+leak)
	}
	for _, leak := range found {
		d.t.Errorf("%s: %s", when, leak)
	}
	d.t.Logf("%s: %d bytes of files, %d of logs, %d of output, %d forms", when, read, len(log), len(said), len(known.forms))
	if read < 100_000 || len(log) < 10_000 || len(said) == 0 {
		d.t.Errorf("%s: there is less to scan than a day leaves", when)
	}
}

// command runs a command in this process against the running daemon. What it
// prints, on both streams, goes to out too.
func (d *leakDay) command(out io.Writer, args ...string) string {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), 20*time.Second)
	defer cancel()
	var b bytes.Buffer
	both := io.MultiWriter(&b, out)
	cli.Main(ctx, append(args, "--config", d.file()), cli.Streams{In: strings.NewReader(""), Out: both, Err: both})
	return b.String()
}

// items lists some documents in a state.
func (d *leakDay) items(state string) []desk.Item {
	d.t.Helper()
	remote, err := desk.Dial(d.cfg.Data)
	if err != nil {
		d.t.Fatal(err)
	}
	all, err := remote.List(d.t.Context(), desk.ListRequest{})
	if err != nil {
		d.t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(i desk.Item) bool { return i.State != state })
	return all[:min(len(all), 4)]
}

// look asks everything that may be asked without names, in both forms, and what
// cannot be answered.
func (d *leakDay) look() {
	d.t.Helper()
	for _, form := range [][]string{{"--verbose"}, {"--json", "--verbose"}} {
		ask := func(args ...string) { d.command(&d.said, append(args, form...)...) }
		ask("status")
		ask("held")
		ask("version")
		ask("audit", "verify")
		ask("audit", "export")
		ask("show", "HD-NOTTHERE")
		ask("sync", "12345678901234567890123456789012345678")
		ask("pause")
		ask("resume")
		for _, state := range []string{"held", "proven", "refused", "seen", "superseded"} {
			for _, i := range d.items(state) {
				ask("show", i.ID)
				ask("sync", i.Session)
			}
		}
	}
}
