package cliniko

import (
	"context"
	"errors"
	"net/http"
	"time"

	"carryover"
)

// AttachmentContent returns the bytes of a file, to prove that they are those that
// were sent. Until Cliniko has processed the file there may be none:
// ErrTransient or ErrGone. A file of more than 32 MB is ErrRefused.
//
// Where the content link leads is not written down; probably to a signed
// address of the file store (reference sheet §15). One redirect there is gone
// along with, by a request of its own and without the key; any other is
// ErrNotHere.
func (c *Client) AttachmentContent(ctx context.Context, a carryover.AttachmentID) (carryover.Text, error) {
	const op = "read content of attachment"
	if !isID(a) {
		return carryover.Text{}, gone(op)
	}
	var content carryover.Text
	err := c.again(ctx, op+" "+string(a), func() (err error) {
		content, err = c.contentOnce(ctx, op+" "+string(a), a)
		return err
	})
	return content, err
}

// contentOnce makes one attempt. The link's path is built from the id, as all
// addresses are: one of the samples lacks its end.
func (c *Client) contentOnce(ctx context.Context, op string, a carryover.AttachmentID) (carryover.Text, error) {
	if err := c.budget.Wait(ctx, priorityOf(ctx)); err != nil {
		return carryover.Text{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.readTimeout)
	defer cancel()
	req := c.request(ctx, http.MethodGet, "patient_attachments/"+string(a)+"/content", nil)
	req.Header.Set("Accept-Encoding", "identity") // so that the announced length shows a cut body
	got, err := c.exchange(c.read, req)
	switch {
	case err != nil:
		return carryover.Text{}, unsent(op, err, carryover.ErrTransient)
	case got.whole():
		return carryover.NewText(string(got.body)), nil
	case errors.Is(got.cut, errTooLong):
		return carryover.Text{}, tooLong(op, got)
	case got.status >= 300 && got.status < 400 && got.header.Get("Location") != "":
		return c.fetch(ctx, op, req, got.header.Get("Location"))
	}
	return carryover.Text{}, c.rejected(classifyRead(op, got, time.Now()))
}

// fetch reads a file from the file store.
func (c *Client) fetch(ctx context.Context, op string, from *http.Request, location string) (carryover.Text, error) {
	next, err := from.URL.Parse(location)
	if err == nil {
		next, err = c.bucket(next.String())
	}
	if err != nil {
		return carryover.Text{}, &carryover.Problem{Op: op, Kind: carryover.ErrNotHere, Hint: hintFile, Err: errElsewhere}
	}
	got, err := c.ask(c.read, bucketRequest(ctx, http.MethodGet, next, "", nil, 0))
	switch {
	case err != nil:
		return carryover.Text{}, unsent(op, err, carryover.ErrTransient)
	case got.whole():
		return carryover.NewText(string(got.body)), nil
	case errors.Is(got.cut, errTooLong):
		return carryover.Text{}, tooLong(op, got)
	}
	p := classifyBucket(op, got)
	p.Hint = ""
	switch got.status {
	case http.StatusOK, http.StatusForbidden, http.StatusNotFound: // cut, or the address has expired: the next one is fresh
		p.Kind = carryover.ErrTransient
	}
	if p.Kind == carryover.ErrNotHere {
		p.Hint = hintFile
	}
	return carryover.Text{}, p
}

// tooLong is the end of a file that is larger than any that was uploaded from
// here: trying again does not make it shorter.
func tooLong(op string, a answer) *carryover.Problem {
	return &carryover.Problem{Op: op, Kind: carryover.ErrRefused, Status: a.status, Hint: hintFile, Err: errTooLong}
}
