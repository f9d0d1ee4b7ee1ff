package clinikosim_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// A grant is a presigned post: where to upload a file, and with which fields.
type grant struct {
	url    string
	fields map[string]string
}

// grant asks for a presigned post for a patient.
func (d desk) grant(patient string) grant {
	d.t.Helper()
	answer := d.get("/patients/" + patient + "/attachment_presigned_post").is(200)
	g := grant{url: answer.str("url"), fields: map[string]string{}}
	fields, _ := answer.obj["fields"].(map[string]any)
	for name, value := range fields {
		g.fields[name] = fmt.Sprint(value)
	}
	return g
}

// A part is one part of a form, in its order.
type part struct {
	name, value    string
	filename, kind string // of a file; kind "-" sends no Content-Type
	isFile         bool
}

// form is the whole form of a grant with its file last.
func (g grant) form(filename, kind, data string) []part {
	var parts []part
	for _, name := range slices.Sorted(maps.Keys(g.fields)) {
		parts = append(parts, part{name: name, value: g.fields[name]})
	}
	return append(parts, part{name: "file", value: data, filename: filename, kind: kind, isFile: true})
}

// An uploaded is the bucket's answer, as XML says it.
type uploaded struct {
	t    *testing.T
	code int
	raw  string

	XMLName  xml.Name
	Location string
	Bucket   string
	Key      string
	ETag     string
	Code     string
	Message  string
	Size     int64
	Proposed int64 `xml:"ProposedSize"`
	Allowed  int64 `xml:"MaxSizeAllowed"`
}

// encodeForm writes parts as multipart/form-data.
func encodeForm(t *testing.T, parts []part) (body []byte, kind string) {
	t.Helper()
	var out bytes.Buffer
	form := multipart.NewWriter(&out)
	for _, p := range parts {
		header := textproto.MIMEHeader{}
		disposition := fmt.Sprintf(`form-data; name="%s"`, p.name)
		if p.isFile {
			disposition += fmt.Sprintf(`; filename="%s"`, p.filename)
			if p.kind != "-" {
				header.Set("Content-Type", p.kind)
			}
		}
		header.Set("Content-Disposition", disposition)
		w, err := form.CreatePart(header)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, p.value)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), form.FormDataContentType()
}

// upload posts parts to an address; change may alter the request.
func (d desk) upload(address string, parts []part, change ...func(*http.Request)) uploaded {
	d.t.Helper()
	body, kind := encodeForm(d.t, parts)
	r, err := http.NewRequest("POST", address, bytes.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	for _, f := range change {
		f(r)
	}
	answer := d.send(r)
	u := uploaded{t: d.t, code: answer.code, raw: answer.raw}
	if err := xml.Unmarshal([]byte(answer.raw), &u); err != nil {
		d.t.Fatalf("POST %s = %d %.300s: no XML: %v", address, answer.code, answer.raw, err)
	}
	return u
}

// is fails the test unless the bucket answered with the status and error code.
func (u uploaded) is(status int, code string) uploaded {
	u.t.Helper()
	if u.code != status || u.Code != code {
		u.t.Fatalf("upload = %d %.400s, want %d %s", u.code, u.raw, status, code)
	}
	return u
}

// put uploads a file for a patient and returns the address for upload_url.
func (d desk) put(patient, filename, kind, data string) string {
	d.t.Helper()
	g := d.grant(patient)
	u := d.upload(g.url, g.form(filename, kind, data)).is(201, "")
	return strings.TrimSuffix(g.url, "/") + "/" + u.Key
}

// clocked is an option: the server's clock, which the test moves.
func clocked(clock *sandbox.Clock) func(*clinikosim.Options) {
	return func(o *clinikosim.Options) { o.Clock = clock }
}

// Section 15, step 1: the fields of the form, and a place that is the patient's.
func TestSheetPresignedPost(t *testing.T) {
	d := openDesk(t)
	g := d.grant(zoeID)
	for name, want := range map[string]string{"x-amz-algorithm": "AWS4-HMAC-SHA256", "success_action_status": "201", "acl": "private"} {
		if g.fields[name] != want {
			t.Errorf("field %s = %q, want %q", name, g.fields[name], want)
		}
	}
	for _, name := range []string{"policy", "x-amz-credential", "x-amz-signature", "x-amz-date"} {
		if g.fields[name] == "" {
			t.Errorf("field %s is missing", name)
		}
	}
	if key := g.fields["key"]; !strings.Contains(key, "/patients/"+zoeID+"/attachments/temp/") || !strings.HasSuffix(key, "/${filename}") {
		t.Errorf("key = %q", key)
	}
	if !strings.HasSuffix(g.url, "/") || strings.Contains(g.url, "/v1") {
		t.Errorf("url = %q, want one that ends in a slash and is not the API's", g.url)
	}
	if again := d.grant(zoeID); again.fields["key"] == g.fields["key"] {
		t.Errorf("two presigned posts have the key %q", again.fields["key"])
	}
	if _, has := g.fields["x-amz-security-token"]; has {
		t.Error("a security token without its switch")
	}
	d.get("/patients/" + oldPatient + "/attachment_presigned_post").is(404)
	d.get("/patients/" + lostOne + "/attachment_presigned_post").is(404)
	d.get("/patients/999/attachment_presigned_post").is(404)
	d.sits("SANDBOXnobody-au4").get("/patients/" + zoeID + "/attachment_presigned_post").is(401)
}

// Section 15, step 1: url with and without a slash, more fields, null.
func TestSheetPresignedSwitches(t *testing.T) {
	d := switched(t, func(s *clinikosim.Switches) { s.BareBucketURL, s.SecurityToken = true, true })
	g := d.grant(zoeID)
	if strings.HasSuffix(g.url, "/") || g.fields["x-amz-security-token"] == "" {
		t.Errorf("url %q, fields %v, want no slash and a security token", g.url, g.fields)
	}
	parts := g.form("a.pdf", "application/pdf", "bytes")
	u := d.upload(g.url, parts).is(201, "")
	d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": g.url + "/" + u.Key}).is(201)
	without := slices.DeleteFunc(slices.Clone(parts), func(p part) bool { return p.name == "x-amz-security-token" })
	d.upload(g.url, without).is(403, "AccessDenied")

	d = switched(t, func(s *clinikosim.Switches) { s.NullPresigned = true })
	answer := d.get("/patients/" + zoeID + "/attachment_presigned_post").is(200)
	if url, has := answer.obj["url"]; !has || url != nil || answer.obj["fields"] != nil {
		t.Errorf("null_presigned: %s", answer.raw)
	}
	d = switched(t, func(s *clinikosim.Switches) { s.ArchivedPatientFile = true })
	d.say("POST", "/patient_attachments", map[string]any{"patient_id": oldPatient, "upload_url": d.put(oldPatient, "a.pdf", "application/pdf", "x")}).is(201)
}

// Section 15, step 2: 201 with Location, Bucket, Key and ETag; the bucket fills
// the file's name in; Location is percent-encoded and Key is not.
func TestSheetUpload(t *testing.T) {
	d := openDesk(t)
	g := d.grant(zoeID)
	place := strings.TrimSuffix(g.fields["key"], "${filename}")
	for filename, stored := range map[string]string{
		"report.pdf": "report.pdf", "two words é.pdf": "two words é.pdf", `C:\\Desk\\letter.pdf`: "letter.pdf", "a/b/c.pdf": "c.pdf",
	} {
		u := d.upload(g.url, g.form(filename, "application/pdf", "bytes")).is(201, "")
		if u.XMLName.Local != "PostResponse" || u.Key != place+stored || u.Bucket == "" || u.ETag == "" {
			t.Errorf("upload of %q: %s, want key …/%s", filename, u.raw, stored)
		}
		if strings.Contains(u.Location, " ") || strings.Contains(u.Location, "é") {
			t.Errorf("Location %q is not percent-encoded", u.Location)
		}
		_, after, _ := strings.Cut(u.Location, "/bucket/")
		if plain, err := url.PathUnescape(after); err != nil || plain != u.Key {
			t.Errorf("Location %q does not decode to the key %q", u.Location, u.Key)
		}
	}
	// The upload may be repeated freely (18).
	d.upload(g.url, g.form("report.pdf", "application/pdf", "other bytes")).is(201, "")
	if n := len(d.server.Uploads()); n != 4 {
		t.Errorf("%d files in temporary places, want 4", n)
	}
	if len(d.server.Attachments()) != 0 {
		t.Error("an upload alone made an attachment")
	}
}

// Section 15, step 2 and 21: every field is needed as it was given.
func TestSheetUploadFields(t *testing.T) {
	d := openDesk(t)
	g := d.grant(zoeID)
	other := d.grant(zacID)
	parts := g.form("a.pdf", "application/pdf", "bytes")
	for i, p := range parts[:len(parts)-1] {
		code := map[string]string{"x-amz-date": "SignatureDoesNotMatch", "x-amz-signature": "SignatureDoesNotMatch"}[p.name]
		if code == "" {
			code = "AccessDenied"
		}
		without := slices.Delete(slices.Clone(parts), i, i+1)
		t.Run("without "+p.name, func(t *testing.T) { d.upload(g.url, without).is(403, code) })
		changed := slices.Clone(parts)
		changed[i].value = "x" + p.value
		t.Run("changed "+p.name, func(t *testing.T) {
			if u := d.upload(g.url, changed); u.code != 403 {
				t.Errorf("upload = %d %s, want 403", u.code, u.raw)
			}
		})
	}
	mixed := slices.Clone(parts)
	for i := range mixed {
		if mixed[i].name == "key" {
			mixed[i].value = other.fields["key"]
		}
	}
	d.upload(g.url, mixed).is(403, "AccessDenied")
	d.upload(g.url, append([]part{{name: "surplus", value: "1"}}, parts...)).is(403, "AccessDenied")
	d.upload(g.url, append([]part{{name: "long", value: strings.Repeat("x", 21<<10)}}, parts...)).is(400, "MaxPostPreDataLengthExceeded")
	d.upload(g.url, parts[:len(parts)-1]).is(400, "InvalidArgument")
	if n := len(d.server.Uploads()); n != 0 {
		t.Errorf("%d files were stored by refused uploads", n)
	}
}

// Section 15, step 2: the file comes last; what follows it does not count.
func TestSheetUploadFileLast(t *testing.T) {
	d := openDesk(t)
	g := d.grant(zoeID)
	parts := g.form("a.pdf", "application/pdf", "bytes")
	last := len(parts) - 1
	d.upload(g.url, append([]part{parts[last]}, parts[:last]...)).is(403, "AccessDenied")
	d.upload(g.url, append(slices.Clone(parts), part{name: "surplus", value: "1"}, part{name: "acl", value: "public-read"})).is(201, "")
}

// Section 15, step 2: no Authorization header, a form, a length, POST only.
func TestSheetUploadTransport(t *testing.T) {
	d := openDesk(t)
	g := d.grant(zoeID)
	parts := g.form("a.pdf", "application/pdf", "bytes")
	d.upload(g.url, parts, func(r *http.Request) { r.SetBasicAuth(piaKey, "") }).is(400, "InvalidArgument")
	d.upload(g.url, parts, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }).is(412, "PreconditionFailed")
	d.upload(g.url, parts, func(r *http.Request) { r.Method = "PUT" }).is(405, "MethodNotAllowed")
	chunked := func(r *http.Request) { r.ContentLength, r.Body = -1, io.NopCloser(r.Body) }
	d.upload(g.url, parts, chunked).is(411, "MissingContentLength")
	broken := func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; boundary=other") }
	if u := d.upload(g.url, parts, broken); u.code != 400 {
		t.Errorf("a form with a wrong boundary = %d %s, want 400", u.code, u.raw)
	}
	d = switched(t, func(s *clinikosim.Switches) { s.ChunkedUploads = true })
	g = d.grant(zoeID)
	d.upload(g.url, g.form("a.pdf", "application/pdf", "bytes"), chunked).is(201, "")
}

// Section 15, step 2: 403 for an expired policy, 400 for a file too large.
func TestSheetUploadExpiryAndSize(t *testing.T) {
	clock := sandbox.NewClock(0)
	d := openDesk(t, clocked(clock), func(o *clinikosim.Options) { o.Switches.UploadLimit = 10 })
	g := d.grant(zoeID)
	d.upload(g.url, g.form("a.pdf", "application/pdf", "0123456789")).is(201, "")
	u := d.upload(g.url, g.form("a.pdf", "application/pdf", "0123456789a")).is(400, "EntityTooLarge")
	if u.Proposed != 11 || u.Allowed != 10 {
		t.Errorf("EntityTooLarge says %d of %d, want 11 of 10", u.Proposed, u.Allowed)
	}
	d.upload(g.url, g.form("a.pdf", "application/pdf", strings.Repeat("x", 2<<20))).is(400, "EntityTooLarge")
	clock.Advance(59 * time.Minute)
	d.upload(g.url, g.form("a.pdf", "application/pdf", "x")).is(201, "")
	clock.Advance(time.Minute)
	if u := d.upload(g.url, g.form("a.pdf", "application/pdf", "x")).is(403, "AccessDenied"); !strings.Contains(u.Message, "expired") {
		t.Errorf("expired policy: %s", u.raw)
	}
	d = switched(t, func(s *clinikosim.Switches) { s.PolicyLife = sandbox.Duration(-time.Second) })
	g = d.grant(zoeID)
	d.upload(g.url, g.form("a.pdf", "application/pdf", "x")).is(403, "AccessDenied")
}

// Section 21: the policy names the conditions that the form is held against.
func TestSheetPolicyIsReadable(t *testing.T) {
	d := openDesk(t)
	g := d.grant(zoeID)
	var policy struct {
		Expiration time.Time `json:"expiration"`
		Conditions []any     `json:"conditions"`
	}
	if err := json.Unmarshal(decode64(t, g.fields["policy"]), &policy); err != nil {
		t.Fatal(err)
	}
	if policy.Expiration.IsZero() || len(policy.Conditions) < 7 {
		t.Errorf("policy = %+v", policy)
	}
}

// The bucket can be served on a host of its own.
func TestSheetBucketElsewhere(t *testing.T) {
	d := openDesk(t)
	elsewhere := serve(t, d.server.Bucket())
	d.server.SetBucketURL(elsewhere + "/")
	g := d.grant(zoeID)
	if g.url != elsewhere+"/" {
		t.Fatalf("url = %q, want %s/", g.url, elsewhere)
	}
	u := d.upload(g.url, g.form("a.pdf", "application/pdf", "x")).is(201, "")
	d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": g.url + u.Key}).is(201)
}

// Where the simulator does not know its own address, no file may leave for a
// real host.
func TestSheetBucketOfAnUnknownHost(t *testing.T) {
	d := openDesk(t)
	r, err := http.NewRequest("GET", d.root+"/v1/patients/"+zoeID+"/attachment_presigned_post", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "api.au4.cliniko.com"
	r.SetBasicAuth(piaKey, "")
	r.Header.Set("User-Agent", d.agent)
	address, err := url.Parse(d.send(r).is(200).str("url"))
	if err != nil || !strings.HasSuffix(address.Hostname(), ".invalid") {
		t.Errorf("url = %v (%v), want a host that cannot exist", address, err)
	}
}
