package pipeline_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"carryover"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/pipeline"
	"carryover/route"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// TestFileIsAdoptedOnlyAsItWasSent: between a lost answer and settling, people
// work.
func TestFileIsAdoptedOnlyAsItWasSent(t *testing.T) {
	tests := []struct {
		why  string
		do   func(c *clinikosim.Server, file string) error
		want carryover.State
	}{
		{"nothing happens", func(*clinikosim.Server, string) error { return nil }, carryover.Proven},
		{"archived by a person", (*clinikosim.Server).ArchiveAttachment, carryover.Held},
		{"described anew, with the reference", func(c *clinikosim.Server, file string) error {
			return c.DescribeAttachment(file, "Squats "+describedAs(c, file))
		}, carryover.Held},
		{"described anew, without it", func(c *clinikosim.Server, file string) error {
			return c.DescribeAttachment(file, "Squats")
		}, carryover.Held},
		{"patient merged, the file moves along", func(c *clinikosim.Server, _ string) error {
			id, err := c.AddPatient(sandbox.Patient{FirstName: "Mira", LastName: "Quillfeather", BirthDate: "1979-02-14"})
			if err != nil {
				return err
			}
			return c.MergePatients(mira, id)
		}, carryover.Proven},
		{"another file bears the reference", func(c *clinikosim.Server, file string) error {
			_, err := c.AddAttachment(clinikosim.File{
				PatientID: mira, UserID: physioUser, Name: "copy.pdf", ContentType: "application/pdf",
				Description: describedAs(c, file), Data: []byte("%PDF-copy"),
			})
			return err
		}, carryover.Held},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newFiling(t)
			h.strike(onAttach(sandbox.Rule{Fault: sandbox.FaultCutAfter, Count: 1}))
			h.onceAttached(func(file string) { must(t, tt.do(h.cliniko, file)) })
			v := h.until(tt.want)
			if h.attaches() != 1 {
				t.Errorf("%d POSTs, want 1: a file of ours was there", h.attaches())
			}
			if tt.want == carryover.Held && v.Reason != carryover.SettleConflict {
				t.Errorf("reason = %q, want %q", v.Reason, carryover.SettleConflict)
			}
		})
	}
}

// onceAttached runs f once, after the first record is made.
func (h *harness) onceAttached(f func(file string)) {
	var once sync.Once
	h.cliniko.Hook(func(e clinikosim.Event) {
		if !e.Before && e.Method == "POST" && e.Path == attachPath {
			once.Do(func() { f(e.ID) })
		}
	})
}

func describedAs(c *clinikosim.Server, file string) string {
	for _, a := range c.Attachments() {
		if a.ID == file {
			return a.Description
		}
	}
	return ""
}

// TestFileThatPeopleTouch: between the answer and its proof. A description is a
// person's to word; a file out of sight is for a person to look at.
func TestFileThatPeopleTouch(t *testing.T) {
	for _, tt := range []struct {
		why  string
		do   func(c *clinikosim.Server, file string) error
		want carryover.State
	}{
		{"described anew", func(c *clinikosim.Server, file string) error { return c.DescribeAttachment(file, "For the GP") }, carryover.Proven},
		{"archived", (*clinikosim.Server).ArchiveAttachment, carryover.Held},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newFiling(t)
			h.onceAttached(func(file string) { must(t, tt.do(h.cliniko, file)) })
			v := h.until(tt.want)
			if tt.want == carryover.Held && (v.Reason != carryover.NotProven || !strings.Contains(h.alarms(), "not_proven")) {
				t.Errorf("held as %q with alarms %q, want %q and an alarm", v.Reason, h.alarms(), carryover.NotProven)
			}
			if h.attaches() != 1 {
				t.Errorf("%d POSTs, want 1", h.attaches())
			}
		})
	}
}

// TestFileInTheQueue: proof waits for Cliniko's processing, and not for ever.
func TestFileInTheQueue(t *testing.T) {
	for _, tt := range []struct {
		why    string
		queue  func(*clinikosim.Switches)
		fault  sandbox.FaultKind
		want   carryover.State
		reason carryover.Reason
	}{
		{"slow", func(s *clinikosim.Switches) { s.ProcessingTime = sandbox.Duration(500 * time.Millisecond) }, "", carryover.Proven, ""},
		{"slow, in doubt", func(s *clinikosim.Switches) { s.ProcessingTime = sandbox.Duration(300 * time.Millisecond) }, sandbox.FaultCutAfter, carryover.Proven, ""},
		{"never", func(s *clinikosim.Switches) { s.NeverProcessed = true }, "", carryover.Held, carryover.NotProven},
		{"never, in doubt", func(s *clinikosim.Switches) { s.NeverProcessed = true }, sandbox.FaultCutAfter, carryover.Held, carryover.SettleConflict},
		{"content that answers itself", func(s *clinikosim.Switches) { s.ContentDirect = true }, "", carryover.Proven, ""},
		{"a way to the content that has expired", func(s *clinikosim.Switches) { s.LinkLife = sandbox.Duration(-time.Second) }, "", carryover.Held, carryover.NotProven},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newFiling(t, func(_ *sandbox.Practice, o *clinikosim.Options, _ *heidisim.Options) { tt.queue(&o.Switches) })
			if tt.want == carryover.Proven {
				h.line.Timing.Grace = patience // a loaded machine must not run out of patience
			}
			if tt.fault != "" {
				h.strike(onAttach(sandbox.Rule{Fault: tt.fault, Count: 1}))
			}
			v := h.until(tt.want)
			if v.Reason != tt.reason || h.attaches() != 1 {
				t.Errorf("%s (%s) after %d POSTs, want reason %q after one", v.State, v.Reason, h.attaches(), tt.reason)
			}
			if tt.reason == carryover.NotProven && !strings.Contains(h.alarms(), "not_proven") {
				t.Errorf("alarms %q, want one about the file", h.alarms())
			}
		})
	}
}

// A forger shows another file than the one that was sent.
type forger struct{ pipeline.Files }

func (f forger) AttachmentContent(ctx context.Context, id carryover.AttachmentID) (carryover.Text, error) {
	c, err := f.Files.AttachmentContent(ctx, id)
	return carryover.NewText(c.Reveal() + "\n%%EOF"), err
}

func (h *harness) forge(who carryover.PractitionerID) {
	side := h.line.Sides[who]
	side.Files = forger{side.Files}
	h.line.Sides[who] = side
}

// TestFileThatDiffersIsTold: another file under our reference is for a person,
// at once, with what is known of the difference.
func TestFileThatDiffersIsTold(t *testing.T) {
	t.Parallel()
	h := newFiling(t)
	h.forge(physio)
	v := h.until(carryover.Held)
	if v.Reason != carryover.NotProven || !strings.Contains(h.alarms(), "not_proven") {
		t.Errorf("held as %q with alarms %q, want %q and an alarm", v.Reason, h.alarms(), carryover.NotProven)
	}
	if said := h.difference(v); !strings.Contains(said, "bytes differ") {
		t.Errorf("difference = %q", said)
	}
}

// difference returns what is sealed for whoever looks at a note not proven.
func (h *harness) difference(v ledger.Version) (said string) {
	h.t.Helper()
	must(h.t, h.ledger.View(h.t.Context(), func(tx *ledger.Tx) error {
		text, err := tx.OpenText(h.t.Context(), string(v.ID), ledger.SealedDifference)
		said = text.Reveal()
		return err
	}))
	return said
}

// TestFreshLedgerRecognisesFiles: an empty ledger draws the same file again and
// adopts yesterday's; another one it leaves to a person.
func TestFreshLedgerRecognisesFiles(t *testing.T) {
	for forged, want := range map[bool]carryover.State{false: carryover.Proven, true: carryover.Held} {
		t.Run(string(want), func(t *testing.T) {
			t.Parallel()
			h := newFiling(t)
			h.until(carryover.Proven)
			h.reopen("fresh.db")
			if forged {
				h.forge(physio)
			}
			v := h.until(want)
			if h.attaches() != 1 || len(h.files()) != 1 {
				t.Errorf("%d POSTs and %d files, want one each", h.attaches(), len(h.files()))
			}
			if forged && v.Reason != carryover.EarlierNote {
				t.Errorf("held as %q, want %q", v.Reason, carryover.EarlierNote)
			}
		})
	}
}

// TestFreshLedgerWaitsForTheQueue: yesterday's file is still being processed, so
// nobody can say yet that it is the same.
func TestFreshLedgerWaitsForTheQueue(t *testing.T) {
	t.Parallel()
	h := newFiling(t, func(_ *sandbox.Practice, o *clinikosim.Options, _ *heidisim.Options) {
		o.Switches.ProcessingTime = sandbox.Duration(700 * time.Millisecond)
	})
	h.until(carryover.Filed)
	h.reopen("fresh.db")
	h.line.Timing.Grace = patience
	h.until(carryover.Proven)
	if h.attaches() != 1 || len(h.files()) != 1 {
		t.Errorf("%d POSTs and %d files, want one each", h.attaches(), len(h.files()))
	}
}

// TestOldFileIsLookedForAsLong: that an old file cannot be read for a moment says
// nothing of it, neither to a fresh ledger nor to one that still has to prove it.
func TestOldFileIsLookedForAsLong(t *testing.T) {
	for _, ledger := range []string{"fresh.db", "ledger.db"} {
		t.Run(ledger, func(t *testing.T) {
			t.Parallel()
			h := newFiling(t)
			h.until(carryover.Filed)
			const grace = 1200 * time.Millisecond
			<-time.After(2*grace + 10*time.Millisecond) // the file is old when the next process begins
			h.reopen(ledger)
			h.line.Timing.Grace = grace
			h.strike(sandbox.Rule{
				API: "cliniko", Method: http.MethodGet, Path: attachPath + "/*/content", Fault: sandbox.FaultStatus, Count: 6, Again: 6,
			})
			h.until(carryover.Proven)
			if h.attaches() != 1 || len(h.files()) != 1 || h.alarms() != "" {
				t.Errorf("%d POSTs, %d files, alarms %q, want one each and no alarm", h.attaches(), len(h.files()), h.alarms())
			}
		})
	}
}

// TestLongTitleKeepsTheReference: a title is cut, the reference never is.
func TestLongTitleKeepsTheReference(t *testing.T) {
	t.Parallel()
	h := newFiling(t, only(func(p *sandbox.Practice) { p.Sessions[0].Documents[0].Name = strings.Repeat("Übungen ", 60) }))
	h.line.Rules[0].Title = "From Heidi, for whoever reads it and wonders what it may be: NAME"
	v := h.until(carryover.Proven)
	got, ref := h.files()[0].Description, string(h.delivery(v).Reference)
	if n := utf8.RuneCountInString(got); n > 255 || n < 240 || !strings.HasSuffix(got, "… · "+ref) {
		t.Errorf("description of %d characters = %q, want at most 255 with %s at its end", n, got, ref)
	}
}

// TestOtherDestinationIsFound: after the rule has changed, an empty ledger finds
// the document where the old rule put it.
func TestOtherDestinationIsFound(t *testing.T) {
	t.Parallel()
	h := newFiling(t)
	h.line.Rules = []route.Rule{{To: carryover.ToTreatmentNote, Mode: route.Auto}}
	h.until(carryover.Proven)
	h.open("fresh.db")
	h.line.Rules = toFile()
	if v := h.until(carryover.Held); v.Reason != carryover.EarlierNote || h.attaches() != 0 {
		t.Errorf("held as %q after %d POSTs, want %q and none", v.Reason, h.attaches(), carryover.EarlierNote)
	}
}

// TestDestinationStaysWithADoubt: a rule that changes while an answer is lost
// changes nothing for what may be there already; after a clear refusal it does.
func TestDestinationStaysWithADoubt(t *testing.T) {
	for _, tt := range []struct {
		why          string
		rule         sandbox.Rule
		stop         carryover.State
		files, notes int
	}{
		{"the request was lost", sandbox.Rule{Fault: sandbox.FaultCutBefore, Count: 1}, carryover.InDoubt, 1, 0},
		{"it was surely not done", sandbox.Rule{Fault: sandbox.FaultRateLimited, Delay: sandbox.Duration(time.Second), Count: 1}, carryover.Ready, 0, 1},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newFiling(t)
			h.strike(onAttach(tt.rule))
			h.until(tt.stop)
			h.line.Rules = []route.Rule{{To: carryover.ToTreatmentNote, Mode: route.Auto}}
			h.until(carryover.Proven)
			if len(h.files()) != tt.files || len(h.notes()) != tt.notes {
				t.Errorf("%d files and %d notes, want %d and %d; road: %s", len(h.files()), len(h.notes()), tt.files, tt.notes, h.road())
			}
		})
	}
}

// TestUnexplainedFileIsHeld: a file that somebody put there while a request was
// lost may be ours with its description lost.
func TestUnexplainedFileIsHeld(t *testing.T) {
	t.Parallel()
	h := newFiling(t)
	h.strike(onAttach(sandbox.Rule{Fault: sandbox.FaultCutBefore, Count: 1}))
	h.until(carryover.InDoubt)
	_, err := h.cliniko.AddAttachment(clinikosim.File{
		PatientID: mira, UserID: physioUser, Name: "scan.pdf", ContentType: "application/pdf", Description: "Scan", Data: []byte("%PDF-scan"),
	})
	must(t, err)
	if v := h.until(carryover.Held); v.Reason != carryover.SettleConflict || h.attaches() != 1 {
		t.Errorf("held as %q after %d POSTs, want %q after one", v.Reason, h.attaches(), carryover.SettleConflict)
	}
}

// TestFilesOfTwoPatients: two sessions in one round, each file in its record;
// a note that goes another way beside them is not disturbed.
func TestFilesOfTwoPatients(t *testing.T) {
	t.Parallel()
	const session2, document2, document3 = "2718", "64b0000000000000000000d2", "64b0000000000000000000d3"
	h := newFiling(t, only(func(p *sandbox.Practice) {
		s := p.Sessions[0]
		s.ID, s.PatientName, s.PatientDOB, s.Belongs = session2, "Otto Elsewhere", "1960-06-06", otto
		s.StartedAt = s.StartedAt.Add(time.Hour)
		s.Documents = []sandbox.Document{
			{ID: document2, Name: "Letter for Otto Elsewhere", ContentType: "MARKDOWN", Stages: []sandbox.Stage{{Text: "Dear Dr Example, the hip is well."}}},
			{ID: document3, Name: "Plan", ContentType: "MARKDOWN", Stages: []sandbox.Stage{{Text: "Walk the dog."}}},
		}
		p.Sessions = append(p.Sessions, s)
		p.Appointments = append(p.Appointments, sandbox.Appointment{
			ID: "1968645883121642902", PractitionerID: physio, BusinessID: "1968645883121642601", PatientID: otto,
			StartsAt: s.StartedAt, EndsAt: s.StartedAt.Add(30 * time.Minute),
		})
	}))
	h.line.Rules = append([]route.Rule{{Name: "Plan", To: carryover.ToTreatmentNote, Mode: route.Auto}}, h.line.Rules...)
	h.untilDoc(session1, document1, carryover.Proven)
	h.untilDoc(session2, document2, carryover.Proven)
	h.untilDoc(session2, document3, carryover.Proven)
	in := map[string]int{}
	for _, f := range h.files() {
		in[f.PatientID]++
		if strings.Contains(strings.ToLower(f.Filename), "otto") {
			t.Errorf("the file's name %q names the patient", f.Filename)
		}
	}
	if n := h.notes(); in[mira] != 1 || in[otto] != 1 || len(n) != 1 || n[0].PatientID != otto {
		t.Errorf("files in records %v and %d notes, want one file in each of two and one note in Otto's", in, len(n))
	}
}

// TestFileThatCannotBeDrawn waits for a person, and nothing is uploaded.
func TestFileThatCannotBeDrawn(t *testing.T) {
	t.Parallel()
	h := newFiling(t, only(func(p *sandbox.Practice) {
		p.Sessions[0].Documents[0].Stages[0].Text = "שלום, two words that no font here can set"
	}))
	if v := h.until(carryover.Held); v.Reason != carryover.CannotRender || h.bucket("POST") != 0 {
		t.Errorf("held as %q after %d uploads, want %q and none", v.Reason, h.bucket("POST"), carryover.CannotRender)
	}
}

// TestLaterVersionOfAFileIsHeld: a file is never replaced.
func TestLaterVersionOfAFileIsHeld(t *testing.T) {
	t.Parallel()
	h := newFiling(t)
	h.until(carryover.Proven)
	must(t, h.heidi.EditDocument(session1, document1, "## Plan\nquite different"))
	if v := h.until(carryover.Held); v.Reason != carryover.LaterVersion || len(h.files()) != 1 {
		t.Errorf("held as %q beside %d files, want %q beside one", v.Reason, len(h.files()), carryover.LaterVersion)
	}
	v, _ := h.version(session1, document1)
	_, err := h.desk().Release(t.Context(), desk.ReleaseRequest{ID: string(v.ID), Patient: mira, Actor: "cli:1000"})
	must(t, err)
	h.until(carryover.Proven)
	if n := len(h.files()); n != 2 {
		t.Errorf("%d files after the release, want 2", n)
	}
}

// TestSweepFindsDoubledFiles: two live files under one reference.
func TestSweepFindsDoubledFiles(t *testing.T) {
	t.Parallel()
	h := newFiling(t)
	h.until(carryover.Proven)
	_, err := h.cliniko.AddAttachment(clinikosim.File{
		PatientID: mira, UserID: physioUser, Name: "again.pdf", ContentType: "application/pdf",
		Description: h.files()[0].Description, Data: []byte("%PDF-again"),
	})
	must(t, err)
	h.line.Rules = nil // the ledger itself says that there are files
	must(t, h.line.Sweep(t.Context(), physio))
	if got := h.alarms(); !strings.Contains(got, "duplicate_note") {
		t.Errorf("alarms %q, want one about the doubled file", got)
	}
}
