package cli

import (
	"fmt"
	"io"
	"strings"

	"carryover"
	"carryover/internal/desk"
)

// wide is the longest line of advice.
const wide = 96

// whatHelps prints the next step of a document that waits for a person, each
// command on a line to copy. A release carries the digest of what was shown, so
// that it is refused when something has changed since.
func whatHelps(w io.Writer, v desk.Detail) {
	state := carryover.State(v.State)
	if v.NextStep == "" || state != carryover.Held && state != carryover.Refused {
		return
	}
	next := v.NextStep
	if v.Note == "" && !strings.Contains(next, "carryover dismiss") { // what is in Cliniko is not out of it by that
		next += " If it does not belong in Cliniko: `carryover dismiss " + v.Mark + " --reason not_for_cliniko`."
	}
	fmt.Fprintln(w, "\nWhat helps")
	for i, part := range strings.Split(next, "`") {
		part = strings.TrimSpace(strings.TrimPrefix(part, "."))
		switch {
		case part == "":
		case i%2 == 1:
			fmt.Fprintf(w, "      %s\n", withDigest(part, v))
		default:
			wrap(w, part)
		}
	}
	if strings.Contains(next, "--patient N") {
		wrap(w, "N is the patient's id, the number at the end of their address in Cliniko.")
	}
	if strings.Contains(next, "--practitioner P") {
		wrap(w, "P is the practitioner's id or e-mail address.")
	}
}

func withDigest(command string, v desk.Detail) string {
	release := "carryover release " + v.Mark
	return strings.Replace(command, release, release+" --digest "+v.Digest, 1)
}

// wrap prints words in lines that are not too wide.
func wrap(w io.Writer, words string) {
	line := " "
	for word := range strings.FieldsSeq(words) {
		if len(line)+1+len(word) > wide {
			fmt.Fprintln(w, line)
			line = " "
		}
		line += " " + word
	}
	fmt.Fprintln(w, line)
}
