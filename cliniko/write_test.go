package cliniko

import (
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
)

// File's request, byte for byte where it matters: Cliniko's 422s and the
// resending of net/http hang on these.
func TestFileRequest(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte(`{"id":"901"}`))
	})
	d := sampleDraft()
	d.Attendee = "77"
	if _, err := newClient(t, s.URL).File(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	r := s.requests()[0]
	want := map[string]any{
		"patient_id": "1968645883121642782", "booking_id": "1968645883121649999", "attendee_id": "77",
		"title": "GP letter (from Heidi)", "draft": true,
		"content": map[string]any{"sections": []any{map[string]any{"questions": []any{map[string]any{
			"name": "Document", "type": "paragraph", "answer": "<p>Pain 3/10 &lt; last week</p>",
		}}}}},
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(r.Body), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("body of File (-want +got):\n%s", diff)
	}
	if r.Method != "POST" || r.Path != "/v1/treatment_notes" || len(r.Query) != 0 || r.Length != int64(len(r.Body)) {
		t.Errorf("File sent %s %s?%v, length %d of %d", r.Method, r.Path, r.Query, r.Length, len(r.Body))
	}
	for name, want := range map[string]string{
		"Authorization": "Basic TXhKclpYa2lPaUkxTmpkMWFtSm1aVFExTnlKOS1hdTI6",
		"Accept":        "application/json", "Content-Type": "application/json",
		"User-Agent": "Carryover (ops@example.com)", "Connection": "close",
		"Idempotency-Key": "", "X-Idempotency-Key": "", "Transfer-Encoding": "",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("header %s = %q, want %q", name, got, want)
		}
	}
}

func TestOptionalIDsAreLeftOut(t *testing.T) {
	d := sampleDraft()
	d.Booking = ""
	body, err := encodeDraft("x", d)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(body); strings.Contains(s, "booking_id") || strings.Contains(s, "attendee_id") {
		t.Errorf("encodeDraft without booking = %s, want no booking_id and no attendee_id", s)
	}
}

func TestUnfitDrafts(t *testing.T) {
	for name, spoil := range map[string]func(*carryover.NoteDraft){
		"no patient":         func(d *carryover.NoteDraft) { d.Patient = "" },
		"patient of letters": func(d *carryover.NoteDraft) { d.Patient = "12a" },
		"patient too large":  func(d *carryover.NoteDraft) { d.Patient = "99999999999999999999" },
		"booking of letters": func(d *carryover.NoteDraft) { d.Booking = "x" },
		"attendee negative":  func(d *carryover.NoteDraft) { d.Attendee = "-1" },
		"no title":           func(d *carryover.NoteDraft) { d.Title = carryover.NewText(" ") },
		"no section":         func(d *carryover.NoteDraft) { d.Sections[0].Questions[0].Name = carryover.Text{} },
		"long section": func(d *carryover.NoteDraft) {
			d.Sections[0].Questions[0].Name = carryover.NewText(strings.Repeat("é", 256))
		},
		"no text":   func(d *carryover.NoteDraft) { d.Sections[0].Questions[0].Answer = carryover.NewText("\n") },
		"not UTF-8": func(d *carryover.NoteDraft) { d.Sections[0].Questions[0].Answer = carryover.NewText("<p>\xff</p>") },
	} {
		s := serve(t, func(http.ResponseWriter, *http.Request) {})
		d := sampleDraft()
		spoil(&d)
		_, err := newClient(t, s.URL).File(t.Context(), d)
		if kindOf(err) != carryover.ErrInvalid || len(s.requests()) != 0 {
			t.Errorf("%s: File = %v after %d requests, want kind invalid and none", name, err, len(s.requests()))
		}
	}
	d := sampleDraft()
	d.Sections[0].Questions[0].Name = carryover.NewText(strings.Repeat("é", 255))
	if why := unfit(d); why != nil {
		t.Errorf("unfit(question name of 255 characters) = %v, want nil", why)
	}
}

// A POST on a connection that was used before, and that the server closes when
// the request has arrived, is what net/http is most tempted to send again.
func TestNeverSentTwice(t *testing.T) {
	var posts atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = w.Write([]byte(`{"id":"5"}`))
			return
		}
		posts.Add(1)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	})
	for name, write := range map[string]*http.Transport{"fresh": {DisableKeepAlives: true}, "reused": {}} {
		t.Run(name, func(t *testing.T) {
			defer write.CloseIdleConnections()
			c := newClient(t, s.URL, func(cfg *Config) { cfg.Read, cfg.Write = write, write })
			var u userRecord
			if err := c.get(t.Context(), "read", "user", nil, &u); err != nil {
				t.Fatal(err)
			}
			before := posts.Load()
			_, err := c.File(t.Context(), sampleDraft())
			if kindOf(err) != carryover.ErrInDoubt {
				t.Errorf("File = %v, want kind in doubt", err)
			}
			if got := posts.Load() - before; got != 1 {
				t.Errorf("File reached the server %d times, want 1", got)
			}
		})
	}
}

func TestRequestCannotBeReplayed(t *testing.T) {
	c := newClient(t, "http://127.0.0.1:1/v1")
	var seen traces
	req := c.postRequest(t.Context(), "treatment_notes", []byte("{}"), &seen)
	if req.GetBody != nil || !req.Close || len(req.Header["Idempotency-Key"]) != 0 {
		t.Errorf("postRequest: GetBody %v, Close %v, headers %v, want none, true, no key", req.GetBody != nil, req.Close, req.Header)
	}
}

// A late answer counts against the deadline from the POST on; the wait for the
// budget is at most half of it.
func TestFileKeepsItsDeadline(t *testing.T) {
	s := serveRaw(t, silent)
	budget := NewBudget(2)
	c := newClient(t, s.URL, func(cfg *Config) { cfg.Deadline, cfg.Budget = 200*time.Millisecond, budget })
	start := time.Now()
	_, err := c.File(t.Context(), sampleDraft())
	if took := time.Since(start); kindOf(err) != carryover.ErrInDoubt || took > 2*time.Second {
		t.Errorf("File of a silent server = %v after %v, want in doubt after 200ms", err, took)
	}
	budget.limited(time.Now().Add(30 * time.Second))
	start = time.Now()
	_, err = c.File(t.Context(), sampleDraft())
	if took := time.Since(start); kindOf(err) != carryover.ErrTransient || took > time.Second {
		t.Errorf("File over the limit = %v after %v, want transient at once", err, took)
	}
	if at := carryover.RetryAt(err); time.Until(at) < 20*time.Second {
		t.Errorf("RetryAt = in %v, want in 30s", time.Until(at))
	}
	if got := len(s.requests()); got != 1 {
		t.Errorf("File sent %d requests, want 1", got)
	}
}

// An echo with surprises in it is still a filed note.
func TestFileEcho(t *testing.T) {
	for body, want := range map[string]carryover.NoteID{
		`{"id":"901","content":"plain"}`:             "901",
		`{"id":901,"created_at":"yesterday"}`:        "901",
		`{"id":"901","patient":7,"draft":"true"}`:    "901",
		`{"id":"901","content":{"sections":"none"}}`: "901",
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write([]byte(body))
		})
		n, err := newClient(t, s.URL).File(t.Context(), sampleDraft())
		if err != nil || n.ID != want {
			t.Errorf("File echoed %s = %q, %v, want %q", body, n.ID, err, want)
		}
	}
}
