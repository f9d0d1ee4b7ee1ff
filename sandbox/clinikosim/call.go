package clinikosim

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"carryover/sandbox"
)

// bodyCap bounds a request's body.
const bodyCap = 32 << 20

// A call is one authenticated request while its handler runs. Handlers run
// under the server's lock, shared for GET and exclusive for everything else, so
// that an effect is whole or absent for everybody else.
type call struct {
	*Server
	r    *http.Request
	user *user
	sw   Switches
	view view
	now  time.Time      // stamps of this request; whole seconds
	body map[string]any // JSON object of a write; empty when there was none to read
}

// A handler serves one route.
type handler func(c *call) *reply

// serve lets a request in (key, rate, headers), runs h under the lock, and
// sends its reply.
func (s *Server) serve(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		base := s.base(r)
		sw := s.Switches()
		u, known := s.authenticate(r)
		if !known {
			s.write(w, base, unauthorized(sw))
			return
		}
		sandbox.SetWho(r, u.id)
		if refusal := s.admit(r, u, sw); refusal != nil {
			s.write(w, base, refusal)
			return
		}
		c := &call{
			Server: s, r: r, user: u, sw: sw,
			view: view{base: base, sw: sw, seed: s.seed},
			now:  s.clock.Now().Truncate(time.Second), body: map[string]any{},
		}
		if refusal := c.readBody(w); refusal != nil {
			s.write(w, base, refusal)
			return
		}
		event := Event{Before: true, Method: r.Method, Path: strings.TrimPrefix(r.URL.Path, "/v1"), ID: r.PathValue("id")}
		s.notify(event)
		s.process()
		rep := c.run(h)
		event.Before, event.Status = false, rep.status
		if rep.id != "" {
			event.ID = rep.id
		}
		s.notify(event)
		s.write(w, base, rep)
	}
}

// admit applies what concerns every request of a known user; nil lets it in.
func (s *Server) admit(r *http.Request, u *user, sw Switches) *reply {
	if allowed, reset := s.limit.allow(u.id, s.clock.Now(), sw.SlidingWindow); !allowed {
		return s.tooMany(reset, sw)
	}
	if !wellNamed(r) {
		if sw.RefuseUserAgent {
			return errorReply(http.StatusForbidden, sw.ForbiddenBody, BodyText, "User-Agent must be APP_VENDOR_NAME (APP_VENDOR_EMAIL).")
		}
		s.log.Warn("user agent without a name and a contact address", "user", u.id)
	}
	if !sw.AcceptAnything && !acceptsJSON(r) {
		return &reply{status: http.StatusNotAcceptable}
	}
	return nil
}

// tooMany answers 429 with the moment of the reset in whole seconds.
func (s *Server) tooMany(reset time.Time, sw Switches) *reply {
	rep := errorReply(http.StatusTooManyRequests, sw.RateLimitBody, BodyJSON, "Rate limit exceeded.")
	at := reset.Add(time.Second - 1).Unix() // rounded up: at that second there is room
	rep.header = http.Header{"X-Ratelimit-Reset": {strconv.FormatInt(at, 10)}}
	if sw.RetryAfter {
		wait := max(at-s.clock.Now().Unix(), 1)
		rep.header.Set("Retry-After", strconv.FormatInt(wait, 10))
	}
	return rep
}

// readBody reads the JSON object of a write. A body that is not declared to be
// JSON is not looked at, so that every field counts as missing.
func (c *call) readBody(w http.ResponseWriter) *reply {
	if c.r.Method == http.MethodGet || c.r.Body == nil {
		return nil
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, c.r.Body, bodyCap))
	if err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return &reply{status: http.StatusRequestEntityTooLarge, body: htmlBody(http.StatusRequestEntityTooLarge)}
		}
		return badRequest("The request could not be read.")
	}
	if !sendsJSON(c.r) {
		return nil
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	value, err := decodeJSON(text)
	if err != nil {
		return badRequest("The request body is not valid JSON.")
	}
	if object, is := value.(map[string]any); is {
		c.body = object
	}
	return nil
}

// decodeJSON reads one JSON value; numbers stay text, because ids exceed what a
// float holds.
func decodeJSON(text []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value")
	}
	return value, nil
}

// run calls h under the lock that its method needs.
func (c *call) run(h handler) *reply {
	if c.r.Method == http.MethodGet {
		c.mu.RLock()
		defer c.mu.RUnlock()
	} else {
		c.mu.Lock()
		defer c.mu.Unlock()
	}
	return h(c)
}

// notify tells the hook, if there is one.
func (s *Server) notify(e Event) {
	s.mu.RLock()
	hook := s.hook
	s.mu.RUnlock()
	if hook != nil {
		hook(e)
	}
}

// warnUnknown logs the names of body fields that have no effect here, because
// the API does not describe them or the simulator does not keep them, in case a
// client relies on them. Values are never logged.
func (c *call) warnUnknown(known ...string) {
	for name := range c.body {
		if !slices.Contains(known, name) {
			c.log.Warn("field of a request body ignored", "method", c.r.Method, "field", name)
		}
	}
}

// idField reads an id from the body: a string or a whole number. Given is false
// when the field is absent, null or empty.
func (c *call) idField(name string) (id string, given bool) {
	switch v := c.body[name].(type) {
	case string:
		return v, v != ""
	case json.Number:
		return v.String(), true
	}
	return "", false
}
