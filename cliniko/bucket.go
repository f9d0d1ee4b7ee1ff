package cliniko

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"carryover"
)

// The files of patients' records lie in a bucket of Amazon S3, which Cliniko
// names in its answers (reference sheet §15). Requests to it are built here,
// apart from those to Cliniko: they carry no key, draw on no budget, and teach
// nothing about Cliniko's clock.

const (
	hintBucket = "Cliniko keeps this account's files outside Sydney, or answered with a strange address. No file was sent. Ask Cliniko where the account's files are kept."
	hintFile   = "Carryover cannot read this file back: it is too large, or at an address where Carryover may not go. Look at the file in Cliniko."
	hintStore  = "Cliniko's file store did not accept the file. Try it by hand in Cliniko; if that fails too, the account may be out of space."
)

// bucketForm is a bucket in Sydney. The guard holds the same rule; a client
// that trusted it alone would tell nobody why.
var bucketForm = regexp.MustCompile(`^([a-z0-9][a-z0-9-]{1,61}[a-z0-9]\.)?s3\.ap-southeast-2\.amazonaws\.com$`)

var errElsewhere = errors.New("file store is at an address that is not allowed")

// bucket reads an address of the file store: https and in Sydney, or on this
// machine if Cliniko itself is. The error does not repeat it: it may be signed.
func (c *Client) bucket(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errElsewhere
	}
	where := url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host}
	switch {
	case loopback(c.base) && loopback(&where):
		return u, nil
	case u.Scheme != "https" || u.User != nil || u.Opaque != "" || (u.Port() != "" && u.Port() != "443"):
		return nil, errElsewhere
	case !bucketForm.MatchString(u.Hostname()):
		return nil, errElsewhere
	}
	return u, nil
}

// bucketRequest builds a request to the file store, without a key.
func bucketRequest(ctx context.Context, method string, u *url.URL, kind string, body io.Reader, length int) *http.Request {
	req := (&http.Request{
		Method: method, URL: u, Host: u.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{},
	}).WithContext(ctx)
	req.Header.Set("User-Agent", "Carryover")
	req.Header.Set("Accept-Encoding", "identity") // so that the announced length shows a cut body
	if body != nil {
		req.Header.Set("Content-Type", kind)
		req.ContentLength = int64(length) // a form of no announced length is refused
		req.Body = io.NopCloser(body)
		req.Close = true
	}
	return req
}

// ask sends one request to the file store and reads the whole answer. The log
// gets neither bucket nor path: paths name patients and files.
func (c *Client) ask(rt http.RoundTripper, req *http.Request) (answer, error) {
	sent := time.Now()
	resp, err := rt.RoundTrip(req)
	if err == nil && resp == nil {
		err = errNoAnswer
	}
	if err != nil {
		c.log.Debug("file store did not answer", "endpoint", req.Method+" file", "took", time.Since(sent), "err", cause(err))
		return answer{}, err
	}
	a := readAnswer(resp)
	c.log.Debug("file store answered", "endpoint", req.Method+" file", "status", a.status, "took", time.Since(sent))
	return a, nil
}

// bucketCodes are the errors of S3 that say more than their status. Others
// are not repeated: a code could be any text.
var bucketCodes = map[string]carryover.Kind{
	"AccessDenied":          carryover.ErrRefused, // also an expired policy
	"EntityTooLarge":        carryover.ErrRefused,
	"EntityTooSmall":        carryover.ErrRefused,
	"ExpiredToken":          carryover.ErrTransient, // with status 400
	"InternalError":         carryover.ErrTransient,
	"InvalidArgument":       carryover.ErrRefused,
	"MalformedPOSTRequest":  carryover.ErrRefused,
	"NoSuchBucket":          carryover.ErrRefused,
	"NoSuchKey":             carryover.ErrTransient, // not there yet, or moved since the address was signed
	"RequestTimeout":        carryover.ErrTransient, // with status 400
	"RequestTimeTooSkewed":  carryover.ErrTransient,
	"ServiceUnavailable":    carryover.ErrTransient,
	"SignatureDoesNotMatch": carryover.ErrRefused,
	"SlowDown":              carryover.ErrTransient,
}

// classifyBucket turns an answer of the file store that is not a success into
// an error. Nothing hangs on what it took: a file that no record names is
// forgotten. So there is no doubt, only again or not.
func classifyBucket(op string, a answer) *carryover.Problem {
	p := &carryover.Problem{Op: op, Kind: carryover.ErrRefused, Status: a.status, Err: a.cut}
	code := codeOf(a)
	kind, known := bucketCodes[code]
	switch {
	case a.status >= 300 && a.status < 400: // the bucket is in another region
		p.Kind, p.Hint = carryover.ErrNotHere, hintBucket
		return p
	case known:
		p.Kind, p.Err = kind, errors.New("file store says "+code)
	case a.cut != nil, a.status >= 500, a.status == http.StatusRequestTimeout, a.status == http.StatusTooManyRequests:
		p.Kind = carryover.ErrTransient
	}
	if p.Kind == carryover.ErrRefused {
		p.Hint = hintStore
	}
	return p
}

// codeOf returns the code of an error of S3, "" when it gives none.
func codeOf(a answer) string {
	var e struct {
		XMLName xml.Name `xml:"Error"`
		Code    string   `xml:"Code"`
	}
	if xml.Unmarshal(a.body, &e) != nil {
		return ""
	}
	return e.Code
}
