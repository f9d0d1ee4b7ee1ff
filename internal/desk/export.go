package desk

import (
	"context"
	"fmt"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// An AuditRequest asks about the audit chain.
type AuditRequest struct {
	// Head is one that somebody noted earlier: it must lie on the chain.
	Head *audit.Head `json:"head,omitempty"`
	// Export asks for the entries as JSON lines, after verifying; the fields below
	// choose which. All that are set must fit.
	Export       bool                     `json:"export,omitempty"`
	From         time.Time                `json:"from,omitzero"` // not before
	To           time.Time                `json:"to,omitzero"`   // before
	Patient      carryover.PatientID      `json:"patient,omitempty"`
	Practitioner carryover.PractitionerID `json:"practitioner,omitempty"`
	Actor        string                   `json:"actor,omitempty"`
}

// keep returns which entries are exported; nil means all.
func (r AuditRequest) keep(ctx context.Context, tx *ledger.Tx) (func(audit.Entry) bool, error) {
	var about []subjects
	if r.Patient != "" {
		s, err := subjectsOf(ctx, tx, aboutPatient, string(r.Patient))
		if err != nil {
			return nil, err
		}
		about = append(about, s)
	}
	if r.Practitioner != "" {
		s, err := subjectsOf(ctx, tx, aboutPractitioner, string(r.Practitioner))
		if err != nil {
			return nil, err
		}
		s[string(r.Practitioner)] = true
		about = append(about, s)
	}
	if r.From.IsZero() && r.To.IsZero() && len(about) == 0 {
		return nil, nil
	}
	return func(e audit.Entry) bool {
		if e.At.Before(r.From) || !r.To.IsZero() && !e.At.Before(r.To) {
			return false
		}
		for _, s := range about {
			if !s.holds(e) {
				return false
			}
		}
		return true
	}, nil
}

// subjects are what entries about somebody are about: versions, deliveries, and
// the sessions that they are of.
type subjects map[string]bool

// holds says whether an entry is about one of them. An entry about a session as
// a whole has no other subject.
func (s subjects) holds(e audit.Entry) bool {
	if e.Subject == "" {
		return e.Session != "" && s[string(e.Session)]
	}
	return s[e.Subject]
}

// Which documents are somebody's: those that were decided on, chosen, filed or
// to be filed for the patient, ever; those of the practitioner's sessions. What a
// person chose and somebody changed since is in the chain alone (choiceNote).
const (
	aboutPatient = `
		SELECT id FROM version WHERE patient = $1
		UNION SELECT version FROM delivery WHERE patient = $1
		UNION SELECT version FROM evidence WHERE patient = $1
		UNION SELECT d.version FROM reversal AS r JOIN delivery AS d ON d.id = r.delivery WHERE r.patient = $1
		UNION SELECT subject FROM audit WHERE note = 'patient:' || $1
			OR substr(note, 1, length($1) + 9) = 'patient:' || $1 || '/'`
	aboutPractitioner = `
		SELECT id FROM version WHERE practitioner = $1
		UNION SELECT version FROM delivery WHERE practitioner = $1
		UNION SELECT subject FROM audit WHERE substr(note, 1, 8) = 'patient:'
			AND substr(note, length(note) - length($1) - 13) = '/practitioner:' || $1`
)

func subjectsOf(ctx context.Context, tx *ledger.Tx, versions, who string) (subjects, error) {
	rows, err := tx.QueryContext(ctx, `WITH mine (version) AS (`+versions+`)
		SELECT version FROM mine
		UNION SELECT d.id FROM delivery AS d JOIN mine ON mine.version = d.version
		UNION SELECT v.session FROM version AS v JOIN mine ON mine.version = v.id`, who)
	if err != nil {
		return nil, fmt.Errorf("find what is about %s: %w", who, err)
	}
	defer func() { _ = rows.Close() }()
	found := subjects{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("find what is about %s: %w", who, err)
		}
		found[id] = true
	}
	return found, rows.Err()
}
