package heidisim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
)

// documents reads a session's documents as lines of index, name and content.
func (b *bench) documents(token, sessionID string) string {
	b.t.Helper()
	got := b.get(token, "/sessions/"+sessionID+"/documents")
	if got.status != 200 {
		b.t.Fatalf("documents of %s = %d %s", sessionID, got.status, got.text)
	}
	list := got.list("documents")
	if list == nil {
		list = append(got.list("data"), got.items()...)
	}
	var lines []string
	for _, item := range list {
		doc, _ := item.(map[string]any)
		lines = append(lines, fmt.Sprintf("%v %v: %v", doc["index"], doc["name"], doc["content"]))
	}
	return strings.Join(lines, "; ")
}

func TestDocumentLifeCycle(t *testing.T) {
	b := newBench(t, Options{})
	token := b.wren()
	for _, step := range []struct {
		share float64
		want  string
	}{
		{0, ""},
		{0.2, "0 GP letter: "},
		{0.3, "0 GP letter: Dear; 1 Report: <p>BP <120</p>"},
		{0.4, "0 GP letter (final): Dear Dr Invented; 1 Report: <p>BP <120</p>"},
		{0.8, "1 Report: <p>BP <120</p>"}, // the deleted tab leaves a gap
	} {
		b.at(step.share)
		if got := b.documents(token, knee); got != step.want {
			t.Errorf("at %v documents = %q, want %q", step.share, got, step.want)
		}
	}
}

func TestDocumentFields(t *testing.T) {
	b := newBench(t, Options{})
	b.at(0.4)
	token := b.wren()
	want := `{"documents":[{"id":"` + letter + `","session_id":"` + knee + `","index":0,"name":"GP letter (final)",` +
		`"template_id":"64b000000000000000000002","content":"Dear Dr Invented","generation_type":"TEMPLATE","brain":"LEFT"},` +
		`{"id":"` + report + `","session_id":"` + knee + `","index":1,"name":"Report",` +
		`"template_id":null,"content":"<p>BP <120</p>","generation_type":"TEMPLATE","brain":"LEFT"}]}`
	if got := b.get(token, "/sessions/"+knee+"/documents"); got.text != want {
		t.Errorf("documents =\n%s\nwant\n%s", got.text, want)
	}
	b.SetSwitches(Switches{ExtendedDocuments: true})
	got, _ := b.get(token, "/sessions/"+knee+"/documents").list("documents")[1].(map[string]any)
	if got["content_type"] != "HTML" || got["status"] != "COMPLETED" || got["created_at"] == nil || got["updated_at"] == nil {
		t.Errorf("extended document = %v, want content_type, times and status", got)
	}
	b.SetSwitches(Switches{ContentTypeShown: true})
	got, _ = b.get(token, "/sessions/"+knee+"/documents").list("documents")[0].(map[string]any)
	if got["content_type"] != "MARKDOWN" || got["status"] != nil {
		t.Errorf("document with content_type_shown = %v", got)
	}
}

func TestDocumentWrappers(t *testing.T) {
	b := newBench(t, Options{})
	b.at(0.5)
	token := b.wren()
	tests := []struct {
		switches    Switches
		full, empty string // how the answers begin
		emptyStatus int
	}{
		{Switches{}, `{"documents":[{`, `{"documents":[]}`, 200},
		{Switches{Documents: WrapperData}, `{"data":[{`, `{"data":[]}`, 200},
		{Switches{Documents: WrapperBare}, `[{`, `[]`, 200},
		{Switches{NoDocuments: NoDocumentsNull}, `{"documents":[{`, `{"documents":null}`, 200},
		{Switches{NoDocuments: NoDocumentsNotFound}, `{"documents":[{`, `{"detail":{`, 404},
	}
	for _, test := range tests {
		b.SetSwitches(test.switches)
		if got := b.get(token, "/sessions/"+knee+"/documents"); !strings.HasPrefix(got.text, test.full) {
			t.Errorf("%s: documents = %.40s, want %s", test.switches.Documents, got.text, test.full)
		}
		if got := b.get(token, "/sessions/"+shoulder+"/documents"); got.status != test.emptyStatus || !strings.HasPrefix(got.text, test.empty) {
			t.Errorf("%s: no documents = %d %s, want %d %s", test.switches.NoDocuments, got.status, got.text, test.emptyStatus, test.empty)
		}
	}
}

func TestNoteAmongDocuments(t *testing.T) {
	b := newBench(t, Options{Switches: Switches{NoteListed: true}})
	b.at(0.4)
	if got := b.documents(b.wren(), knee); !strings.HasSuffix(got, "2 Note: ## Subjective") {
		t.Errorf("documents = %q, want the note as the last", got)
	}
	for _, record := range b.Documents() {
		if record.Name == "Note" {
			t.Error("the books hold the consult note as a document")
		}
	}
}

func TestDocumentEditsAndUpdatedAt(t *testing.T) {
	for _, moves := range []bool{false, true} {
		b := newBench(t, Options{Switches: Switches{EditMovesUpdatedAt: moves}})
		b.at(0.5)
		token := b.wren()
		before := b.session(token, knee)["updated_at"]
		if err := b.EditDocument(knee, letter, "Dear Dr Invented, again"); err != nil {
			t.Fatal(err)
		}
		if after := b.session(token, knee)["updated_at"]; (after != before) != moves {
			t.Errorf("edit_moves_updated_at %t: updated_at went from %v to %v", moves, before, after)
		}
	}
}

func TestPostDocument(t *testing.T) {
	clock := sandbox.NewClock(time.Hour)
	b := newBench(t, Options{Clock: clock})
	token, path := b.wren(), Base+"/sessions/"+knee+"/documents"
	const body = `{"document_tab_type":"DOCUMENT","generation_method":"TEMPLATE","template_id":"64b000000000000000000002","brain":"RIGHT","content_type":"HTML"}`
	got := b.do("POST", path, token, body).object()
	if got["name"] != "GP letter" || got["content"] == "" || got["brain"] != "RIGHT" || got["content_type"] != "HTML" || got["index"] != nil {
		t.Errorf("POST = %v, want a document without index", got)
	}
	if got := b.do("POST", path, token, `{"generation_method":"TEMPLATE"}`); got.status != 422 || len(got.list("detail")) != 2 {
		t.Errorf("POST without fields = %d %s, want two faults", got.status, got.text)
	}
	b.SetSwitches(Switches{PostedLate: true})
	late := b.do("POST", path, token, body).object()
	if late["content"] != "" {
		t.Errorf("late document = %v, want it empty at first", late)
	}
	clock.Advance(postedDelay)
	if got := b.documents(token, knee); strings.HasSuffix(got, ": ") {
		t.Errorf("documents after the delay = %q, want the text", got)
	}
}
