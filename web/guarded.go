package web

import (
	"net/http"
)

// maxBody bounds a request: the longest is a document that somebody pastes.
const maxBody = 4 << 20

// policy is what a page may do: fetch this server's own style, scripts and
// pictures, send its own forms, and nothing else. No code and no style stands
// in a page itself, so words that became markup would still do nothing.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guarded puts everything in front of the pages that has nothing to do with any
// one of them.
func (s *Server) guarded(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.tell(w, r, foreign())
	}))
	inner := cross.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-read=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		defer s.recovered(w, r)
		if s.TLS {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !s.answersTo(r) {
			misdirected(w)
			return
		}
		inner.ServeHTTP(w, r)
	})
}

// recovered answers for a page that panicked. What it panicked with may quote
// anything, so the log has the page alone.
func (s *Server) recovered(w http.ResponseWriter, r *http.Request) {
	switch what := recover(); what {
	case nil:
	case http.ErrAbortHandler:
		panic(what)
	default:
		s.Log.Error("page panicked", "page", r.Pattern)
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
	}
}
