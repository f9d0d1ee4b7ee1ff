package clinic

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
)

// identity is a character map in which codes are UTF-16.
const identity = "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n1 beginbfrange\n<0000> <FFFF> <0000>\nendbfrange"

// odd is one in which they are not: single signs, a ligature, a run, a list.
const odd = "1 begincodespacerange <00> <FF> endcodespacerange 2 beginbfchar <01> <0041> <02> <00660069> endbfchar\n" +
	"2 beginbfrange <10> <12> <0061> <20> <21> [<0078> <0079>] endbfrange"

// pdfOf writes a small PDF whose pages draw the content streams; F1 has the
// identity as its map and F2 the odd one.
func pdfOf(streams ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	object := func(n int, body string) { fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n, body) }
	stream := func(n int, text string) {
		var z bytes.Buffer
		w := zlib.NewWriter(&z)
		w.Write([]byte(text))
		w.Close()
		object(n, fmt.Sprintf("<</Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream", z.Len(), z.String()))
	}
	object(1, "<</Type /Catalog /Pages 2 0 R>>")
	var kids strings.Builder
	for i := range streams {
		kids.WriteString(fmt.Sprintf("%d 0 R ", 10+2*i))
		object(10+2*i, fmt.Sprintf("<</Type /Page /Parent 2 0 R /Contents %d 0 R>>", 11+2*i))
		stream(11+2*i, streams[i])
	}
	object(2, fmt.Sprintf("<</Type /Pages /Kids [%s] /Count %d /Resources 3 0 R>>", kids.String(), len(streams)))
	object(3, "<</ProcSet [/PDF /Text] /Font <</F1 4 0 R /F2 5 0 R>> >>")
	object(4, "<</Type /Font /Subtype /Type0 /ToUnicode 6 0 R>>")
	object(5, "<</Type /Font /Subtype /Type1 /ToUnicode 7 0 R>>")
	stream(6, identity)
	stream(7, odd)
	b.WriteString("trailer <</Root 1 0 R>>\n%%EOF\n")
	return b.Bytes()
}

// shown is an operand of the identity's font that shows text.
func shown(text string) string {
	var b strings.Builder
	b.WriteByte('(')
	for _, u := range utf16.Encode([]rune(text)) {
		for _, c := range []byte{byte(u >> 8), byte(u)} {
			if strings.IndexByte("()\\\r", c) >= 0 {
				b.WriteByte('\\')
			}
			if c == '\r' {
				c = 'r'
			}
			b.WriteByte(c)
		}
	}
	return b.String() + ")"
}

// filePDF writes text as a PDF of one page, each line of text a line of it.
func filePDF(text string) []byte {
	var b strings.Builder
	y := 800.0
	for line := range strings.Lines(text) {
		y -= 12
		fmt.Fprintf(&b, "BT /F1 11 Tf 62.00 %.2f Td %s Tj ET\n", y, shown(strings.TrimSpace(line)))
	}
	return pdfOf(b.String())
}

func TestPDFText(t *testing.T) {
	for _, tt := range []struct {
		name   string
		stream string
		want   string
	}{
		{"one string", "BT /F1 9 Tf 5 700 Td " + shown("Knee ≥ 95° (left)\\\r") + " Tj ET", "Knee ≥ 95° (left)\\\r"},
		{"two styles within a word", "BT /F1 9 Tf 5 700 Td " + shown("L") + " Tj ET BT 9 700 Td " + shown("eft") + " Tj ET", "Left"},
		{"a new line", "BT /F1 9 Tf 5 700 Td " + shown("one") + " Tj ET BT 5 688 Td " + shown("two") + " Tj ET", "one\ntwo"},
		{"lines by operators", "BT /F1 9 Tf 12 TL 1 0 0 1 5 700 Tm " + shown("one") + " Tj T* " + shown("two") + " Tj " + shown("three") + " ' ET", "one\ntwo\nthree"},
		{"an array of strings", "BT /F1 9 Tf 5 700 Td [" + shown("Kn") + " 30 " + shown("ee") + " -300 " + shown("pain") + "] TJ ET", "Knee pain"},
		{"hexadecimal digits", "BT /F1 9 Tf 5 700 Td <004B 006E0065 0065> Tj ET", "Knee"},
		{"another map", `BT /F2 9 Tf 5 700 Td (\001\002\020\021\022 !\377) Tj ET`, "Afiabcxy\uFFFD"},
		{"a sign above the basic plane", "BT /F1 9 Tf 5 700 Td " + shown("👍") + " Tj ET", "👍"},
		{"what stands around the page", "/Artifact BMC BT /F1 9 Tf 5 20 Td " + shown("Page 1") + " Tj ET EMC /P BMC BT /F1 9 Tf 5 700 Td " + shown("words") + " Tj ET EMC", "words"},
		{"a comment and a dictionary", "% (no)\n/Span <</ActualText (no)>> BDC BT /F1 9 Tf 5 700 Td " + shown("yes") + " Tj ET EMC", "yes"},
		{"a font that is not there", "BT /F9 9 Tf 5 700 Td (A) Tj ET", "\uFFFD"},
		{"nothing", "0 0 10 10 re f", ""},
	} {
		if got := strings.TrimRight(PDFText(pdfOf(tt.stream)), "\n"); got != tt.want {
			t.Errorf("%s: PDFText = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestPDFTextReadsPagesInTheirOrder(t *testing.T) {
	one, two := "BT /F1 9 Tf 5 700 Td "+shown("one")+" Tj ET", "BT /F1 9 Tf 5 700 Td "+shown("two endobj endstream")+" Tj ET"
	if got, want := PDFText(pdfOf(one, two, one)), "one\ntwo endobj endstream\none\n"; got != want {
		t.Errorf("PDFText of three pages = %q, want %q", got, want)
	}
}

func TestPDFTextOfOtherFiles(t *testing.T) {
	whole := filePDF("words that are lost when a file is broken")
	for name, file := range map[string][]byte{
		"nothing":            nil,
		"a picture":          []byte("\x89PNG\r\n\x1a\n0 0 obj endobj"),
		"another filter":     bytes.ReplaceAll(whole, []byte("/FlateDecode"), []byte("/LZWDecode  ")),
		"cut off":            whole[:len(whole)/3],
		"a page that is its": []byte("%PDF-1.4\n1 0 obj <</Type /Catalog /Pages 1 0 R /Kids [1 0 R]>> endobj"),
	} {
		if got := strings.TrimSpace(PDFText(file)); got != "" {
			t.Errorf("%s: PDFText = %q, want nothing", name, got)
		}
	}
}

// Whatever the file says, reading it ends.
func FuzzPDFText(f *testing.F) {
	f.Add(filePDF("Knee pain 3/10"))
	f.Add(pdfOf(`BT /F2 9 Tf [(\001) -300 <01>] TJ ET`))
	f.Fuzz(func(_ *testing.T, file []byte) { PDFText(file) })
}
