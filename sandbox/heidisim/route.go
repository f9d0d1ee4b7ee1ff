package heidisim

import (
	"net/http"
	"net/url"
	"strings"

	"carryover/sandbox"
)

// An access says what a route asks of the caller.
type access int

const (
	open   access = iota // nothing, or it checks for itself
	bearer               // a token
	linked               // a token whose API user is linked to an account
)

// A call is one request to a route, with what was learnt on the way to it.
type call struct {
	r     *http.Request
	vars  map[string]string // the {…} parts of the path
	query url.Values
	body  []byte
	user  *apiUser // nil on open routes
}

// A route is one method and path under Base. Of several that fit a path, the
// first counts.
type route struct {
	method  string
	pattern string
	access  access
	serve   func(*Server, *call) answer
}

// routes is the inventory of §4, in order of precedence.
var routes = []route{
	{"GET", "/jwt", open, (*Server).token},
	{"GET", "/users/linked-account/access", bearer, (*Server).linkAccess},
	{"POST", "/users/linked-account", bearer, (*Server).linkAccount},
	{"DELETE", "/users/linked-account:unlink", bearer, (*Server).unlinkAccount},

	{"GET", "/sessions/linked-user", bearer, (*Server).listSessions},
	{"POST", "/sessions", bearer, (*Server).createSession},
	{"GET", "/sessions/{id}", bearer, (*Server).readSession},
	{"PATCH", "/sessions/{id}", bearer, (*Server).updateSession},
	{"GET", "/sessions/{id}/documents", bearer, (*Server).listDocuments},
	{"POST", "/sessions/{id}/documents", bearer, (*Server).createDocument},
	{"POST", "/sessions/{id}/consult-note", bearer, (*Server).generateNote},
	{"POST", "/sessions/{id}/ask-ai", bearer, (*Server).ask},
	{"GET", "/sessions/{id}/transcript", bearer, (*Server).transcript},

	{"GET", "/templates/document-templates", bearer, (*Server).documentTemplates},
	{"GET", "/templates/consult-note-templates", bearer, (*Server).noteTemplates},

	{"GET", "/patient-profiles", bearer, (*Server).listProfiles},
	{"POST", "/patient-profiles", linked, (*Server).createProfile},
	{"POST", "/patient-profiles:batch-delete", linked, (*Server).deleteProfiles},
	{"GET", "/patient-profiles/{id}", bearer, (*Server).readProfile},
	{"PATCH", "/patient-profiles/{id}", linked, (*Server).updateProfile},
	{"POST", "/patient-profiles/{id}/sessions", linked, (*Server).linkProfile},

	// Known to exist, not simulated: a bridge has no business with them.
	{"GET", "/sessions/{id}/transcript/live", bearer, (*Server).notSimulated},
	{"POST", "/sessions/{id}/upload-audio", bearer, (*Server).notSimulated},
	{"POST", "/sessions/{id}/restful-segment-transcription", bearer, (*Server).notSimulated},
	{"POST", "/sessions/{id}/restful-segment-transcription/{recording}", bearer, (*Server).notSimulated},
	{"POST", "/sessions/{id}/client-customised-template/response", bearer, (*Server).notSimulated},
	{"GET", "/sessions/{id}/context-documents", bearer, (*Server).notSimulated},
	{"POST", "/sessions/{id}/context-documents", bearer, (*Server).notSimulated},
	{"DELETE", "/sessions/{id}/context-documents", bearer, (*Server).notSimulated},
	{"GET", "/sessions/{id}/clinical-codes", bearer, (*Server).notSimulated},
}

// dispatch finds the route of a request, checks the caller, and serves it. The
// order is FastAPI's: path, verb, then the dependencies (§11, inferred).
func (s *Server) dispatch(r *http.Request, body []byte) answer {
	path, under := strings.CutPrefix(r.URL.Path, Base)
	found, vars, verbs := s.match(r.Method, path)
	if under && r.Method != http.MethodGet {
		s.countWrite(r.Method, path)
	}
	switch {
	case !under:
		return refuse(http.StatusNotFound, textNoRoute)
	case found != nil:
		return s.admit(found, &call{r: r, vars: vars, query: r.URL.Query(), body: body})
	case len(verbs) > 0:
		a := refuse(http.StatusMethodNotAllowed, textNoVerb)
		a.header = [2]string{"Allow", strings.Join(verbs, ", ")}
		return a
	}
	if shorter, slash := strings.CutSuffix(path, "/"); slash {
		if found, _, verbs = s.match(r.Method, shorter); found != nil || len(verbs) > 0 {
			return redirect(r, Base+shorter)
		}
	}
	return refuse(http.StatusNotFound, textNoRoute)
}

// match returns the first route for method and path with the variable parts of
// the path, or else the verbs that the path knows.
func (s *Server) match(method, path string) (*route, map[string]string, []string) {
	var verbs []string
	for i := range routes {
		vars, fits := fit(routes[i].pattern, path)
		if !fits || s.closed(&routes[i]) {
			continue
		}
		if routes[i].method == method {
			return &routes[i], vars, nil
		}
		verbs = append(verbs, routes[i].method)
	}
	return nil, nil, verbs
}

// closed says that a switch has taken the route away. The path then means a
// session called linked-user, which is how the real router would see it.
func (s *Server) closed(r *route) bool {
	return s.switches.NoListing && r.pattern == "/sessions/linked-user"
}

// fit compares a path with a pattern and returns the parts named in braces.
func fit(pattern, path string) (map[string]string, bool) {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return nil, false
	}
	vars := map[string]string{}
	for i, part := range want {
		name, isVar := strings.CutPrefix(part, "{")
		switch {
		case isVar && have[i] != "":
			vars[strings.TrimSuffix(name, "}")] = have[i]
		case part != have[i]:
			return nil, false
		}
	}
	return vars, true
}

// admit checks what the route asks of the caller and serves the call.
func (s *Server) admit(found *route, c *call) answer {
	if found.access == open {
		return found.serve(s, c)
	}
	user, refusal := s.authenticate(c.r)
	if user == nil {
		return refusal
	}
	c.user = user
	sandbox.SetWho(c.r, user.internalID)
	if found.access == linked && !s.isLinked(user) {
		return s.unlinked()
	}
	return found.serve(s, c)
}

// countWrite counts a request by the shape of its path, known or not.
func (s *Server) countWrite(method, path string) {
	shape := path
	for i := range routes {
		if _, fits := fit(routes[i].pattern, path); fits {
			shape = routes[i].pattern
			break
		}
	}
	s.writes[method+" "+shape]++
	s.log.Info("write call", "route", method+" "+shape)
}

// redirect sends the client to the same address without the trailing slash, in
// full, as Starlette does.
func redirect(r *http.Request, path string) answer {
	to := url.URL{Scheme: "http", Host: r.Host, Path: path, RawQuery: r.URL.RawQuery}
	if r.TLS != nil {
		to.Scheme = "https"
	}
	return answer{status: http.StatusTemporaryRedirect, header: [2]string{"Location", to.String()}}
}

func (s *Server) notSimulated(*call) answer {
	return refuse(http.StatusNotImplemented, "SANDBOX: this endpoint exists at Heidi and is not simulated")
}
