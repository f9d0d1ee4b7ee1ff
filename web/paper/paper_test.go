package paper_test

import (
	"testing"

	"carryover/internal/desk"
	"carryover/web/paper"
)

func TestClean(t *testing.T) {
	for body, want := range map[string]string{
		"<p>a<br>b</p>": "<p>a<br>b</p>",
		`<p style="color:red" onclick="alert(1)">a</p>`:    "<p>a</p>",
		"<script>alert(1)</script>":                        "alert(1)",
		`<a href="javascript:alert(1)">a</a>`:              "<a>a</a>",
		`<a href="https://example.com/?a=1&amp;b">a</a>`:   `<a href="https://example.com/?a=1&amp;b">a</a>`,
		`<svg onload="alert(1)"></svg><iframe></iframe>b`:  "b",
		"</article></main><p>&lt;script&gt; &amp;amp;</p>": "<p>&lt;script&gt; &amp;amp;</p>",
	} {
		if got, err := paper.Clean(body); string(got) != want || err != nil {
			t.Errorf("Clean(%q) = %q, %v; want %q", body, got, err, want)
		}
	}
}

// A form shows every question, also one without an answer, and every choice.
func TestForm(t *testing.T) {
	got := paper.Form(desk.Preview{HTML: "<p>not this</p>", NoteTemplate: "7", Sections: []desk.Section{{Name: "A <b>", Questions: []desk.Question{
		{Name: "Q1", Type: "paragraph", Answer: "<p>yes</p>"},
		{Name: "Q2", Type: "text"},
		{Name: "Q3", Type: "checkboxes", Choices: []desk.Choice{{Value: "left", Selected: true}, {Value: "right"}, {Value: "both", Other: true}}},
	}}}})
	want := "<h1>A &lt;b&gt;</h1><h2>Q1</h2><div><p>yes</p></div><h2>Q2</h2><p><i>(no answer)</i></p>" +
		"<h2>Q3</h2><p>☑ left</p><p>☐ right</p><p>☐ Other: both</p>"
	if got != want {
		t.Errorf("Form = %q, want %q", got, want)
	}
	if got := paper.Form(desk.Preview{HTML: "<p>this</p>"}); got != "<p>this</p>" {
		t.Errorf("Form of a note = %q, want its HTML", got)
	}
}
