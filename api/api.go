// Package api is what programs ask over HTTP: have one session carried now,
// say whether the daemon is well, read the counts that a monitor keeps. A
// request names a session by its id and an answer names documents by theirs;
// no word of a document, no patient and no name crosses it either way, so that
// an automation platform abroad may stand at the other end.
//
// Who asks shows a token of the scope that the question needs, or signs as
// Standard Webhooks describe. What strangers may ask without either is health,
// readiness and the description of the interface, openapi.json, against which
// the tests hold every answer.
package api

import (
	"context"
	_ "embed"
	"log/slog"
	"net/http"

	"carryover"
	"carryover/internal/desk"
)

// A Desk answers and decides; *desk.Local is one.
type Desk interface {
	// Bearer returns the token that somebody presents; the error is
	// desk.ErrNoToken for one that is not good.
	Bearer(ctx context.Context, presented carryover.Secret) (desk.Token, error)
	// Standing says whether filing is paused.
	Standing(ctx context.Context, who carryover.PractitionerID) (desk.Standing, error)
	// Sync reads one session from Heidi now.
	Sync(ctx context.Context, r desk.SyncRequest) (desk.SyncResult, error)
	// TakeWebhook remembers a webhook; fresh says that it is no repetition.
	TakeWebhook(ctx context.Context, id string) (fresh bool, err error)
	// DropWebhook forgets one, so that it may come again.
	DropWebhook(ctx context.Context, id string) error
}

// A Server answers programs. Its fields are set once, before Handler is called.
type Server struct {
	Desk Desk
	// Webhooks verifies webhooks; nil: none are taken.
	Webhooks *Verifier
	// Health says how the daemon is; nil: well.
	Health Health
	// Metrics writes the metrics; nil: there are none.
	Metrics http.Handler
	// MetricsHere lets programs of this machine read the metrics without a token.
	MetricsHere bool
	Log         *slog.Logger // nil discards; ids and states only
}

// openapi describes the interface.
//
//go:embed openapi.json
var openapi []byte

// Paths are where a Server answers, in the form of http.ServeMux.
var Paths = []string{"/v1/", "/healthz", "/readyz", "/metrics"}

// Handler returns the answers, for all of Paths.
func (s *Server) Handler() http.Handler {
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Health == nil {
		s.Health = well{}
	}
	o := newLimits()
	mux := http.NewServeMux()
	mux.Handle("/v1/sessions/{id}/carry", method(http.MethodPost, s.allowed(o, carryover.ScopeCarry, s.carry(o))))
	mux.Handle("/v1/webhooks/heidi", method(http.MethodPost, s.webhook(o)))
	mux.Handle("/v1/openapi.json", method(http.MethodGet, http.HandlerFunc(describe)))
	mux.Handle("/healthz", method(http.MethodGet, http.HandlerFunc(s.live)))
	mux.Handle("/readyz", method(http.MethodGet, http.HandlerFunc(s.ready)))
	mux.Handle("/metrics", method(http.MethodGet, s.metrics(o)))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { nothing.write(w) })
	return mux
}

// method admits one method, and HEAD where it is GET.
func method(allowed string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != allowed && (allowed != http.MethodGet || r.Method != http.MethodHead) {
			w.Header().Set("Allow", allowed)
			wrongMethod.write(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func describe(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(openapi) // whoever asked has gone: nobody to tell
}
