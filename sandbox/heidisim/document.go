package heidisim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"carryover/sandbox"
)

// postedDelay is how long a POSTed document stays empty when the switch says
// that generation takes time.
const postedDelay = 2 * time.Second

// A document is one tab of a session as it stands now.
type document struct {
	id          string
	index       int // of its tab; a deleted neighbour leaves a gap
	name        string
	templateID  string // empty: null, e.g. made by asking the AI
	contentType string // MARKDOWN or HTML; shown by switch only
	text        string
	listed      bool // its first stage has come
	gone        bool
	versions    []string // every text it ever showed, in order
	created     time.Time
	updated     time.Time

	pending string    // text that is still being made
	readyAt time.Time // when pending arrives; zero: nothing is
}

// A documentView is a document in a list (§7, official). It has neither times
// nor a status nor a content type unless a switch adds them.
type documentView struct {
	ID             string `json:"id"` // 24 hex digits
	SessionID      any    `json:"session_id"`
	Index          int    `json:"index"` // tab order, not a key
	Name           string `json:"name"`
	TemplateID     any    `json:"template_id"`
	Content        string `json:"content"`         // empty while it is being made
	GenerationType string `json:"generation_type"` // a request calls it generation_method
	Brain          string `json:"brain"`

	ContentType string `json:"content_type,omitempty"` // switched
	CreatedAt   string `json:"created_at,omitempty"`   // switched
	UpdatedAt   string `json:"updated_at,omitempty"`   // switched
	Status      string `json:"status,omitempty"`       // switched
}

// schedule puts the life of a document of the practice's day on the agenda;
// from is the share at which its session appears. A document without stages is
// listed, and empty, from there on.
func (s *Server) schedule(sess *session, given *sandbox.Document, from float64) {
	doc := s.newDocument(sess, given)
	stages := given.Stages
	if len(stages) == 0 {
		stages = []sandbox.Stage{{At: from}}
	}
	for _, stage := range stages {
		s.agenda.add(max(stage.At, from), func() {
			s.stage(sess, doc, stage, doc.updated.Add(time.Minute))
		})
	}
}

func (s *Server) newDocument(sess *session, given *sandbox.Document) *document {
	doc := &document{
		id: given.ID, index: len(sess.documents), name: given.Name,
		templateID: given.TemplateID, contentType: strings.ToUpper(given.ContentType),
		created: sess.updated, updated: sess.updated,
	}
	if doc.id == "" {
		doc.id = s.seed.hexID("document", sess.id, strconv.Itoa(doc.index))
	}
	if doc.contentType == "" {
		doc.contentType = "MARKDOWN"
	}
	sess.documents = append(sess.documents, doc)
	return doc
}

// stage applies what the document says from now on.
func (s *Server) stage(sess *session, doc *document, stage sandbox.Stage, now time.Time) {
	doc.gone = stage.Gone
	if stage.Name != "" {
		doc.name = stage.Name
	}
	if !stage.Gone {
		doc.show(stage.Text)
	}
	s.edited(sess, doc, now)
}

// show lists the document with the text and remembers that it did.
func (doc *document) show(text string) {
	doc.text, doc.listed = text, true
	if n := len(doc.versions); n == 0 || doc.versions[n-1] != text {
		doc.versions = append(doc.versions, text)
	}
}

// edited stamps a change. Whether it shows on the session is not known (§15).
func (s *Server) edited(sess *session, doc *document, now time.Time) {
	doc.updated = later(doc.updated, now)
	if s.switches.EditMovesUpdatedAt {
		sess.touch(now)
	}
}

// settlePosted delivers the texts that were still being made.
func (s *Server) settlePosted(sess *session) {
	for _, doc := range sess.documents {
		if !doc.readyAt.IsZero() && !s.clock.Now().Before(doc.readyAt) {
			doc.show(doc.pending)
			s.edited(sess, doc, doc.readyAt)
			doc.readyAt = time.Time{}
		}
	}
}

// listDocuments serves GET /sessions/{id}/documents.
func (s *Server) listDocuments(c *call) answer {
	sess := s.readable(c.user, c.vars["id"])
	if sess == nil {
		return gone()
	}
	views := s.documentViews(sess)
	if len(views) == 0 {
		switch s.switches.NoDocuments {
		case NoDocumentsNotFound:
			return refuse(http.StatusNotFound, detail{"Documents not found", "DocumentNotFoundError"})
		case NoDocumentsNull:
			views = nil
		}
	}
	switch s.switches.Documents {
	case WrapperBare:
		return ok(views)
	case WrapperData:
		return ok(map[string]any{"data": views})
	}
	return ok(map[string]any{"documents": views})
}

// documentViews returns what is listed now, in tab order; never nil.
func (s *Server) documentViews(sess *session) []documentView {
	s.settlePosted(sess)
	views := []documentView{}
	for _, doc := range sess.documents {
		if doc.listed && !doc.gone {
			views = append(views, s.documentView(sess, doc))
		}
	}
	if s.switches.NoteListed && sess.note.text != "" {
		views = append(views, s.documentView(sess, &document{
			id: s.seed.hexID("note", sess.id), index: len(sess.documents), name: "Note", contentType: "MARKDOWN",
			templateID: sess.realm.noteTemplate(), text: sess.note.text, created: sess.updated, updated: sess.updated,
		}))
	}
	return views
}

func (s *Server) documentView(sess *session, doc *document) documentView {
	v := documentView{
		ID: doc.id, SessionID: s.idValue(sess.id), Index: doc.index, Name: doc.name,
		TemplateID: orNull(doc.templateID), Content: doc.text, GenerationType: "TEMPLATE", Brain: "LEFT",
	}
	if s.switches.ContentTypeShown || s.switches.ExtendedDocuments {
		v.ContentType = doc.contentType
	}
	if s.switches.ExtendedDocuments {
		v.CreatedAt = s.stamp(doc.created, doc.id, "created_at")
		v.UpdatedAt = s.stamp(doc.updated, doc.id, "updated_at")
		v.Status = progress(doc.text)
	}
	return v
}

// createDocument serves POST /sessions/{id}/documents (§7, official). The text
// is one fixed sentence; by switch it comes later.
func (s *Server) createDocument(c *call) answer {
	sess := s.readable(c.user, c.vars["id"])
	if sess == nil {
		return gone()
	}
	var asked struct {
		Tab         string `json:"document_tab_type"`
		Method      string `json:"generation_method"`
		TemplateID  string `json:"template_id"`
		VoiceStyle  string `json:"voice_style"`
		Brain       string `json:"brain"`
		ContentType string `json:"content_type"`
	}
	if err := json.Unmarshal(c.body, &asked); err != nil {
		return s.unreadable()
	}
	var absent []string
	for field, value := range map[string]string{"document_tab_type": asked.Tab, "generation_method": asked.Method} {
		if value == "" {
			absent = append(absent, field)
		}
	}
	if asked.Method == "TEMPLATE" && asked.TemplateID == "" {
		absent = append(absent, "template_id")
	}
	if absent != nil {
		slices.Sort(absent)
		return s.missing("body", absent...)
	}
	doc := s.newDocument(sess, &sandbox.Document{
		ID: s.nextID("document"), Name: sess.realm.templateName(asked.TemplateID),
		TemplateID: asked.TemplateID, ContentType: asked.ContentType,
	})
	doc.created = s.clock.Now()
	doc.show("")
	doc.pending, doc.readyAt = "SANDBOX: a generated document has no words of its own.", doc.created
	if s.switches.PostedLate {
		doc.readyAt = doc.created.Add(postedDelay)
	}
	s.settlePosted(sess)
	return s.created(map[string]any{
		"id": doc.id, "session_id": s.idValue(sess.id), "name": doc.name, "template_id": orNull(doc.templateID),
		"content": doc.text, "content_type": doc.contentType,
		"brain": orElse(asked.Brain, "LEFT"), "voice_style": orNull(asked.VoiceStyle),
	})
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
