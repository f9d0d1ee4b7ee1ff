package clinic

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The lines of a directory's files. Fields that are not named here are
// ignored, because other programs add their own; inside a document they are
// errors, because a misspelt "markdown" would load an empty one.

type practiceFile struct {
	Name     string `json:"name"`
	TimeZone string `json:"time_zone"`
	Shard    string `json:"shard"`
}

type practitionerLine struct {
	Practitioner string `json:"practitioner"` // what appointments and sessions call them
	ID           string `json:"id"`
	UserID       string `json:"user_id"`
	Key          string `json:"key"`
	Role         string `json:"role"`
	Title        string `json:"title"`
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name"`
	Email        string `json:"email"`
	InternalID   string `json:"internal_id"`
	Unlinked     bool   `json:"unlinked"`
}

type patientLine struct {
	ID            string  `json:"id"`
	FirstName     string  `json:"first_name"`
	LastName      string  `json:"last_name"`
	PreferredName *string `json:"preferred_first_name"`
	BirthDate     *string `json:"date_of_birth"`
	Sex           *string `json:"sex"`
	Email         *string `json:"email,omitempty"`
	Phone         *string `json:"phone,omitempty"`
	ArchivedAt    *string `json:"archived_at"`
	MergedInto    *string `json:"merged_into"`
}

type attendeeLine struct {
	ID          string  `json:"id,omitempty"`
	PatientID   string  `json:"patient_id"`
	CancelledAt *string `json:"cancelled_at,omitempty"`
}

type appointmentLine struct {
	ID           string         `json:"id"`
	PatientID    *string        `json:"patient_id"`
	Attendees    []attendeeLine `json:"attendees,omitempty"`
	Practitioner string         `json:"practitioner"`
	StartsAt     string         `json:"starts_at"`
	EndsAt       string         `json:"ends_at"`
	CancelledAt  *string        `json:"cancelled_at"`
	DidNotArrive bool           `json:"did_not_arrive,omitempty"`
}

type sessionLine struct {
	SessionID string `json:"session_id"`
	Patient   struct {
		Name   string  `json:"name"`
		DOB    *string `json:"dob"`
		Gender *string `json:"gender"`
	} `json:"patient"`
	EHRProvider  *string           `json:"ehr_provider,omitempty"`
	EHRPatientID *string           `json:"ehr_patient_id"`
	EHRApptID    *string           `json:"ehr_appt_id"`
	StartedAt    string            `json:"started_at"`
	Seconds      int               `json:"duration,omitempty"`
	Clinician    string            `json:"clinician"`
	SharedWith   []string          `json:"shared_with,omitempty"`
	ConsultNote  string            `json:"consult_note,omitempty"`
	Case         string            `json:"case,omitempty"`
	Belongs      json.RawMessage   `json:"belongs,omitempty"` // absent: unknown; null: nobody in the register
	Expect       string            `json:"expect,omitempty"`
	Documents    []json.RawMessage `json:"documents"`
}

type documentLine struct {
	ID          string  `json:"id"`
	Name        string  `json:"name"`
	Title       string  `json:"title"`
	Content     *string `json:"content,omitempty"`
	Markdown    *string `json:"markdown,omitempty"`
	HTML        *string `json:"html,omitempty"`
	ContentType string  `json:"content_type"`
	TemplateID  string  `json:"template_id"`
	Expect      string  `json:"expect"`
	Why         string  `json:"why"`
}

type truthLine struct {
	SessionID string  `json:"session_id"`
	PatientID *string `json:"patient_id"`
	Category  string  `json:"category"`
}

// maxLine bounds a line: a session with several documents of 200 kB fits.
const maxLine = 16 << 20

// eachLine decodes every line of dir/name into a fresh T and calls use with
// it. A missing file is no error when it is optional. An error names the file
// and the line, from 1.
func eachLine[T any](dir, name string, optional bool, use func(*T) error) error {
	f, err := os.Open(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) && optional {
		return nil
	}
	if err != nil {
		return fmt.Errorf("load %s: %w", name, err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 1<<16), maxLine)
	n := 0
	for lines.Scan() {
		n++
		text := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if text == "" {
			continue
		}
		line := new(T)
		if err := json.Unmarshal([]byte(text), line); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, plain(err))
		}
		if err := use(line); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", name, n+1, err)
	}
	return nil
}

// plain turns what the decoder says into what a person can mend. It never
// repeats values, which may be names.
func plain(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		want := wrong.Type.String()
		switch want {
		case "string", "*string":
			want = "text in quotes"
		case "int":
			want = "a whole number"
		}
		return fmt.Errorf("field %q is a %s, want %s", wrong.Field, wrong.Value, want)
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("not JSON from character %d on; each line must be one whole object", syntax.Offset)
	}
	if strings.Contains(err.Error(), "unexpected end") {
		return errors.New("the line ends in the middle of an object")
	}
	return err
}
