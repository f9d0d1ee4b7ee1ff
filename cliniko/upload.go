package cliniko

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"carryover"
)

var (
	errNoUpload = errors.New("cliniko offers no upload")
	errNoKey    = errors.New("file store does not say where it put the file")
)

// Upload puts the content of d into Cliniko's file store and returns the
// address that Attach names. Until then the file belongs to nobody and Cliniko
// forgets it, so an upload may be repeated freely; each asks for a form of its
// own. The kinds of its error:
//
//	ErrInvalid       d can never be attached; nothing was sent
//	ErrTransient     try again (RetryAt)
//	ErrUnauthorized  the key or its rights
//	ErrGone          Cliniko has no such patient
//	ErrRefused       Cliniko, or its file store, will not have it as it is
//	ErrNotHere       the file store is not where files may go; no file was sent
func (c *Client) Upload(ctx context.Context, d carryover.AttachmentDraft) (carryover.Text, error) {
	op := "upload file " + string(d.Reference)
	if why := unfitFile(d); why != nil {
		return carryover.Text{}, &carryover.Problem{Op: op, Kind: carryover.ErrInvalid, Err: why}
	}
	at, err := c.uploadOnce(ctx, op, d)
	if errors.Is(err, errPolicy) {
		// A form may expire while a large file is under way. A second, fresh one
		// that is refused as well has another reason.
		at, err = c.uploadOnce(ctx, op, d)
	}
	return at, err
}

// uploadOnce asks for a form and fills it in.
func (c *Client) uploadOnce(ctx context.Context, op string, d carryover.AttachmentDraft) (carryover.Text, error) {
	var offer presignedRecord
	path := "patients/" + string(d.Patient) + "/attachment_presigned_post"
	if err := c.get(ctx, op, path, nil, &offer); err != nil {
		return carryover.Text{}, err
	}
	fields, ok := offer.fields()
	if offer.URL == "" || !ok {
		return carryover.Text{}, &carryover.Problem{Op: op, Kind: carryover.ErrRefused, Hint: hintStore, Err: errNoUpload}
	}
	where, err := c.bucket(string(offer.URL))
	if err != nil {
		return carryover.Text{}, &carryover.Problem{Op: op, Kind: carryover.ErrNotHere, Hint: hintBucket, Err: err}
	}
	kind, body, err := fillIn(fields, d)
	if err != nil {
		return carryover.Text{}, &carryover.Problem{Op: op, Kind: carryover.ErrInvalid, Err: err}
	}
	key, err := c.send(ctx, op, where, kind, body)
	if err != nil {
		return carryover.Text{}, err
	}
	// The address may end in a slash or not (reference sheet §15).
	return carryover.NewText(strings.TrimRight(string(offer.URL), "/") + "/" + strings.TrimLeft(key, "/")), nil
}

// errPolicy marks a refusal that a fresh form may lift.
var errPolicy = errors.New("file store does not accept the form")

// send posts the form and returns the key under which the file was put.
func (c *Client) send(ctx context.Context, op string, to *url.URL, kind string, body []byte) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.deadline)
	defer cancel()
	a, err := c.ask(c.write, bucketRequest(ctx, http.MethodPost, to, kind, bytes.NewReader(body), len(body)))
	switch {
	case err != nil:
		return "", unsent(op, err, carryover.ErrTransient)
	case a.status == http.StatusForbidden:
		p := classifyBucket(op, a)
		p.Err = errPolicy
		return "", p
	case a.status < 200 || a.status > 299 || a.cut != nil:
		return "", classifyBucket(op, a)
	}
	var put struct {
		XMLName xml.Name `xml:"PostResponse"`
		Key     string   `xml:"Key"`
	}
	if xml.Unmarshal(a.body, &put) != nil || strings.TrimSpace(put.Key) == "" {
		return "", &carryover.Problem{Op: op, Kind: carryover.ErrTransient, Status: a.status, Err: errNoKey}
	}
	return put.Key, nil
}

// fillIn writes the multipart form: every field unchanged, then the file, which
// must be last since S3 ignores what follows it. The file's part has its type,
// else Cliniko calls it "invalid/invalid" later.
func fillIn(fields map[string]string, d carryover.AttachmentDraft) (kind string, body []byte, err error) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if err := w.WriteField(name, fields[name]); err != nil {
			return "", nil, fmt.Errorf("write form: %w", err)
		}
	}
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="` + d.FileName + `"`},
		"Content-Type":        {d.ContentType},
	})
	if err != nil {
		return "", nil, fmt.Errorf("write form: %w", err)
	}
	if _, err := io.WriteString(part, d.Content.Reveal()); err != nil {
		return "", nil, fmt.Errorf("write form: %w", err)
	}
	if err := w.Close(); err != nil {
		return "", nil, fmt.Errorf("write form: %w", err)
	}
	return w.FormDataContentType(), out.Bytes(), nil
}

// A presignedRecord is a form that Cliniko signed for one upload. Its fields
// are a free map: which there are changes (reference sheet §15).
type presignedRecord struct {
	URL    words                      `json:"url"`
	Fields map[string]json.RawMessage `json:"fields"`
}

// fields returns the fields as they are to be sent: a text as it is, a number
// digit for digit. There are none if one is of another shape, since a form that
// lacks a field is refused, or if one would stand for the file.
func (r presignedRecord) fields() (map[string]string, bool) {
	out := map[string]string{}
	for name, raw := range r.Fields {
		var s string
		var n json.Number
		switch {
		case name == "" || name == "file" || string(raw) == "null":
			return nil, false
		case json.Unmarshal(raw, &s) == nil:
			out[name] = s
		case json.Unmarshal(raw, &n) == nil:
			out[name] = n.String()
		default:
			return nil, false
		}
	}
	return out, len(out) > 0
}
