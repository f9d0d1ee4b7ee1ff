package pipeline_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/route"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

const (
	physioUser = "1968645883121642811"
	attachPath = "/patient_attachments"
)

// toFile are rules by which everything becomes a file.
func toFile() []route.Rule { return []route.Rule{{To: carryover.ToAttachment, Mode: route.Auto}} }

// newFiling is a harness in which every document becomes a file, which Cliniko
// processes at once unless the test says otherwise.
func newFiling(t *testing.T, changes ...setup) *harness {
	t.Helper()
	quick := func(_ *sandbox.Practice, o *clinikosim.Options, _ *heidisim.Options) {
		o.Switches.ProcessingTime = sandbox.Duration(time.Millisecond)
	}
	h := newHarness(t, append([]setup{quick}, changes...)...)
	h.line.Rules = toFile()
	return h
}

// reopen goes on with another ledger, under the same rules.
func (h *harness) reopen(file string) {
	h.t.Helper()
	rules := h.line.Rules
	h.open(file)
	h.line.Rules = rules
}

// files returns the live files that came through the API.
func (h *harness) files() []clinikosim.AttachmentRecord {
	var out []clinikosim.AttachmentRecord
	for _, a := range h.cliniko.Attachments() {
		if a.ByAPI && a.ArchivedAt.IsZero() {
			out = append(out, a)
		}
	}
	return out
}

// attaches returns how many POSTs asked for a record.
func (h *harness) attaches() int {
	return len(h.journal.Entries(func(e sandbox.Entry) bool { return e.Method == http.MethodPost && e.Path == attachPath }))
}

// bucket returns how many requests of a method went to the file store.
func (h *harness) bucket(method string) int {
	return len(h.journal.Entries(func(e sandbox.Entry) bool {
		return e.Method == method && strings.HasPrefix(e.Path, clinikosim.BucketPath)
	}))
}

// onAttach strikes the POST that makes the record.
func onAttach(r sandbox.Rule) sandbox.Rule {
	r.API, r.Method, r.Path = "cliniko", http.MethodPost, attachPath
	return r
}

// onBucket strikes uploads.
func onBucket(r sandbox.Rule) sandbox.Rule {
	r.API, r.Method, r.Path = "cliniko", http.MethodPost, clinikosim.BucketPath+"/"
	return r
}

// TestDocumentBecomesAFile: one file in the right record, proven byte by byte,
// and no note.
func TestDocumentBecomesAFile(t *testing.T) {
	t.Parallel()
	h := newFiling(t)
	h.deadline = patience
	h.reopen("ledger.db")
	h.line.Practice, h.line.Zone = carryover.NewText("Sandbox Physio"), time.FixedZone("AEDT", 11*60*60)
	v := h.until(carryover.Proven)
	files := h.files()
	if len(files) != 1 || len(h.cliniko.Notes()) != 0 || h.attaches() != 1 {
		t.Fatalf("%d files, %d notes, %d POSTs, want one file by one POST and no note", len(files), len(h.cliniko.Notes()), h.attaches())
	}
	f, d := files[0], h.delivery(v)
	content := h.cliniko.AttachmentData(f.ID)
	if f.PatientID != mira || f.UserID != physioUser || d.Destination != carryover.ToAttachment || string(d.Note) != f.ID || d.Profile != "pdf" {
		t.Errorf("file %s of user %s in record %s; delivery %+v", f.ID, f.UserID, f.PatientID, d)
	}
	if want := "Exercise plan (from Heidi) · " + string(d.Reference); f.Description != want {
		t.Errorf("description = %q, want %q", f.Description, want)
	}
	if want := "exercise-plan-" + string(d.Reference) + ".pdf"; f.Filename != want || f.ContentType != "application/pdf" {
		t.Errorf("file %q of type %q, want %q", f.Filename, f.ContentType, want)
	}
	if !bytes.HasPrefix(content, []byte("%PDF-")) {
		t.Errorf("the file begins with %q", content[:min(len(content), 8)])
	}
	if n := h.bucket(http.MethodPost); n != 1 {
		t.Errorf("%d uploads, want 1", n)
	}
	must(t, h.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		all, err := tx.Attempts(t.Context(), d.ID)
		if len(all) != 1 || all[0].RequestKind != ledger.AttachFile {
			t.Errorf("attempts = %+v, want one of kind %s", all, ledger.AttachFile)
		}
		if _, gone := tx.Content(t.Context(), v.ID); !errors.Is(gone, carryover.ErrGone) {
			t.Errorf("the text after proof: %v, want that it is destroyed", gone)
		}
		return err
	}))
	t.Logf("requests for one file: Cliniko %d GET, %d POST; bucket %d POST, %d GET", h.gets("")-h.bucket(http.MethodGet), h.attaches(),
		h.bucket(http.MethodPost), h.bucket(http.MethodGet))
}

// delivery returns a version's current delivery.
func (h *harness) delivery(v ledger.Version) (d ledger.Delivery) {
	h.t.Helper()
	must(h.t, h.ledger.View(h.t.Context(), func(tx *ledger.Tx) (err error) {
		if v, err = tx.Version(h.t.Context(), v.ID); err != nil {
			return err
		}
		d, err = tx.Delivery(h.t.Context(), v.Delivery)
		return err
	}))
	return d
}

// TestPreviewIsWhatIsFiled: the PDF that a person sees is the one that is sent.
func TestPreviewIsWhatIsFiled(t *testing.T) {
	t.Parallel()
	h := newFiling(t)
	h.stopAt(carryover.Ready)
	v, _ := h.version(session1, document1)
	seen, err := h.line.Preview(t.Context(), v.ID)
	must(t, err)
	if seen.Destination != carryover.ToAttachment || seen.Decision.Rule != 1 || seen.Profile != "pdf" || !strings.Contains(seen.HTML.Reveal(), "Squats") {
		t.Errorf("Preview = %+v, want a file by rule 1, its words to be read as HTML", seen)
	}
	h.until(carryover.Proven)
	sum := sha256.Sum256([]byte(seen.PDF.Reveal()))
	f := h.files()[0]
	if f.SHA256 != hex.EncodeToString(sum[:]) || f.Description != seen.Description.Reveal() || f.Filename != seen.FileName {
		t.Errorf("filed %s as %q, previewed %s as %q", f.SHA256[:8], f.Filename, hex.EncodeToString(sum[:4]), seen.FileName)
	}
}

// TestFileOnceWhateverTheAnswer strikes the record's POST as that of a note.
func TestFileOnceWhateverTheAnswer(t *testing.T) {
	tests := []struct {
		fault sandbox.FaultKind
		rule  sandbox.Rule
		twice carryover.State // after two strikes in a row; after one it is proven
	}{
		{sandbox.FaultCutBefore, sandbox.Rule{}, carryover.Held},
		{sandbox.FaultCutAfter, sandbox.Rule{}, carryover.Proven},
		{sandbox.FaultStatus, sandbox.Rule{Status: 503}, carryover.Held},
		{sandbox.FaultHTMLAfter, sandbox.Rule{Status: 504}, carryover.Proven},
		{sandbox.FaultRequestLost, sandbox.Rule{Delay: sandbox.Duration(300 * time.Millisecond)}, carryover.Held},
		{sandbox.FaultLate, sandbox.Rule{Delay: sandbox.Duration(250 * time.Millisecond)}, carryover.Proven},
		{sandbox.FaultTruncated, sandbox.Rule{}, carryover.Proven},
	}
	for _, tt := range tests {
		for strikes, want := range map[int]carryover.State{1: carryover.Proven, 2: tt.twice} {
			t.Run(string(tt.fault)+"/"+string(want), func(t *testing.T) {
				t.Parallel()
				h := newFiling(t)
				r := tt.rule
				r.Fault, r.Count, r.Again = tt.fault, strikes, strikes
				h.strike(onAttach(r))
				v := h.until(want)
				if want == carryover.Held {
					if v.Reason != carryover.StillInDoubt || len(h.files()) != 0 {
						t.Errorf("held as %q with %d files, want %q and none", v.Reason, len(h.files()), carryover.StillInDoubt)
					}
					return
				}
				if n := len(h.files()); n != 1 {
					t.Errorf("%d files, want 1; road: %s", n, h.road())
				}
			})
		}
	}
}

// TestUploadsMayBeRepeated: trouble with the file store costs uploads, never a
// second record.
func TestUploadsMayBeRepeated(t *testing.T) {
	tests := []struct {
		why     string
		rule    sandbox.Rule
		want    carryover.State
		records int
	}{
		{"the store is out of order", sandbox.Rule{Fault: sandbox.FaultStatus, Status: 503, Count: 2}, carryover.Proven, 1},
		{"the upload's answer is lost", sandbox.Rule{Fault: sandbox.FaultCutAfter, Count: 1}, carryover.Proven, 1},
		{"the form has expired", sandbox.Rule{Fault: sandbox.FaultStatus, Status: 403, Count: 1}, carryover.Proven, 1},
		{"the store refuses every form", sandbox.Rule{Fault: sandbox.FaultStatus, Status: 403, Again: 1 << 20}, carryover.Held, 0},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newFiling(t)
			h.strike(onBucket(tt.rule))
			v := h.until(tt.want)
			if tt.want == carryover.Held && (v.Reason != carryover.ClinikoRefused || !strings.Contains(h.alarms(), "refused")) {
				t.Errorf("held as %q with alarms %q, want %q and an alarm", v.Reason, h.alarms(), carryover.ClinikoRefused)
			}
			uploads := h.bucket(http.MethodPost)
			if len(h.files()) != tt.records || h.attaches() != tt.records || uploads < 2 {
				t.Errorf("%d uploads, %d records by %d POSTs, want several uploads and %d records", uploads, len(h.files()), h.attaches(), tt.records)
			}
		})
	}
}

// TestCrashWhileAttaching starts again on a ledger that a kill has left.
func TestCrashWhileAttaching(t *testing.T) {
	for effect, name := range map[bool]string{true: "after the effect", false: "before the effect"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newFiling(t)
			fault := sandbox.FaultCutBefore
			if effect {
				fault = sandbox.FaultCutAfter
			}
			h.strike(onAttach(sandbox.Rule{Fault: fault, Count: 1}))
			h.until(carryover.InDoubt)
			h.killedWhileSending()
			h.reopen("ledger.db")
			h.until(carryover.Proven)
			if want := map[bool]int{true: 1, false: 2}[effect]; len(h.files()) != 1 || h.attaches() != want {
				t.Errorf("%d files by %d POSTs, want one by %d", len(h.files()), h.attaches(), want)
			}
		})
	}
}

// killedWhileSending leaves what a kill would have left: the intent on record,
// no answer.
func (h *harness) killedWhileSending() {
	h.t.Helper()
	must(h.t, h.ledger.Update(h.t.Context(), func(tx *ledger.Tx) error {
		for _, q := range []string{
			"UPDATE version SET state = 'sending' WHERE state = 'in_doubt'",
			"UPDATE delivery SET state = 'sending' WHERE state = 'in_doubt'",
			"UPDATE attempt SET outcome = '', answered_at = 0",
		} {
			if _, err := tx.ExecContext(h.t.Context(), q); err != nil {
				return err
			}
		}
		return nil
	}))
	must(h.t, h.ledger.Close())
}
