package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"carryover"
)

// maxLine bounds one line of a file, in bytes.
const maxLine = 1 << 20

// load reads a file of JSON lines, each through into.
func load[Row, T any](path string, into func(Row) (T, error)) ([]T, error) {
	return lines(path, func(line []byte) (T, error) {
		var row Row
		if err := json.Unmarshal(line, &row); err != nil {
			var none T
			return none, err
		}
		return into(row)
	})
}

// lines reads a file's lines, empty ones aside.
func lines[T any](path string, read func([]byte) (T, error)) ([]T, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	scan := bufio.NewScanner(f)
	scan.Buffer(nil, maxLine)
	var out []T
	for n := 1; scan.Scan(); n++ {
		if len(scan.Bytes()) == 0 {
			continue
		}
		t, err := read(scan.Bytes())
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		out = append(out, t)
	}
	if err := scan.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return out, nil
}

type patientRow struct {
	ID            string  `json:"id"`
	FirstName     string  `json:"first_name"`
	LastName      string  `json:"last_name"`
	PreferredName *string `json:"preferred_first_name"`
	BirthDate     *string `json:"date_of_birth"`
	Sex           *string `json:"sex"`
	ArchivedAt    *string `json:"archived_at"`
	MergedInto    *string `json:"merged_into"`
}

func (r patientRow) patient() (carryover.Patient, error) {
	archived, err := timeOf(r.ArchivedAt)
	if err != nil {
		return carryover.Patient{}, err
	}
	born, err := carryover.ParseDate(textOf(r.BirthDate))
	if err != nil {
		return carryover.Patient{}, fmt.Errorf("patient %s: %w", r.ID, err)
	}
	return carryover.Patient{
		ID: carryover.PatientID(r.ID), FirstName: carryover.NewText(r.FirstName), LastName: carryover.NewText(r.LastName),
		PreferredName: carryover.NewText(textOf(r.PreferredName)), BirthDate: born, Sex: carryover.ParseSex(textOf(r.Sex)),
		ArchivedAt: archived, MergedInto: carryover.PatientID(textOf(r.MergedInto)),
	}, nil
}

type appointmentRow struct {
	ID           string  `json:"id"`
	PatientID    string  `json:"patient_id"`
	Practitioner string  `json:"practitioner"`
	StartsAt     *string `json:"starts_at"`
	EndsAt       *string `json:"ends_at"`
	CancelledAt  *string `json:"cancelled_at"`
}

func (r appointmentRow) booking() (carryover.Booking, error) {
	b := carryover.Booking{
		ID: carryover.BookingID(r.ID), Kind: carryover.IndividualAppointment,
		Practitioner: carryover.PractitionerID(r.Practitioner), Patients: []carryover.PatientID{carryover.PatientID(r.PatientID)},
	}
	var err error
	for _, f := range []struct {
		to   *time.Time
		from *string
	}{{&b.StartsAt, r.StartsAt}, {&b.EndsAt, r.EndsAt}, {&b.CancelledAt, r.CancelledAt}} {
		if *f.to, err = timeOf(f.from); err != nil {
			return b, fmt.Errorf("appointment %s: %w", r.ID, err)
		}
	}
	return b, nil
}

type sessionRow struct {
	SessionID string `json:"session_id"`
	Patient   struct {
		Name      *string `json:"name"`
		BirthDate *string `json:"dob"`
		Gender    *string `json:"gender"`
	} `json:"patient"`
	PatientID *literal `json:"ehr_patient_id"`
	BookingID *literal `json:"ehr_appt_id"`
	StartedAt *string  `json:"started_at"`
	Clinician string   `json:"clinician"`
}

// A literal is an id that was written as a string or as a whole number, which
// is taken digit by digit: as a float, 18 digits become another patient's.
type literal string

// UnmarshalJSON refuses what is no exact id: 1.0, 1e18, true.
func (l *literal) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		*l = literal(s)
		return nil
	}
	if strings.ContainsFunc(string(raw), func(r rune) bool { return r < '0' || r > '9' }) {
		return errors.New("an id is a string or a whole number")
	}
	*l = literal(raw)
	return nil
}

// session says of a birth date that cannot be read that there was one.
func (r sessionRow) session() (carryover.Session, error) {
	start, err := timeOf(r.StartedAt)
	if err != nil {
		return carryover.Session{}, fmt.Errorf("session %s: %w", r.SessionID, err)
	}
	born, err := carryover.ParseDate(textOf(r.Patient.BirthDate))
	return carryover.Session{
		ID: carryover.SessionID(r.SessionID), Practitioner: carryover.PractitionerID(r.Clinician), StartedAt: start,
		Claim: carryover.PatientClaim{
			Name: carryover.NewText(textOf(r.Patient.Name)), BirthDate: born, Unread: err != nil, Sex: carryover.ParseSex(textOf(r.Patient.Gender)),
			PatientID: carryover.PatientID(textOf(r.PatientID)), BookingID: carryover.BookingID(textOf(r.BookingID)),
		},
	}, nil
}

// An asked session is one line of the sessions' file; broken says that nobody
// can read it, so that it is held.
type asked struct {
	carryover.Session
	broken bool
}

// readAsked reads a line, or at least whose it is.
func readAsked(line []byte) (asked, error) {
	var row sessionRow
	if err := json.Unmarshal(line, &row); err == nil && row.SessionID != "" {
		if s, err := row.session(); err == nil {
			return asked{Session: s}, nil
		}
	}
	var only struct {
		SessionID string `json:"session_id"`
	}
	_ = json.Unmarshal(line, &only) // what has no id is held without
	return asked{Session: carryover.Session{ID: carryover.SessionID(only.SessionID)}, broken: true}, nil
}

// textOf is what an optional field says.
func textOf[S ~string](s *S) string {
	if s == nil {
		return ""
	}
	return string(*s)
}

func timeOf(s *string) (time.Time, error) {
	if textOf(s) == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339, *s)
}
