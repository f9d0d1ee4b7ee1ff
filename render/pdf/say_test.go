package pdf

import (
	"strings"
	"testing"

	"carryover/render/tree"
)

// said joins phrases as they are read; line ends as /.
func said(phrases []phrase) string {
	var b strings.Builder
	for _, p := range phrases {
		if p.end {
			b.WriteString("/")
		}
		b.WriteString(p.text)
	}
	return b.String()
}

func TestSay(t *testing.T) {
	link := func(text, address string) tree.Span { return tree.Span{Text: text, Address: address} }
	for _, tt := range []struct {
		why   string
		spans []tree.Span
		want  string
	}{
		{"nothing", nil, ""},
		{"plain", words("as typed"), "as typed"},
		{"a line end", []tree.Span{{Text: "a"}, {Break: true}, {Text: "b"}}, "a/b"},
		{"struck out", []tree.Span{{Text: "was "}, marked("5", tree.Struck), {Text: " now 6"}}, "was [struck out: 5] now 6"},
		{"struck out in two types is struck out once", []tree.Span{marked("a ", tree.Struck), marked("b", tree.Struck|tree.Bold)}, "[struck out: a b]"},
		{"a blank that is struck out", []tree.Span{{Text: "a"}, marked(" ", tree.Struck), {Text: "b"}}, "a b"},
		{"a power", []tree.Span{{Text: "10"}, marked("3", tree.Raised)}, "10³"},
		{"a negative power", []tree.Span{{Text: "s"}, marked("−1", tree.Raised)}, "s⁻¹"},
		{"an ordinal", []tree.Span{{Text: "1"}, marked("st", tree.Raised)}, "1ˢᵗ"},
		{"an index", []tree.Span{{Text: "SpO"}, marked("2", tree.Lowered)}, "SpO₂"},
		{"a power that has no sign", []tree.Span{{Text: "x"}, marked("A", tree.Raised)}, "x^A"},
		{"several", []tree.Span{{Text: "x"}, marked("A, B", tree.Raised)}, "x^(A, B)"},
		{"an index that has no sign", []tree.Span{{Text: "V"}, marked("max.", tree.Lowered)}, "V_(max.)"},
		{"a footnote", []tree.Span{{Text: "time"}, marked("[1]", tree.Raised)}, "time[1]"},
		{"raised blank", []tree.Span{marked(" ", tree.Raised)}, " "},
		{"boxes among words", []tree.Span{{Text: "worker"}, {Box: tree.Ticked}, {Text: "physio "}, {Box: tree.Unticked}}, "worker ☑ physio ☐ "},
		{"a link", []tree.Span{link("the guide", "https://a.example/x"), {Text: "."}}, "the guide (https://a.example/x)."},
		{"a link in two types has one address", []tree.Span{link("the ", "https://a.example"), {Text: "guide", Marks: tree.Bold, Address: "https://a.example"}}, "the guide (https://a.example)"},
		{"two links", []tree.Span{link("a", "https://a.example"), link("b", "https://b.example")}, "a (https://a.example)b (https://b.example)"},
		{"an address as its own words", []tree.Span{link("https://a.example/x", "https://a.example/x")}, "https://a.example/x"},
		{"an address without its scheme", []tree.Span{link("a.example", "https://a.example/")}, "a.example"},
		{"mail", []tree.Span{link("clinic@a.example", "mailto:clinic@a.example")}, "clinic@a.example"},
		{"mail by name", []tree.Span{link("write to us", "mailto:clinic@a.example")}, "write to us (clinic@a.example)"},
		{"a telephone written with blanks", []tree.Span{link("(03) 5550 1234", "tel:0355501234")}, "(03) 5550 1234"},
		{"an address in other letters", []tree.Span{link("here", "https://a.example/ü b")}, "here (https://a.example/%C3%BC%20b)"},
	} {
		if got := said(say(tt.spans)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.why, got, tt.want)
		}
	}
}

func TestOnlyFourSchemesCanBeClicked(t *testing.T) {
	for address, want := range map[string]string{
		"https://a.example/?q=(1)": "https://a.example/?q=(1)", "HTTP://a.example": "HTTP://a.example",
		"mailto:a@b.example": "mailto:a@b.example", "tel:+61355501234": "tel:+61355501234",
		"javascript:alert(1)": "", "data:text/html,x": "", "file:///etc": "", "//a.example": "", "rest": "", "https:": "", "": "",
		"https://a.example/\n)>>": "https://a.example/%0A)>>",
	} {
		if got := clickable(address); got != want {
			t.Errorf("clickable(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestLinksAreInTheFile(t *testing.T) {
	d := doc(tree.Block{Kind: tree.Paragraph, Spans: []tree.Span{
		{Text: "guide", Address: `https://a.example/(1)\x`}, {Text: "trap", Address: "javascript:alert(1)"},
	}})
	file := string(mustWrite(t, d, sheet()))
	if want := `/URI (https://a.example/\(1\)\\x)`; !strings.Contains(file, want) {
		t.Errorf("no %s in the file", want)
	}
	if strings.Contains(file, "javascript") {
		t.Error("a script's address is in the open in the file")
	}
}
