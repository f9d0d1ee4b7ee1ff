package desk

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"carryover"
)

const (
	// maxBody bounds a request: the longest is a document that a person files.
	maxBody = 8 << 20
	// stopWait is how long answers in flight may take when the daemon stops.
	stopWait = 5 * time.Second
)

// Serve answers the desk's questions on l until ctx ends, as JSON over HTTP. It
// closes l and waits for answers in flight. Who asks is taken from the socket,
// not from the request, so that an audit entry names the user who really asked.
func Serve(ctx context.Context, l net.Listener, d Desk) error {
	s := &http.Server{
		Handler:           handler(d),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       time.Minute,
		ConnContext:       withPeer,
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		c, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWait)
		defer cancel()
		err := s.Shutdown(c)
		if err != nil {
			_ = s.Close()
		}
		stopped <- err
	})
	err := s.Serve(l)
	if stop() { // ctx has not ended: the listener broke
		return err
	}
	if err := <-stopped; err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

func handler(d Desk) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /status", answer(func(ctx context.Context, _ string, _ struct{}) (Status, error) {
		s, err := d.Status(ctx)
		s.Daemon = true
		return s, err
	}))
	mux.Handle("POST /held", answer(func(ctx context.Context, _ string, _ struct{}) ([]Item, error) { return d.Held(ctx) }))
	mux.Handle("POST /list", answer(func(ctx context.Context, who string, r ListRequest) ([]Item, error) {
		r.Actor = who
		return d.List(ctx, r)
	}))
	mux.Handle("POST /show", answer(func(ctx context.Context, who string, r ShowRequest) (Detail, error) {
		r.Actor = who
		return d.Show(ctx, r)
	}))
	mux.Handle("POST /preview", answer(func(ctx context.Context, who string, r ShowRequest) (Preview, error) {
		r.Actor = who
		return d.Preview(ctx, r)
	}))
	mux.Handle("POST /release", answer(func(ctx context.Context, who string, r ReleaseRequest) (Item, error) {
		r.Actor = who
		return d.Release(ctx, r)
	}))
	mux.Handle("POST /dismiss", answer(func(ctx context.Context, who string, w wireDismiss) (Item, error) {
		return d.Dismiss(ctx, w.request(who))
	}))
	mux.Handle("POST /retry", answer(func(ctx context.Context, who string, r RetryRequest) (Item, error) {
		r.Actor = who
		return d.Retry(ctx, r)
	}))
	mux.Handle("POST /undo", answer(func(ctx context.Context, who string, r UndoRequest) (Reversal, error) {
		r.Actor = who
		return d.Undo(ctx, r)
	}))
	mux.Handle("POST /move", answer(func(ctx context.Context, who string, r MoveRequest) (Reversal, error) {
		r.Actor = who
		return d.Move(ctx, r)
	}))
	mux.Handle("POST /pause", answer(func(ctx context.Context, who string, r PauseRequest) (Status, error) {
		r.Actor = who
		s, err := d.Pause(ctx, r)
		s.Daemon = true
		return s, err
	}))
	mux.Handle("POST /sync", answer(func(ctx context.Context, who string, r SyncRequest) (SyncResult, error) {
		r.Actor = who
		return d.Sync(ctx, r)
	}))
	mux.Handle("POST /backfill", answer(func(ctx context.Context, who string, r BackfillRequest) (Backfill, error) {
		r.Actor = who
		return d.Backfill(ctx, r)
	}))
	mux.Handle("POST /file", answer(func(ctx context.Context, who string, w wireFile) (Item, error) {
		r, err := w.request(who)
		if err != nil {
			return Item{}, err
		}
		return d.File(ctx, r)
	}))
	mux.Handle("POST /rules", answer(func(ctx context.Context, _ string, _ struct{}) (Rules, error) { return d.Rules(ctx) }))
	mux.Handle("POST /egress", answer(func(ctx context.Context, _ string, _ struct{}) ([]Egress, error) {
		if g, ok := d.(interface {
			Egress(ctx context.Context) ([]Egress, error)
		}); ok {
			return g.Egress(ctx)
		}
		return nil, nil
	}))
	mux.Handle("POST /route", answer(func(ctx context.Context, who string, r RouteRequest) (RouteResult, error) {
		r.Actor = who
		return d.RouteOf(ctx, r)
	}))
	mux.Handle("POST /admin-link", answer(func(ctx context.Context, who string, r AdminLinkRequest) (AdminLink, error) {
		r.Actor = who
		return d.AdminLink(ctx, r)
	}))
	mux.Handle("POST /token", answer(func(ctx context.Context, who string, w wireToken) (NewToken, error) {
		return d.MakeToken(ctx, w.request(who))
	}))
	mux.Handle("POST /tokens", answer(func(ctx context.Context, _ string, _ struct{}) ([]Token, error) { return d.Tokens(ctx) }))
	mux.Handle("POST /revoke", answer(func(ctx context.Context, who string, r RevokeRequest) (Token, error) {
		r.Actor = who
		return d.RevokeToken(ctx, r)
	}))
	mux.Handle("POST /support", answer(func(ctx context.Context, who string, r SupportRequest) (Support, error) {
		r.Actor = who
		return d.Support(ctx, r)
	}))
	mux.Handle("POST /audit", answer(func(ctx context.Context, who string, r AuditRequest) (wireAudit, error) {
		r.Actor = who
		a, err := d.Audit(ctx, r)
		return wireAudit{AuditResult: a, Export: a.Export}, err
	}))
	mux.Handle("POST /backup", answer(func(ctx context.Context, who string, r BackupRequest) (BackupResult, error) {
		r.Actor = who
		return d.Backup(ctx, r)
	}))
	mux.Handle("POST /rekey", answer(func(ctx context.Context, who string, r RekeyRequest) (RekeyResult, error) {
		r.Actor = who
		return d.Rekey(ctx, r)
	}))
	return mux
}

// answer makes a handler of one question: body in, who asked, answer out.
func answer[Q, A any](ask func(ctx context.Context, who string, q Q) (A, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q Q
		in := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
		in.DisallowUnknownFields()
		if err := in.Decode(&q); err != nil {
			// The decoder's message may quote the body.
			writeProblem(w, invalid("read the question", "the body is not what this command sends", "Is the command as new as the daemon? Compare `carryover version`."))
			return
		}
		a, err := ask(r.Context(), peer(r.Context()), q)
		if err != nil {
			writeProblem(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(a) // the command has gone away: nothing left to tell it
	})
}

type peerKey struct{}

// withPeer notes which user is at the other end of the socket.
func withPeer(ctx context.Context, c net.Conn) context.Context {
	u, ok := c.(*net.UnixConn)
	if !ok {
		return ctx
	}
	raw, err := u.SyscallConn()
	if err != nil {
		return ctx
	}
	_ = raw.Control(func(fd uintptr) {
		if uid, ok := userAt(fd); ok {
			ctx = context.WithValue(ctx, peerKey{}, Command(uid))
		}
	})
	return ctx
}

// peer returns the actor at the other end; a connection without credentials is
// still a command's.
func peer(ctx context.Context) string {
	if who, ok := ctx.Value(peerKey{}).(string); ok {
		return who
	}
	return Command(-1)
}

// Command returns the actor of a command that the user with this id runs.
func Command(uid int) string {
	if uid < 0 {
		return "cli:unknown"
	}
	return "cli:" + strconv.Itoa(uid)
}

// A wireProblem is an error on the socket.
type wireProblem struct {
	Op    string         `json:"op"`
	Kind  carryover.Kind `json:"kind"`
	Hint  string         `json:"hint,omitempty"`
	Cause string         `json:"cause,omitempty"`
	Is    string         `json:"is,omitempty"` // which of the package's errors it is
}

// meanings are the errors of this package that cross the socket by name.
var meanings = map[string]error{"changed": ErrChanged, "no_daemon": ErrNoDaemon, "unknown": ErrUnknown}

func writeProblem(w http.ResponseWriter, err error) {
	p := wireProblem{Op: "answer", Kind: carryover.ErrTransient, Cause: err.Error()}
	if e, ok := errors.AsType[*carryover.Problem](err); ok {
		p = wireProblem{Op: e.Op, Kind: e.Kind, Hint: e.Hint}
		if e.Err != nil {
			p.Cause = e.Err.Error()
		}
	}
	for name, meaning := range meanings {
		if errors.Is(err, meaning) {
			p.Is = name
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusConflict)
	_ = json.NewEncoder(w).Encode(p)
}
