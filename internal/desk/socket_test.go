package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"carryover"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve serves d from a data folder until the test ends, and dials it.
func serve(t *testing.T, data string, d Desk) *Client {
	t.Helper()
	l, err := Listen(data)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, l, d) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Errorf("Serve = %v, want nil after a clean stop", err)
		}
	})
	c, err := Dial(data)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// me is the actor that the socket's credentials name.
var me = Command(os.Getuid())

func TestSocketCarriesEveryQuestion(t *testing.T) {
	tb := newTable(t)
	hand := &byHand{table: tb}
	tb.Engine = hand
	v := tb.held(carryover.OneClue, probable(patient))
	c := serve(t, t.TempDir(), tb.Local)
	ctx := t.Context()

	status, err := c.Status(ctx)
	if err != nil || !status.Daemon || status.Held != 1 {
		t.Errorf("Status = %+v, %v, want a daemon and one held", status, err)
	}
	local, err := tb.Held(ctx)
	if err != nil {
		t.Fatal(err)
	}
	held, err := c.Held(ctx)
	if d := cmp.Diff(local, held); d != "" || err != nil {
		t.Errorf("Held over the socket: %v (-local +socket):\n%s", err, d)
	}
	list, err := c.List(ctx, ListRequest{States: []carryover.State{carryover.Held}, Names: true, Actor: "cli:0000"})
	if err != nil || len(list) != 1 || list[0].Name == "" {
		t.Errorf("List = %+v, %v, want one with its name", list, err)
	}
	shown, err := c.Show(ctx, ShowRequest{ID: string(v.ID), Text: true, Names: true})
	if err != nil || shown.Text != "A letter." || shown.Claim == nil || shown.Candidates[0].Name != "Cana Canaryname" {
		t.Errorf("Show = %+v, %v, want text, claim and the candidate's name", shown, err)
	}
	preview, err := c.Preview(ctx, ShowRequest{ID: string(v.ID)})
	if err != nil || preview.HTML != "<div>A letter.</div>" {
		t.Errorf("Preview = %+v, %v, want the HTML", preview, err)
	}
	if _, err := c.Pause(ctx, PauseRequest{On: true, Practitioner: author}); err != nil {
		t.Errorf("Pause = %v, want no error", err)
	}
	if _, err := c.Release(ctx, ReleaseRequest{ID: string(v.ID), Digest: "0123456789abcdef"}); !errors.Is(err, ErrChanged) || carryover.HintOf(err) == "" {
		t.Errorf("Release(another digest) = %v, want ErrChanged with a hint across the socket", err)
	}
	if i, err := c.Release(ctx, ReleaseRequest{ID: string(v.ID), Digest: shown.Digest}); err != nil || i.State != "ready" {
		t.Errorf("Release = %+v, %v, want ready", i, err)
	}
	if i, err := c.Dismiss(ctx, DismissRequest{ID: string(v.ID), Reason: Test, Remark: carryover.NewText("a remark")}); err != nil || i.State != "dismissed" {
		t.Errorf("Dismiss = %+v, %v, want dismissed", i, err)
	}
	if i, err := c.Retry(ctx, RetryRequest{ID: string(v.ID)}); err != nil || i.State != "held" {
		t.Errorf("Retry = %+v, %v, want held", i, err)
	}
	if _, err := c.Show(ctx, ShowRequest{ID: "HD-99999999"}); !errors.Is(err, ErrUnknown) || !errors.Is(err, carryover.ErrGone) {
		t.Errorf("Show(unknown) = %v, want ErrUnknown of kind ErrGone across the socket", err)
	}
	audit, err := c.Audit(ctx, AuditRequest{Export: true})
	if err != nil || audit.Entries == 0 || strings.Count(audit.Export, "\n") != audit.Lines+1 {
		t.Errorf("Audit = %+v, %v, want as many lines as entries, and the end", audit, err)
	}
	if strings.Contains(audit.Export, "Canary") || strings.Contains(audit.Export, "remark\":\"a") {
		t.Errorf("the export holds a name or a remark:\n%s", audit.Export)
	}
	for _, entry := range tb.actions(v.ID) {
		if !strings.HasPrefix(entry, me+" ") {
			t.Errorf("entry %q, want it in the name of %s, whom the socket knows", entry, me)
		}
	}
	if hand.woken < 3 {
		t.Errorf("the engine was woken %d times, want at least once a decision", hand.woken)
	}
}

func TestSyncAndFile(t *testing.T) {
	tb := newTable(t)
	if _, err := tb.Sync(t.Context(), SyncRequest{Session: "271"}); !errors.Is(err, ErrNoDaemon) {
		t.Errorf("Sync(no engine) = %v, want ErrNoDaemon", err)
	}
	if _, err := tb.File(t.Context(), FileRequest{Text: carryover.NewText("x")}); !errors.Is(err, ErrNoDaemon) {
		t.Errorf("File(no engine) = %v, want ErrNoDaemon", err)
	}
	tb.Engine = &byHand{table: tb}
	c := serve(t, t.TempDir(), tb.Local)
	born, err := carryover.ParseDate("1980-03-31")
	if err != nil {
		t.Fatal(err)
	}
	whole := FileRequest{
		Text: carryover.NewText("# A letter\n\nß ☐"), Format: carryover.FormatMarkdown, Name: carryover.NewText("Letter"),
		PatientName: carryover.NewText("Cana Canaryname"), BirthDate: born, Patient: patient, Practitioner: author,
		At: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC),
	}
	i, err := c.File(t.Context(), whole)
	if err != nil || i.State != "seen" {
		t.Fatalf("File = %+v, %v, want seen", i, err)
	}
	whole.Actor = me
	if got := tb.Engine.(*byHand).taken; got != whole {
		t.Errorf("the engine got %+v, want what was sent: %+v", got, whole)
	}
	for _, tt := range []struct {
		name string
		r    FileRequest
	}{
		{"empty", FileRequest{Text: carryover.NewText(" \n"), Practitioner: author}},
		{"nobody's", FileRequest{Text: carryover.NewText("x")}},
		{"patient by name in the wrong place", FileRequest{Text: carryover.NewText("x"), Practitioner: author, Patient: "Cana"}},
	} {
		if _, err := c.File(t.Context(), tt.r); !errors.Is(err, carryover.ErrInvalid) || carryover.HintOf(err) == "" {
			t.Errorf("File(%s) = %v, want ErrInvalid with a hint", tt.name, err)
		}
	}
	got, err := c.Sync(t.Context(), SyncRequest{Session: carryover.SessionID("https://scribe.example.com/scribe/session/" + i.Session + "?tab=1"), Done: true})
	if err != nil || got.Session != i.Session || len(got.Items) != 1 {
		t.Errorf("Sync(page) = %+v, %v, want session %s with its document", got, err, i.Session)
	}
	for _, bad := range []carryover.SessionID{"", "https://scribe.example.com/", "Cana Canaryname", "https://x/scribe/session/Cana Canaryname"} {
		if _, err := c.Sync(t.Context(), SyncRequest{Session: bad}); !errors.Is(err, carryover.ErrInvalid) || strings.Contains(err.Error(), "Canary") {
			t.Errorf("Sync(%q) = %v, want ErrInvalid that does not repeat it", bad, err)
		}
	}
}

// byHand is an engine that answers from the table's ledger.
type byHand struct {
	table *table
	taken FileRequest
	woken int
}

func (e *byHand) SyncSession(context.Context, carryover.SessionID, bool) error { return nil }

func (e *byHand) Take(_ context.Context, r FileRequest) (carryover.VersionID, error) {
	e.taken = r
	return e.table.seen(r.Text.Reveal()).ID, nil
}

func (e *byHand) Preview(context.Context, carryover.VersionID) (title, html carryover.Text, err error) {
	return carryover.NewText("Letter"), carryover.NewText("<div>A letter.</div>"), nil
}

func (e *byHand) PatientsByID(_ context.Context, ids []carryover.PatientID) ([]carryover.Patient, error) {
	var out []carryover.Patient
	for _, id := range ids {
		out = append(out, carryover.Patient{ID: id, FirstName: carryover.NewText("Cana"), LastName: carryover.NewText("Canaryname")})
	}
	return out, nil
}

func (e *byHand) Wake() { e.woken++ }

func TestDialWithoutDaemon(t *testing.T) {
	data := t.TempDir()
	if _, err := Dial(data); !errors.Is(err, ErrNoDaemon) {
		t.Errorf("Dial(nothing there) = %v, want ErrNoDaemon", err)
	}
	// A daemon that was killed leaves its socket behind; the next one takes over.
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(data, socketName), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Dial(data); !errors.Is(err, ErrNoDaemon) {
		t.Errorf("Dial(dead socket) = %v, want ErrNoDaemon", err)
	}
	tb := newTable(t)
	if _, err := serve(t, data, tb.Local).Status(t.Context()); err != nil {
		t.Errorf("Status(after taking over a dead socket) = %v, want no error", err)
	}
}

func TestSocketIsPrivate(t *testing.T) {
	data := t.TempDir()
	l, err := Listen(data)
	if err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(filepath.Join(data, socketName))
	if err != nil {
		t.Fatal(err)
	}
	if got := st.Mode().Perm(); got != 0o600 {
		t.Errorf("socket mode = %04o, want 0600", got)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(data, socketName)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("socket after Close: %v, want it gone", err)
	}
}

func TestSocketWithALongPath(t *testing.T) {
	t.Setenv("TMPDIR", shortTemp(t))
	data := filepath.Join(t.TempDir(), strings.Repeat("long/", 25))
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Dial(data); !errors.Is(err, ErrNoDaemon) {
		t.Errorf("Dial(long path, nothing there) = %v, want ErrNoDaemon", err)
	}
	tb := newTable(t)
	c := serve(t, data, tb.Local)
	if _, err := c.Status(t.Context()); err != nil {
		t.Errorf("Status(long path) = %v, want no error", err)
	}
	pointer, err := os.ReadFile(filepath.Join(data, pointerName))
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(strings.TrimSpace(string(pointer)))
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Dial(data); err == nil {
		t.Error("Dial(folder open to others) worked, want a refusal: anybody could answer there")
	}
	if err := os.Chmod(folder, 0o700); err != nil {
		t.Fatal(err)
	}
}

// shortTemp is a temporary folder with a short path, whatever the machine's is.
func shortTemp(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "c")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func TestOpenTakesTheLock(t *testing.T) {
	dir := t.TempDir()
	key := filepath.Join(dir, "master.key")
	if _, _, err := Open(t.Context(), filepath.Join(dir, "data", "ledger.db"), key); err == nil || carryover.HintOf(err) == "" {
		t.Errorf("Open(no master key) = %v, want an error with a hint", err)
	}
	if err := os.WriteFile(key, []byte("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, done, err := Open(t.Context(), filepath.Join(dir, "data", "ledger.db"), key)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(t.Context(), filepath.Join(dir, "data", "ledger.db"), key); !errors.Is(err, carryover.ErrRefused) {
		t.Errorf("Open(twice) = %v, want ErrRefused", err)
	}
	if _, err := d.Status(t.Context()); err != nil {
		t.Errorf("Status = %v, want no error", err)
	}
	if err := done(); err != nil {
		t.Error(err)
	}
}

// Problems keep everything but their cause's type across the socket.
func TestProblemsCrossTheSocket(t *testing.T) {
	want := &carryover.Problem{Op: "sync session 271", Kind: carryover.ErrUnauthorized, Hint: "Link again.", Err: fmt.Errorf("heidi: 401")}
	c := serve(t, t.TempDir(), failing{err: want})
	_, err := c.Sync(t.Context(), SyncRequest{Session: "271"})
	if !errors.Is(err, carryover.ErrUnauthorized) || carryover.HintOf(err) != want.Hint || err.Error() != want.Error() {
		t.Errorf("Sync = %v (hint %q), want %v (hint %q)", err, carryover.HintOf(err), want, want.Hint)
	}
}

// failing is a desk that always answers with an error.
type failing struct {
	Desk
	err error
}

func (f failing) Sync(context.Context, SyncRequest) (SyncResult, error) { return SyncResult{}, f.err }
