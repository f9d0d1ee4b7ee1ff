package web

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"carryover"
	"carryover/internal/desk"
)

// A patient whom a person picked is confirmed by typing the initials and the
// birth date of the person the document is about. Re-entry halves wrong picks
// (Adelman and others, JAMIA 2013); one more click does not.

// A confirmView asks for the re-entry.
type confirmView struct {
	staff
	D            desk.Detail
	Person       foundPerson
	Digest       string
	Practitioner string // whose session a person says it was, where that is the question
	Ask          bool   // that question is still open
	Wrong        string // what did not fit; empty: it was not tried
}

// choose asks for the re-entry of the patient that a person picked.
func (s *Server) choose(w http.ResponseWriter, r *http.Request) error {
	d, _, err := s.decided(r)
	if err != nil {
		return err
	}
	patient := carryover.PatientID(r.PostFormValue("patient"))
	p, err := s.patient(r, d, patient)
	if err != nil {
		return err
	}
	return s.confirm(w, r, http.StatusOK, d, p, "")
}

// reentered checks the re-entry against the register as it is now. again says
// that the question was put once more.
func (s *Server) reentered(w http.ResponseWriter, r *http.Request, d desk.Detail, id carryover.PatientID) (again bool, err error) {
	p, err := s.patient(r, d, id)
	if err != nil {
		return false, err
	}
	wrong := mismatch(p, r.PostFormValue("initials"), r.PostFormValue("born"))
	if wrong == "" && s.authorOpen(r, d) {
		wrong = "Choose whose session it was."
	}
	if wrong == "" {
		return false, nil
	}
	return true, s.confirm(w, r, http.StatusUnprocessableEntity, d, p, wrong)
}

func (s *Server) confirm(w http.ResponseWriter, r *http.Request, status int, d desk.Detail, p carryover.Patient, wrong string) error {
	s.Render(w, r, status, "confirm", confirmView{
		staff: s.staff(r), D: d, Person: s.foundPerson(r, p), Digest: d.Digest, Practitioner: string(s.author(r, d)), Ask: s.authorOpen(r, d), Wrong: wrong,
	})
	return nil
}

// patient reads one patient from the register; an archived or merged record
// takes no note.
func (s *Server) patient(r *http.Request, d desk.Detail, id carryover.PatientID) (carryover.Patient, error) {
	found, _, err := s.Desk.FindPatients(r.Context(), desk.FindRequest{Patient: id, Subject: d.ID, Actor: s.actor(r)})
	switch {
	case err != nil:
		return carryover.Patient{}, err
	case id == "" || len(found) != 1 || found[0].ID != id:
		return carryover.Patient{}, badRequest("Cliniko has no such patient.", "Search for the patient again.")
	case !found[0].Live():
		return carryover.Patient{}, badRequest("That record is archived or was merged into another.", "Unarchive it in Cliniko, or choose the record that is in use.")
	}
	return found[0], nil
}

// mismatch says what of a re-entry does not fit the patient; empty when all does.
func mismatch(p carryover.Patient, initials, born string) string {
	date, err := parseBirthDate(born)
	switch {
	case !initialsFit(p, initials):
		return "The initials are not this patient’s."
	case p.BirthDate.IsZero() && strings.TrimSpace(born) == "":
		return "" // the record has none to compare
	case err != nil || date.IsZero():
		return "The birth date cannot be read. Write it as day/month/year."
	case date != p.BirthDate:
		return "The birth date is not this patient’s."
	}
	return ""
}

// initialsFit compares the first and the last letter of what was typed with the
// patient's names. A preferred first name counts, and of a last name of several
// words its first or last ("van der Berg": V or B).
func initialsFit(p carryover.Patient, typed string) bool {
	letters := lettersOf(typed)
	first := append(initialsOf(p.FirstName), initialsOf(p.PreferredName)...)
	last := initialsOf(p.LastName)
	switch {
	case len(letters) == 0 || len(letters) > 4:
		return false
	case len(first) == 0:
		return len(letters) == 1 && contains(last, letters[0])
	case len(last) == 0:
		return len(letters) == 1 && contains(first, letters[0])
	}
	return len(letters) >= 2 && contains(first[:], letters[0]) && contains(last, letters[len(letters)-1])
}

func contains(some []rune, r rune) bool { return strings.ContainsRune(string(some), r) }

// initialsOf are the first letters of the first and the last word of a name.
func initialsOf(name carryover.Text) []rune {
	words := strings.FieldsFunc(name.Reveal(), func(r rune) bool { return unicode.IsSpace(r) || r == '-' })
	if len(words) == 0 {
		return nil
	}
	var out []rune
	for _, w := range []string{words[0], words[len(words)-1]} {
		if l := lettersOf(w); len(l) > 0 {
			out = append(out, l[0])
		}
	}
	return out
}

// lettersOf are the letters of a text, in upper case and without accents.
func lettersOf(s string) []rune {
	var out []rune
	for _, r := range norm.NFD.String(s) {
		if unicode.IsLetter(r) {
			out = append(out, unicode.ToUpper(r))
		}
	}
	return out
}

var (
	dayFirst  = regexp.MustCompile(`^\s*(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4})\s*$`)
	yearFirst = regexp.MustCompile(`^\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*$`)
)

// parseBirthDate reads a date as people here type it, day first, or as machines
// write it. A year of two digits is nobody's to guess.
func parseBirthDate(s string) (carryover.Date, error) {
	if m := dayFirst.FindStringSubmatch(s); m != nil {
		return carryover.ParseDate(m[3] + "-" + two(m[2]) + "-" + two(m[1]))
	}
	if m := yearFirst.FindStringSubmatch(s); m != nil {
		return carryover.ParseDate(m[1] + "-" + two(m[2]) + "-" + two(m[3]))
	}
	return carryover.ParseDate(s)
}

func two(digits string) string {
	n, _ := strconv.Atoi(digits)
	return string(rune('0'+n/10)) + string(rune('0'+n%10))
}
