package cliniko

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"carryover"
)

// An attachmentRequest is the body of a POST to patient_attachments (reference
// sheet §15). The file name is not sent: the upload's address ends in it, and
// what Cliniko does with a second one is not described.
type attachmentRequest struct {
	Patient     string `json:"patient_id"`
	UploadURL   string `json:"upload_url"`
	Description string `json:"description"`
}

// Attach makes the record that puts an uploaded file into a patient's chart,
// by one POST, and returns what Cliniko echoes. url is what Upload returned for
// the same draft. The kinds of its error are those of File, and mean the same:
// after ErrInDoubt the list is read before anything is sent again.
func (c *Client) Attach(ctx context.Context, d carryover.AttachmentDraft, url carryover.Text) (carryover.Attachment, error) {
	op := "attach file " + string(d.Reference)
	body, err := c.encodeAttachment(op, d, url)
	if err != nil {
		return carryover.Attachment{}, err
	}
	a, err := c.post(ctx, op, "patient_attachments", body)
	if err != nil {
		return carryover.Attachment{}, err
	}
	r, err := decodeEcho(a, func(i id) attachmentRecord { return attachmentRecord{ID: i} })
	if err != nil || !isID(r.ID) {
		return carryover.Attachment{}, &carryover.Problem{Op: op, Kind: carryover.ErrInDoubt, Status: a.status, Err: errUnreadable}
	}
	made, _ := r.attachment() // whatever else the echo lacks is for reading back to find
	return made, nil
}

// encodeAttachment writes the body of the request, or says why d can never be
// attached.
func (c *Client) encodeAttachment(op string, d carryover.AttachmentDraft, url carryover.Text) ([]byte, error) {
	why := unfitFile(d)
	if _, err := c.bucket(url.Reveal()); why == nil && err != nil {
		why = errors.New("upload address is not one of the file store")
	}
	if why != nil {
		return nil, &carryover.Problem{Op: op, Kind: carryover.ErrInvalid, Err: why}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(attachmentRequest{
		Patient: string(d.Patient), UploadURL: url.Reveal(), Description: d.Description.Reveal(),
	})
	if err != nil {
		return nil, fmt.Errorf("encode attachment: %w", carryover.ErrInvalid)
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

// longestDescription is in characters (OpenAPI description).
const longestDescription = 255

// fileNameForm keeps the name the same in the form, in the bucket's answer and
// in its address: other characters are written differently in each. It begins
// with a letter or digit, so that it is no path and no hidden file.
var fileNameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$`)

// unfitFile says what makes d a file that Cliniko can never take, or that could
// not be found again.
func unfitFile(d carryover.AttachmentDraft) error {
	description := d.Description.Reveal()
	kind, _, err := mime.ParseMediaType(d.ContentType)
	switch {
	case !isID(d.Patient):
		return errors.New("patient id is not one of cliniko")
	case !fileNameForm.MatchString(d.FileName):
		return errors.New("file name holds other characters than A-Z a-z 0-9 . _ -")
	case err != nil || !strings.Contains(kind, "/") || strings.ContainsAny(d.ContentType, "\r\n"):
		return errors.New("content type is not one")
	case d.Content.Reveal() == "":
		return errors.New("no content")
	case len(d.Content.Reveal()) > maxBody:
		return errors.New("content is larger than 32 MB")
	case !utf8.ValidString(description):
		return errNotUTF8
	case utf8.RuneCountInString(description) > longestDescription:
		return errors.New("description is longer than 255 characters")
	case d.Reference == "" || !strings.Contains(description, string(d.Reference)):
		return errors.New("description does not hold the reference") // without it the file is never found again
	}
	return nil
}

// ArchiveAttachment takes a file out of the chart by one POST. Its errors are
// of the same kinds as File's.
func (c *Client) ArchiveAttachment(ctx context.Context, a carryover.AttachmentID) error {
	if !isID(a) {
		return invalid("archive attachment", "attachment id is not one of cliniko", "")
	}
	_, err := c.post(ctx, "archive attachment "+string(a), "patient_attachments/"+string(a)+"/archive", nil)
	return err
}
