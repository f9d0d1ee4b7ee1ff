package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"carryover"
	"carryover/sandbox"
	"carryover/sandbox/clinic"
)

// clinicFlags are what demo and sandbox have in common: which clinic, and how
// it misbehaves.
type clinicFlags struct {
	Seed   uint64        `default:"1" help:"Which generated clinic; the same seed is the same day (default: ${default})."`
	Load   string        `placeholder:"DIR" help:"Take patients.jsonl, appointments.jsonl and sessions.jsonl from this folder instead."`
	Plot   string        `enum:"none,adversary,slips" default:"none" placeholder:"adversary|slips" help:"A day with a purpose instead: everything that could mislead, or recordings made under the patient before. Give it time: --pace 60s."`
	Faults string        `placeholder:"FILE|off" help:"Plan of faults, or off (default: a few, as in real life)."`
	Pace   time.Duration `default:"15s" help:"How long the clinic's day takes (default: ${default})."`
}

// options reads the flags' files.
func (f clinicFlags) options() (clinic.Options, error) {
	o := clinic.Options{Seed: f.Seed, Pace: f.Pace}
	if f.Pace <= 0 {
		return o, badUsage("--pace: how long should the day take? Write it like 15s or 8h")
	}
	switch f.Faults {
	case "off":
	case "":
		o.Plan = sandbox.DefaultPlan(f.Seed, f.Pace)
	default:
		text, err := os.ReadFile(f.Faults)
		if err != nil {
			return o, unusable("read plan of faults", err, "Check the name, or use --faults off.")
		}
		if o.Plan, err = sandbox.ParsePlan(text); err != nil {
			return o, unusable("read plan of faults "+f.Faults, err, "docs/sandbox.md describes the form.")
		}
		if o.Plan.Seed == 0 { // a plan without a seed strikes anew for each clinic
			o.Plan.Seed = f.Seed
		}
	}
	switch f.Plot {
	case "adversary":
		o.Plot = clinic.Adversary(f.Seed, clinic.LastPracticeDay(time.Now()))
	case "slips":
		o.Plot = clinic.Slips(f.Seed, clinic.LastPracticeDay(time.Now()))
	}
	switch {
	case f.Load == "":
		return o, nil
	case o.Plot != nil:
		return o, badUsage("--plot brings a clinic of its own: leave --load away")
	}
	practice, err := clinic.Load(f.Load)
	if err != nil {
		return o, unusable("load clinic", err, "docs/sandbox.md describes the three files, with an example.")
	}
	o.Practice = practice
	return o, nil
}

func unusable(op string, err error, hint string) error {
	return &carryover.Problem{Op: op, Kind: carryover.ErrInvalid, Err: err, Hint: hint}
}

// sandboxCmd runs both simulators for other processes.
type sandboxCmd struct {
	Dir string `required:"" placeholder:"DIR" help:"Where sandbox.json, carryover.yaml and the secret files go; made if it is missing."`
	clinicFlags
	Heidi   string `placeholder:"ADDR" help:"Address of the simulated Heidi (default: 127.0.0.1 and a free port)."`
	Cliniko string `placeholder:"ADDR" help:"Address of the simulated Cliniko (default: 127.0.0.1 and a free port)."`
	Control string `placeholder:"ADDR" help:"Address of the control interface (default: 127.0.0.1 and a free port)."`
}

// Help is kong's long help.
func (sandboxCmd) Help() string {
	return `Simulates Heidi AU and Cliniko au3 on this machine, with a clinic's day that begins when
somebody first asks for its sessions. Prints one line when it is ready and runs until it is
stopped. Everybody in it is invented. docs/sandbox.md tells what its control interface does.

Example, in two terminals:

  carryover sandbox --dir /tmp/clinic
  carryover run --config /tmp/clinic/carryover.yaml`
}

// Run implements the command.
func (c sandboxCmd) Run(a *app) error {
	o, err := c.options()
	if err != nil {
		return err
	}
	o.HeidiAddr, o.ClinikoAddr, o.ControlAddr = c.Heidi, c.Cliniko, c.Control
	running, err := clinic.Start(o)
	if err != nil {
		return unusable("start sandbox", err, "Choose another address, or leave it away for a free port.")
	}
	defer running.Close()
	if err := running.WriteFiles(c.Dir); err != nil {
		return unusable("start sandbox", err, "Check that this user may write to the folder.")
	}
	err = a.answer(running.Access(), func(w io.Writer) {
		fmt.Fprintf(w, "ready: %s (heidi %s, cliniko %s, control %s)\n",
			filepath.Join(c.Dir, "carryover.yaml"), running.HeidiURL, running.ClinikoURL, running.ControlURL)
	})
	if err != nil {
		return err
	}
	<-a.ctx.Done()
	return nil
}

// demoFolder makes the demo's own folder, or takes an empty one.
func demoFolder(dir string) (path string, temporary bool, err error) {
	if dir == "" {
		path, err = os.MkdirTemp("", "carryover-demo-") // 0700
		if err != nil {
			return "", false, unusable("make a temporary folder", err, "Name a folder with --dir.")
		}
		return path, true, nil
	}
	if path, err = filepath.Abs(dir); err != nil {
		return "", false, unusable("use folder "+dir, err, "Name another folder with --dir.")
	}
	if _, err := os.Stat(filepath.Join(path, "data")); err == nil {
		return "", false, unusable("use folder "+dir, errors.New("another day's ledger is in it"), "Name an empty folder with --dir.")
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", false, unusable("use folder "+dir, err, "Name another folder with --dir.")
	}
	return path, false, nil
}
