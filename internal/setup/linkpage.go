package setup

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"carryover"
)

// A practitioner links their Heidi account on a page of Heidi's whose address
// holds a token: whoever has the address has the sessions. So the address is
// never shown. What is shown is the address of a page on this machine, which
// cannot be guessed, lives for minutes, and sends the browser on.

// A Linker links one practitioner's account.
type Linker struct {
	// Address makes the page's address at Heidi, with a fresh token.
	Address func(ctx context.Context) (carryover.Secret, error)
	// Linked asks Heidi whether the account is linked now.
	Linked func(ctx context.Context) (bool, error)
	// Listen is a loopback host and port; empty: 127.0.0.1 and a free port.
	Listen string
	// Patience is how long the page lives. 0: ten minutes.
	Patience time.Duration
	// Every is how often Heidi is asked. 0: two seconds.
	Every time.Duration
}

// ErrNotLinked says that the page's time was up before the account was linked.
var ErrNotLinked = errors.New("the account was not linked in time")

// Link opens the page, tells its address to show, and returns when the account
// is linked: nil; when the time is up: ErrNotLinked; or when ctx ends. An error
// of Heidi's while it waits is not believed until the time is up.
func (l Linker) Link(ctx context.Context, show func(address string)) error {
	if linked, err := l.Linked(ctx); err != nil || linked {
		return err
	}
	page, err := l.open(ctx)
	if err != nil {
		return err
	}
	defer page.close()
	patience, every := l.Patience, l.Every
	if patience == 0 {
		patience = 10 * time.Minute
	}
	if every == 0 {
		every = 2 * time.Second
	}
	show(page.address)
	end, look := time.NewTimer(patience), time.NewTicker(every)
	defer end.Stop()
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end.C:
			return ErrNotLinked
		case <-look.C:
			if linked, err := l.Linked(ctx); err == nil && linked {
				return nil
			}
		}
	}
}

// A linkPage is the page on this machine while it lives.
type linkPage struct {
	address string
	server  *http.Server
	done    chan struct{}
	visits  atomic.Int64
}

// maxVisits is how often a page sends a browser on: enough for a practitioner
// who starts again, few for anybody else.
const maxVisits = 10

// open serves the page on loopback.
func (l Linker) open(ctx context.Context) (*linkPage, error) {
	const op = "open the link page"
	at := l.Listen
	if at == "" {
		at = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(at)
	ip, bad := netip.ParseAddr(host)
	if err != nil || host != "localhost" && (bad != nil || !ip.IsLoopback()) {
		return nil, &carryover.Problem{Op: op, Kind: carryover.ErrInvalid, Err: errors.New("that is not an address of this machine alone"), Hint: "Write it like 127.0.0.1:8481. From another computer, reach it with ssh -L 8481:127.0.0.1:8481."}
	}
	socket, err := net.Listen("tcp", at)
	if err != nil {
		return nil, &carryover.Problem{Op: op, Kind: carryover.ErrInvalid, Err: err, Hint: "Choose another port, or leave it away for a free one."}
	}
	path := "/link/" + rand.Text()
	p := &linkPage{address: "http://" + socket.Addr().String() + path, done: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) { p.sendOn(w, r, l.Address) })
	p.server = &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug), // a log could hold the path
	}
	go func() {
		defer close(p.done)
		_ = p.server.Serve(socket) // ends with close
	}()
	return p, nil
}

// sendOn redirects a browser of this machine to Heidi. What stands in the Host
// header must be an address of this machine: a name that a stranger's page made
// resolve to it is refused.
func (p *linkPage) sendOn(w http.ResponseWriter, r *http.Request, address func(context.Context) (carryover.Secret, error)) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	host, _, err := net.SplitHostPort(r.Host)
	if ip, bad := netip.ParseAddr(host); err != nil || host != "localhost" && (bad != nil || !ip.IsLoopback()) {
		http.Error(w, "This page is for a browser on the machine itself.", http.StatusForbidden)
		return
	}
	if p.visits.Add(1) > maxVisits {
		http.Error(w, "This page was opened too often. Stop, and run the command again.", http.StatusGone)
		return
	}
	to, err := address(r.Context())
	if err != nil {
		http.Error(w, "Heidi did not answer. Try again in a minute.", http.StatusBadGateway)
		return
	}
	h.Set("Location", to.Reveal()) // without the body that http.Redirect writes
	w.WriteHeader(http.StatusSeeOther)
}

// close ends the page and waits for it.
func (p *linkPage) close() {
	_ = p.server.Close()
	<-p.done
}

// BeforeLinking says what linking may do, before the first one.
const BeforeLinking = `Before you link: Heidi seems to let an account work with one integration key at a time. Linking
it to Carryover may end what Heidi's own Cliniko integration does for this account: pushing the
consult note. Nobody outside Heidi can say for sure. So link one practitioner first, let them
record a session, and see whether their consult note still arrives in Cliniko. If it does not, you
can carry consult notes with Carryover too (consult_notes: true), or unlink the account in Heidi.`

// Product is what Heidi calls the program that a practitioner lets in.
const Product = "Carryover"
