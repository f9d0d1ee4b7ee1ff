package pipeline_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
	"carryover/pipeline"
	"carryover/route"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

const (
	form1     = "1968645883121642661"
	visitForm = `{"sections":[{"name":"Visit","questions":[
		{"name":"Subjective","type":"paragraph"},{"name":"Plan","type":"paragraph"}]}]}`
	otherForm = `{"sections":[{"name":"Visit","questions":[
		{"name":"Plan","type":"paragraph"},{"name":"Subjective","type":"paragraph"}]}]}`
	visitText = "## Subjective\n\nKnee better, 3/10.\n\n## Plan\n\nSquats 3 x 10.\n\n## Work\n\nLight duties."
)

// newForming is a harness whose rules give every note a template of Cliniko's.
func newForming(t *testing.T, changes ...setup) *harness {
	t.Helper()
	form := only(func(p *sandbox.Practice) {
		p.NoteTemplates = []sandbox.NoteTemplate{{ID: form1, Name: "Visit", Content: visitForm}}
		p.Sessions[0].Documents[0].Stages[0].Text = visitText
	})
	h := newHarness(t, append([]setup{form}, changes...)...)
	h.line.Rules = []route.Rule{{To: carryover.ToTreatmentNote, Mode: route.Auto, NoteTemplate: form1}}
	return h
}

// answers are a note's, by the name of the question.
func answers(t *testing.T, n clinikosim.NoteRecord) map[string]string {
	t.Helper()
	var content struct {
		Sections []struct {
			Questions []struct{ Name, Answer string }
		}
	}
	must(t, json.Unmarshal([]byte(n.Content), &content))
	out := map[string]string{}
	for _, s := range content.Sections {
		for _, q := range s.Questions {
			out[q.Name] = q.Answer
		}
	}
	return out
}

// TestNoteAnswersItsTemplate: the questions of the form are answered, nothing is
// lost, and the note is proven.
func TestNoteAnswersItsTemplate(t *testing.T) {
	t.Parallel()
	h := newForming(t)
	v := h.until(carryover.Proven)
	notes := h.notes()
	if len(notes) != 1 || h.posts() != 1 {
		t.Fatalf("%d notes by %d POSTs, want one", len(notes), h.posts())
	}
	got, d := answers(t, notes[0]), h.delivery(v)
	for q, want := range map[string]string{"Subjective": "Knee better", "Plan": "Squats 3 x 10."} {
		if !strings.Contains(got[q], want) {
			t.Errorf("%s = %q, want %q in it", q, got[q], want)
		}
	}
	if !strings.Contains(notes[0].Content, "Light duties") || referenceOf(notes[0].Content) != string(d.Reference) {
		t.Errorf("the note lacks what found no question, or its reference: %s", notes[0].Content)
	}
	if notes[0].TemplateID != form1 || d.Profile != ledger.ProfileFilled || d.Fallback() != "" {
		t.Errorf("template %q, profile %q, want %s and %s", notes[0].TemplateID, d.Profile, form1, ledger.ProfileFilled)
	}
}

// TestTemplateThatCannotBeUsed: the document is filed as one paragraph, and that
// is on record.
func TestTemplateThatCannotBeUsed(t *testing.T) {
	for _, tt := range []struct {
		why  string
		form func(*sandbox.Practice)
		do   func(h *harness) // just before the POST
		want string
	}{
		{"deleted", func(p *sandbox.Practice) { p.NoteTemplates = nil }, nil, ledger.TemplateGone},
		{"archived", func(p *sandbox.Practice) { p.NoteTemplates[0].ArchivedAt = p.Patients[0].CreatedAt }, nil, ledger.TemplateArchived},
		{"asks nothing", func(p *sandbox.Practice) { p.NoteTemplates[0].Content = `{"sections":[]}` }, nil, ledger.TemplateUnfit},
		{"archived after it was read", func(*sandbox.Practice) {}, func(h *harness) {
			if err := h.cliniko.ArchiveTemplate(form1); err != nil {
				t.Error(err)
			}
		}, ledger.TemplateRefused},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newForming(t, only(tt.form))
			if tt.do != nil {
				var once sync.Once
				h.cliniko.Hook(func(e clinikosim.Event) {
					if e.Before && e.Method == http.MethodPost && e.Path == "/treatment_notes" {
						once.Do(func() { tt.do(h) })
					}
				})
			}
			v := h.until(carryover.Proven)
			d := h.delivery(v)
			if d.Fallback() != tt.want || d.Profile != ledger.ProfileStandard+" "+tt.want {
				t.Errorf("profile %q, want a fallback because of %s", d.Profile, tt.want)
			}
			if n := h.notes(); len(n) != 1 || len(answers(t, n[0])) != 1 || n[0].TemplateID != "" {
				t.Errorf("%d notes, template %q: want one note of one paragraph", len(n), n[0].TemplateID)
			}
			if n := h.noted(tt.want); n == 0 {
				t.Errorf("no entry of the audit chain says %s, want one for each attempt", tt.want)
			}
		})
	}
}

// noted counts the entries of the audit chain with a note.
func (h *harness) noted(word string) (n int) {
	h.t.Helper()
	must(h.t, h.ledger.View(h.t.Context(), func(tx *ledger.Tx) error {
		return tx.QueryRowContext(h.t.Context(), "SELECT COUNT(*) FROM audit WHERE action = $1 AND note = $2", string(audit.Moved), word).Scan(&n)
	}))
	return n
}

// TestTemplateThatCannotBeRead: nobody knows what it asks, so the note waits.
func TestTemplateThatCannotBeRead(t *testing.T) {
	t.Parallel()
	h := newForming(t)
	h.strike(sandbox.Rule{API: "cliniko", Method: "GET", Path: "/treatment_note_templates/**", Fault: sandbox.FaultStatus, Status: 503, Again: 1 << 20})
	h.stopAt(carryover.Ready)
	for range 5 {
		h.cycle()
	}
	if v, _ := h.version(session1, document1); v.State != carryover.Ready || h.posts() != 0 {
		t.Errorf("%s after %d POSTs while the template cannot be read, want ready and none", v.State, h.posts())
	}
	h.strike()
	if d := h.delivery(h.until(carryover.Proven)); d.Profile != ledger.ProfileFilled {
		t.Errorf("profile %q, want %s", d.Profile, ledger.ProfileFilled)
	}
}

// TestTemplateEditedMeanwhile: what was recorded at the intent counts, not what
// the form would make of the document now. An empty ledger has no record, so a
// person looks.
func TestTemplateEditedMeanwhile(t *testing.T) {
	t.Parallel()
	h := newForming(t)
	h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultCutAfter, Count: 1})
	var once sync.Once
	h.cliniko.Hook(func(e clinikosim.Event) {
		if !e.Before && e.Method == http.MethodPost && e.Path == "/treatment_notes" {
			once.Do(func() { must(t, h.cliniko.EditTemplate(form1, otherForm)) })
		}
	})
	h.until(carryover.Proven)
	rules := h.line.Rules
	h.open("fresh.db")
	h.line.Rules = rules
	if v := h.until(carryover.Held); v.Reason != carryover.EarlierNote || h.posts() != 1 {
		t.Errorf("held as %q after %d POSTs, want %q after one", v.Reason, h.posts(), carryover.EarlierNote)
	}
}

// loses is a Cliniko that keeps nothing of a paragraph tag's first word.
type loses struct{ pipeline.Chart }

func (c loses) File(ctx context.Context, d carryover.NoteDraft) (carryover.Note, error) {
	for i, s := range d.Sections {
		for j, q := range s.Questions {
			d.Sections[i].Questions[j].Answer = carryover.NewText(strings.ReplaceAll(q.Answer.Reveal(), "<p>Squats", "<p>"))
		}
	}
	return c.Chart.File(ctx, d)
}

// TestMinimalAfterDamage: words that nobody touched are missing. A person sees
// which, and the next documents of the kind are written with fewer tags.
func TestMinimalAfterDamage(t *testing.T) {
	for name, forms := range map[string][]route.Rule{
		"one paragraph": {{To: carryover.ToTreatmentNote, Mode: route.Auto}},
		"a template":    {{To: carryover.ToTreatmentNote, Mode: route.Auto, NoteTemplate: form1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const document2 = "64b0000000000000000000d2"
			h := newForming(t)
			h.line.Rules = forms
			side := h.line.Sides[physio]
			side.Chart = loses{side.Chart}
			h.line.Sides[physio] = side
			v := h.until(carryover.Held)
			if v.Reason != carryover.NotProven || !strings.Contains(h.alarms(), "not_proven") {
				t.Fatalf("held as %q with alarms %q, want %q", v.Reason, h.alarms(), carryover.NotProven)
			}
			if said := h.difference(v); !strings.HasPrefix(said, "Sent:\nSquats\n") || strings.Contains(said, "Knee") {
				t.Errorf("difference = %q, want the lost word and no other", said)
			}
			must(t, h.heidi.AddDocument(session1, sandbox.Document{
				ID: document2, Name: "Plan B", ContentType: "MARKDOWN", Stages: []sandbox.Stage{{Text: "## Plan\n\nSquats once more."}},
			}))
			next := h.untilDoc(session1, document2, carryover.Proven)
			if d := h.delivery(next); !strings.HasSuffix(d.Profile, ledger.ProfileMinimal) {
				t.Errorf("profile of the next document = %q, want few tags", d.Profile)
			}
		})
	}
}
