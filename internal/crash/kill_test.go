package crash

import (
	"context"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/internal/cli"
	"carryover/internal/seal"
	"carryover/ledger"
	"carryover/sandbox"
	"carryover/sandbox/clinic"
)

// asCommand makes the test binary behave as the carryover command.
const asCommand = "CARRYOVER_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		os.Exit(cli.Main(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
	}
	os.Exit(m.Run())
}

var (
	kills = flag.Int("kills", 30, "how often the daemon is killed")
	seed  = flag.Uint64("seed", 1, "seed of the clinic and of the moments")
)

// TestKilledThirtyTimesInOneDay: SIGKILL at random moments of a clinic's day
// with the usual faults, and a start after each. At the end every document is
// where it should be, once, and nothing is left in flight.
func TestKilledThirtyTimesInOneDay(t *testing.T) {
	if testing.Short() {
		t.Skip("a day with thirty restarts takes half a minute")
	}
	const pace = 15 * time.Second
	practice := clinic.Generate(*seed, clinic.LastPracticeDay(time.Now()))
	c, err := clinic.Start(clinic.Options{Practice: practice, Seed: *seed, Pace: pace, Plan: sandbox.DefaultPlan(*seed, pace)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	dir := t.TempDir()
	if err := c.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(*seed, 7))
	for n := range *kills {
		d := start(t, dir)
		time.Sleep(100*time.Millisecond + time.Duration(random.Int64N(int64(800*time.Millisecond))))
		if err := d.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatalf("kill %d: %v", n+1, err)
		}
		_ = d.Wait()
	}
	last := start(t, dir)
	began := time.Now()
	grace := 3 * time.Second // what the sandbox writes for this pace
	waitFor(t, dir, grace+60*time.Second)
	t.Logf("settled %v after the last start", time.Since(began).Round(100*time.Millisecond))
	if err := last.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := last.Wait(); err != nil {
		t.Errorf("clean stop: %v", err)
	}
	s := c.Truth().Summary
	if s.Missing+s.Duplicates+s.WrongPatient+s.WordsLost != 0 || s.NotesInCliniko == 0 {
		b, _ := json.Marshal(c.Truth())
		t.Errorf("after %d kills: %+v\n%s", *kills, s, b)
	}
	inspect(t, dir)
}

// start runs `carryover run` as a process.
func start(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "run", "--config", filepath.Join(dir, "carryover.yaml"))
	cmd.Env = append(os.Environ(), asCommand+"=1")
	log, err := os.OpenFile(filepath.Join(dir, "run.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// status asks the running daemon how things stand.
func status(t *testing.T, dir string) map[string]int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "status", "--json", "--config", filepath.Join(dir, "carryover.yaml"))
	cmd.Env = append(os.Environ(), asCommand+"=1")
	out, _ := cmd.Output() // exit code 3 says that something is held
	var s struct {
		Counts map[string]int `json:"counts"`
	}
	_ = json.Unmarshal(out, &s)
	return s.Counts
}

// waitFor waits until nothing moves by itself but a document without text.
func waitFor(t *testing.T, dir string, most time.Duration) {
	t.Helper()
	deadline := time.Now().Add(most)
	calm := 0
	var last map[string]int
	for time.Now().Before(deadline) {
		time.Sleep(300 * time.Millisecond)
		last = status(t, dir)
		moving := last["ripe"] + last["ready"] + last["sending"] + last["in_doubt"] + last["filed"]
		if calm++; moving > 0 || last["proven"] == 0 {
			calm = 0
		}
		if calm > 10 { // longer than the quiet period: the day is over
			return
		}
	}
	log, _ := os.ReadFile(filepath.Join(dir, "run.log"))
	t.Fatalf("still moving after %v: %v\n%s", most, last, log[max(0, len(log)-4000):])
}

// inspect opens the ledger that was killed so often.
func inspect(t *testing.T, dir string) {
	t.Helper()
	master, err := seal.ReadMasterKey(filepath.Join(dir, "secrets", "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), ledger.Config{Path: filepath.Join(dir, "data", "ledger.db"), MasterKey: master, Lock: true})
	if err != nil {
		t.Fatalf("open the ledger after the kills: %v", err)
	}
	defer func() { _ = l.Close() }()
	err = l.View(t.Context(), func(tx *ledger.Tx) error {
		faults, err := tx.Check(t.Context())
		if err != nil {
			return err
		}
		for _, f := range faults {
			t.Errorf("ledger: %s", f)
		}
		counts, err := tx.Counts(t.Context())
		if err != nil {
			return err
		}
		for _, s := range []carryover.State{carryover.Sending, carryover.InDoubt, carryover.Ready, carryover.Filed} {
			if counts[s] > 0 {
				t.Errorf("%d documents are left in %s", counts[s], s)
			}
		}
		_, err = audit.Log{Keys: l.Keys()}.Verify(t.Context(), tx, nil)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
