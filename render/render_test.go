package render

import (
	"slices"
	"strings"
	"testing"

	"carryover"
)

func doc(text string) carryover.Document {
	return carryover.Document{Session: "1", ID: "d", Name: carryover.NewText("Plan"), Content: carryover.NewText(text)}
}

const ref = carryover.Reference("HD-ABCDEFGH-ABCD")

func TestNoteKeepsEveryWord(t *testing.T) {
	tests := []struct{ why, in, want string }{
		{"angle brackets are text", "Pain <Left knee> BP <140 & >90", "Pain <Left knee> BP <140 & >90"},
		{"placeholders stay", "Referrer: <GP name>", "Referrer: <GP name>"},
		{"table cells stay apart", "| 3 | | 3 | 9 | lift |", "| 3 | | 3 | 9 | lift |"},
		{"link definitions stay", "[Allergies]: penicillin", "[Allergies]: penicillin"},
		{"signs stay", "3*10*2 ≥ 90° ±1 ½ ↑ (R) 1/7", "3*10*2 ≥ 90° ±1 ½ ↑ (R) 1/7"},
		{"entities are what they stand for", "A &amp; B", "A & B"},
		{"CR, CRLF and U+2028 end lines", "a\rb\r\nc\u2028d", "a b c d"},
		{"controls and direction marks go", "a\x00b\u202ec\u200bd", "abcd"},
		{"HTML is read as a tree", "<p>Pain &lt;5<br>worse</p><ul><li>sit</li></ul>", "Pain <5 worse sit"},
		{"HTML tables part cells", "<table><tr><td>3</td><td></td><td>9</td></tr></table>", "3 | — | 9"},
		{"HTML boxes show their state", `<form><input type="checkbox" checked> yes <input type="checkbox"> no</form>`, "☑ yes ☐ no"},
		{"HTML numbers are the source's", `<ol start="3"><li>c</li><li>d</li></ol>`, "3. c 4. d"},
		{"struck-out text is marked", "<p>take <s>5</s> 10 mg</p>", "take [struck out: 5] 10 mg"},
		{"scripts are not text", "<div><script>alert(1)</script>ok</div>", "ok"},
	}
	for _, tt := range tests {
		for _, profile := range []Profile{Standard, Minimal} {
			got, err := Note(doc(tt.in), ref, profile)
			if err != nil {
				t.Errorf("%s: Note(%q) = %v", tt.why, tt.in, err)
				continue
			}
			body := strings.TrimSuffix(strings.Join(Words(got), " "), " "+ref.Line())
			body = strings.ReplaceAll(body, "• ", "") // the minimal profile has no lists
			if want := strings.Join(strings.Fields(tt.want), " "); body != want {
				t.Errorf("%s: words of Note(%q) = %q, want %q", tt.why, tt.in, body, want)
			}
			if strings.ContainsAny(got.Reveal(), "\n\t\r") {
				t.Errorf("%s: a raw line break was sent", tt.why)
			}
		}
	}
}

func TestEmptyDocumentIsNotRendered(t *testing.T) {
	for _, text := range []string{"", " \n\t\u00a0"} {
		if _, err := Note(doc(text), ref, Standard); err == nil {
			t.Errorf("Note(%q) rendered a note without text", text)
		}
	}
}

func TestIsHTML(t *testing.T) {
	tests := []struct {
		in   string
		f    carryover.Format
		want bool
	}{
		{"BP <120 and <2/10 pain", "", false},
		{"<p>x</p>", "", true},
		{"<p>never closed", "", false},
		{"<GP name> wrote", "", false},
		{"  \n<DIV class=a>x</DIV>", "", true},
		{"<p>x</p>", carryover.FormatMarkdown, false},
		{"x", carryover.FormatHTML, true},
	}
	for _, tt := range tests {
		if got := IsHTML(tt.f, tt.in); got != tt.want {
			t.Errorf("IsHTML(%q, %q) = %v, want %v", tt.f, tt.in, got, tt.want)
		}
	}
}

func TestReferencesAreFound(t *testing.T) {
	html, err := Note(doc("line"), ref, Standard)
	if err != nil {
		t.Fatal(err)
	}
	if got := References(html); !slices.Equal(got, []carryover.Reference{ref}) {
		t.Errorf("References = %v, want %v", got, ref)
	}
	if got := References(carryover.NewText("<p>HD-short</p>")); got != nil {
		t.Errorf("References of a note of somebody else = %v", got)
	}
}

func TestHoldsCopy(t *testing.T) {
	d := doc("## Plan\n- **Squats** 3 x 10\n- Review 1/52")
	tests := []struct {
		note string
		want bool
	}{
		{"<p>Seen today. Plan</p><ul><li>squats 3 x 10</li><li>review 1/52</li></ul><p>ok</p>", true},
		{"<p>Plan</p><p>Squats 3 x 12</p><p>Review 1/52</p>", false},
		{"<p>Plan</p>", false},
		{"", false},
	}
	for _, tt := range tests {
		if got := HoldsCopy(carryover.NewText(tt.note), d); got != tt.want {
			t.Errorf("HoldsCopy(%q) = %v, want %v", tt.note, got, tt.want)
		}
	}
	if HoldsCopy(carryover.NewText("<p>no harm done</p>"), doc("arm")) {
		t.Error("HoldsCopy found a word inside another word")
	}
}

func TestDeepHTMLIsRead(t *testing.T) {
	deep := strings.Repeat("<div>", 20000) + "core" + strings.Repeat("</div>", 20000)
	got, err := Note(doc("<div>start</div>"+deep), ref, Standard)
	if err != nil {
		t.Fatal(err)
	}
	if w := strings.Join(Words(got), " "); !strings.Contains(w, "core") {
		t.Error("text in deep nesting was lost")
	}
}

func FuzzNote(f *testing.F) {
	for _, s := range []string{"a <b> c", "<p>x</p>", "| a | b |", "\x00\xff\xfe", "<table><tr><td>1<td>2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		html, err := Note(doc(text), ref, Standard)
		if err != nil {
			return
		}
		again := Words(html)
		if len(again) < len(fields(ref.Line())) {
			t.Errorf("Note(%q) lost its last line", text)
		}
		if strings.ContainsAny(html.Reveal(), "\n\r\t\x00") {
			t.Errorf("Note(%q) sends a control character", text)
		}
	})
}
