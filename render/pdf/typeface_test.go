package pdf

import (
	"bytes"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"

	"carryover/render/tree"
)

// clinicalSigns are what a physiotherapist's note must be able to say.
const clinicalSigns = "≥≤±°µμ½¼¾⅓→←↑↓↔⇒×÷²³Δαβ♀♂✓✗✔✘•◦▪–—‘’“”…′″☐☑☒√∞≈≠−⁰¹⁴⁻⁺ⁿ₂ℓ€£©®™"

func TestEveryClinicalSignHasAGlyphInEachFace(t *testing.T) {
	for m := range tree.Mono << 1 {
		for _, r := range clinicalSigns {
			if f, ok := faceFor(r, m); !ok || metrics[f]()[r] == 0 {
				t.Errorf("marks %b: %q (U+%04X) would be drawn as a box", m, r, r)
			}
		}
	}
}

// TestMetricsAreTheLibrarys holds the widths that lines are broken by against
// those that the PDF states.
func TestMetricsAreTheLibrarys(t *testing.T) {
	for f := range faces {
		lib := fpdf.New("P", "pt", "A4", "")
		lib.AddUTF8FontFromBytes("f", "", slices.Clone(files[f]))
		lib.SetFont("f", "", 10)
		n := 0
		for r := ' '; r < math.MaxUint16; r++ {
			if metrics[f]()[r] == 0 {
				continue
			}
			n++
			if want := lib.GetStringSymbolWidth(string(r)); f.advance(r) != want {
				t.Fatalf("face %d: U+%04X is %d wide, the library says %d", f, r, f.advance(r), want)
			}
		}
		if n < 3000 {
			t.Errorf("face %d has %d glyphs, want thousands", f, n)
		}
	}
}

// TestTheFileStatesTheWidths reads the widths that a finished file states: were
// one wrong, letters would overlap on the page while every word is there.
func TestTheFileStatesTheWidths(t *testing.T) {
	const signs = "The quick fox: 135° ≥ ½ ☐ Żółw Ωδός → ♀ AVWa 0123456789()[]ffi"
	file := mustWrite(t, doc(para(signs)), sheet())
	at := bytes.Index(file, []byte("/BaseFont /utf8text\n/CIDSystemInfo"))
	if at < 0 {
		t.Fatal("no regular face in the file")
	}
	stated := statedWidths(t, file[at:])
	for _, r := range signs {
		if got, want := stated[int(r)], regular.advance(r); got != want {
			t.Errorf("%q is stated %d wide, want %d", r, got, want)
		}
	}
}

var widthItem = regexp.MustCompile(`(\d+)\s+(?:\[([^\]]*)\]|(\d+)\s+(\d+))`)

// statedWidths reads a font's /W array (ISO 32000-1 §9.7.4.3).
func statedWidths(t *testing.T, file []byte) map[int]int {
	t.Helper()
	from := bytes.Index(file, []byte("/W ["))
	end := bytes.Index(file[from:], []byte("/CIDToGIDMap"))
	out := map[int]int{}
	for _, m := range widthItem.FindAllStringSubmatch(string(file[from+4:from+end]), -1) {
		first, _ := strconv.Atoi(m[1])
		if m[3] == "" {
			for i, w := range strings.Fields(m[2]) {
				out[first+i], _ = strconv.Atoi(w)
			}
			continue
		}
		last, _ := strconv.Atoi(m[3])
		for c := first; c <= last; c++ {
			out[c], _ = strconv.Atoi(m[4])
		}
	}
	return out
}

func TestFontsStayAsTheyAre(t *testing.T) {
	before := bytes.Clone(files[mono])
	mustWrite(t, doc(tree.Block{Kind: tree.Code, Lines: []string{"Żółw ☑ ≥ ½"}}), sheet())
	if !bytes.Equal(before, files[mono]) {
		t.Error("drawing changed the bytes of a font that all documents share")
	}
}

func TestStandIns(t *testing.T) {
	for _, tt := range []struct {
		r     rune
		marks tree.Mark
		want  face
		ok    bool
	}{
		{'a', 0, regular, true},
		{'a', tree.Bold, bold, true},
		{'a', tree.Italic, italic, true},
		{'a', tree.Bold | tree.Italic, boldItalic, true},
		{'a', tree.Mono | tree.Bold, mono, true},
		{'☑', tree.Mono, mono, true},
		{'℃', tree.Mono, regular, true},
		{'\u0301', tree.Mono, regular, true}, // the monospaced mark would stand beside its letter
		{'\u0301', tree.Bold, bold, true},
		{'疼', 0, regular, false},
		{'\U0001F44D', 0, regular, false},
		{-1, 0, regular, false},
	} {
		if f, ok := faceFor(tt.r, tt.marks); f != tt.want || ok != tt.ok {
			t.Errorf("faceFor(%q, %b) = %d, %t; want %d, %t", tt.r, tt.marks, f, ok, tt.want, tt.ok)
		}
	}
}

func TestTheFontsLicenceIsHere(t *testing.T) {
	if !strings.Contains(FontLicence, "Bitstream Vera Fonts Copyright") {
		t.Error("the licence that the fonts must be given with is missing")
	}
}
