package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"

	"carryover"
	"carryover/internal/desk"
)

// maxBody bounds what a program may send: an id and what stands around it.
const maxBody = 64 << 10

// sessionForm is what an id looks like; Heidi's have up to 39 digits.
var sessionForm = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// A carried is where a session's documents stand: ids and words of closed lists
// alone. Whose they are is not in it.
type carried struct {
	Session   string     `json:"session"`
	Documents []document `json:"documents"`
	Held      int        `json:"held"`               // how many wait for a person
	Repeated  bool       `json:"repeated,omitempty"` // a webhook that was taken before: nothing was done
}

type document struct {
	ID        string `json:"id"` // the version's
	Document  string `json:"document"`
	Mark      string `json:"mark"` // HD-XXXXXXXX
	State     string `json:"state"`
	Reason    string `json:"reason,omitempty"`    // why it waits or was left out
	Reference string `json:"reference,omitempty"` // as it stands in the note
}

func carriedOf(r desk.SyncResult) carried {
	out := carried{Session: r.Session, Documents: []document{}}
	for _, i := range r.Items {
		out.Documents = append(out.Documents, document{
			ID: i.ID, Document: i.Document, Mark: i.Mark, State: i.State, Reason: i.Reason, Reference: i.Reference,
		})
		if i.State == string(carryover.Held) || i.State == string(carryover.Refused) {
			out.Held++
		}
	}
	return out
}

// carry has the session of the path read now.
func (s *Server) carry(o *limits) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := tokenOf(r.Context())
		id := r.PathValue("id")
		if !sessionForm.MatchString(id) {
			badID.write(w)
			return
		}
		done, bad := doneOf(w, r)
		if bad != nil {
			bad.write(w)
			return
		}
		if wait := o.ask.wait(t.ID); wait > 0 {
			tooOften(wait).write(w)
			return
		}
		out, bad := s.sync(r, o, desk.SyncRequest{Session: carryover.SessionID(id), Done: done, Actor: "api:" + t.ID})
		if bad != nil {
			bad.write(w)
			return
		}
		answer(w, http.StatusAccepted, out)
	})
}

// sync reads a session, unless filing is paused or too many are read already.
func (s *Server) sync(r *http.Request, o *limits, q desk.SyncRequest) (carried, *trouble) {
	leave, ok := o.enter()
	if !ok {
		bad := tooOften(askEvery)
		return carried{}, &bad
	}
	defer leave()
	standing, err := s.Desk.Standing(r.Context(), "")
	if err == nil && standing.Paused {
		return carried{}, &paused
	}
	var got desk.SyncResult
	if err == nil {
		got, err = s.Desk.Sync(r.Context(), q)
	}
	if err != nil {
		bad := troubleOf(err)
		if r.Context().Err() == nil {
			s.Log.Warn("session not carried", "session", string(q.Session), "by", q.Actor, "status", bad.Status, "err", err)
		}
		return carried{}, &bad
	}
	s.Log.Info("session carried", "session", string(q.Session), "by", q.Actor, "documents", len(got.Items))
	return carriedOf(got), nil
}

// doneOf reads the body: nothing, or whether the texts are finished. Whatever
// else somebody sends along is refused rather than ignored, so that a recipe
// that sends a note's words is found out on its first day.
func doneOf(w http.ResponseWriter, r *http.Request) (done bool, bad *trouble) {
	body, bad := bodyOf(w, r)
	if bad != nil || len(bytes.TrimSpace(body)) == 0 {
		return false, bad
	}
	var b struct {
		Done bool `json:"done"`
	}
	in := json.NewDecoder(bytes.NewReader(body))
	in.DisallowUnknownFields()
	if err := in.Decode(&b); err != nil || in.More() {
		return false, &badBody
	}
	return b.Done, nil
}

func bodyOf(w http.ResponseWriter, r *http.Request) ([]byte, *trouble) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, much := errors.AsType[*http.MaxBytesError](err); much {
		return nil, &tooLarge
	}
	if err != nil {
		return nil, &badBody
	}
	return body, nil
}
