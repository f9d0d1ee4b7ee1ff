package fill

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// key makes names comparable: case, punctuation, numbering, emoji and a plural
// s do not tell two headings apart.
func key(name string) string {
	words := wordsOf(strings.ToLower(name))
	if len(words) > 1 && numbering(words[0], strings.TrimSpace(name)) {
		words = words[1:]
	}
	for i, w := range words {
		words[i] = singular(w)
	}
	return strings.Join(words, " ")
}

// wordsOf cuts a text into runs of letters and digits. The signs that tell two
// names apart stand by themselves: "Pain <24 h" is not "Pain >24 h".
func wordsOf(s string) []string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			b.WriteRune(r)
		case strings.ContainsRune("<>≤≥±", r), strings.ContainsRune("+-−", r) && findingSign(s[i+utf8.RuneLen(r):]):
			b.WriteString(" " + string(r) + " ")
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}

// findingSign says that what follows a plus or minus makes it a finding: +ve.
func findingSign(after string) bool {
	after = strings.ToLower(after)
	return strings.HasPrefix(after, "ve") && (len(after) == 2 || !unicode.IsLetter(rune(after[2])))
}

// numbering says that a name's first word is the number of a heading: "1.",
// "12)", "iv." are, "A." is not, since A stands for assessment, and neither is
// "3" of "3 month goals".
func numbering(w, name string) bool {
	if len(w) > 2 && w != "iii" || strings.Trim(w, "0123456789") != "" && w != "ii" && w != "iii" && w != "iv" {
		return false
	}
	return len(name) > len(w) && strings.ContainsRune(".):", rune(name[len(w)]))
}

func singular(w string) string {
	switch {
	case len(w) > 4 && strings.HasSuffix(w, "ies"):
		return strings.TrimSuffix(w, "ies") + "y"
	case len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "is"):
		return strings.TrimSuffix(w, "s")
	}
	return w
}

// sameWords says that two names have the same words but for case: whoever
// reads the one has read the other.
func sameWords(a, b string) bool {
	return slices.EqualFunc(wordsOf(a), wordsOf(b), strings.EqualFold)
}

// synonyms are headings that physiotherapists use for one another: SOAP notes
// and their long forms, and the abbreviations of the profession. Each line is
// one meaning. Names that could be two things (history, treatment, Ax) are in
// no line.
var synonyms = [][]string{
	{"S", "Subjective", "Subjective assessment", "Subjective examination", "Subjective history"},
	{"O", "Objective", "Objective assessment", "Objective examination", "Objective findings", "Physical examination"},
	{"A", "Assessment", "Analysis", "Clinical impression", "Impression", "Clinical reasoning"},
	{"P", "Plan", "Management plan", "Plan and follow up", "Treatment plan"},
	{"HPC", "HOPC", "HPI", "History of presenting complaint", "History of presenting condition", "History of present illness", "Current history", "CHx"},
	{"PC", "Presenting complaint", "Presenting condition", "Chief complaint", "Main complaint", "Reason for visit", "Reason for presentation"},
	{"PMH", "PMHx", "Past medical history", "Medical history", "Relevant medical history"},
	{"SH", "SHx", "Social history"},
	{"FH", "FHx", "Family history"},
	{"Meds", "Medication", "Current medication", "Medicines"},
	{"Allergy", "Allergies and reactions", "Known allergies"},
	{"Red flags", "Red flag screening", "Red flag screen"},
	{"ROM", "Range of motion", "Range of movement"},
	{"Rx", "Treatment provided", "Treatment given", "Treatment today", "Intervention"},
	{"HEP", "Home exercise program", "Home exercise programme", "Home program", "Home exercises"},
	{"Diagnosis", "Working diagnosis", "Provisional diagnosis", "Dx"},
	{"Goals", "Patient goals", "Treatment goals"},
	{"Outcome measures", "OM", "Outcome measure scores"},
	{"Precautions", "Contraindications and precautions", "Precautions and contraindications"},
	{"Consent", "Informed consent"},
	{"Next appointment", "Next review", "Review date", "Next visit"},
	{"DOB", "Date of birth", "Birth date"},
}

// meanings gives each known name the number of its line.
var meanings = func() map[string]int {
	m := map[string]int{}
	for i, line := range synonyms {
		for _, name := range line {
			m[key(name)] = i + 1
		}
	}
	return m
}()

// alike says that two normalised names are one or mean one thing.
func alike(a, b string) bool {
	return a != "" && (a == b || meanings[a] != 0 && meanings[a] == meanings[b])
}
