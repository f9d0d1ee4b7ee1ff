package cliniko

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
)

// A clinic's template as the reference sheet's §13 has it: every type of
// question, a default answer, and what this program does not know.
const templateJSON = `{"id":"789","name":"Standard","updated_at":"2026-03-02T01:00:00Z","archived_at":null,"deleted_at":null,
	"print_settings":{"title":null},"content":{"sections":[
	{"name":"Visit","description":"On the day","questions":[
		{"name":"Subjective","type":"paragraph","answer":"<p>Ask about sleep</p>"},
		{"name":"Score","type":"text"},{"name":"Next visit","type":"date"},{"name":"Where","type":"bodycharts"},
		{"name":"Consent","type":"checkboxes","answers":[{"value":"Yes"},{"value":null}],"other":{"enabled":true}},
		{"name":"Side","type":"radiobuttons","answers":[{"value":"Left"},{"value":"Right"}],"other":{"enabled":false}},
		{"name":"Sign","type":"signature","answer":{"a":1},"extra":[1]}]},
	{"name":null}]}}`

func TestNoteTemplateRecord(t *testing.T) {
	var r templateRecord
	if err := decode([]byte(templateJSON), &r); err != nil {
		t.Fatal(err)
	}
	got, ok := r.template()
	text := carryover.NewText
	want := carryover.NoteTemplate{
		ID: "789", Name: text("Standard"), UpdatedAt: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC),
		Sections: []carryover.Section{{Name: text("Visit"), Description: text("On the day"), Questions: []carryover.Question{
			{Name: text("Subjective"), Type: carryover.ParagraphQuestion, Answer: text("<p>Ask about sleep</p>")},
			{Name: text("Score"), Type: carryover.TextQuestion},
			{Name: text("Next visit"), Type: carryover.DateQuestion},
			{Name: text("Where"), Type: carryover.BodyChartsQuestion},
			{Name: text("Consent"), Type: carryover.CheckboxQuestion, Choices: []carryover.Choice{{Value: text("Yes")}, {}}, Other: carryover.Other{Enabled: true}},
			{Name: text("Side"), Type: carryover.RadioQuestion, Choices: []carryover.Choice{{Value: text("Left")}, {Value: text("Right")}}},
			{Name: text("Sign"), Type: "signature"},
		}}, {}},
	}
	if diff := cmp.Diff(want, got, comparable); !ok || diff != "" {
		t.Errorf("template, %v (-want +got):\n%s", ok, diff)
	}
}

// content may be null, an object, or a string with JSON (reference sheet §13).
func TestNoteTemplateContents(t *testing.T) {
	object := `{"sections":[{"questions":[{"name":"Q","type":"text"}]}]}`
	quoted, _ := json.Marshal(object)
	for content, sections := range map[string]int{"null": 0, object: 1, string(quoted): 1, `""`: 0, `{}`: 0} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"id":"7","name":"T","content":%s}`, content)
		})
		got, err := newClient(t, s.URL).NoteTemplate(t.Context(), "7")
		if err != nil || len(got.Sections) != sections || got.Name.Reveal() != "T" {
			t.Errorf("NoteTemplate with content %s = %d sections, %v, want %d", content, len(got.Sections), err, sections)
		}
	}
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"id":"7","content":[1]}`) })
	if _, err := newClient(t, s.URL).NoteTemplate(t.Context(), "7"); kindOf(err) != transient {
		t.Errorf("NoteTemplate with a list as content = %v, want transient", err)
	}
}

func TestNoteTemplates(t *testing.T) {
	row := func(id, more string) string {
		return `{"id":"` + id + `","name":"T` + id + `","content":null` + more + `}`
	}
	var s *server
	s = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("page") == "2" {
			fmt.Fprintf(w, `{"treatment_note_templates":[%s],"total_entries":4,"links":{}}`, row("4", ""))
			return
		}
		fmt.Fprintf(w, `{"treatment_note_templates":[%s,%s,%s],"total_entries":4,"links":{"next":"%s/treatment_note_templates?page=2"}}`,
			row("1", ""), row("2", `,"archived_at":"2026-01-02T03:04:05Z"`), row("3", `,"deleted_at":"2026-01-02T03:04:05Z"`), s.URL)
	})
	got, err := newClient(t, s.URL).NoteTemplates(t.Context())
	var ids []string
	for _, n := range got {
		ids = append(ids, string(n.ID))
	}
	if err != nil || strings.Join(ids, " ") != "1 4" {
		t.Errorf("NoteTemplates = %v, %v, want 1 and 4, the live ones of both pages", ids, err)
	}
	if q := s.requests()[0].Query; q.Has("q[]") {
		t.Errorf("NoteTemplates asked with filters %v, want none: archived ones are left out by themselves", q["q[]"])
	}
	for name, body := range map[string]string{
		"short":      `{"treatment_note_templates":[],"total_entries":1,"links":{}}`,
		"missing":    `{"links":{}}`,
		"no id":      `{"treatment_note_templates":[{"name":"T"}],"links":{}}`,
		"unreadable": `{"treatment_note_templates":[{"id":"1","content":"words"}],"links":{}}`,
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
		if got, err := newClient(t, s.URL).NoteTemplates(t.Context()); kindOf(err) != transient || got != nil {
			t.Errorf("NoteTemplates of a list that is %s = %v, %v, want transient and none", name, got, err)
		}
	}
}

func TestArchivedNoteTemplate(t *testing.T) {
	archived := strings.Replace(templateJSON, `"archived_at":null`, `"archived_at":"2026-01-02T03:04:05Z"`, 1)
	// Whether one record heeds the filter is inferred: both ways must work.
	for _, heeded := range []bool{true, false} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case !strings.HasSuffix(r.URL.Path, "/789"):
				fmt.Fprintf(w, `{"treatment_note_templates":[%s],"links":{}}`, archived)
			case heeded:
				fmt.Fprint(w, archived)
			default:
				w.WriteHeader(http.StatusNotFound)
			}
		})
		got, err := newClient(t, s.URL).NoteTemplate(t.Context(), "789")
		if err != nil || got.Live() || got.ID != "789" {
			t.Errorf("NoteTemplate of an archived one (filter heeded: %v) = %q live %v, %v, want it with ArchivedAt", heeded, got.ID, got.Live(), err)
		}
	}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/789") {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		fmt.Fprint(w, `{"treatment_note_templates":[],"links":{}}`)
	})
	for _, id := range []carryover.NoteTemplateID{"789", "", "x", "1/archive"} {
		if _, err := newClient(t, s.URL).NoteTemplate(t.Context(), id); kindOf(err) != carryover.ErrGone {
			t.Errorf("NoteTemplate(%q) = %v, want gone", id, err)
		}
	}
}

// A note from a template: the template's id, and a copy of its questions with
// what was answered, as far as a note may hold them.
func TestFileWithTemplate(t *testing.T) {
	var r templateRecord
	if err := decode([]byte(templateJSON), &r); err != nil {
		t.Fatal(err)
	}
	form, _ := r.template()
	q := form.Sections[0].Questions
	q[0].Answer = carryover.NewText("<p>Sleeps &lt; 5 h</p>")
	q[2].Answer = carryover.NewText("2026-03-09")
	q[4].Choices[0].Selected = true
	d := sampleDraft()
	d.Template, d.Sections = form.ID, form.Sections
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, `{"id":"901"}`)
	})
	if _, err := newClient(t, s.URL).File(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	sameJSON(t, "File", json.RawMessage(s.requests()[0].Body), `{"patient_id":"1968645883121642782","booking_id":"1968645883121649999",
		"treatment_note_template_id":"789","title":"GP letter (from Heidi)","draft":true,"content":{"sections":[
		{"name":"Visit","description":"On the day","questions":[
			{"name":"Subjective","type":"paragraph","answer":"<p>Sleeps &lt; 5 h</p>"},
			{"name":"Score","type":"text"},{"name":"Next visit","type":"date","answer":"2026-03-09"},
			{"name":"Consent","type":"checkboxes","answers":[{"value":"Yes","selected":true}],"other":{"enabled":true}},
			{"name":"Side","type":"radiobuttons","answers":[{"value":"Left"},{"value":"Right"}]}]}]}}`)
	d.Template = "../1"
	if _, err := newClient(t, s.URL).File(t.Context(), d); kindOf(err) != carryover.ErrInvalid {
		t.Errorf("File with no template id = %v, want invalid", err)
	}
}
