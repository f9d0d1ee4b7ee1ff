package web

import (
	"bytes"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

// Whatever holds a document comes with what a person does about it, in words
// that need no terminal.
func TestEveryHoldHasHelp(t *testing.T) {
	for _, r := range carryover.Reasons() {
		help := helps[r]
		if strings.Contains(r.NextStep(), "Nothing needs doing") {
			continue
		}
		if help == "" {
			t.Errorf("reason %s has no help", r)
		}
		if strings.ContainsAny(help, "`") || strings.Contains(help, "--") {
			t.Errorf("the help for %s names a command: %s", r, help)
		}
	}
}

func TestEveryStateHasWords(t *testing.T) {
	for _, s := range carryover.States {
		if sayings[s].words == "" || glyphs[sayings[s].tone] == "" {
			t.Errorf("state %s has no words or no shape", s)
		}
	}
	for _, o := range []carryover.Agreement{carryover.Agrees, carryover.Differs, carryover.Absent, carryover.CannotTell} {
		if outcomes[string(o)].mark == "" {
			t.Errorf("outcome %q has no shape", o)
		}
	}
}

func patientOf(first, preferred, last, born string) carryover.Patient {
	d, _ := carryover.ParseDate(born)
	return carryover.Patient{
		ID: "1", FirstName: carryover.NewText(first), PreferredName: carryover.NewText(preferred), LastName: carryover.NewText(last), BirthDate: d,
	}
}

func TestReentry(t *testing.T) {
	ada := patientOf("Ada", "", "Invented", "1980-03-31")
	for _, c := range []struct {
		name           string
		p              carryover.Patient
		initials, born string
		fits           bool
	}{
		{"as it is", ada, "AI", "31/3/1980", true},
		{"with dots, small", ada, "a. i.", "31.03.1980", true},
		{"a middle name", ada, "AMI", "1980-03-31", true},
		{"swapped", ada, "IA", "31/3/1980", false},
		{"one letter", ada, "A", "31/3/1980", false},
		{"nothing", ada, "", "", false},
		{"another birth date", ada, "AI", "30/3/1980", false},
		{"month first", ada, "AI", "3/31/1980", false},
		{"two digits of the year", ada, "AI", "31/3/80", false},
		{"no birth date typed", ada, "AI", "", false},
		{"a whole name", ada, "Ada Invented", "31/3/1980", false},
		{"preferred name", patientOf("William", "Bill", "Quokka", "2001-01-02"), "BQ", "2/1/2001", true},
		{"first name where there is a preferred one", patientOf("William", "Bill", "Quokka", "2001-01-02"), "WQ", "2/1/2001", true},
		{"accents", patientOf("Élodie", "", "Ørsted", "2001-01-02"), "EØ", "2/1/2001", true},
		{"a last name of several words, the first", patientOf("Tom", "", "van der Berg", "2001-01-02"), "TV", "2/1/2001", true},
		{"a last name of several words, the last", patientOf("Tom", "", "van der Berg", "2001-01-02"), "TB", "2/1/2001", true},
		{"one name only", patientOf("", "", "Suharto", "2001-01-02"), "S", "2/1/2001", true},
		{"no birth date in the register", patientOf("Ada", "", "Invented", ""), "AI", "", true},
		{"no birth date in the register, one typed", patientOf("Ada", "", "Invented", ""), "AI", "31/3/1980", false},
	} {
		if wrong := mismatch(c.p, c.initials, c.born); (wrong == "") != c.fits {
			t.Errorf("%s: %q, want it to fit: %v", c.name, wrong, c.fits)
		}
	}
}

func TestHintsWithoutCommands(t *testing.T) {
	for hint, want := range map[string]string{
		"Look at it again with `carryover show`, then decide.":                       "Go back, look at it again, then decide.",
		"Release the later one, or dismiss this one.":                                "Release the later one, or dismiss this one.",
		"Unarchive it in Cliniko. Then `carryover retry ID` goes on.":                "Unarchive it in Cliniko.",
		"Name the practitioner with --practitioner; `carryover show` has the diary.": "Go back, look at it again, then decide.",
	} {
		if got := withoutCommands(hint); got != want {
			t.Errorf("%q becomes %q, want %q", hint, got, want)
		}
	}
}

func TestDaysAddUp(t *testing.T) {
	var all []ledger.Seen
	for _, s := range carryover.States {
		all = append(all, ledger.Seen{State: s})
	}
	at := time.Now()
	all = append(all, ledger.Seen{State: carryover.Proven, FirstSeen: at, FiledAt: at.Add(3 * time.Minute)})
	var d dayCount
	d.count(all)
	if d.Filed+d.Held+d.Moving+d.Left != d.Total || d.Total != len(carryover.States)+1 {
		t.Errorf("the sums are %d + %d + %d + %d of %d, want every document in one of them", d.Filed, d.Held, d.Moving, d.Left, d.Total)
	}
	if d.MedianWords() != "3 minutes" {
		t.Errorf("the middle time is %q, want 3 minutes", d.MedianWords())
	}
	g := draw([]dayCount{d, {Total: 1000, Filed: 1000}})
	for _, b := range g.Bars {
		for _, p := range b.Parts {
			if p.Y < 0 || p.Y+p.Height > barsHigh {
				t.Errorf("a bar reaches from %d to %d, want it within 0 and %d", p.Y, p.Y+p.Height, barsHigh)
			}
		}
	}
}

// TestContrast computes, for light and for dark, the contrast of every pair of
// text and ground that the style sheet uses (WCAG 2.2, 1.4.3: at least 4.5).
func TestContrast(t *testing.T) {
	css, err := assetFiles.ReadFile("assets/style.css")
	if err != nil {
		t.Fatal(err)
	}
	light, rest, _ := bytes.Cut(css, []byte("@media (prefers-color-scheme: dark)"))
	dark, _, _ := bytes.Cut(rest, []byte("\n}\n"))
	token := regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`)
	for theme, block := range map[string][]byte{"light": light, "dark": dark} {
		colours := map[string]string{}
		for _, m := range token.FindAllSubmatch(block, -1) {
			colours[string(m[1])] = string(m[2])
		}
		for _, pair := range [][2]string{
			{"ink", "ground"},
			{"ink", "paper"},
			{"ink", "sunk"},
			{"soft", "ground"},
			{"soft", "paper"},
			{"soft", "sunk"},
			{"accent", "ground"},
			{"accent", "paper"},
			{"accent", "sunk"},
			{"accent-strong", "ground"},
			{"accent-strong", "paper"},
			{"on-accent", "accent"},
			{"on-accent", "accent-strong"},
			{"good", "good-ground"},
			{"ask", "ask-ground"},
			{"bad", "bad-ground"},
			{"moving", "moving-ground"},
			{"quiet", "quiet-ground"},
			{"good", "paper"},
			{"ask", "paper"},
			{"bad", "paper"},
			{"moving", "paper"},
			{"ink", "moving-ground"},
			{"soft", "moving-ground"},
			{"ask", "moving-ground"},
		} {
			a, b := colours[pair[0]], colours[pair[1]]
			if a == "" || b == "" {
				t.Errorf("%s: there is no colour %s or %s", theme, pair[0], pair[1])
				continue
			}
			if c := contrast(a, b); c < 4.5 {
				t.Errorf("%s: %s on %s has a contrast of %.2f, want 4.5", theme, pair[0], pair[1], c)
			}
		}
	}
}

func contrast(a, b string) float64 {
	x, y := luminance(a)+.05, luminance(b)+.05
	return max(x, y) / min(x, y)
}

func luminance(hex string) float64 {
	sum := 0.0
	for i, weight := range []float64{.2126, .7152, .0722} {
		n, _ := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		c := float64(n) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
