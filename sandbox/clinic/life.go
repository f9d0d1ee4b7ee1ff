package clinic

import (
	"slices"
	"strings"

	"carryover/sandbox"
)

// How documents live during the day, in shares of it. Everything that ends is
// final by finalBy, so that a run can be judged soon after the day is over.
const (
	listedBy  = 0.62 // the last session appears before this
	visibleBy = 0.75 // the last document first shows before this
	finalBy   = 0.80
	// step is the time between two stages of a growing document. It is well
	// under the quiet period that the written configuration sets (a twelfth of
	// the day), so that no careful client takes a half-written text for done.
	step = 0.015
	// amendedAt is when the one document that changes after filing does so;
	// earlyBy is the latest it may have been finished before.
	amendedAt, earlyBy = 0.90, 0.30
	// aSight is how long the deleted document is there: long enough to be
	// seen, too short to ripen.
	aSight = 0.04
)

// A life is a way in which a document comes to its final text.
type life func(d *dice, at float64, text string) []sandbox.Stage

// lives are the ways, the plainest most often.
var lives = []life{atOnce, atOnce, atOnce, grows, grows, touchedUp}

func atOnce(_ *dice, at float64, text string) []sandbox.Stage {
	return []sandbox.Stage{{At: at, Text: text}}
}

// grows is how Heidi writes: an empty document, half of it, all of it.
func grows(_ *dice, at float64, text string) []sandbox.Stage {
	return []sandbox.Stage{{At: at}, {At: at + step, Text: firstHalf(text)}, {At: at + 2*step, Text: text}}
}

// touchedUp is a clinician who reads the text at once and mends it.
func touchedUp(d *dice, at float64, text string) []sandbox.Stage {
	return []sandbox.Stage{{At: at, Text: dropLine(d, text)}, {At: at + 2*step, Text: text}}
}

// firstHalf returns the text up to a line end near its middle.
func firstHalf(text string) string {
	if i := strings.LastIndex(text[:len(text)/2], "\n"); i > 0 {
		return text[:i]
	}
	return text[:strings.LastIndexAny(text[:len(text)/2], " ")+1]
}

// dropLine returns the text without one of its lines from the second half, as
// it was before somebody added it.
func dropLine(d *dice, text string) string {
	lines := strings.Split(text, "\n")
	var telling []int // lines of the second half that say something
	for i := len(lines) / 2; i < len(lines); i++ {
		if len(splitWords(lines[i])) > 3 {
			telling = append(telling, i)
		}
	}
	if len(telling) == 0 {
		return firstHalf(text)
	}
	gone := pick(d, telling)
	return strings.Join(slices.Concat(lines[:gone], lines[gone+1:]), "\n")
}

// addendum is what a clinician adds to a document that has been filed.
const addendum = "\n\n**Addendum:** " + addition + "\n"

const addition = "spoke with the referrer by telephone after the visit; the plan stands, review brought forward by 1/52."
