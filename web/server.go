// Package web is the review page: where the people of a practice see what was
// filed, decide about what is held, and stop everything if they must. It is
// written by the server, complete without JavaScript, and asks nobody but the
// server it came from.
//
// Every question and decision goes through the desk, as those of the commands
// do. Names and clinical text are fetched when somebody opens a document, which
// the audit chain records, and stand on that page alone: in no address, no
// title, no log and no cache. A file of this package is a page, or one idea that
// the pages share; the table in pages.go lists them all with who may open them.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"carryover"
	"carryover/internal/desk"
	"carryover/ledger"
)

// A Desk answers and decides; *desk.Local is one.
type Desk interface {
	desk.Desk
	// FindPatients looks into Cliniko's register now.
	FindPatients(ctx context.Context, r desk.FindRequest) (found []carryover.Patient, more bool, err error)
	// Seen returns the documents first seen in a span, oldest first.
	Seen(ctx context.Context, from, to time.Time, who carryover.PractitionerID) ([]ledger.Seen, error)
	// Standing returns what waits, whether filing is paused, and how many alarms
	// there are; who empty means everybody's.
	Standing(ctx context.Context, who carryover.PractitionerID) (desk.Standing, error)
	// Place says where a version stands among what waits.
	Place(ctx context.Context, id carryover.VersionID, who carryover.PractitionerID) (desk.Place, error)
	// Items returns versions by their ids, without names.
	Items(ctx context.Context, ids []carryover.VersionID) ([]desk.Item, error)
}

// A Practice knows what is not in the ledger. Each answer may be empty: a page
// is worth having without it.
type Practice interface {
	// Practitioners returns what the practitioners are called, in the order in
	// which a list should have them.
	Practitioners(ctx context.Context) []Practitioner
	// Address is where the practice's pages in Cliniko begin, without a slash at
	// the end.
	Address(ctx context.Context) string
	// Hosts are those that were spoken to since the start.
	Hosts() []Host
}

// A Practitioner is somebody whose documents are carried.
type Practitioner struct {
	ID   carryover.PractitionerID
	Name carryover.Text // empty: not known
}

// A Host is one that Carryover speaks to, with what went there since the start.
type Host struct {
	Name              string
	Requests, Refused int
	Operational       bool // takes messages about alarms, nothing clinical
}

// A Server is the review page. Its fields are set once, before Handler is
// called.
type Server struct {
	Desk     Desk
	Gate     Gate           // who may come in
	Practice Practice       // nil: nothing is known
	Zone     *time.Location // in which people read times; nil: UTC
	Sandbox  bool           // everybody in it is invented, and each page says so
	TLS      bool           // it is served under TLS
	// Hosts are the names that it is served as, beside those of this machine, which
	// always answer; a request for any other host is refused. AnyHost admits all.
	Hosts []string
	Log   *slog.Logger // nil discards; ids and reasons only
	// Programs answers what programs ask, at ProgramPaths, behind what guards the
	// pages but not behind their door: it asks for tokens of its own. Nil: nothing.
	Programs     http.Handler
	ProgramPaths []string

	look  *look
	muxes []*http.ServeMux // what Handler made, for a test that reads what they serve
}

// Handler returns the pages behind everything that guards them.
func (s *Server) Handler() (http.Handler, error) {
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Practice == nil {
		s.Practice = nobody{}
	}
	var err error
	if s.look, err = newLook(s); err != nil {
		return nil, err
	}
	inner := http.NewServeMux()
	for _, p := range s.pages() {
		inner.Handle(p.Pattern, s.Gate.Require(p.Roles...)(s.answer(p.serve)))
	}
	s.Gate.Mount(inner)
	inner.Handle("/", s.Gate.Require()(s.answer(func(http.ResponseWriter, *http.Request) error { return notFound("page") })))
	outer := http.NewServeMux()
	outer.Handle("GET /assets/{name}", s.look.assets)
	outer.HandleFunc("GET /health", health)
	if s.Programs != nil {
		for _, p := range s.ProgramPaths {
			outer.Handle(p, s.Programs)
		}
	}
	outer.Handle("/", s.Gate.Wrap(inner))
	s.muxes = []*http.ServeMux{outer, inner}
	return s.guarded(outer), nil
}

// health says that the server answers, and nothing else: it is open to everybody.
func health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

// nobody is a Practice of which nothing is known.
type nobody struct{}

func (nobody) Practitioners(context.Context) []Practitioner { return nil }
func (nobody) Address(context.Context) string               { return "" }
func (nobody) Hosts() []Host                                { return nil }
