package clinikosim

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"time"
)

// A bucketReply is what the bucket answers: a stored file's address, a file, or
// an error, the first and the last as XML.
type bucketReply struct {
	status int
	stored *stored
	file   *object
	fault  *fault
}

// A stored is the answer to a successful upload. Location is percent-encoded and
// Key is not.
type stored struct {
	XMLName  xml.Name `xml:"PostResponse"`
	Location string   `xml:"Location"`
	Bucket   string   `xml:"Bucket"`
	Key      string   `xml:"Key"`
	ETag     string   `xml:"ETag"`
}

// A fault is an error of the bucket's.
type fault struct {
	XMLName  xml.Name `xml:"Error"`
	Code     string   `xml:"Code"`
	Message  string   `xml:"Message"`
	Size     int64    `xml:"Size,omitempty"`
	Proposed int64    `xml:"ProposedSize,omitempty"`
	Allowed  int64    `xml:"MaxSizeAllowed,omitempty"`
	Request  string   `xml:"RequestId"`
}

func bucketError(status int, code, text string) *bucketReply {
	return &bucketReply{status: status, fault: &fault{Code: code, Message: text, Request: "SANDBOX"}}
}

// denied refuses for want of a right.
func denied(text string) *bucketReply {
	return bucketError(http.StatusForbidden, "AccessDenied", text)
}

// oneMechanism refuses a request that brings an Authorization header too: a
// bucket takes one proof, and a key for Cliniko has no business here.
func oneMechanism() *bucketReply {
	return bucketError(http.StatusBadRequest, "InvalidArgument", "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified")
}

func malformed() *bucketReply {
	return bucketError(http.StatusBadRequest, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.")
}

// entityTooLarge refuses a file of proposed bytes where limit are allowed.
func entityTooLarge(proposed, limit int64) *bucketReply {
	rep := bucketError(http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
	rep.fault.Proposed, rep.fault.Allowed = proposed, limit
	return rep
}

// keyTooLong refuses a key of size bytes.
func keyTooLong(size int) *bucketReply {
	rep := bucketError(http.StatusBadRequest, "KeyTooLongError", "Your key is too long")
	rep.fault.Size, rep.fault.Allowed = int64(size), keyLimit
	return rep
}

// write sends the reply.
func (rep *bucketReply) write(w http.ResponseWriter, now time.Time) {
	h := w.Header()
	h.Set("Date", now.Format(http.TimeFormat))
	h.Set("X-Sandbox", "SANDBOX")
	h.Set("X-Amz-Request-Id", "SANDBOX")
	var body []byte
	switch {
	case rep.file != nil:
		body = rep.file.data
		h.Set("Content-Type", rep.file.served())
		h.Set("ETag", rep.file.tag())
	case rep.stored != nil:
		body = document(rep.stored)
		h.Set("Content-Type", "application/xml")
		h.Set("Location", rep.stored.Location)
		h.Set("ETag", rep.stored.ETag)
	default:
		body = document(rep.fault)
		h.Set("Content-Type", "application/xml")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(rep.status)
	_, _ = w.Write(body)
}

// served is the type a file is sent with: its own, or that of mere bytes.
func (o *object) served() string {
	if kind := o.kind(); kind != "invalid/invalid" {
		return kind
	}
	return "binary/octet-stream"
}

// document is v as an XML document.
func document(v any) []byte {
	text, err := xml.Marshal(v)
	if err != nil { // only the two types above are written: strings and numbers
		return nil
	}
	return append([]byte(xml.Header), text...)
}
