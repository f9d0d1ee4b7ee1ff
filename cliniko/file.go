package cliniko

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"carryover"
)

// A noteRequest is the body of a POST to treatment_notes (reference sheet §14.2).
// draft and title are always sent: a POST without either was answered 422.
type noteRequest struct {
	Patient  string         `json:"patient_id"`
	Booking  string         `json:"booking_id,omitempty"`
	Attendee string         `json:"attendee_id,omitempty"`
	Template string         `json:"treatment_note_template_id,omitempty"`
	Title    string         `json:"title"`
	Draft    bool           `json:"draft"`
	Content  contentRequest `json:"content"`
}

// File files d as a new draft treatment note by one POST and returns what
// Cliniko echoes. The kinds of its error:
//
//	ErrInvalid       d can never be filed; nothing was sent
//	ErrTransient     nothing was filed: no connection, or over the limit (RetryAt)
//	ErrUnauthorized  nothing was filed: the key or its rights
//	ErrRefused       nothing was filed: Cliniko will not have it as it is
//	ErrNotHere       nothing was sent: the host is not allowed
//	ErrInDoubt       it may have been filed: look before anything is sent again
func (c *Client) File(ctx context.Context, d carryover.NoteDraft) (carryover.Note, error) {
	op := "file note " + string(d.Reference)
	body, err := encodeDraft(op, d)
	if err != nil {
		return carryover.Note{}, err
	}
	a, err := c.post(ctx, op, "treatment_notes", body)
	if err != nil {
		return carryover.Note{}, err
	}
	r, err := decodeEcho(a, func(i id) noteRecord { return noteRecord{ID: i} })
	if err != nil || !isID(r.ID) {
		return carryover.Note{}, &carryover.Problem{Op: op, Kind: carryover.ErrInDoubt, Status: a.status, Err: errUnreadable}
	}
	note, _ := r.note() // whatever else the echo lacks is for reading back to find
	return note, nil
}

// decodeEcho decodes the echo of a POST. The id alone makes it a success, so
// another field of an unknown shape does not put it in doubt: then the record
// is what bare makes of the id.
func decodeEcho[R any](a answer, bare func(id) R) (R, error) {
	var r R
	if a.form != jsonBody {
		return r, errUnreadable
	}
	if decode(a.body, &r) == nil {
		return r, nil
	}
	var only struct {
		ID id `json:"id"`
	}
	err := decode(a.body, &only)
	return bare(only.ID), err
}

// encodeDraft writes the body of the request, or says why d can never be filed.
func encodeDraft(op string, d carryover.NoteDraft) ([]byte, error) {
	if why := unfit(d); why != nil {
		return nil, &carryover.Problem{Op: op, Kind: carryover.ErrInvalid, Err: why}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(noteRequest{
		Patient:  string(d.Patient),
		Booking:  string(d.Booking),
		Attendee: string(d.Attendee),
		Template: string(d.Template),
		Title:    d.Title.Reveal(),
		Draft:    true,
		Content:  contentOf(d.Sections),
	})
	if err != nil {
		return nil, fmt.Errorf("encode note: %w", carryover.ErrInvalid)
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

// unfit says what makes d a note that Cliniko can never take.
func unfit(d carryover.NoteDraft) error {
	switch {
	case !isID(d.Patient):
		return errors.New("patient id is not one of cliniko")
	case d.Booking != "" && !isID(d.Booking):
		return errors.New("booking id is not one of cliniko")
	case d.Attendee != "" && !isID(d.Attendee):
		return errors.New("attendee id is not one of cliniko")
	case d.Title.IsBlank():
		return errors.New("no title")
	case d.Template != "" && !isID(d.Template):
		return errors.New("template id is not one of cliniko")
	case !utf8.ValidString(d.Title.Reveal()):
		return errNotUTF8
	}
	return unfitSections(d.Sections)
}

// ArchiveNote takes a note out of the chart by one POST. Its errors are of the
// same kinds as File's.
func (c *Client) ArchiveNote(ctx context.Context, n carryover.NoteID) error {
	if !isID(n) {
		return invalid("archive note", "note id is not one of cliniko", "")
	}
	_, err := c.post(ctx, "archive note "+string(n), "treatment_notes/"+string(n)+"/archive", nil)
	return err
}

// RestoreNote brings an archived note back into the chart by one POST. Cliniko
// has it since October 2023 (reference sheet §14.4); where it is missing the
// error is ErrRefused. Its errors are of the same kinds as File's.
func (c *Client) RestoreNote(ctx context.Context, n carryover.NoteID) error {
	if !isID(n) {
		return invalid("unarchive note", "note id is not one of cliniko", "")
	}
	_, err := c.post(ctx, "unarchive note "+string(n), "treatment_notes/"+string(n)+"/unarchive", nil)
	return err
}
