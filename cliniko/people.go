package cliniko

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"carryover"
)

const (
	hintNoPractitioner = "This key's user has no practitioner profile in Cliniko, so it cannot write treatment notes. Use a key made by the practitioner."
	hintInactive       = "This key's practitioner is inactive in Cliniko. Make the practitioner active again, or remove the key."
)

// Who returns whose key this is: the user, to whom rate limits belong, and the
// practitioner, who becomes the author of every note. The author cannot be
// chosen in a request, hence one key for each practitioner. A user without an
// active practitioner is ErrUnauthorized, with a hint; the user is returned
// all the same.
func (c *Client) Who(ctx context.Context) (carryover.UserID, carryover.PractitionerID, error) {
	const op = "ask cliniko whose key this is"
	var u userRecord
	if err := c.get(ctx, op, "user", nil, &u); err != nil {
		return "", "", err
	}
	if !isID(u.ID) {
		return "", "", unreadableAnswer(op)
	}
	user := carryover.UserID(u.ID)
	active, err := c.practitionersOf(ctx, op, "practitioners", u.ID)
	if err != nil {
		return user, "", err
	}
	if len(active) == 1 {
		return user, carryover.PractitionerID(active[0].ID), nil
	}
	p := &carryover.Problem{Op: op, Kind: carryover.ErrUnauthorized, Hint: hintNoPractitioner}
	if inactive, err := c.practitionersOf(ctx, op, "practitioners/inactive", u.ID); err == nil && len(inactive) > 0 {
		p.Hint = hintInactive
	}
	return user, "", p
}

// practitionersOf lists the practitioners of a user. A row that links to
// another user shows that the filter was ignored, and is dropped.
func (c *Client) practitionersOf(ctx context.Context, op, path string, user id) ([]practitionerRecord, error) {
	rows, err := list(ctx, c, op, path, where("", "user_id:="+string(user)),
		func(r practitionerRecord) id { return r.ID })
	return slices.DeleteFunc(rows, func(r practitionerRecord) bool {
		return !isID(r.ID) || string(r.User) != string(user)
	}), err
}

// PatientsByID returns the patients with the given ids, archived and merged
// ones included, in the order asked. Unknown ids are simply missing, as are
// strings that cannot be an id of Cliniko.
func (c *Client) PatientsByID(ctx context.Context, ids []carryover.PatientID) ([]carryover.Patient, error) {
	const op, atOnce = "read patients by id", 100
	var found []carryover.Patient
	for chunk := range slices.Chunk(distinctIDs(ids), atOnce) {
		some, err := c.patients(ctx, op, "id:="+strings.Join(chunk, ","))
		if err != nil {
			return nil, err
		}
		byID := map[string]carryover.Patient{}
		for _, p := range some {
			byID[string(p.ID)] = p
		}
		for _, want := range chunk {
			if p, ok := byID[want]; ok {
				found = append(found, p)
			}
		}
	}
	return found, nil
}

// PatientsBornOn returns every patient with birth date d, archived and merged
// ones included. The zero date finds nobody, without a request.
func (c *Client) PatientsBornOn(ctx context.Context, d carryover.Date) ([]carryover.Patient, error) {
	if d.IsZero() {
		return nil, nil
	}
	found, err := c.patients(ctx, "look for patients by birth date", "date_of_birth:="+d.Reveal())
	return slices.DeleteFunc(found, func(p carryover.Patient) bool { return p.BirthDate != d }), err
}

// PatientsNamed returns patients whose last name contains the searchable part
// of lastName, archived and merged ones included. It searches broadly, since
// Cliniko does not say how it treats case, accents and apostrophes; callers
// compare names themselves. A name with fewer than two letters finds nobody,
// without a request.
func (c *Client) PatientsNamed(ctx context.Context, lastName carryover.Text) ([]carryover.Patient, error) {
	part := searchable(lastName.Reveal())
	if part == "" {
		return nil, nil
	}
	return c.patients(ctx, "look for patients by last name", "last_name:~"+part)
}

// patients lists patients by one filter, archived ones included.
func (c *Client) patients(ctx context.Context, op, filter string) ([]carryover.Patient, error) {
	rows, err := list(ctx, c, op, "patients", where("", filter, "archived_at:*"),
		func(r patientRecord) id { return r.ID })
	if err != nil {
		return nil, err
	}
	found := make([]carryover.Patient, 0, len(rows))
	for _, r := range rows {
		p, ok := r.patient()
		if !ok {
			return nil, unreadableAnswer(op)
		}
		found = append(found, p)
	}
	return found, nil
}

// searchable returns the longest run of plain letters in a name, as accents,
// apostrophes and hyphens are written in several ways; a name without such a
// run is searched as it stands, without the signs that filters use.
func searchable(name string) string {
	best := ""
	for _, run := range strings.FieldsFunc(name, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) }) {
		if len(run) > len(best) {
			best = run
		}
	}
	if len(best) >= 2 {
		return best
	}
	whole := strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '%' || r == ':' || unicode.IsControl(r) {
			return -1
		}
		return r
	}, name))
	if letters(whole) < 2 {
		return ""
	}
	return whole
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// distinctIDs drops repeats and what cannot be an id.
func distinctIDs[T ~string](ids []T) []string {
	var out []string
	for _, i := range ids {
		if isID(i) && !slices.Contains(out, string(i)) {
			out = append(out, string(i))
		}
	}
	return out
}
