package desk

import (
	"context"
	"net/url"
	"strings"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// This file holds the questions that need a running pipeline: reading a session
// now, taking a person's document.

// Sync implements Desk.
func (d *Local) Sync(ctx context.Context, r SyncRequest) (SyncResult, error) {
	id, err := sessionID("sync session", string(r.Session))
	if err != nil {
		return SyncResult{}, err
	}
	if d.Engine == nil {
		return SyncResult{}, noEngine("sync session " + string(id))
	}
	if err := d.Engine.SyncSession(ctx, id, r.Done); err != nil {
		return SyncResult{}, err
	}
	out := SyncResult{Session: string(id), Items: []Item{}}
	err = d.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		if err := d.enter(ctx, tx, id, audit.Entry{Actor: r.Actor, Action: audit.Synced}); err != nil {
			return err
		}
		vs, err := tx.CurrentVersions(ctx, id)
		if err != nil {
			return err
		}
		for _, v := range vs {
			i, err := itemOf(ctx, tx, v)
			if err != nil {
				return err
			}
			out.Items = append(out.Items, i)
		}
		return nil
	})
	if err != nil {
		return SyncResult{}, err
	}
	d.wake()
	return out, nil
}

// sessionID takes an id, or the address of a session's page in Heidi
// (…/scribe/session/{id}), which is what a person can copy.
func sessionID(op, s string) (carryover.SessionID, error) {
	s = strings.TrimSpace(s)
	if strings.Contains(s, "/") {
		u, err := url.Parse(s)
		if err != nil {
			return "", notASession(op)
		}
		_, rest, ok := strings.Cut(u.Path, "/session/")
		if !ok {
			return "", notASession(op)
		}
		s, _, _ = strings.Cut(rest, "/")
	}
	if s == "" || len(s) > maxID {
		return "", notASession(op)
	}
	for _, r := range s {
		if !isIDRune(r) && (r < 'a' || r > 'z') && r != '_' {
			return "", notASession(op)
		}
	}
	return carryover.SessionID(s), nil
}

func notASession(op string) error {
	return invalid(op, "that is neither a session's id nor the address of its page",
		"Open the session in Heidi and copy the address, which ends in /scribe/session/ and the id.")
}

// File implements Desk.
func (d *Local) File(ctx context.Context, r FileRequest) (Item, error) {
	switch {
	case d.Engine == nil:
		return Item{}, noEngine("file document")
	case r.Text.IsBlank():
		return Item{}, invalid("file document", "the document is empty", "Check the file: it must hold text, Markdown or HTML.")
	case r.Practitioner == "":
		return Item{}, invalid("file document", "no practitioner is named", "Name the author with --practitioner.")
	case r.Patient != "" && !isPatientID(r.Patient):
		return Item{}, invalid("file document", "that is not a patient's id", "It is the number at the end of the patient's address in Cliniko.")
	}
	id, err := d.Engine.Take(ctx, r)
	if err != nil {
		return Item{}, err
	}
	var out Item
	err = d.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		v, err := tx.Version(ctx, id)
		if err != nil {
			return err
		}
		if out, err = itemOf(ctx, tx, v); err != nil {
			return err
		}
		return d.enter(ctx, tx, v.Session, audit.Entry{Actor: r.Actor, Action: audit.Filed, Subject: string(id)})
	})
	if err != nil {
		return Item{}, err
	}
	d.wake()
	return out, nil
}
