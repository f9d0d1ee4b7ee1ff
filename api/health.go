package api

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"carryover"
)

// A Health knows how the daemon is. Each answer is a list of words from a closed
// list, empty when all is well.
type Health interface {
	// Live says what of the daemon has come to a stop: then it should be started
	// anew.
	Live() []string
	// Ready says why it does not do its work now, which a person should know and
	// a restart would not help.
	Ready(ctx context.Context) []string
}

// well is the health of whom nobody asks.
type well struct{}

func (well) Live() []string                 { return nil }
func (well) Ready(context.Context) []string { return nil }

// A health is the answer to how it is.
type health struct {
	Well bool     `json:"ok"`
	Why  []string `json:"why"`
}

func (s *Server) live(w http.ResponseWriter, _ *http.Request) { tellHealth(w, s.Health.Live()) }

func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	tellHealth(w, s.Health.Ready(r.Context()))
}

func tellHealth(w http.ResponseWriter, why []string) {
	status := http.StatusOK
	if len(why) > 0 {
		status = http.StatusServiceUnavailable
	} else {
		why = []string{}
	}
	answer(w, status, health{Well: status == http.StatusOK, Why: why})
}

// metrics lets monitors read: those of this machine where that is allowed, and
// any with a token of the scope.
func (s *Server) metrics(o *limits) http.Handler {
	if s.Metrics == nil {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { nothing.write(w) })
	}
	withToken := s.allowed(o, carryover.ScopeMetrics, s.Metrics)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.MetricsHere && fromHere(r) {
			s.Metrics.ServeHTTP(w, r)
			return
		}
		withToken.ServeHTTP(w, r)
	})
}

// forwarded are the headers by which a proxy shows: what it forwards comes from
// this machine and may be anybody's.
var forwarded = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"}

// fromHere says that a request comes from this machine, and not through a proxy.
func fromHere(r *http.Request) bool {
	for _, name := range forwarded {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && at.Addr().Unmap().IsLoopback()
}

// outlive is a context for what must be written down though whoever asked has
// gone.
func outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
}
