package daemon_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/sandbox/clinic"
)

// The benchmark of matching asks the matcher, with a register in memory. What
// practices run is the daemon, which finds candidates through Cliniko's API and
// knows whose link showed a session. These tests take the benchmark's files
// through the whole of it and compare every decision with the benchmark's own.

// TestSample is a small set in the benchmark's format, of invented people.
func TestSample(t *testing.T) {
	t.Parallel()
	sampled(t, "../../sandbox/clinic/testdata/benchmark", func(string) bool { return true })
}

// alsoOneIn makes the sample of the development set larger (go test
// ./internal/daemon -run Sample -sample 4): one session in so many besides.
var alsoOneIn = flag.Int("sample", 0, "carry one session in so many of the development set besides one of every category")

// TestSampleOfDevelopmentSet takes one session of every category.
func TestSampleOfDevelopmentSet(t *testing.T) {
	if testing.Short() {
		t.Skip("a register of thousands takes ten seconds")
	}
	const dir = "../../../shared/bench/matching/dev"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the benchmark's development set: ../shared is not here")
	}
	t.Parallel()
	had, n := map[string]bool{}, 0
	sampled(t, dir, func(category string) bool {
		first := !had[category]
		had[category], n = true, n+1
		return first || *alsoOneIn > 0 && n%*alsoOneIn == 0
	})
}

// A benchDecision is a line of what bench/match writes.
type benchDecision struct {
	SessionID string           `json:"session_id"`
	Decision  string           `json:"decision"`
	PatientID string           `json:"patient_id"`
	Reason    carryover.Reason `json:"reason"`
}

// sampled carries the sessions of dir that take wants, asked with the category
// of each in the order of the file, and compares the decisions.
func sampled(t *testing.T, dir string, take func(category string) bool) {
	t.Helper()
	category := map[string]string{}
	eachLine(t, filepath.Join(dir, "truth.jsonl"), func(line []byte) {
		var row struct {
			SessionID string `json:"session_id"`
			Category  string `json:"category"`
		}
		decode(t, line, &row)
		category[row.SessionID] = row.Category
	})
	some := sample(t, dir, func(id string) bool { return take(category[id]) })
	want := benchDecisions(t, some, filepath.Join(some, "plain.jsonl"))
	got := carriedSample(t, some)
	matched, explained := 0, 0
	for id, w := range want {
		v, known := got[id]
		switch {
		case explains(v, w):
			explained++
		case !known:
			t.Errorf("session %s (%s) is not in the ledger", id, category[id])
		case w.Decision == "matched":
			matched++
			if v.State != carryover.Proven || string(v.Patient) != w.PatientID {
				t.Errorf("session %s (%s) is %s (%s) with patient %q, the benchmark matches %s", id, category[id], v.State, v.Reason, v.Patient, w.PatientID)
			}
		case v.State != carryover.Held || v.Reason != w.Reason:
			t.Errorf("session %s (%s) is %s (%s), the benchmark holds it for %s", id, category[id], v.State, v.Reason, w.Reason)
		}
	}
	t.Logf("%d sessions: %d matched by both, %d otherwise for a reason that the benchmark does not know", len(want), matched, explained)
	if explained*100 > len(want) {
		t.Errorf("%d of %d decisions differ because of colleagues' diaries, want at most 1 in 100", explained, len(want))
	}
	if matched == 0 || matched == len(want) {
		t.Errorf("%d of %d sessions are matched: the sample proves nothing", matched, len(want))
	}
}

// A carried is what became of a session, with the best of the candidates that
// were shown.
type carried struct {
	ledger.Version
	best carryover.PatientID
}

// explains says that a difference comes from the whole practice's diary, which
// the daemon reads and the benchmark does not: the patient is the benchmark's,
// but was booked with a colleague then, so that a person says whose session it
// is; or somebody with a part of the name was booked with a colleague, and
// counts as a candidate to show.
func explains(v carried, w benchDecision) bool {
	return w.Decision == "matched" && v.State == carryover.Held && v.Reason == carryover.WhoseSession && string(v.best) == w.PatientID ||
		w.Reason == carryover.NoCandidate && v.State == carryover.Held && v.Reason == carryover.OneClue && v.best != ""
}

// sample writes a folder with dir's register and diary and the sessions that
// take wants, each with a document of its own: sessions.jsonl for the clinic,
// plain.jsonl as they were for the benchmark.
func sample(t *testing.T, dir string, take func(id string) bool) string {
	t.Helper()
	to := t.TempDir()
	for _, name := range []string{"patients.jsonl", "appointments.jsonl"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(to, name), b)
	}
	var plain, full, truth bytes.Buffer
	taken := map[string]bool{}
	eachLine(t, filepath.Join(dir, "sessions.jsonl"), func(line []byte) {
		var row map[string]any
		decode(t, line, &row)
		id, _ := row["session_id"].(string)
		if !take(id) {
			return
		}
		taken[id] = true
		fmt.Fprintf(&plain, "%s\n", line)
		row["documents"] = []map[string]any{{"name": "Progress report", "markdown": fmt.Sprintf(
			"## Progress\n\nReport number %d of this sample, written for %s: walks further than last week, sleeps through, goes on with the programme.\n", len(taken), id)}}
		b, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&full, "%s\n", b)
	})
	eachLine(t, filepath.Join(dir, "truth.jsonl"), func(line []byte) {
		var row struct {
			SessionID string `json:"session_id"`
		}
		decode(t, line, &row)
		if taken[row.SessionID] {
			fmt.Fprintf(&truth, "%s\n", line)
		}
	})
	write(t, filepath.Join(to, "sessions.jsonl"), full.Bytes())
	write(t, filepath.Join(to, "plain.jsonl"), plain.Bytes())
	write(t, filepath.Join(to, "truth.jsonl"), truth.Bytes())
	return to
}

// benchDecisions runs the benchmark's own program over sessions, with the
// register and the diary of dir.
func benchDecisions(t *testing.T, dir, sessions string) map[string]benchDecision {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "run", "carryover/bench/match",
		"-patients", filepath.Join(dir, "patients.jsonl"), "-appointments", filepath.Join(dir, "appointments.jsonl"), "-sessions", sessions)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go run carryover/bench/match: %v", err)
	}
	all := map[string]benchDecision{}
	for line := range bytes.Lines(out) {
		var d benchDecision
		decode(t, line, &d)
		all[d.SessionID] = d
	}
	return all
}

// carriedSample carries a sample through both simulators and returns what came
// of it by the session's id in the files.
func carriedSample(t *testing.T, dir string) map[string]carried {
	t.Helper()
	practice, err := clinic.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	d := newDay(t, clinic.Options{Practice: practice, Pace: 5 * time.Second * slowness, RateLimit: plentyPerMinute})
	cfg := d.load()
	cfg.Cliniko.RequestsPerMinute = plentyPerMinute / 2
	r := d.start(cfg)
	d.untilSettled(r)
	r.stopped()
	truth := d.judge()
	original := map[string]string{}
	for _, doc := range truth.Documents {
		original[doc.SessionID] = doc.Original
	}
	got := map[string]carried{}
	d.books(cfg, func(ctx context.Context, tx *ledger.Tx) error {
		all, err := tx.List(ctx, ledger.Filter{})
		for _, v := range all {
			c := carried{Version: v}
			if m, err := tx.Evidence(ctx, v.ID); err == nil && len(m.Candidates) > 0 {
				c.best = m.Candidates[0].Patient
			}
			if v.Newest {
				got[original[string(v.Session)]] = c
			}
		}
		return err
	})
	return got
}

// eachLine calls use with every line of a file.
func eachLine(t *testing.T, path string, use func(line []byte)) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		use(lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("read %s: %v", filepath.Base(path), err)
	}
}

func decode(t *testing.T, line []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(line, into); err != nil {
		t.Fatalf("a line is not what the benchmark's files hold: %v", err)
	}
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
