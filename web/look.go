package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"

	"carryover"
	"carryover/web/sign"
)

//go:embed templates
var templateFiles embed.FS

// look is how pages are written: a layout, pieces that pages share, and a
// template for each page, which defines "title" and "main".
type look struct {
	assets *assets
	pages  map[string]*template.Template
}

// shell is what stands around every page.
type shell struct {
	Data    any
	Path    string
	Person  *Person // nil: nobody is signed in
	Sandbox bool
	Paused  bool
	Held    int
	Alarms  int
	Desks   bool // may see the connections and pause
	Admin   bool
	Account bool   // has an account with a page of its own
	Done    string // what was just done, in a sentence
}

func newLook(s *Server) (*look, error) {
	a, err := newAssets()
	if err != nil {
		return nil, err
	}
	l := &look{assets: a, pages: map[string]*template.Template{}}
	base := template.New("").Funcs(s.words()).Funcs(template.FuncMap{"asset": a.address})
	if base, err = base.ParseFS(templateFiles, "templates/layout.html", "templates/piece_*.html"); err != nil {
		return nil, fmt.Errorf("read the layout: %w", err)
	}
	if err := l.add(base, templateFiles, "templates"); err != nil {
		return nil, err
	}
	return l, l.add(base, sign.Templates, "templates")
}

// add reads the pages of a folder on top of the layout.
func (l *look) add(base *template.Template, files fs.FS, folder string) error {
	names, err := fs.Glob(files, folder+"/*.html")
	if err != nil {
		return fmt.Errorf("list templates: %w", err)
	}
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "layout" || strings.HasPrefix(name, "piece_") {
			continue
		}
		if l.pages[name] != nil {
			return fmt.Errorf("two templates are called %s", name)
		}
		t, err := base.Clone()
		if err == nil {
			t, err = t.ParseFS(files, file)
		}
		if err != nil {
			return fmt.Errorf("read template %s: %w", name, err)
		}
		l.pages[name] = t
	}
	return nil
}

// Render writes a page by its template's name. The page is made whole before
// anything is sent, so that a template that fails half-way shows nothing of it.
func (s *Server) Render(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	t, ok := s.look.pages[name]
	if !ok {
		s.Log.Error("page not written", "template", name)
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", s.shell(r, data)); err != nil {
		s.Log.Error("page not written", "template", name, "err", bare(err))
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	if r.Header.Get("HX-Request") == "true" { // a script asked for a part: it is to open the page anew
		w.Header().Set("HX-Refresh", "true")
	}
	send(w, status, b.Bytes())
}

// piece writes a part of a page, for a script that puts it where it belongs.
func (s *Server) piece(w http.ResponseWriter, page, name string, data any) error {
	var b bytes.Buffer
	if err := s.look.pages[page].ExecuteTemplate(&b, name, data); err != nil {
		return fmt.Errorf("write %s of page %s: %w", name, page, bare(err))
	}
	send(w, http.StatusOK, b.Bytes())
	return nil
}

func send(w http.ResponseWriter, status int, page []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page) // whoever went away needs no answer
}

// bare is an error of a template without what it was about: html/template
// repeats values in some of its errors.
func bare(err error) error {
	if e, ok := err.(*template.Error); ok { //nolint:errorlint // it comes bare
		return fmt.Errorf("template %s, line %d: not to be escaped", e.Name, e.Line)
	}
	text, _, _ := strings.Cut(err.Error(), ": executing")
	return fmt.Errorf("%s: not to be executed", text)
}

// shell asks what stands around a page. That it cannot be asked is no reason not
// to show the page.
func (s *Server) shell(r *http.Request, data any) shell {
	sh := shell{Data: data, Path: r.URL.Path, Sandbox: s.Sandbox}
	p, ok := s.Gate.Person(r.Context())
	if !ok {
		return sh
	}
	sh.Person, sh.Admin = &p, p.Role == carryover.RoleAdmin
	sh.Done = dones[r.URL.Query().Get("done")]
	_, sh.Account = s.Gate.(Door)
	sh.Desks = slices.Contains(desks, p.Role)
	own := s.own(r)
	stands, err := s.Desk.Standing(r.Context(), own)
	if err != nil {
		s.Log.Error("standing not read", "err", err)
		return sh
	}
	sh.Paused, sh.Held = stands.Paused, stands.Held
	if own == "" {
		sh.Alarms = stands.Alarms
	}
	return sh
}
