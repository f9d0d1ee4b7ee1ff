package clinikosim_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// The tests in the files blind_*_test.go read the sheet's
// sections 5 to 8, 13, 15 and 21 and its Appendix A a second time, sentence by
// sentence, in the hands of somebody who had seen neither the simulator's code
// for files and templates nor the tests that came with it. Helpers are their
// own for that reason.

// A blindForm is what a presigned post holds: the address and the fields.
type blindForm struct {
	url    string
	fields map[string]string
}

// blindGrant asks for a presigned post (step 1).
func blindGrant(d desk, patient string) blindForm {
	d.t.Helper()
	h := d.get("/patients/" + patient + "/attachment_presigned_post").is(200)
	f := blindForm{url: h.str("url"), fields: map[string]string{}}
	fields, _ := h.obj["fields"].(map[string]any)
	for name, value := range fields {
		text, ok := value.(string)
		if !ok {
			d.t.Fatalf("%s: field %s = %v, want a string", h.what, name, value)
		}
		f.fields[name] = text
	}
	return f
}

// address joins the url and a key with exactly one slash.
func (f blindForm) address(key string) string { return strings.TrimSuffix(f.url, "/") + "/" + key }

// A blindPart is a part of a multipart body: a field, or a file if it has a
// file name or a type.
type blindPart struct{ name, filename, kind, value string }

// parts are all fields in the order of their names, then the file.
func (f blindForm) parts(filename, kind, data string) []blindPart {
	var all []blindPart
	for _, name := range slices.Sorted(maps.Keys(f.fields)) {
		all = append(all, blindPart{name: name, value: f.fields[name]})
	}
	return append(all, blindPart{name: "file", filename: filename, kind: kind, value: data})
}

// blindBody encodes parts.
func blindBody(t *testing.T, parts []blindPart) (body []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		head := textproto.MIMEHeader{}
		disposition := fmt.Sprintf("form-data; name=%q", p.name)
		if p.filename != "" {
			disposition += `; filename="` + strings.ReplaceAll(p.filename, `"`, `\"`) + `"`
		}
		head.Set("Content-Disposition", disposition)
		if p.kind != "" {
			head.Set("Content-Type", p.kind)
		}
		part, err := w.CreatePart(head)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(p.value)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

// blindUpload posts parts to the bucket (step 2).
func blindUpload(d desk, address string, parts []blindPart, change ...func(*http.Request)) heard {
	d.t.Helper()
	body, kind := blindBody(d.t, parts)
	r, err := http.NewRequest("POST", address, bytes.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	for _, f := range change {
		f(r)
	}
	return d.send(r)
}

// A blindReply is the bucket's XML.
type blindReply struct {
	XMLName                       xml.Name
	Location, Bucket, Key, ETag   string
	Code, Message, MaxSizeAllowed string
}

// blindXML reads the bucket's answer.
func blindXML(h heard) blindReply {
	h.t.Helper()
	var reply blindReply
	if err := xml.Unmarshal([]byte(h.raw), &reply); err != nil {
		h.t.Fatalf("%s = %d %.200q: %v", h.what, h.code, h.raw, err)
	}
	return reply
}

// blindPut uploads a file for a patient and returns its upload_url.
func blindPut(d desk, patient, filename, kind, data string) string {
	d.t.Helper()
	f := blindGrant(d, patient)
	reply := blindXML(blindUpload(d, f.url, f.parts(filename, kind, data)).is(201))
	return f.address(reply.Key)
}

// blindAttach takes all three steps.
func blindAttach(d desk, patient, filename, kind, data string, more map[string]any) heard {
	d.t.Helper()
	body := map[string]any{"patient_id": patient, "upload_url": blindPut(d, patient, filename, kind, data)}
	maps.Copy(body, more)
	return d.say("POST", "/patient_attachments", body).is(201)
}

// blindCode reports an answer whose status is none of those wanted.
func blindCode(t *testing.T, h heard, what string, codes ...int) bool {
	t.Helper()
	if !slices.Contains(codes, h.code) {
		t.Errorf("%s: %s = %d %.200s, want %v", what, h.what, h.code, h.raw, codes)
		return false
	}
	return true
}

// blindRefused reports an answer that is not a 422 on exactly these fields, in
// the shape of section 5.
func blindRefused(t *testing.T, h heard, what string, keys ...string) {
	t.Helper()
	if !blindCode(t, h, what, 422) {
		return
	}
	if h.str("message") != "Validation Failed" {
		t.Errorf("%s: message = %q, want Validation Failed", what, h.str("message"))
	}
	found := slices.Sorted(maps.Keys(h.errorsOf()))
	slices.Sort(keys)
	if !slices.Equal(found, keys) {
		t.Errorf("%s: errors on %q, want %q: %s", what, found, keys, h.raw)
	}
	for key, value := range h.errorsOf() {
		if text, ok := value.(string); !ok || text == "" {
			t.Errorf("%s: errors.%s = %v, want a sentence", what, key, value)
		}
	}
	if strings.Contains(h.raw, "can't") {
		t.Errorf("%s: an ASCII apostrophe in %s", what, h.raw)
	}
}

// blindDesk has a clock of its own, so that a test decides when files are
// processed.
func blindDesk(t *testing.T, set ...func(*clinikosim.Switches)) (desk, *sandbox.Clock) {
	t.Helper()
	clock := sheetClock()
	d := openDesk(t, func(o *clinikosim.Options) {
		o.Clock = clock
		for _, f := range set {
			f(&o.Switches)
		}
	})
	return d, clock
}

// Section 15, step 1: url, fields and their values.
func TestBlindPresignedPost(t *testing.T) {
	d, _ := blindDesk(t)
	h := d.get("/patients/" + zoeID + "/attachment_presigned_post").is(200)
	if got := slices.Sorted(maps.Keys(h.obj)); !slices.Equal(got, []string{"fields", "url"}) {
		t.Errorf("keys = %q, want url and fields", got)
	}
	f := blindGrant(d, zoeID)
	for _, name := range []string{"key", "policy", "x-amz-credential", "x-amz-signature", "x-amz-algorithm", "x-amz-date", "success_action_status", "acl"} {
		if f.fields[name] == "" {
			t.Errorf("no field %s in %q", name, slices.Sorted(maps.Keys(f.fields)))
		}
	}
	for name, want := range map[string]string{"x-amz-algorithm": "AWS4-HMAC-SHA256", "success_action_status": "201", "acl": "private"} {
		if f.fields[name] != want {
			t.Errorf("%s = %q, want %q", name, f.fields[name], want)
		}
	}
	key := regexp.MustCompile(`^[^/]+/patients/` + zoeID + `/attachments/temp/[^/]+/\$\{filename\}$`)
	if !key.MatchString(f.fields["key"]) {
		t.Errorf("key = %q, want %s", f.fields["key"], key)
	}
	again := blindGrant(d, zoeID)
	if again.fields["key"] == f.fields["key"] {
		t.Errorf("key = %q twice, want a random part", f.fields["key"])
	}
	if account, _, _ := strings.Cut(blindGrant(d, zacID).fields["key"], "/"); !strings.HasPrefix(f.fields["key"], account+"/patients/") {
		t.Errorf("accounts differ between %q and %q", f.fields["key"], account)
	}
	for _, id := range []string{"9", "2000000000000000300", "2e18", "x", "0x1", "-1", "2000000000000000301.0", "%32000000000000000301x"} {
		gone := d.get("/patients/" + id + "/attachment_presigned_post")
		if blindCode(t, gone, "unknown patient", 404) && gone.str("message") == "" {
			t.Errorf("404 without a message: %q", gone.raw)
		}
	}
	for _, id := range []string{oldPatient, lostOne} {
		blindCode(t, d.get("/patients/"+id+"/attachment_presigned_post"), "archived or merged patient", 404)
	}
	blindCode(t, d.sits("").get("/patients/"+zoeID+"/attachment_presigned_post"), "no key", 401)
	blindCode(t, d.say("POST", "/patients/"+zoeID+"/attachment_presigned_post", map[string]any{}), "POST", 404, 405)
	blindCode(t, d.get("/patients/"+zoeID+"/attachment_presigned_post?page=7&q[]=x:=1"), "parameters it does not take", 200)
}

// The bucket's answer: 201, XML, a Location that is percent-encoded and a Key
// that is not.
func TestBlindUploadAnswer(t *testing.T) {
	d, _ := blindDesk(t)
	for _, name := range []string{"plain.pdf", "with space.pdf", "50%.pdf", "a+b&c.pdf", "é ü.pdf", "a#b?c.pdf"} {
		f := blindGrant(d, zoeID)
		h := blindUpload(d, f.url, f.parts(name, "application/pdf", "data")).is(201)
		reply := blindXML(h)
		if reply.XMLName.Local != "PostResponse" || reply.Bucket == "" || reply.ETag == "" {
			t.Errorf("%s: %s, want PostResponse with bucket and tag", name, h.raw)
		}
		if kind := h.header.Get("Content-Type"); !strings.Contains(kind, "xml") {
			t.Errorf("%s: type %q, want XML", name, kind)
		}
		if want := strings.Replace(f.fields["key"], "${filename}", name, 1); reply.Key != want {
			t.Errorf("Key = %q, want %q", reply.Key, want)
		}
		if strings.ContainsAny(reply.Location, " é#?") || name == "50%.pdf" && !strings.Contains(reply.Location, "50%25") {
			t.Errorf("Location = %q, want it percent-encoded", reply.Location)
		}
		if decoded, err := url.PathUnescape(reply.Location); err != nil || !strings.HasSuffix(decoded, reply.Key) {
			t.Errorf("Location = %q decodes to %q, %v; want it to end in %q", reply.Location, decoded, err, reply.Key)
		}
		// The file is private: nobody reads it where it lies.
		for _, address := range []string{reply.Location, strings.TrimSuffix(f.url, "/") + "/" + (&url.URL{Path: reply.Key}).EscapedPath()} {
			r, err := http.NewRequest("GET", address, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := d.send(r); got.code < 400 {
				t.Errorf("GET of a private upload = %d %q", got.code, got.raw)
			}
		}
		record := d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": f.address(reply.Key)})
		blindCode(t, record, "url + Key of "+name, 201)
	}
}

// The bucket checks every field, their order, and who asks.
func TestBlindUploadRefused(t *testing.T) {
	d, clock := blindDesk(t, func(s *clinikosim.Switches) { s.UploadLimit = 1000 })
	other := blindGrant(d, zacID)
	good := func() blindForm { return blindGrant(d, zoeID) }
	try := func(what string, parts []blindPart, codes []int, change ...func(*http.Request)) {
		t.Helper()
		h := blindUpload(d, good().url, parts, change...)
		if blindCode(t, h, what, codes...) && h.code >= 400 {
			if reply := blindXML(h); reply.XMLName.Local != "Error" || reply.Code == "" {
				t.Errorf("%s: %s, want an Error with a Code", what, h.raw)
			}
		}
	}
	denied := []int{403}
	invalid := []int{400, 403}
	for name := range good().fields {
		f := good()
		delete(f.fields, name)
		try("without "+name, f.parts("a.pdf", "application/pdf", "x"), invalid)
		f = good()
		if name != "key" { // may differ after the place that was signed
			f.fields[name] += "x"
			try("another "+name, f.parts("a.pdf", "application/pdf", "x"), invalid)
		}
		f = good()
		f.fields[name] = ""
		try("empty "+name, f.parts("a.pdf", "application/pdf", "x"), invalid)
		if !strings.HasPrefix(name, "x-amz-algorithm") && name != "acl" && name != "success_action_status" {
			f = good()
			f.fields[name] = other.fields[name]
			if f.fields[name] != good().fields[name] { // some are the same in every form
				try("another patient's "+name, f.parts("a.pdf", "application/pdf", "x"), denied)
			}
		}
	}
	f := good()
	f.fields["key"] = other.fields["key"]
	try("another patient's key", f.parts("a.pdf", "application/pdf", "x"), denied)
	f = good()
	f.fields["key"] = strings.Replace(f.fields["key"], "${filename}", "../../../../"+zacID+"/attachments/temp/a/b.pdf", 1)
	if h := blindUpload(d, f.url, f.parts("a.pdf", "application/pdf", "x")); h.code == 201 {
		reply := blindXML(h)
		blindRefused(t, d.say("POST", "/patient_attachments", map[string]any{"patient_id": zacID, "upload_url": f.address(reply.Key)}), "a key that climbs", "upload_url")
	}
	f = good()
	f.fields["x-amz-meta-extra"] = "1"
	try("one field too many", f.parts("a.pdf", "application/pdf", "x"), denied)

	parts := good().parts("a.pdf", "application/pdf", "x")
	last := len(parts) - 1
	try("file first", append([]blindPart{parts[last]}, parts[:last]...), invalid)
	for i := range last {
		moved := slices.Concat(parts[:i], parts[i+1:], []blindPart{parts[i]})
		try(parts[i].name+" after the file", moved, invalid)
	}
	try("no file", parts[:last], invalid)
	try("nothing at all", nil, invalid)
	misnamed := slices.Clone(parts)
	misnamed[last].name = "upload"
	try("a file by another name", misnamed, invalid)
	try("Authorization", parts, invalid, func(r *http.Request) { r.SetBasicAuth(piaKey, "") })
	try("bearer", parts, invalid, func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") })
	try("no boundary", parts, []int{400, 412, 415}, func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data") })
	try("not a form", parts, []int{400, 412, 415}, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") })
	try("too large", good().parts("a.pdf", "application/pdf", strings.Repeat("x", 1001)), []int{400})
	try("just not too large", good().parts("a.pdf", "application/pdf", strings.Repeat("x", 1000)), []int{201})
	twice := slices.Concat(parts[:last], []blindPart{{name: "key", value: other.fields["key"]}}, parts[last:])
	try("two keys, another patient's last", twice, invalid)
	twice = slices.Concat([]blindPart{{name: "key", value: other.fields["key"]}}, parts)
	if h := blindUpload(d, f.url, twice); h.code == 201 && strings.Contains(h.raw, zacID) {
		t.Errorf("two keys: the file lies with another patient: %s", h.raw)
	}

	body, kind := blindBody(t, parts)
	r, err := http.NewRequest("POST", good().url, bytes.NewReader(body[:len(body)-40]))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	blindCode(t, d.send(r), "cut short", 400, 403)
	for _, method := range []string{"PUT", "DELETE", "GET"} {
		r, err := http.NewRequest(method, good().url, nil)
		if err != nil {
			t.Fatal(err)
		}
		blindCode(t, d.send(r), method+" at the bucket", 400, 403, 404, 405)
	}

	for _, u := range d.server.Uploads() {
		if u.PatientID != zoeID {
			t.Errorf("an upload lies with patient %s, want none there", u.PatientID)
		}
	}
	old := good()
	clock.Advance(2 * time.Hour)
	try("expired", old.parts("a.pdf", "application/pdf", "x"), denied)
	try("a fresh one", good().parts("a.pdf", "application/pdf", "x"), []int{201})
}

// An address without a trailing slash joins with one all the same (15), and a
// security token must be sent when it is among the fields.
func TestBlindUploadVariants(t *testing.T) {
	d, _ := blindDesk(t, func(s *clinikosim.Switches) { s.BareBucketURL, s.SecurityToken = true, true })
	f := blindGrant(d, zoeID)
	if strings.HasSuffix(f.url, "/") {
		t.Errorf("url = %q, want no slash at its end", f.url)
	}
	if f.fields["x-amz-security-token"] == "" {
		t.Error("no security token")
	}
	blindAttach(d, zoeID, "a.pdf", "application/pdf", "x", nil)
	delete(f.fields, "x-amz-security-token")
	blindCode(t, blindUpload(d, f.url, f.parts("a.pdf", "application/pdf", "x")), "without the token", 400, 403)
	d.server.SetSwitches(clinikosim.Switches{})
	f = blindGrant(d, zoeID)
	if !strings.HasSuffix(f.url, "/") {
		t.Errorf("url = %q, want a slash at its end", f.url)
	}
	reply := blindXML(blindUpload(d, f.url, f.parts("a.pdf", "application/pdf", "x")).is(201))
	blindRefused(t, d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": f.url + "/" + reply.Key}), "two slashes", "upload_url")
	d.server.SetSwitches(clinikosim.Switches{NullPresigned: true})
	h := d.get("/patients/" + zoeID + "/attachment_presigned_post").is(200)
	if h.obj["url"] != nil || h.obj["fields"] != nil {
		t.Errorf("presigned post = %s, want nulls", h.raw)
	}
}
