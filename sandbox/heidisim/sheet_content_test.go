package heidisim_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox"
	"carryover/sandbox/heidisim"
)

// §7, §19: contents go out as they came in, to the byte: nothing is trimmed,
// folded, escaped away or cut.
func TestSheetContentCorpus(t *testing.T) {
	footer := "\n\n---\nInvented Physio · ABN 00 000 000 000"
	corpus := []string{
		"| A | B |\n|---|---|\n| 1 | <2/10 |", "- a\n  - b\n    1. c", "BP <120 & >80", "line\r\nline\r\n\r\n", "a\u00a0b\u202f c",
		"👣🦘 ok", strings.Repeat("Überlänge ", 20_000), "<!doctype html><html><head><style>p{}</style></head><body onload=\"x()\"><script>1</script><p>t</p>",
		"<p>broken<b><table><tr>", "  \n\t", "tab\tquote\" back\\slash \u2028 end", "**Bold as heading**\ntext", "MĀORI Ōtautahi’s naïve – Zoë", "\ufeffwith a mark",
	}
	p := team()
	p.Sessions[0].Documents = nil
	for i, text := range corpus {
		p.Sessions[0].Documents = append(p.Sessions[0].Documents, sandbox.Document{
			ID: fmt.Sprintf("64b0000000000000000001%02d", i), Name: fmt.Sprint("D", i), Stages: []sandbox.Stage{{Text: text + footer}},
		})
	}
	c := opened(t, heidisim.Options{Practice: p})
	got := map[string]string{}
	for _, d := range c.documents(c.token("wren@example.com", "user-1"), kneeID) {
		got[fmt.Sprint(d["id"])], _ = d["content"].(string)
	}
	for i, text := range corpus {
		if g := got[fmt.Sprintf("64b0000000000000000001%02d", i)]; g != text+footer {
			t.Errorf("content %d: %d bytes %.60q, want %d bytes %.60q", i, len(g), g, len(text+footer), text)
		}
	}
}

// §7, §19, §20.13: the consult note may be listed as a document too, equal to
// the note.
func TestSheetNoteAmongDocuments(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team(), Switches: heidisim.Switches{NoteListed: true}})
	token := c.token("wren@example.com", "user-1")
	note, _ := c.session(token, kneeID)["consult_note"].(map[string]any)
	equal := 0
	for _, d := range c.documents(token, kneeID) {
		if d["content"] == note["result"] {
			equal++
		}
	}
	if equal != 1 {
		t.Errorf("%d documents equal the consult note, want 1", equal)
	}
	if err := c.server.SetConsultNote(kneeID, "changed"); err != nil {
		t.Fatal(err)
	}
	note, _ = c.session(token, kneeID)["consult_note"].(map[string]any)
	if note["result"] != "changed" || note["status"] != "CREATED" {
		t.Errorf("consult_note = %v, want the text changed and the status kept", note)
	}
}

// §7: POST of a document: its required fields, its answer, its way into the
// list; the text may come late.
func TestSheetPostDocument(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	path := "/sessions/" + kneeID + "/documents"
	full := map[string]any{
		"document_tab_type": "DOCUMENT", "generation_method": "TEMPLATE", "template_id": "64b000000000000000000002",
		"voice_style": "BRIEF", "brain": "RIGHT", "content_type": "HTML",
	}
	post := func(leaveOut string) answer {
		body := map[string]any{}
		for k, v := range full {
			if k != leaveOut {
				body[k] = v
			}
		}
		text, _ := json.Marshal(body)
		return c.with(token, "POST", path, string(text))
	}
	for _, required := range []string{"generation_method", "template_id"} {
		if detail := objects(t, post(required).want(422).object()["detail"]); len(detail) == 0 {
			t.Errorf("without %s: no detail", required)
		}
	}
	made := post("").want(200).object()
	wantKeys(t, "POST document", made, "id", "session_id", "name", "template_id", "content", "content_type", "brain", "voice_style")
	if id := fmt.Sprint(made["id"]); !hex24.MatchString(id) {
		t.Errorf("id = %q, want 24 hex digits", id)
	}
	for k, want := range map[string]any{"session_id": kneeID, "template_id": "64b000000000000000000002", "content_type": "HTML", "brain": "RIGHT", "voice_style": "BRIEF"} {
		if made[k] != want {
			t.Errorf("%s = %v, want %v", k, made[k], want)
		}
	}
	if text, _ := made["content"].(string); text == "" {
		t.Error("content is empty, want text at once by default")
	}
	docs := c.documents(token, kneeID)
	if len(docs) != 2 {
		t.Fatalf("%d documents, want the first and the posted one", len(docs))
	}
	indexes := map[any]bool{}
	for _, d := range docs {
		indexes[d["index"]] = true
		if d["id"] == made["id"] && (d["content"] != made["content"] || d["generation_type"] != "TEMPLATE") {
			t.Errorf("listed = %v, want the posted document with generation_type", d)
		}
	}
	if len(indexes) != 2 {
		t.Errorf("indexes %v, want two tabs", indexes)
	}
	c.server.SetSwitches(heidisim.Switches{PostedLate: true})
	if late := post("").want(200).object(); late["content"] != "" {
		t.Errorf(`content = %v, want "" at first`, late["content"])
	}
}

// §13, §14: streams come as data lines; consult-note insists on addition; the
// transcript is one string. What is not simulated says so.
func TestSheetStreamsAndTranscript(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	base := "/sessions/" + kneeID
	c.with(token, "POST", base+"/consult-note", `{"generation_method":"TEMPLATE","template_id":"64b000000000000000000001","brain":"LEFT"}`).want(422)
	for path, body := range map[string]string{
		"/consult-note": `{"generation_method":"TEMPLATE","template_id":"64b000000000000000000001","addition":"","voice_style":"BRIEF","brain":"LEFT","content_type":"MARKDOWN"}`,
		"/ask-ai":       `{"ai_command_text":"shorten","content":"x","content_type":"MARKDOWN"}`,
	} {
		a := c.with(token, "POST", base+path, body).want(200)
		if got := a.header.Get("Content-Type"); !strings.HasPrefix(got, "text/event-stream") {
			t.Errorf("POST %s = %q, want text/event-stream", path, got)
		}
		var text strings.Builder
		for line := range strings.Lines(string(a.raw)) {
			var piece struct{ Data string }
			if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "data:"); ok && json.Unmarshal([]byte(rest), &piece) == nil {
				text.WriteString(piece.Data)
			}
		}
		if text.Len() == 0 {
			t.Errorf("POST %s streams no text: %q", path, a.raw)
		}
		if path == "/consult-note" {
			note, _ := c.session(token, kneeID)["consult_note"].(map[string]any)
			if diff := cmp.Diff(text.String(), note["result"]); diff != "" {
				t.Errorf("the note is not what was streamed (-streamed +note):\n%s", diff)
			}
		}
	}
	transcript := c.get(token, base+"/transcript").want(200).object()
	wantKeys(t, "transcript", transcript, "transcript")
	if _, ok := transcript["transcript"].(string); !ok {
		t.Errorf("transcript = %v, want a string", transcript)
	}
	for _, call := range [][2]string{{"POST", "/upload-audio"}, {"GET", "/transcript/live"}, {"GET", "/context-documents"}, {"GET", "/clinical-codes?coding_system=x"}} {
		c.with(token, call[0], base+call[1], "").want(501)
	}
}
