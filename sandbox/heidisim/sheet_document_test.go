package heidisim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox"
	"carryover/sandbox/heidisim"
)

// §7: a listed document's fields, the official ones and no more: no times, no
// status, no content type.
func TestSheetDocumentFields(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	wantKeys(t, "GET documents", c.get(token, "/sessions/"+kneeID+"/documents").want(200).object(), "documents")
	docs := c.documents(token, kneeID)
	wantKeys(t, "a document", docs[0], "id", "session_id", "index", "name", "template_id", "content", "generation_type", "brain")
	delete(docs[0], "brain")
	delete(docs[0], "index")
	want := map[string]any{
		"id": "64b0000000000000000000d1", "session_id": kneeID, "template_id": "64b000000000000000000002",
		"content": "Dear Dr Invented", "generation_type": "TEMPLATE", "name": docs[0]["name"],
	}
	if diff := cmp.Diff(want, docs[0]); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	if name := fmt.Sprint(docs[0]["name"]); !strings.Contains(name, "GP letter") {
		t.Errorf("name = %q, want the GP letter's", name)
	}

	c.server.SetSwitches(heidisim.Switches{ExtendedDocuments: true}) // §19: extended mode with all three
	doc := c.documents(token, kneeID)[0]
	if doc["content_type"] != "MARKDOWN" || doc["status"] == nil {
		t.Errorf("extended: content_type %v, status %v", doc["content_type"], doc["status"])
	}
	for _, k := range []string{"created_at", "updated_at"} {
		if s := fmt.Sprint(doc[k]); !naiveTime.MatchString(s) {
			t.Errorf("extended: %s = %q, want a naive time", k, s)
		}
	}
	c.server.SetSwitches(heidisim.Switches{ContentTypeShown: true})
	doc = c.documents(token, kneeID)[0]
	if _, timed := doc["created_at"]; doc["content_type"] != "MARKDOWN" || timed {
		t.Errorf("content type shown: %v, want it alone", doc)
	}
}

// §7: the wrappers, and what a session without documents answers.
func TestSheetDocumentWrappers(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("wren@example.com", "user-1")
	read := func(w heidisim.Switches, id string) answer {
		c.server.SetSwitches(w)
		return c.get(token, "/sessions/"+id+"/documents")
	}
	if got := objects(t, read(heidisim.Switches{Documents: heidisim.WrapperData}, kneeID).want(200).object()["data"]); len(got) != 1 {
		t.Errorf("data = %v", got)
	}
	if got := objects(t, read(heidisim.Switches{Documents: heidisim.WrapperBare}, kneeID).want(200).value()); len(got) != 1 {
		t.Errorf("bare = %v", got)
	}
	empty := map[string]any{"documents": []any{}}
	if got := read(heidisim.Switches{}, ankleID).want(200).value(); !cmp.Equal(got, any(empty)) {
		t.Errorf("no documents = %v, want an empty list", got)
	}
	if got := read(heidisim.Switches{NoDocuments: heidisim.NoDocumentsNull}, ankleID).want(200).value(); !cmp.Equal(got, any(map[string]any{"documents": nil})) {
		t.Errorf("no documents = %v, want null", got)
	}
	if got := read(heidisim.Switches{NoDocuments: heidisim.NoDocumentsNull, Documents: heidisim.WrapperBare}, ankleID).want(200).value(); got != nil {
		t.Errorf("no documents, bare = %v, want null", got)
	}
	read(heidisim.Switches{NoDocuments: heidisim.NoDocumentsNotFound}, ankleID).want(404)
	read(heidisim.Switches{NoDocuments: heidisim.NoDocumentsNotFound}, kneeID).want(200)
}

// §7, §19: the life of a document: none, listed and empty, partial, final,
// edited, renamed, deleted; the truth has it all.
func TestSheetDocumentLife(t *testing.T) {
	c := opened(t, heidisim.Options{Practice: team()})
	token := c.token("finch@example.com", "user-2")
	const id = "64b0000000000000000000e1"
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	content := func() string {
		t.Helper()
		docs := c.documents(token, ankleID)
		if len(docs) != 1 || docs[0]["id"] != id {
			t.Fatalf("documents = %v, want the one", docs)
		}
		return fmt.Sprint(docs[0]["content"])
	}
	if got := c.documents(token, ankleID); len(got) != 0 {
		t.Fatalf("before: %v", got)
	}
	do(c.server.AddDocument(ankleID, sandbox.Document{ID: id, Name: "Letter", Stages: []sandbox.Stage{{Text: ""}}}))
	if got := c.documents(token, ankleID)[0]; got["content"] != "" || got["template_id"] != nil {
		t.Errorf(`listed: content %v, template_id %v, want "" and null`, got["content"], got["template_id"])
	}
	for _, text := range []string{"Dear", "Dear Dr Invented, all well.", "Dear Dr Invented, all is well."} {
		do(c.server.EditDocument(ankleID, id, text))
		if got := content(); got != text {
			t.Errorf("content = %q, want %q", got, text)
		}
	}
	do(c.server.RenameDocument(ankleID, id, "Referral – Dr Invented"))
	if name := fmt.Sprint(c.documents(token, ankleID)[0]["name"]); !strings.Contains(name, "Referral – Dr Invented") {
		t.Errorf("name = %q", name)
	}
	do(c.server.RemoveDocument(ankleID, id))
	if got := c.documents(token, ankleID); len(got) != 0 {
		t.Errorf("after deletion: %v", got)
	}
	for _, d := range c.server.Documents() {
		if d.DocumentID == id {
			want := []string{"", "Dear", "Dear Dr Invented, all well.", "Dear Dr Invented, all is well."}
			if diff := cmp.Diff(want, d.Versions); diff != "" || !d.Gone {
				t.Errorf("gone %v, versions (-want +got):\n%s", d.Gone, diff)
			}
		}
	}
}

// §7, §19: the same life by the day's clock, seen only in its order.
func TestSheetDocumentDay(t *testing.T) {
	p := team()
	p.Sessions[0].Documents = []sandbox.Document{{ID: "64b0000000000000000000d1", Name: "GP letter", Stages: []sandbox.Stage{
		{At: 0.2, Text: ""}, {At: 0.4, Text: "Dear"}, {At: 0.6, Text: "Dear Dr"}, {At: 0.8, Gone: true},
	}}}
	clock := sandbox.NewClock(400 * time.Millisecond)
	c := opened(t, heidisim.Options{Practice: p, Clock: clock})
	token := c.token("wren@example.com", "user-1")
	if docs := c.documents(token, kneeID); len(docs) != 0 {
		t.Errorf("before the day: %v", docs)
	}
	clock.Begin()
	order := []string{"none", "text ", "text Dear", "text Dear Dr", "none"}
	at := 0
	for range 200 {
		over := clock.Share() >= 1
		now := "none"
		if docs := c.documents(token, kneeID); len(docs) == 1 {
			now = fmt.Sprint("text ", docs[0]["content"])
		}
		step := slices.Index(order[at:], now)
		if step < 0 {
			t.Fatalf("after %q came %q", order[at], now)
		}
		at += step
		if over {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if docs := c.documents(token, kneeID); len(docs) != 0 {
		t.Errorf("after the day: %v", docs)
	}
	if diff := cmp.Diff([]string{"", "Dear", "Dear Dr"}, c.server.Documents()[0].Versions); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
}

// §7, §19: several documents at once, one name twice, a null template, gaps in
// the index, HTML beside Markdown.
func TestSheetDocumentSet(t *testing.T) {
	p := team()
	doc := func(n int, name, template, kind, text string) sandbox.Document {
		return sandbox.Document{ID: fmt.Sprintf("64b0000000000000000001%02d", n), Name: name, TemplateID: template, ContentType: kind, Stages: []sandbox.Stage{{Text: text}}}
	}
	p.Sessions[0].Documents = []sandbox.Document{
		doc(0, "Letter", "64b000000000000000000002", "MARKDOWN", "one"), doc(1, "Letter", "64b000000000000000000002", "MARKDOWN", "two"),
		doc(2, "Ask", "", "HTML", "<p>three</p>"), doc(3, "Unlisted", "64b0000000000000000000ff", "MARKDOWN", "four"),
	}
	c := opened(t, heidisim.Options{Practice: p, Switches: heidisim.Switches{ContentTypeShown: true}})
	token := c.token("wren@example.com", "user-1")
	type row struct{ Content, Index, Template, Kind string }
	read := func() (rows []row) {
		for _, d := range c.documents(token, kneeID) {
			rows = append(rows, row{fmt.Sprint(d["content"]), fmt.Sprint(d["index"]), fmt.Sprint(d["template_id"]), fmt.Sprint(d["content_type"])})
		}
		slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.Index, b.Index) })
		return rows
	}
	want := []row{
		{"one", "0", "64b000000000000000000002", "MARKDOWN"},
		{"two", "1", "64b000000000000000000002", "MARKDOWN"},
		{"<p>three</p>", "2", "<nil>", "HTML"},
		{"four", "3", "64b0000000000000000000ff", "MARKDOWN"},
	}
	if diff := cmp.Diff(want, read()); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	if err := c.server.RemoveDocument(kneeID, "64b000000000000000000101"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(slices.Delete(want, 1, 2), read()); diff != "" { // a gap stays in the index
		t.Errorf("after a deletion (-want +got):\n%s", diff)
	}
}
