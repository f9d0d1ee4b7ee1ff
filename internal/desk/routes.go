package desk

import (
	"context"
	"strings"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// A Router knows the practice's rules and what they say to a document. An Engine
// may be one; where no daemon runs, Local.Router answers from what the ledger
// holds.
type Router interface {
	// Rules returns the rules in their order, and the templates that none of
	// them names.
	Rules(ctx context.Context) (Rules, error)
	// RouteOf goes through the rules for each document of a session. ErrGone when
	// nobody knows the session.
	RouteOf(ctx context.Context, id carryover.SessionID) ([]Explanation, error)
}

// An Explanation is what a Router says about one document. Its words are under
// their own types here; Routed has them when they are asked for.
type Explanation struct {
	Routed
	Name  carryover.Text // the document's
	Title carryover.Text // of the note or attachment
}

// A RouteRequest asks where the documents of a session go.
type RouteRequest struct {
	// Session is the session's id, the address of its page in Heidi, or whatever
	// names one of its documents (see ShowRequest.ID), which is then the only one.
	Session  string               `json:"session"`
	Document carryover.DocumentID `json:"document,omitempty"` // empty: all
	Names    bool                 `json:"names,omitempty"`    // with names and titles; audited
	Actor    string               `json:"actor,omitempty"`
}

// Rules implements Desk.
func (d *Local) Rules(ctx context.Context) (Rules, error) {
	router, err := d.router("list the routes")
	if err != nil {
		return Rules{}, err
	}
	return router.Rules(ctx)
}

// RouteOf implements Desk.
func (d *Local) RouteOf(ctx context.Context, r RouteRequest) (RouteResult, error) {
	router, err := d.router("test the routes")
	if err != nil {
		return RouteResult{}, err
	}
	if r, err = d.located(ctx, r); err != nil {
		return RouteResult{}, err
	}
	all, err := router.RouteOf(ctx, carryover.SessionID(r.Session))
	if err != nil {
		return RouteResult{}, err
	}
	out := RouteResult{Session: r.Session, Documents: []Routed{}}
	for _, e := range all {
		if r.Document != "" && e.Document != string(r.Document) {
			continue
		}
		if r.Names {
			e.Routed.Name, e.Routed.Title = e.Name.Reveal(), e.Title.Reveal()
		}
		out.Documents = append(out.Documents, e.Routed)
	}
	if len(out.Documents) == 0 {
		return RouteResult{}, noDocument(r)
	}
	if r.Names {
		if err := d.namesShown(ctx, r, out.Documents); err != nil {
			return RouteResult{}, err
		}
	}
	return out, nil
}

// namesShown records that somebody looked at the names of documents.
func (d *Local) namesShown(ctx context.Context, r RouteRequest, shown []Routed) error {
	return d.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		for _, one := range shown {
			e := audit.Entry{Actor: r.Actor, Action: audit.ShownNames, Subject: one.ID}
			if one.ID == "" { // read from Heidi just now, not in the ledger yet
				e.Subject = one.Mark
			}
			if err := d.enter(ctx, tx, carryover.SessionID(r.Session), e); err != nil {
				return err
			}
		}
		return nil
	})
}

// located turns what a person typed into a session's id.
func (d *Local) located(ctx context.Context, r RouteRequest) (RouteRequest, error) {
	if strings.HasPrefix(strings.ToUpper(strings.TrimSpace(r.Session)), "HD-") {
		err := d.Ledger.View(ctx, func(tx *ledger.Tx) error {
			v, err := find(ctx, tx, r.Session)
			r.Session, r.Document = string(v.Session), v.Document
			return err
		})
		return r, err
	}
	id, err := sessionID("test the routes", r.Session)
	r.Session = string(id)
	return r, err
}

func (d *Local) router(op string) (Router, error) {
	if d.Router != nil {
		return d.Router, nil
	}
	if d.Engine == nil {
		return nil, noEngine(op)
	}
	if r, ok := d.Engine.(Router); ok {
		return r, nil
	}
	return nil, unable(op)
}

func noDocument(r RouteRequest) error {
	if r.Document == "" {
		return &carryover.Problem{
			Op: "test the routes of session " + r.Session, Kind: carryover.ErrGone,
			Hint: "The session has no documents yet. `carryover sync " + r.Session + "` reads it from Heidi now.",
		}
	}
	return &carryover.Problem{
		Op: "test the routes of document " + printable(string(r.Document)), Kind: carryover.ErrGone,
		Hint: "The session has no such document. Leave --document away to see all it has.",
	}
}
