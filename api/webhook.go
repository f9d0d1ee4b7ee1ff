package api

import (
	"encoding/json"
	"net/http"

	"carryover"
	"carryover/internal/desk"
)

// byWebhook is who the audit chain names for what a webhook asked.
const byWebhook = "api:webhook"

// webhook takes a signed event. Of its body the session's id is all that is
// used, and nothing of it is kept: it is a hint, and the session is read from
// Heidi as for any other.
//
// Whoever sends again what was taken is told that it was, and nothing is done;
// senders repeat what they had no answer to, and so would somebody who recorded
// one. An event that could not be acted on may come again.
func (s *Server) webhook(o *limits) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.Webhooks == nil {
			noHooks.write(w)
			return
		}
		body, bad := bodyOf(w, r)
		if bad != nil {
			bad.write(w)
			return
		}
		message, ok := s.Webhooks.Verify(body, r.Header)
		if !ok {
			if wait := o.wrong.wait(address(r)); wait > 0 {
				tooOften(wait).write(w)
				return
			}
			s.Log.Warn("webhook refused")
			badHook.write(w)
			return
		}
		session, ok := sessionOf(body)
		if !ok {
			badEvent.write(w)
			return
		}
		if wait := o.ask.wait(byWebhook); wait > 0 {
			tooOften(wait).write(w)
			return
		}
		s.take(w, r, o, message, session)
	})
}

// take acts on an event once.
func (s *Server) take(w http.ResponseWriter, r *http.Request, o *limits, message string, session carryover.SessionID) {
	fresh, err := s.Desk.TakeWebhook(r.Context(), message)
	if err != nil {
		s.Log.Error("webhook not remembered", "err", err)
		troubleOf(err).write(w)
		return
	}
	if !fresh {
		answer(w, http.StatusOK, carried{Session: string(session), Documents: []document{}, Repeated: true})
		return
	}
	out, bad := s.sync(r, o, desk.SyncRequest{Session: session, Actor: byWebhook})
	if bad == nil {
		answer(w, http.StatusAccepted, out)
		return
	}
	// The sender will not hear of it when it has gone, and forgetting must not
	// depend on its patience.
	ctx, cancel := outlive(r.Context())
	defer cancel()
	if err := s.Desk.DropWebhook(ctx, message); err != nil {
		s.Log.Error("webhook not forgotten", "err", err)
	}
	bad.write(w)
}

// sessionOf finds the session's id in an event: session_id at the top, or in
// data, as Standard Webhooks lay an event out.
func sessionOf(body []byte) (carryover.SessionID, bool) {
	type named struct {
		SessionID string `json:"session_id"`
	}
	var e struct {
		named
		Data named `json:"data"`
	}
	if json.Unmarshal(body, &e) != nil {
		return "", false
	}
	id := e.SessionID
	if id == "" {
		id = e.Data.SessionID
	}
	if e.Data.SessionID != "" && e.Data.SessionID != id || !sessionForm.MatchString(id) {
		return "", false
	}
	return carryover.SessionID(id), true
}
