// Command match measures the matcher: it reads a register, a diary and
// sessions, decides every session with the product's own matcher, and writes
// one decision a line to standard output, in the order of the sessions.
//
//	go run ./bench/match -patients P.jsonl -appointments A.jsonl -sessions S.jsonl [-zone Australia/Brisbane]
//
// Candidates are found in memory by the keys that Cliniko's API offers, and by
// no others. Counts and speed go to standard error. The exit status is 0
// whatever the decisions are, 1 when a file cannot be read, 2 for wrong flags. A
// session that cannot be read is held; a register or diary with such a line ends
// the run.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"carryover"
	"carryover/match"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) //nolint:forbidigo // this is a main
}

// run is main with its surroundings as arguments.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("match", flag.ContinueOnError)
	flags.SetOutput(stderr)
	patients := flags.String("patients", "", "the register, JSON lines")
	appointments := flags.String("appointments", "", "the diary, JSON lines")
	sessions := flags.String("sessions", "", "the sessions to decide, JSON lines")
	zone := flags.String("zone", "Australia/Brisbane", "the clinic's time zone")
	identifiers := flags.Int("identifiers", 2, "how many identifiers must agree, 2 or 3")
	firstName := flags.Bool("first-name-and-booking", false, "let a first name count with a booking")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if *patients == "" || *appointments == "" || *sessions == "" || flags.NArg() > 0 {
		fmt.Fprintln(stderr, "match: needs -patients, -appointments and -sessions")
		return 2
	}
	err := decideAll(files{*patients, *appointments, *sessions, *zone},
		match.Settings{Identifiers: *identifiers, FirstNameAndBooking: *firstName}, stdout, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "match:", err)
		return 1
	}
	return 0
}

type files struct{ patients, appointments, sessions, zone string }

// decideAll loads the files, decides every session, and reports.
func decideAll(f files, settings match.Settings, stdout, stderr io.Writer) error {
	if _, err := time.LoadLocation(f.zone); err != nil {
		return fmt.Errorf("zone %q: %w", f.zone, err)
	}
	people, err := load(f.patients, patientRow.patient)
	if err != nil {
		return err
	}
	diary, err := load(f.appointments, appointmentRow.booking)
	if err != nil {
		return err
	}
	sessions, err := lines(f.sessions, readAsked)
	if err != nil {
		return err
	}
	reg := newRegister(people, diary)
	out := bufio.NewWriter(stdout)
	decisions := json.NewEncoder(out)
	counts := tally{}
	for _, s := range sessions {
		began := time.Now()
		m := carryover.Match{Reason: carryover.NoEvidence} // nobody can read what was asked
		if !s.broken {
			m = reg.decide(s.Session, settings)
		}
		counts.add(m, time.Since(began))
		if err := decisions.Encode(decisionOf(s.ID, m)); err != nil {
			return fmt.Errorf("write decision: %w", err)
		}
	}
	counts.report(stderr, len(people), len(diary))
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write decisions: %w", err)
	}
	return nil
}

// A decision is one line of the output.
type decision struct {
	SessionID string           `json:"session_id"`
	Decision  string           `json:"decision"`
	PatientID *string          `json:"patient_id"`
	Reason    carryover.Reason `json:"reason,omitempty"`
}

func decisionOf(id carryover.SessionID, m carryover.Match) decision {
	d := decision{SessionID: string(id), Decision: "held", Reason: m.Reason}
	if m.Grade == carryover.Certain {
		patient := string(m.Patient)
		d.Decision, d.PatientID = "matched", &patient
	}
	return d
}

// A tally counts decisions and their time.
type tally struct {
	matched int
	held    map[carryover.Reason]int
	took    []time.Duration
}

func (t *tally) add(m carryover.Match, took time.Duration) {
	if t.held == nil {
		t.held = map[carryover.Reason]int{}
	}
	if m.Grade == carryover.Certain {
		t.matched++
	} else {
		t.held[m.Reason]++
	}
	t.took = append(t.took, took)
}

// report writes the counts for a person to read.
func (t *tally) report(w io.Writer, people, bookings int) {
	fmt.Fprintf(w, "%d patients, %d bookings, %d sessions: %d matched, %d held\n",
		people, bookings, len(t.took), t.matched, len(t.took)-t.matched)
	for _, r := range slices.Sorted(func(yield func(carryover.Reason) bool) {
		for r := range t.held {
			if !yield(r) {
				return
			}
		}
	}) {
		fmt.Fprintf(w, "  held, %s: %d\n", r, t.held[r])
	}
	if len(t.took) == 0 {
		return
	}
	slices.Sort(t.took)
	at := func(share float64) time.Duration {
		return t.took[int(share*float64(len(t.took)-1))].Round(time.Microsecond)
	}
	fmt.Fprintf(w, "time for one session: median %v, 99 in 100 within %v, slowest %v\n", at(0.5), at(0.99), at(1))
}
