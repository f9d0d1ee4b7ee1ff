package clinikosim_test

import (
	"html"
	"strings"
	"testing"

	"carryover/sandbox/clinikosim"
)

// echo posts a paragraph answer and returns what was stored, "" if no answer.
func (d desk) echo(answer string) string {
	d.t.Helper()
	made := d.say("POST", "/treatment_notes", noteFor(zoeID, "content", paragraphs(answer))).is(201)
	if read := d.get("/treatment_notes/" + made.id()).is(200); read.answer() != made.answer() {
		d.t.Errorf("%q: POST showed %q, GET shows %q", answer, made.answer(), read.answer())
	}
	return made.answer()
}

// Section 14.6: the table of what is sent and what is stored, under the
// switches as they come.
func TestSheetSanitiserRows(t *testing.T) {
	d := openDesk(t)
	for sent, want := range map[string]string{
		"<p>a &lt; b &amp; &quot;c&quot; &#39;d&#39;</p>":                       `<p>a &lt; b &amp; "c" 'd'</p>`,
		"<p>one</p>\n<p>two</p>":                                                "<p>one</p><p>two</p>",
		"line1\nline2":                                                          "line1line2",
		"line1\r\nline2\tline3":                                                 "line1line2line3",
		`<strong>x</strong> <span style="color:red">y</span>`:                   "x y",
		`<a href="https://e.example" onclick="x()">l</a>`:                       `<a href="https://e.example">l</a>`,
		`<a href="javascript:alert(1)">l</a>`:                                   "<a>l</a>",
		"<script>x</script><style>y</style>":                                    "",
		"Pain <Left knee> worse":                                                "Pain  worse",
		"BP <140 and >90":                                                       "BP &lt;140 and &gt;90",
		"<table><tr><td>a</td><td>b</td></tr></table>":                          "ab",
		"<p>(&lt;5 mmHg)</p>":                                                   "<p>(&lt;5 mmHg)</p>",
		"<p>kept</p><script>alert(1)</script><p>too</p>":                        "<p>kept</p><p>too</p>",
		`<p class="x" id="y">p</p>`:                                             "<p>p</p>",
		"<p>caf&eacute; &amp; cr&egrave;me</p>":                                 "<p>café &amp; crème</p>",
		"<p>&amp;lt;</p>":                                                       "<p>&amp;lt;</p>",
		"<h3>head</h3><em>e</em><s>s</s><sup>2</sup><code>c</code><pre>p</pre>": "heades2cp",
	} {
		if got := d.echo(sent); got != want {
			t.Errorf("stored %q for %q, want %q", got, sent, want)
		}
	}
}

// Section 14.6: the 13 tags stay.
func TestSheetThirteenTags(t *testing.T) {
	d := openDesk(t)
	for _, tag := range []string{"p", "div", "ul", "ol", "blockquote", "h1", "h2", "b", "i", "u", "a"} {
		inner := "x"
		if tag == "ul" || tag == "ol" {
			inner = "<li>x</li>"
		}
		sent := "<" + tag + ">" + inner + "</" + tag + ">"
		if got := d.echo(sent); got != sent {
			t.Errorf("stored %q for %q", got, sent)
		}
	}
	if got := d.echo("<p>one<br>two</p><p><br></p>"); got != "<p>one<br>two</p><p><br></p>" {
		t.Errorf("br: stored %q", got)
	}
}

// Section 14.6: the other readings, each by its switch.
func TestSheetSanitiserSwitches(t *testing.T) {
	for _, c := range []struct {
		name       string
		set        func(*clinikosim.Switches)
		sent, want string
	}{
		{"newlines kept", func(s *clinikosim.Switches) { s.KeepNewlines = true }, "line1\nline2", "line1\nline2"},
		{"strict unknown tag", func(s *clinikosim.Switches) { s.StrictTags = true }, "Pain <Left knee> worse", "Pain  worse"},
		{"strict less-than", func(s *clinikosim.Switches) { s.StrictTags = true }, "BP <140 and >90", "BP "},
		{"strict, escaped", func(s *clinikosim.Switches) { s.StrictTags = true }, "<p>BP &lt;140 and &gt;90</p>", "<p>BP &lt;140 and &gt;90</p>"},
		{"2022", func(s *clinikosim.Switches) { s.DivBrOnly = true }, "<p>a</p><div>b<br>c</div><b>d</b>", "a<div>b<br>c</div>d"},
	} {
		if got := strings.TrimRight(switched(t, c.set).echo(c.sent), " "); got != strings.TrimRight(c.want, " ") {
			t.Errorf("%s: stored %q for %q, want %q", c.name, got, c.sent, c.want)
		}
	}
}

// Section 14.6: what was sent escaped keeps its visible text.
func TestSheetVisibleTextSurvives(t *testing.T) {
	for _, set := range []func(*clinikosim.Switches){
		func(*clinikosim.Switches) {}, func(s *clinikosim.Switches) { s.StrictTags = true }, func(s *clinikosim.Switches) { s.DivBrOnly = true },
	} {
		d := switched(t, set)
		for _, text := range []string{`a < b & "c" 'd' é`, "(<5 mmHg) <Left> x<y", "&lt; stays", "100% 😀 n\u00a0b", "<script>", "<!-- note -->", "a > b"} {
			stored := d.echo("<div>" + html.EscapeString(text) + "</div>")
			visible := html.UnescapeString(strings.NewReplacer("<div>", "", "</div>", "").Replace(stored))
			if visible != text {
				t.Errorf("%q is stored as %q", text, stored)
			}
		}
	}
}

// Section 14.5: a text answer and a title hold no HTML; whether tags are taken
// out of them is unknown.
func TestSheetPlainAnswers(t *testing.T) {
	body := noteFor(zoeID, "title", "T <b>bold</b>", "content", map[string]any{"sections": []any{map[string]any{"questions": []any{
		map[string]any{"name": "Q", "type": "text", "answer": "A <b>bold</b>"},
	}}}})
	if got := openDesk(t).say("POST", "/treatment_notes", body).is(201); got.str("title") != "T <b>bold</b>" || got.answer() != "A <b>bold</b>" {
		t.Errorf("stored %q and %q", got.str("title"), got.answer())
	}
	got := switched(t, func(s *clinikosim.Switches) { s.StripPlainText = true }).say("POST", "/treatment_notes", body).is(201)
	if got.str("title") != "T bold" || got.answer() != "A bold" {
		t.Errorf("with StripPlainText stored %q and %q", got.str("title"), got.answer())
	}
}
