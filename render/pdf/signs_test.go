package pdf

import (
	"errors"
	"strings"
	"testing"

	"carryover"
)

func TestLegible(t *testing.T) {
	for _, tt := range []struct{ why, in, want string }{
		{"plain", "Knee flexion 135, (R) > (L)", "Knee flexion 135, (R) > (L)"},
		{"clinical signs", clinicalSigns, strings.ReplaceAll(clinicalSigns, "\u2126", "Ω")},
		{"letters of Europe and Vietnam", "Żółw Ωδός Привет ễ Åse", "Żółw Ωδός Привет ễ Åse"},
		{"composed", "cafe\u0301", "café"},
		{"a mark that has no composed letter stays on its own", "q\u0301", "q\u0301"},
		{"white space stays", "a\u00a0b\u2009c\td\ne", "a\u00a0b\u2009c\td\ne"},
		{"unseen signs go", "hy\u00adphen\u200b \u200ea\u202eb\u2066c\ufeff\u0000d\u2060", "hyphen abcd"},
		{"a byte that is no text", "a\xffb", "a\uFFFDb"},
		{"right and left in a ring", "Ⓡ knee, Ⓛ hip, ⓐ", "(R) knee, (L) hip, (a)"},
		{"a number in a ring has a glyph", "①", "①"},
		{"a key", "1\ufe0f\u20e3 squat, 2\u20e3 rest, #\ufe0f\u20e3", "(1) squat, (2) rest, (#)"},
		{"fancy letters", "𝐁𝐨𝐥𝐝 ＡＢ１", "Bold AB1"},
		{"a unit in one sign", "5 ㎎, 3 ㎏", "5 mg, 3 kg"},
		{"a digit that would lose its height", "10 ㎡", "10 [sign: square m squared]"},
		{"an emoji", "Great 👍", "Great [emoji: thumbs up sign]"},
		{"an emoji with a skin", "👍🏽!", "[emoji: thumbs up sign, medium skin tone]!"},
		{"three in one", "👩\u200d⚕️ came", "[emoji: woman, staff of aesculapius] came"},
		{"two in a row", "🙂🙂", "[emoji: slightly smiling face][emoji: slightly smiling face]"},
		{"a flag", "🇦🇺 🇦", "[emoji: flag AU] [emoji: letter A]"},
		{"one with a glyph", "☺️ ⚠️", "☺ ⚠"},
		{"plainer ones", "✅ ❌ ⭐", "✔ ✖ ★"},
		{"a sign that is no emoji", "⸺", "[sign: two-em dash]"},
	} {
		got, err := legible(tt.in)
		if err != nil || got != tt.want {
			t.Errorf("%s: legible(%q) = %q, %v; want %q", tt.why, tt.in, got, err, tt.want)
		}
		for _, r := range got {
			if _, ok := faceFor(r, 0); !ok && r > ' ' && r != '\u00a0' && r != '\u2009' {
				t.Errorf("%s: %q has no glyph", tt.why, r)
			}
		}
	}
}

func TestIllegible(t *testing.T) {
	for _, tt := range []struct{ why, in, says string }{
		{"Arabic", "الألم", "right to left"},
		{"Arabic digits", "٩٥", "right to left"},
		{"Hebrew", "כאב", "right to left"},
		{"Chinese", "疼痛", "Han"},
		{"Japanese", "カ", "Katakana"},
		{"Hindi", "दर्द", "Devanagari"},
		{"Lao, whose letters the font has and cannot place", "ກຳ", "Lao"},
		{"a number in a script of its own", "〥", "do not have"},
		{"an Egyptian bird", "\U00013000", "Egyptian"},
		{"private use", "\ue123", "no name"},
		{"unassigned", "\u0378", "no name"},
	} {
		got, err := legible("Knee " + tt.in)
		if !errors.Is(err, carryover.ErrInvalid) {
			t.Errorf("%s: legible(%q) = %q, %v; want an error of kind ErrInvalid", tt.why, tt.in, got, err)
			continue
		}
		if !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), tt.in) {
			t.Errorf("%s: error %q, want one that says %q and not the words", tt.why, err, tt.says)
		}
	}
}

func TestSpacesForTabs(t *testing.T) {
	for in, want := range map[string]string{"a\tb": "a   b", "\tx": "    x", "abcd\te": "abcd    e", "é\tb": "é   b", "none": "none"} {
		if got := spacesForTabs(in); got != want {
			t.Errorf("spacesForTabs(%q) = %q, want %q", in, got, want)
		}
	}
}
