package clinic

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"carryover/sandbox"
)

// sessionNamed begins the name of a session whose id was replaced; the rest is
// the id it had in the file, so that people and the truth can find it again.
const sessionNamed = "SANDBOX session "

// Load reads a practice from the files of dir: patients.jsonl and
// sessions.jsonl, and, where they are, appointments.jsonl, practitioners.jsonl,
// truth.jsonl and practice.json. docs/sandbox.md describes them.
//
// Times are kept as they are given. Sessions appear in the order of their
// start, over the first four fifths of the day, with their documents. Ids that
// have the form of the API's are kept, others are replaced by ids made from
// them. An error names the file, the line and the field, never a value.
func Load(dir string) (*sandbox.Practice, error) {
	l := &loader{
		dir: dir, practitioners: map[string]int{}, patients: map[string]int{}, appointments: map[string]string{}, sessions: map[string]int{},
		practice: &sandbox.Practice{Name: "SANDBOX (loaded)", TimeZone: "Australia/Brisbane", Shard: shard, Region: "AU"},
	}
	steps := []func() error{
		l.settings,
		func() error { return eachLine(dir, "practitioners.jsonl", true, l.practitioner) },
		func() error { return eachLine(dir, "patients.jsonl", false, l.patient) },
		l.merges,
		func() error { return eachLine(dir, "appointments.jsonl", true, l.appointment) },
		func() error { return eachLine(dir, "sessions.jsonl", false, l.session) },
		func() error { return eachLine(dir, "truth.jsonl", true, l.truth) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	l.spread()
	return l.practice, nil
}

// A loader turns lines into a practice. Its maps lead from the ids of the
// files to what has been made of them.
type loader struct {
	dir           string
	practice      *sandbox.Practice
	practitioners map[string]int
	patients      map[string]int
	appointments  map[string]string
	sessions      map[string]int
}

// settings reads practice.json.
func (l *loader) settings() error {
	text, err := os.ReadFile(filepath.Join(l.dir, "practice.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("load practice.json: %w", err)
	}
	var f practiceFile
	if err := json.Unmarshal(text, &f); err != nil {
		return fmt.Errorf("practice.json: %w", plain(err))
	}
	if f.TimeZone != "" {
		if _, err := time.LoadLocation(f.TimeZone); err != nil {
			return fmt.Errorf("practice.json: time_zone: want a name such as Australia/Hobart")
		}
		l.practice.TimeZone = f.TimeZone
	}
	if f.Shard != "" {
		l.practice.Shard = f.Shard
	}
	if f.Name != "" {
		l.practice.Name = f.Name
	}
	return nil
}

func (l *loader) practitioner(line *practitionerLine) error {
	name := line.Practitioner
	if name == "" {
		return errors.New(`practitioner is missing: the name by which appointments and sessions call this person`)
	}
	if _, known := l.practitioners[name]; known {
		return errors.New("practitioner: this name stands on an earlier line")
	}
	if line.Key != "" && !strings.HasPrefix(line.Key, "SANDBOX") {
		return errors.New("key: does not begin with SANDBOX; a real key has no business here")
	}
	p := l.newPractitioner(name)
	for _, set := range []struct {
		field *string
		value string
	}{
		{&p.Key, line.Key},
		{&p.Role, line.Role},
		{&p.Title, line.Title},
		{&p.FirstName, line.FirstName},
		{&p.LastName, line.LastName},
		{&p.Email, line.Email},
		{&p.InternalID, line.InternalID},
	} {
		if set.value != "" {
			*set.field = set.value
		}
	}
	if line.ID != "" {
		p.ID = asClinikoID("practitioner", line.ID)
	}
	if line.UserID != "" {
		p.UserID = asClinikoID("user", line.UserID)
	}
	p.Linked = !line.Unlinked
	return nil
}

// newPractitioner adds a practitioner known by nothing but a name.
func (l *loader) newPractitioner(name string) *sandbox.Practitioner {
	l.practitioners[name] = len(l.practice.Practitioners)
	l.practice.Practitioners = append(l.practice.Practitioners, sandbox.Practitioner{
		ID: asClinikoID("practitioner", name), UserID: asClinikoID("user", name+"/user"), Key: keyFor(name, l.practice.Shard),
		Role: "practitioner", FirstName: "Clinician", LastName: name, InternalID: name, Linked: true,
		Email: strings.ToLower(strings.Join(strings.Fields(name), ".")) + "@example.com",
	})
	return &l.practice.Practitioners[len(l.practice.Practitioners)-1]
}

// practitionerID returns the id of the practitioner called name, who is made
// up when no file has introduced them.
func (l *loader) practitionerID(field, name string) (string, error) {
	if name == "" {
		return "", fmt.Errorf("%s is missing", field)
	}
	if i, known := l.practitioners[name]; known {
		return l.practice.Practitioners[i].ID, nil
	}
	return l.newPractitioner(name).ID, nil
}

func (l *loader) patient(line *patientLine) error {
	switch {
	case line.ID == "":
		return errors.New("id is missing")
	case line.FirstName == "" || line.LastName == "":
		return errors.New("first_name or last_name is missing")
	}
	if _, known := l.patients[line.ID]; known {
		return errors.New("id: this patient stands on an earlier line")
	}
	p := sandbox.Patient{
		ID: asClinikoID("patient", line.ID), FirstName: line.FirstName, LastName: line.LastName, PreferredName: text(line.PreferredName),
		BirthDate: text(line.BirthDate), Sex: text(line.Sex), Email: text(line.Email), Phone: text(line.Phone), MergedInto: text(line.MergedInto),
	}
	if p.BirthDate != "" {
		if _, err := time.Parse(time.DateOnly, p.BirthDate); err != nil {
			return errors.New("date_of_birth: want YYYY-MM-DD or null")
		}
	}
	var err error
	if p.ArchivedAt, err = moment("archived_at", line.ArchivedAt); err != nil {
		return err
	}
	p.CreatedAt = time.Date(2019, 7, 1, 0, 0, len(l.practice.Patients), 0, time.UTC) // unknown; before any session
	l.patients[line.ID] = len(l.practice.Patients)
	l.practice.Patients = append(l.practice.Patients, p)
	return nil
}

// merges turns merged_into, which names patients by the ids of the file, into
// ids, and refuses circles.
func (l *loader) merges() error {
	lines := make(map[int]string, len(l.patients))
	for id, i := range l.patients {
		lines[i] = id
	}
	next := map[int]int{}
	for i := range l.practice.Patients {
		p := &l.practice.Patients[i]
		if p.MergedInto == "" {
			continue
		}
		into, known := l.patients[p.MergedInto]
		if !known {
			return fmt.Errorf("patients.jsonl: patient %s: merged_into names no patient of this file", lines[i])
		}
		next[i] = into
		p.MergedInto = l.practice.Patients[into].ID
		if p.ArchivedAt.IsZero() {
			p.ArchivedAt = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		p.MergedAt = p.ArchivedAt
	}
	for i := range next {
		at, more := i, true
		for range len(next) + 1 {
			if at, more = next[at]; !more {
				break
			}
		}
		if more {
			return fmt.Errorf("patients.jsonl: patient %s: the merges go round in a circle", lines[i])
		}
	}
	return nil
}

// spread gives sessions their share of the day in the order of their start.
func (l *loader) spread() {
	all := l.practice.Sessions
	slices.SortStableFunc(all, func(a, b sandbox.Session) int { return a.StartedAt.Compare(b.StartedAt) })
	for i := range all {
		s := &all[i]
		s.At = finalBy * float64(i) / float64(max(1, len(all)))
		for j := range s.ConsultNote {
			s.ConsultNote[j].At = s.At
		}
		for j := range s.Documents {
			for k := range s.Documents[j].Stages {
				s.Documents[j].Stages[k].At = s.At
			}
		}
	}
	if len(l.practice.Businesses) == 0 {
		l.practice.Businesses = []sandbox.Business{{ID: asClinikoID("business", "main"), Name: "SANDBOX main rooms"}}
	}
}

// text returns the string behind s, empty when there is none.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// moment reads a time that may be missing.
func moment(field string, s *string) (time.Time, error) {
	if text(s) == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, *s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: want a time such as 2026-11-03T22:04:11Z", field)
	}
	return at.UTC(), nil
}
