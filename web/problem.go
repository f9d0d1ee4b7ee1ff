package web

import (
	"errors"
	"net/http"
	"strings"

	"carryover"
	"carryover/internal/desk"
)

// This file turns what went wrong into a page: one sentence, and what to do. The
// cause of what nobody expected goes to the log.

// A trouble is what a person is told.
type trouble struct {
	Status   int
	Heading  string
	Sentence string
	Next     string
	Back     string // the address of what it is about; empty: of nothing
}

// Error makes a trouble an error that a page can return.
func (t trouble) Error() string { return t.Heading }

func notFound(what string) error {
	return trouble{Status: http.StatusNotFound, Heading: "Not here", Sentence: "There is no such " + what + ", or it is not one of yours.", Next: "Go back to Today, or look for it under Activity."}
}

func badRequest(sentence, next string) error {
	return trouble{Status: http.StatusBadRequest, Heading: "That does not fit", Sentence: sentence, Next: next}
}

// foreign is the answer to a form that another site has sent.
func foreign() error {
	return trouble{Status: http.StatusForbidden, Heading: "Not from this page", Sentence: "The request did not come from this site, so nothing was done.", Next: "Open the page anew and try again from there."}
}

// answer serves a page; an error becomes a page of its own.
func (s *Server) answer(serve func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := serve(w, r); err != nil {
			s.tell(w, r, err)
		}
	})
}

// tell shows what went wrong.
func (s *Server) tell(w http.ResponseWriter, r *http.Request, err error) {
	t := troubleOf(err)
	if t.Status >= http.StatusInternalServerError && r.Context().Err() == nil {
		s.Log.Error("page not served", "page", r.Pattern, "err", err)
	}
	if t.Status == http.StatusConflict && r.PathValue("id") != "" {
		t.Back = "/" + strings.Split(r.URL.Path, "/")[1] + "/" + r.PathValue("id")
	}
	s.Render(w, r, t.Status, "error", t)
}

// troubleOf finds the words for an error. A problem's own words are made for
// people; of its hint, sentences about commands are left out.
func troubleOf(err error) trouble {
	if t, ok := errors.AsType[trouble](err); ok {
		return t
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return trouble{Status: http.StatusRequestEntityTooLarge, Heading: "Too long", Sentence: "What was sent is longer than any document.", Next: "File it in parts, or by hand."}
	}
	p, ok := errors.AsType[*carryover.Problem](err)
	t := trouble{Status: http.StatusInternalServerError, Heading: "Something went wrong", Sentence: "The page could not be made. Nothing was decided.", Next: "Try again. If it stays so, tell whoever runs Carryover; the log has the cause."}
	switch {
	case errors.Is(err, desk.ErrChanged):
		return trouble{Status: http.StatusConflict, Heading: "This changed while you looked", Sentence: "The document, its evidence or its patient is not any more what you saw, so nothing was filed.", Next: "Look at it again, then decide."}
	case errors.Is(err, carryover.ErrGone):
		return troubleOf(notFound("document"))
	case away(err):
		t.Status, t.Heading = http.StatusServiceUnavailable, "No answer just now"
		t.Sentence = "Cliniko or Heidi did not answer. Nothing was decided."
		t.Next = "Wait a minute and try again. Connections says whether somebody has to do something."
	case ok && errors.Is(err, carryover.ErrRefused):
		t.Status, t.Heading = http.StatusConflict, "That cannot be done"
		t.Sentence, t.Next = causeOf(p), withoutCommands(p.Hint)
	case ok && errors.Is(err, carryover.ErrInvalid):
		t.Status, t.Heading = http.StatusBadRequest, "That does not fit"
		t.Sentence, t.Next = causeOf(p), withoutCommands(p.Hint)
	}
	return t
}

// away says that Cliniko or Heidi cannot be asked just now.
func away(err error) bool {
	return errors.Is(err, carryover.ErrTransient) || errors.Is(err, carryover.ErrUnauthorized) || errors.Is(err, carryover.ErrNotHere)
}

// causeOf is the cause of a problem as a sentence.
func causeOf(p *carryover.Problem) string {
	if p.Err == nil {
		return "It cannot be done as things are."
	}
	s := p.Err.Error()
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// withoutCommands is what is left of a hint for a page; something is.
func withoutCommands(hint string) string {
	return or(plain(hint), "Go back, look at it again, then decide.")
}

// plain leaves out the sentences of a text that name a command or a flag: there
// is no terminal here.
func plain(hint string) string {
	var kept []string
	for _, s := range strings.SplitAfter(hint, ". ") {
		if !strings.ContainsAny(s, "`") && !strings.Contains(s, "--") {
			kept = append(kept, strings.TrimSpace(s))
		}
	}
	return strings.Join(kept, " ")
}
