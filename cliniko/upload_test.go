package cliniko

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
)

const (
	xmlType   = "application/xml"
	bucketKey = "1/patients/1968645883121642782/attachments/temp/r4nd0m/"
)

// presigned is a form as both guides have it, with x-amz-date, and with what
// nobody has described. BUCKET stands for the bucket's address.
const presigned = `{"url":"BUCKET","fields":{"key":"` + bucketKey + `${filename}","policy":"eyJhIjoxfQ==","acl":"private",
	"x-amz-credential":"AKIA/20260302/ap-southeast-2/s3/aws4_request","x-amz-algorithm":"AWS4-HMAC-SHA256",
	"x-amz-date":"20260302T010000Z","x-amz-signature":"5ecre7","x-amz-security-token":"t+/= \"&\u003c","success_action_status":"201","x-amz-number":1968645883121642782}}`

// put is the bucket's answer to a file that it took.
func put(name string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<PostResponse xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Location>https://x/` +
		strings.ReplaceAll(bucketKey, "/", "%2F") + name + `</Location><Bucket>b</Bucket><Key>` + bucketKey + name + `</Key><ETag>"e"</ETag></PostResponse>`
}

func denied(code string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>` + code + `</Code><Message>` + canary + `</Message></Error>`
}

// store serves Cliniko under /v1 and a bucket elsewhere on one socket.
func store(t *testing.T, offer string, bucket http.HandlerFunc) *server {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			fmt.Fprint(w, strings.Replace(offer, "BUCKET", "http://"+r.Host+"/bucket/", 1))
			return
		}
		w.Header().Set("Content-Type", xmlType)
		bucket(w, r)
	})
}

func takes(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusCreated)
	fmt.Fprint(w, put(sampleFile().FileName))
}

// posts counts the forms that reached the bucket, and the requests to Cliniko.
func (s *server) posts() (bucket, cliniko int) {
	for _, r := range s.requests() {
		if strings.HasPrefix(r.Path, "/v1/") {
			cliniko++
		} else {
			bucket++
		}
	}
	return bucket, cliniko
}

// part is one part of a form, in words.
type part struct{ Name, File, Type, Content string }

func partsOf(t *testing.T, r seenRequest) []part {
	t.Helper()
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		t.Fatalf("upload has type %q, %v, want multipart/form-data", kind, err)
	}
	form := multipart.NewReader(strings.NewReader(r.Body), params["boundary"])
	var out []part
	for {
		p, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, part{p.FormName(), p.FileName(), p.Header.Get("Content-Type"), string(content)})
	}
}

func TestUpload(t *testing.T) {
	s := store(t, presigned, takes)
	c := newClient(t, s.URL)
	got, err := c.Upload(t.Context(), sampleFile())
	want := strings.TrimSuffix(s.URL, "/v1") + "/bucket/" + bucketKey + sampleFile().FileName
	if err != nil || got.Reveal() != want {
		t.Fatalf("Upload = %q, %v, want %q", got.Reveal(), err, want)
	}
	asked, sent := s.requests()[0], s.requests()[1]
	if len(s.requests()) != 2 || asked.Method != "GET" || asked.Path != "/v1/patients/1968645883121642782/attachment_presigned_post" || len(asked.Query) != 0 {
		t.Errorf("Upload asked by %s %s?%v of %d requests, want the form of the patient and 2", asked.Method, asked.Path, asked.Query, len(s.requests()))
	}
	if asked.Header.Get("Authorization") == "" {
		t.Error("Upload asked Cliniko without the key")
	}
	if sent.Method != "POST" || sent.Path != "/bucket/" || len(sent.Query) != 0 || sent.Length != int64(len(sent.Body)) {
		t.Errorf("Upload sent %s %s?%v, length %d of %d, want POST /bucket/ of an announced length", sent.Method, sent.Path, sent.Query, sent.Length, len(sent.Body))
	}
	for _, name := range []string{"Authorization", "Cookie", "Transfer-Encoding", "Idempotency-Key"} {
		if got := sent.Header.Get(name); got != "" {
			t.Errorf("Upload sent the bucket a header %s", name)
		}
	}
	if whole := fmt.Sprint(sent.Header, sent.Body); strings.Contains(whole, "MxJrZ") || strings.Contains(whole, "TXhKcl") || strings.Contains(whole, "ops@example.com") {
		t.Error("Upload sent the bucket the key or the contact")
	}
	parts := partsOf(t, sent)
	if diff := cmp.Diff(part{"file", "GP-letter_2026.03.02.pdf", "application/pdf", samplePDF}, parts[len(parts)-1]); diff != "" {
		t.Errorf("last part (-want +got):\n%s", diff)
	}
	fields := map[string]string{}
	for _, p := range parts[:len(parts)-1] {
		fields[p.Name] = p.Content
	}
	if diff := cmp.Diff(map[string]string{
		"key": bucketKey + "${filename}", "policy": "eyJhIjoxfQ==", "acl": "private",
		"x-amz-credential": "AKIA/20260302/ap-southeast-2/s3/aws4_request", "x-amz-algorithm": "AWS4-HMAC-SHA256",
		"x-amz-date": "20260302T010000Z", "x-amz-signature": "5ecre7", "x-amz-security-token": `t+/= "&<`,
		"success_action_status": "201", "x-amz-number": "1968645883121642782",
	}, fields); diff != "" || len(parts) != 11 {
		t.Errorf("%d parts, fields (-want +got):\n%s", len(parts), diff)
	}
	if got := c.Budget().Recent(); got != 1 {
		t.Errorf("Upload used %d of the budget, want 1: the bucket is not Cliniko", got)
	}
}

// The address and the key are joined by exactly one slash (reference sheet §15).
func TestUploadAddress(t *testing.T) {
	for _, end := range []string{"", "/"} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/v1/") {
				fmt.Fprint(w, strings.Replace(presigned, "BUCKET", "http://"+r.Host+end, 1))
				return
			}
			w.WriteHeader(http.StatusCreated)
			fmt.Fprint(w, `<PostResponse><Location>https://x/a%2Fb</Location><Key>a &amp; b/c+d%20.pdf</Key></PostResponse>`)
		})
		got, err := newClient(t, s.URL).Upload(t.Context(), sampleFile())
		if want := strings.TrimSuffix(s.URL, "/v1") + "/a & b/c+d%20.pdf"; err != nil || got.Reveal() != want {
			t.Errorf("Upload to an address that ends in %q = %q, %v, want %q", end, got.Reveal(), err, want)
		}
	}
}

func TestUploadOffers(t *testing.T) {
	fields := `"fields":{"key":"k"}`
	for _, tt := range []struct {
		offer string
		want  carryover.Kind
	}{
		{`{"url":null,` + fields + `}`, refused},
		{`{` + fields + `}`, refused},
		{`{"url":"BUCKET","fields":null}`, refused},
		{`{"url":"BUCKET","fields":{}}`, refused},
		{`{"url":"BUCKET"}`, refused},
		{`{"url":"BUCKET","fields":{"key":null}}`, refused},
		{`{"url":"BUCKET","fields":{"key":["k"]}}`, refused},
		{`{"url":"BUCKET","fields":{"file":"k"}}`, refused},
		{`{"url":"BUCKET","fields":["k"]}`, transient},
		{`[]`, transient},
		{`{"url":"https://` + canary + `.s3.us-east-1.amazonaws.com/",` + fields + `}`, notHere},
		{`{"url":"http://abc.s3.ap-southeast-2.amazonaws.com/",` + fields + `}`, notHere},
		{`{"url":"https://evil.example/",` + fields + `}`, notHere},
		{`{"url":"::",` + fields + `}`, notHere},
		{`{"url":"/bucket/",` + fields + `}`, notHere},
	} {
		s := store(t, tt.offer, takes)
		got, err := newClient(t, s.URL).Upload(t.Context(), sampleFile())
		if kindOf(err) != tt.want || got.Reveal() != "" || strings.Contains(fmt.Sprint(err), canary) {
			t.Errorf("Upload offered %s = %q, %v, want kind %q", tt.offer, got.Reveal(), err, tt.want)
		}
		if bucket, _ := s.posts(); bucket != 0 {
			t.Errorf("Upload offered %s sent %d forms, want none", tt.offer, bucket)
		}
		if tt.want != transient && carryover.HintOf(err) == "" {
			t.Errorf("Upload offered %s without a hint", tt.offer)
		}
	}
	for status, want := range map[int]carryover.Kind{404: carryover.ErrGone, 403: unauthorized, 400: refused} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		if _, err := newClient(t, s.URL).Upload(t.Context(), sampleFile()); kindOf(err) != want {
			t.Errorf("Upload whose form was answered %d = %v, want kind %q", status, err, want)
		}
	}
}

// What the bucket says is never in doubt: it may be asked again, or not.
func TestEveryAnswerToAnUpload(t *testing.T) {
	for _, tt := range []struct {
		name, act string
		want      carryover.Kind
		sent      int
	}{
		{"201", response(201, xmlType, put("a.pdf")), "", 1},
		{"201 without a type", response(201, "", put("a.pdf")), "", 1},
		{"200 with the same", response(200, xmlType, put("a.pdf")), "", 1},
		{"201 empty", response(201, xmlType, ""), transient, 1},
		{"201 without a key", response(201, xmlType, `<PostResponse><Bucket>b</Bucket></PostResponse>`), transient, 1},
		{"201 with an error", response(201, xmlType, denied("InternalError")), transient, 1},
		{"204", "HTTP/1.1 204 No Content\r\n\r\n", transient, 1},
		{"201 cut short", "HTTP/1.1 201 Created\r\nContent-Length: 9999\r\n\r\n" + put("a.pdf"), transient, 1},
		{"301", response(301, xmlType, denied("PermanentRedirect"), "Location: https://abc.s3.us-east-1.amazonaws.com/"), notHere, 1},
		{"307", response(307, xmlType, denied("TemporaryRedirect"), "Location: https://abc.s3.us-east-1.amazonaws.com/"), notHere, 1},
		{"400 too large", response(400, xmlType, denied("EntityTooLarge")), refused, 1},
		{"400 malformed", response(400, xmlType, denied("MalformedPOSTRequest")), refused, 1},
		{"400 too slow", response(400, xmlType, denied("RequestTimeout")), transient, 1},
		{"400 that nobody knows", response(400, xmlType, denied(canary)), refused, 1},
		{"400 empty", response(400, "", ""), refused, 1},
		{"403 policy, twice", response(403, xmlType, denied("AccessDenied")), refused, 2},
		{"403 signature, twice", response(403, xmlType, denied("SignatureDoesNotMatch")), refused, 2},
		{"403 clock, twice", response(403, xmlType, denied("RequestTimeTooSkewed")), transient, 2},
		{"403 empty, twice", response(403, "", ""), refused, 2},
		{"404 no bucket", response(404, xmlType, denied("NoSuchBucket")), refused, 1},
		{"405", response(405, xmlType, denied("MethodNotAllowed")), refused, 1},
		{"500", response(500, xmlType, denied("InternalError")), transient, 1},
		{"502 HTML", response(502, htmlType, htmlPage), transient, 1},
		{"503 slow down", response(503, xmlType, denied("SlowDown")), transient, 1},
		{"429", response(429, "", ""), transient, 1},
		{"closed without an answer", "", transient, 1},
		{"not HTTP", "SSH-2.0-OpenSSH\r\n", transient, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := serveRaw(t, says(tt.act))
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(w, strings.Replace(presigned, "BUCKET", strings.TrimSuffix(b.URL, "v1"), 1))
			})
			got, err := newClient(t, s.URL).Upload(t.Context(), sampleFile())
			if kindOf(err) != tt.want || (err == nil) != (got.Reveal() != "") || errors.Is(err, inDoubt) {
				t.Errorf("Upload = %q, %v, want kind %q, an address exactly on success", got.Reveal(), err, tt.want)
			}
			if err != nil && (strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "\n")) {
				t.Errorf("Upload = %v, want one line without the bucket's words", err)
			}
			if forms, sent := len(s.requests()), len(b.requests()); forms != tt.sent || sent != tt.sent {
				t.Errorf("Upload asked for %d forms and sent %d, want %d of each", forms, sent, tt.sent)
			}
		})
	}
}

// A form that expired is not used again: the second try has a fresh one.
func TestUploadWithAFreshForm(t *testing.T) {
	forms := 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/v1/"):
			forms++
			fmt.Fprintf(w, `{"url":"http://%s/bucket","fields":{"key":"k","policy":"policy %d"}}`, r.Host, forms)
		case forms == 1:
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, denied("AccessDenied"))
		default:
			takes(w, r)
		}
	})
	if _, err := newClient(t, s.URL).Upload(t.Context(), sampleFile()); err != nil {
		t.Fatalf("Upload after an expired form = %v, want nil", err)
	}
	seen := s.requests()
	if last := partsOf(t, seen[len(seen)-1]); len(seen) != 4 || last[1].Content != "policy 2" {
		t.Errorf("Upload sent %d requests, the last with %q, want 4 and policy 2", len(seen), last[1].Content)
	}
}

// A bucket that says nothing ends with the deadline, and nothing is in doubt.
func TestUploadKeepsItsDeadline(t *testing.T) {
	b := serveRaw(t, silent)
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, strings.Replace(presigned, "BUCKET", b.URL, 1))
	})
	c := newClient(t, s.URL, func(cfg *Config) { cfg.Deadline, cfg.ReadTimeout = 200*time.Millisecond, 5*time.Second })
	if _, err := c.Upload(t.Context(), sampleFile()); kindOf(err) != transient {
		t.Errorf("Upload to a silent bucket = %v, want transient", err)
	}
}

// In earnest only buckets in Sydney are spoken to, whatever Cliniko answers;
// this machine only if Cliniko is on it.
func TestBucketAddresses(t *testing.T) {
	inEarnest, sandbox := newClient(t, ""), newClient(t, "http://127.0.0.1:1/v1")
	for address, want := range map[string][2]bool{
		"https://abc.s3.ap-southeast-2.amazonaws.com/":              {true, true},
		"https://abc.s3.ap-southeast-2.amazonaws.com":               {true, true},
		"https://abc.s3.ap-southeast-2.amazonaws.com:443/a?b=c":     {true, true},
		"https://s3.ap-southeast-2.amazonaws.com/bucket/":           {true, true},
		"http://127.0.0.1:9000/bucket/":                             {false, true},
		"http://localhost:9000/bucket/":                             {false, true},
		"http://abc.s3.ap-southeast-2.amazonaws.com/":               {},
		"https://abc.s3.us-east-1.amazonaws.com/":                   {},
		"https://abc.s3.amazonaws.com/":                             {},
		"https://xs3.ap-southeast-2.amazonaws.com/":                 {},
		"https://abc.s3.ap-southeast-2.amazonaws.com.evil.example/": {},
		"https://ap-southeast-2.amazonaws.com.evil.example/":        {},
		"https://abc.s3.ap-southeast-2.amazonaws.com@evil.example/": {},
		"https://u:p" + "@abc.s3.ap-southeast-2.amazonaws.com/":     {},
		"https://abc.s3.ap-southeast-2.amazonaws.com:8443/":         {},
		"https://evil.example.s3.ap-southeast-2.amazonaws.com/":     {},
		"https://10.0.0.1/":                                         {},
		"https://169.254.169.254/latest/":                           {},
		"http://u@127.0.0.1:9000/":                                  {},
		"http://127.0.0.1.evil.example/":                            {},
		"https:abc.s3.ap-southeast-2.amazonaws.com":                 {},
		"//abc.s3.ap-southeast-2.amazonaws.com/":                    {},
		"ftp://abc.s3.ap-southeast-2.amazonaws.com/":                {},
		"": {},
		"https://api.au2.cliniko.com/v1/patients/123": {},
	} {
		for i, c := range []*Client{inEarnest, sandbox} {
			u, err := c.bucket(address)
			if (err == nil) != want[i] || (err == nil) != (u != nil) {
				t.Errorf("bucket(%q), sandbox %v: %v, want allowed %v", address, i == 1, err, want[i])
			}
		}
	}
}

// A transport that refuses the bucket says so; nothing was sent.
func TestUploadRefusedByTheGuard(t *testing.T) {
	s := store(t, presigned, takes)
	c := newClient(t, s.URL, func(cfg *Config) {
		cfg.Write = roundTrip(func(*http.Request) (*http.Response, error) { return nil, refusing{errors.New("not on the list")} })
	})
	if _, err := c.Upload(t.Context(), sampleFile()); kindOf(err) != notHere {
		t.Errorf("Upload that the guard refuses = %v, want kind not here", err)
	}
}

func TestAttachmentContent(t *testing.T) {
	const path = "/v1/patient_attachments/55/content"
	file := func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/pdf")
		_, _ = io.WriteString(w, samplePDF)
	}
	direct := serve(t, func(w http.ResponseWriter, _ *http.Request) { file(w) })
	got, err := newClient(t, direct.URL).AttachmentContent(t.Context(), "55")
	if err != nil || got.Reveal() != samplePDF || direct.requests()[0].Path != path {
		t.Errorf("AttachmentContent without a redirect = %v, %v of %s, want the bytes", got, err, direct.requests()[0].Path)
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, host := range []string{"http://HOST", ""} {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == path {
					w.Header().Set("Location", strings.Replace(host, "HOST", r.Host, 1)+"/bucket/a%20b.pdf?X-Amz-Signature=5ecre7")
					w.WriteHeader(status)
					return
				}
				file(w)
			})
			c := newClient(t, s.URL)
			got, err := c.AttachmentContent(t.Context(), "55")
			if err != nil || got.Reveal() != samplePDF {
				t.Errorf("AttachmentContent through a %d = %v, %v, want the bytes", status, got, err)
				continue
			}
			seen := s.requests()
			if seen[0].Header.Get("Authorization") == "" || len(seen) != 2 {
				t.Errorf("AttachmentContent through a %d sent %d requests, key to Cliniko %v, want 2 and yes", status, len(seen), seen[0].Header.Get("Authorization") != "")
			}
			if r := seen[1]; r.Method != "GET" || r.Path != "/bucket/a b.pdf" || r.Query.Get("X-Amz-Signature") != "5ecre7" || r.Header.Get("Authorization") != "" {
				t.Errorf("AttachmentContent through a %d sent the bucket %s %s, key %v, want the signed address and no key", status, r.Method, r.Path, r.Header.Get("Authorization") != "")
			}
			if got := c.Budget().Recent(); got != 1 {
				t.Errorf("AttachmentContent used %d of the budget, want 1", got)
			}
		}
	}
}

func TestAttachmentContentGoesNowhereElse(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a redirect was followed")
	}))
	defer elsewhere.Close()
	for _, location := range []string{
		"https://abc.s3.us-east-1.amazonaws.com/a", "http://abc.s3.ap-southeast-2.amazonaws.com/a", "https://evil.example/" + canary,
		"https://abc.s3.ap-southeast-2.amazonaws.com.evil.example/", "//evil.example/a", "file:///etc/passwd", "https://169.254.169.254/", "::",
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", location)
			w.WriteHeader(http.StatusFound)
		})
		_, err := newClient(t, s.URL).AttachmentContent(t.Context(), "55")
		if kindOf(err) != notHere || strings.Contains(err.Error(), canary) || len(s.requests()) != 1 {
			t.Errorf("AttachmentContent sent to %s = %v after %d requests, want kind not here after 1", location, err, len(s.requests()))
		}
	}
	// The second redirect is one too many, even on this machine.
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "/bucket/a")
		if r.URL.Path == "/bucket/a" {
			w.Header().Set("Location", elsewhere.URL)
		}
		w.WriteHeader(http.StatusFound)
	})
	if _, err := newClient(t, s.URL).AttachmentContent(t.Context(), "55"); kindOf(err) != notHere || len(s.requests()) != 2 {
		t.Errorf("AttachmentContent sent on by the bucket = %v after %d requests, want kind not here after 2", err, len(s.requests()))
	}
	// In earnest, an address on Cliniko's own host is no file store either.
	c := newClient(t, "", func(cfg *Config) {
		cfg.Read = roundTrip(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 302, Header: http.Header{"Location": {"/v1/user"}}, Body: http.NoBody}, nil
		})
	})
	if _, err := c.AttachmentContent(t.Context(), "55"); kindOf(err) != notHere {
		t.Errorf("AttachmentContent sent round on Cliniko's host = %v, want kind not here", err)
	}
}

func TestEveryAnswerToContent(t *testing.T) {
	for _, tt := range []struct {
		name            string
		cliniko, bucket string
		want            carryover.Kind
	}{
		{"401", response(401, "", ""), "", unauthorized},
		{"403", response(403, "", ""), "", unauthorized},
		{"404", response(404, jsonType, `{}`), "", carryover.ErrGone},
		{"406", response(406, "", ""), "", refused},
		{"500", response(500, "", ""), "", transient},
		{"302 without an address", response(302, "", ""), "", notHere},
		{"200 cut short", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n%PDF", "", transient},
		{"200 without an end", "HTTP/1.1 200 OK\r\n\r\n%PDF", "", transient},
		{"204", "HTTP/1.1 204 No Content\r\n\r\n", "", transient},
		{"bucket 403, expired", "", response(403, xmlType, denied("AccessDenied")), transient},
		{"bucket 404", "", response(404, xmlType, denied("NoSuchKey")), transient},
		{"bucket 404 empty", "", response(404, "", ""), transient},
		{"bucket 400", "", response(400, xmlType, denied("InvalidArgument")), refused},
		{"bucket 503", "", response(503, xmlType, denied("SlowDown")), transient},
		{"bucket 206", "", response(206, "", "%PDF"), refused},
		{"bucket cut short", "", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n%PDF", transient},
		{"bucket without an end", "", "HTTP/1.1 200 OK\r\n\r\n%PDF", transient},
		{"bucket closes", "", " ", transient},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := serveRaw(t, says(strings.TrimSpace(tt.bucket)))
			first := tt.cliniko
			if first == "" {
				first = response(302, "", "", "Location: "+strings.TrimSuffix(b.URL, "/v1")+"/a")
			}
			s := serveRaw(t, says(first))
			got, err := newClient(t, s.URL, hasty).AttachmentContent(t.Context(), "55")
			if kindOf(err) != tt.want || got.Reveal() != "" {
				t.Errorf("AttachmentContent = %v, %v, want kind %q and nothing", got, err, tt.want)
			}
		})
	}
	for _, id := range []carryover.AttachmentID{"", "x", "5/../6"} {
		if _, err := newClient(t, "http://127.0.0.1:1/v1").AttachmentContent(t.Context(), id); kindOf(err) != carryover.ErrGone {
			t.Errorf("AttachmentContent(%q) = %v, want gone", id, err)
		}
	}
}

// An address that has expired is asked for again, and a file of more than
// 32 MB is not read to its end.
func TestAttachmentContentAgainAndLimit(t *testing.T) {
	asked := 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/v1/"):
			asked++
			w.Header().Set("Location", fmt.Sprintf("/bucket/%d", asked))
			w.WriteHeader(http.StatusFound)
		case r.URL.Path == "/bucket/1":
			w.WriteHeader(http.StatusForbidden)
		default:
			_, _ = io.WriteString(w, samplePDF)
		}
	})
	if got, err := newClient(t, s.URL).AttachmentContent(t.Context(), "55"); err != nil || got.Reveal() != samplePDF || asked != 2 {
		t.Errorf("AttachmentContent after an expired address = %v, %v after %d tries, want the bytes after 2", got, err, asked)
	}
	large := bytes.Repeat([]byte("x"), maxBody+1)
	ask := func(size int) error {
		rt := roundTrip(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, ContentLength: int64(size), Body: io.NopCloser(bytes.NewReader(large[:size]))}, nil
		})
		_, err := newClient(t, "", func(cfg *Config) { cfg.Read = rt }).AttachmentContent(t.Context(), "55")
		return err
	}
	if err := ask(maxBody); err != nil {
		t.Errorf("AttachmentContent of 32 MB = %v, want nil", err)
	}
	if err := ask(maxBody + 1); kindOf(err) != refused || !errors.Is(err, errTooLong) {
		t.Errorf("AttachmentContent of 32 MB and a byte = %v, want an error that says so", err)
	}
}
