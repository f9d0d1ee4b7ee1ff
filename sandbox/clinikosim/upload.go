package clinikosim

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// fieldsCap bounds what a form may hold ahead of its file, as at Amazon.
	fieldsCap = 20 << 10
	// keyLimit is how many bytes of UTF-8 a key may have at Amazon, the file's
	// name included.
	keyLimit = 1024
	// uploadCap bounds what is read of a form at all.
	uploadCap = 1 << 30
)

// serveBucket answers one request to the bucket; path is the part of the
// address below its base: "", "/" or "/KEY".
func (s *Server) serveBucket(w http.ResponseWriter, r *http.Request, path string) {
	s.process()
	sw, now := s.Switches(), s.clock.Now()
	event := Event{Before: true, Method: r.Method, Path: BucketPath + path}
	s.notify(event)
	r.Body = http.MaxBytesReader(w, r.Body, uploadCap)
	var rep *bucketReply
	switch key := strings.TrimPrefix(path, "/"); {
	case r.Method == http.MethodPost && key == "":
		rep = s.files.upload(r, sw, s.bucketBase(r), now)
	case (r.Method == http.MethodGet || r.Method == http.MethodHead) && key != "":
		rep = s.files.read(r, key, now)
	default:
		rep = bucketError(http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.")
	}
	// A server that answers before it has read everything resets the connection,
	// and the client never hears why.
	_, _ = io.Copy(io.Discard, r.Body)
	event.Before, event.Status = false, rep.status
	s.notify(event)
	rep.write(w, now)
}

// Bucket is the bucket alone, at the root of its paths, for whoever serves it on
// a socket of its own; SetBucketURL then says where.
func (s *Server) Bucket() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serveBucket(w, r, r.URL.Path) })
}

// SetBucketURL replaces Options.BucketURL. Files that are on their way must be
// uploaded again.
func (s *Server) SetBucketURL(address string) {
	address = strings.TrimSuffix(address, "/")
	s.bucketURL.Store(&address)
}

// bucketBase is the bucket's address for a client that sent r, without a slash
// at its end.
func (s *Server) bucketBase(r *http.Request) string {
	if fixed := *s.bucketURL.Load(); fixed != "" {
		return fixed
	}
	if here, loopback := origin(r); loopback {
		return here + BucketPath
	}
	return nowhere
}

// upload answers POST: one file in a form, whose fields come first and say why
// the bucket should take it.
func (b *bucket) upload(r *http.Request, sw Switches, base string, now time.Time) *bucketReply {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Header.Get("Authorization") != "":
		return oneMechanism()
	case err != nil || kind != "multipart/form-data":
		return bucketError(http.StatusPreconditionFailed, "PreconditionFailed", "Bucket POST must be of the enclosure-type multipart/form-data")
	case r.ContentLength < 0 && !sw.ChunkedUploads:
		return bucketError(http.StatusLengthRequired, "MissingContentLength", "You must provide the Content-Length HTTP header.")
	}
	form := multipart.NewReader(r.Body, params["boundary"])
	fields, file, refusal := readFields(form)
	if refusal != nil {
		return refusal
	}
	allowed, refusal := b.admit(fields, now)
	if refusal != nil {
		return refusal
	}
	key := filledKey(fields["key"], file.FileName())
	if len(key) > keyLimit {
		return keyTooLong(len(key))
	}
	data, refusal := readFile(file, allowed.limit)
	if refusal != nil {
		return refusal
	}
	o := &object{
		key: key, name: key[strings.LastIndexByte(key, '/')+1:],
		declared: file.Header.Get("Content-Type"), data: data, storedAt: now,
	}
	b.put(o)
	return &bucketReply{status: http.StatusCreated, stored: &stored{
		Location: base + "/" + url.PathEscape(o.key), Bucket: bucketName, Key: o.key, ETag: o.tag(),
	}}
}

// filledKey is the key of a form with the file's name in its place.
func filledKey(key, filename string) string {
	if i := strings.LastIndexAny(filename, `/\`); i >= 0 {
		filename = filename[i+1:] // some browsers send the whole path
	}
	return strings.ReplaceAll(key, filenameMark, filename)
}

// readFields reads the form up to the part named file, which it returns unread.
// What follows that part does not count; of a field that is repeated the last
// value does.
func readFields(form *multipart.Reader) (map[string]string, *multipart.Part, *bucketReply) {
	fields := map[string]string{}
	room := int64(fieldsCap)
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return nil, nil, bucketError(http.StatusBadRequest, "InvalidArgument", "POST requires exactly one file upload per request.")
		}
		if err != nil {
			return nil, nil, malformed()
		}
		name := strings.ToLower(part.FormName())
		if name == "file" {
			return fields, part, nil
		}
		value, err := io.ReadAll(io.LimitReader(part, room+1))
		if err != nil {
			return nil, nil, malformed()
		}
		if room -= int64(len(value)); room < 0 {
			return nil, nil, bucketError(http.StatusBadRequest, "MaxPostPreDataLengthExceeded", "Your POST request fields preceding the upload file were too large.")
		}
		fields[name] = string(value)
	}
}

// readFile reads the file, of at most limit bytes.
func readFile(file *multipart.Part, limit int64) ([]byte, *bucketReply) {
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(data)) > limit {
		var rest int64
		rest, err = io.Copy(io.Discard, file)
		if err == nil {
			return nil, entityTooLarge(int64(len(data))+rest, limit)
		}
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, entityTooLarge(uploadCap, limit)
	}
	if err != nil {
		return nil, malformed()
	}
	return data, nil
}
