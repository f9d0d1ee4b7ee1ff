package web

import (
	"context"
	"net/http"

	"carryover"
	"carryover/internal/desk"
	"carryover/web/sign"
)

// A Person is somebody who is signed in.
type Person struct {
	ID           carryover.PersonID
	Role         carryover.Role
	Name         carryover.Text
	Practitioner carryover.PractitionerID // of RolePractitioner: whose documents they see
}

// A Gate lets people in. Package web/sign has the real one.
type Gate interface {
	// Wrap goes around everything that needs to know who is there.
	Wrap(next http.Handler) http.Handler
	// Require lets a request through when whoever is signed in has one of the
	// roles; everybody else is led to the door or refused.
	Require(roles ...carryover.Role) func(http.Handler) http.Handler
	// Mount adds the pages of signing in.
	Mount(mux *http.ServeMux)
	// Person returns who is signed in; ok is false when nobody is.
	Person(ctx context.Context) (p Person, ok bool)
}

// A Door is the gate of package sign.
type Door struct{ *sign.Gate }

// Person implements Gate.
func (Door) Person(ctx context.Context) (Person, bool) {
	who, ok := sign.Person(ctx)
	return Person{ID: who.ID, Role: who.Role, Name: who.Name, Practitioner: who.Practitioner}, ok
}

// actor is who the audit chain names for what a request does.
func (s *Server) actor(r *http.Request) string {
	p, _ := s.Gate.Person(r.Context())
	return "user:" + string(p.ID)
}

// own is whose documents whoever asks may see; empty: everybody's.
func (s *Server) own(r *http.Request) carryover.PractitionerID {
	p, ok := s.Gate.Person(r.Context())
	switch {
	case !ok:
		return nobodysDocuments
	case p.Role == carryover.RolePractitioner && p.Practitioner == "":
		return nobodysDocuments
	case p.Role == carryover.RolePractitioner:
		return p.Practitioner
	}
	return ""
}

// nobodysDocuments is an id that no practitioner has: whoever is nobody sees
// nothing rather than everything.
const nobodysDocuments carryover.PractitionerID = "0"

// mine says whether whoever asks may see a document.
func (s *Server) mine(r *http.Request, i desk.Item) bool {
	own := s.own(r)
	return own == "" || i.Practitioner == string(own)
}

// lookUp finds the document that an address names, without opening it. One that
// is somebody else's is as unknown as one that is not there.
func (s *Server) lookUp(r *http.Request) (desk.Detail, error) {
	d, err := s.Desk.Show(r.Context(), desk.ShowRequest{ID: r.PathValue("id"), Actor: s.actor(r)})
	if err != nil {
		return d, err
	}
	if !s.mine(r, d.Item) {
		return desk.Detail{}, notFound("document")
	}
	return d, nil
}
