package heidi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"carryover"
)

// Linked says whether the practitioner's Heidi account is linked to our key and
// the link is valid.
func (c *Client) Linked(ctx context.Context) (bool, error) {
	k := call{op: "ask heidi whether the account is linked", path: "users/linked-account/access"}
	a, err := c.get(ctx, k)
	if p, ok := errors.AsType[*carryover.Problem](err); ok && p.Hint == hintLink {
		return false, nil // an answer, if an impolite one
	}
	if err != nil {
		return false, err
	}
	var body struct {
		Linked *bool `json:"is_linked"`
		Valid  *bool `json:"is_valid"`
	}
	if json.Unmarshal(a.body, &body) != nil || body.Linked == nil {
		return false, unreadableAnswer(k.op, a)
	}
	return *body.Linked && (body.Valid == nil || *body.Valid), nil
}

// Session reads one session. A session that was deleted, or that this
// practitioner's link does not show, is ErrGone.
func (c *Client) Session(ctx context.Context, s carryover.SessionID) (carryover.Session, error) {
	if !isID(s) {
		return carryover.Session{}, invalid("read heidi session", "not the id of a session", "")
	}
	k := call{op: "read heidi session " + string(s), path: "sessions/" + string(s)}
	a, err := c.get(ctx, k)
	if err != nil {
		return carryover.Session{}, err
	}
	found, ok := readSession(a.body, c.practitioner)
	if !ok || found.ID != s {
		return carryover.Session{}, unreadableAnswer(k.op, a)
	}
	return found, nil
}

// readSession decodes {"session":{…}}, {"data":{…}} or a bare session.
func readSession(body []byte, by carryover.PractitionerID) (carryover.Session, bool) {
	raw := inside(inside(body, "data"), "session")
	var r sessionRecord
	if len(raw) == 0 || json.Unmarshal(raw, &r) != nil || !isID(r.id()) {
		return carryover.Session{}, false
	}
	return r.session(by), true
}

// Documents reads every document of a session, in Heidi's order, each once. A
// session without documents gives none; one that is gone is ErrGone; an answer
// that cannot be read whole is an error and never fewer documents.
func (c *Client) Documents(ctx context.Context, s carryover.SessionID) ([]carryover.Document, error) {
	if !isID(s) {
		return nil, invalid("read heidi documents", "not the id of a session", "")
	}
	k := call{op: "read documents of heidi session " + string(s), path: "sessions/" + string(s) + "/documents"}
	a, err := c.get(ctx, k)
	if p, ok := errors.AsType[*carryover.Problem](err); ok && p.Status == http.StatusNotFound && p.Kind == carryover.ErrRefused {
		// A 404 that does not speak of the session may mean that there are no
		// documents (reference sheet §7), if the session itself still answers.
		_, err := c.Session(ctx, s)
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	docs, ok := readDocuments(a.body, s)
	if !ok {
		return nil, unreadableAnswer(k.op, a)
	}
	return docs, nil
}

// readDocuments decodes {"documents":[…]}, {"data":[…]}, a bare list, or null
// in the place of one. One document that cannot be read fails them all.
func readDocuments(body []byte, of carryover.SessionID) ([]carryover.Document, bool) {
	items, known := rows(body, "documents", "data")
	if !known {
		return nil, false
	}
	var docs []carryover.Document
	at := map[carryover.DocumentID]int{}
	for _, raw := range items {
		var r documentRecord
		if json.Unmarshal(inside(raw, "document"), &r) != nil {
			return nil, false
		}
		d, ok := r.document(of)
		if !ok {
			return nil, false
		}
		if i, twice := at[d.ID]; !twice {
			at[d.ID] = len(docs)
			docs = append(docs, d)
		} else if docs[i].Content.IsBlank() {
			docs[i] = d
		}
	}
	return docs, true
}
