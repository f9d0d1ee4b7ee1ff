package web

import (
	"net/http"

	"carryover"
)

// A Page is one address with who may open it.
type Page struct {
	Pattern string // as http.ServeMux reads it
	Roles   []carryover.Role
	serve   func(http.ResponseWriter, *http.Request) error
}

// Who may open a page. A practitioner sees their own documents and no others,
// wherever everyone may look.
var (
	everyone = carryover.Roles
	desks    = []carryover.Role{carryover.RoleReviewer, carryover.RoleAdmin}
)

// pages is every address that needs somebody to be signed in. What is fetched
// with GET changes nothing but the audit chain; whatever decides, or carries a
// name, is POST.
func (s *Server) pages() []Page {
	return []Page{
		{"GET /{$}", everyone, s.today},

		{"GET /held", everyone, s.queue},
		{"GET /held/{id}", everyone, s.held},
		{"POST /held/{id}/search", everyone, s.search},
		{"POST /held/{id}/patient", everyone, s.choose},
		{"POST /held/{id}/file", everyone, s.file},
		{"POST /held/{id}/dismiss", everyone, s.dismiss},
		{"POST /held/{id}/retry", everyone, s.retry},
		{"GET /held/{id}/later", everyone, s.later},

		{"GET /activity", everyone, s.activity},
		{"POST /activity", everyone, s.activity},
		{"GET /documents/{id}", everyone, s.document},
		{"POST /documents/{id}/open", everyone, s.openDocument},
		{"POST /documents/{id}/retry", everyone, s.retry},
		{"POST /documents/{id}/undo", everyone, s.undo},
		{"POST /documents/{id}/move", everyone, s.move},

		{"GET /balance", everyone, s.balance},
		{"GET /balance/{day}", everyone, s.balance},

		{"GET /paste", everyone, s.paste},
		{"POST /paste", everyone, s.takePaste},

		{"GET /connections", desks, s.connections},
		{"GET /routes", desks, s.routes},
		{"POST /pause", desks, s.pause},
	}
}

// Pages lists the pages with their roles, for a test that tries each as each.
func (s *Server) Pages() []Page { return s.pages() }
