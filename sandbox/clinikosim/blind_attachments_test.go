package clinikosim_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/sandbox/clinikosim"
)

// The record: while it is processed, and afterwards.
func TestBlindRecord(t *testing.T) {
	d, clock := blindDesk(t)
	data := strings.Repeat("%PDF ", 50)
	h := blindAttach(d, zoeID, "report.pdf", "application/pdf", data, map[string]any{"description": "Knee"})
	id := h.id()
	if n := len(id); n < 8 || n > 19 {
		t.Errorf("id = %q, want 8 to 19 digits", id)
	}
	if location := h.header.Get("Location"); location == "" {
		t.Error("201 without a Location")
	}
	fields := []string{
		"id", "patient", "user", "description", "filename", "content_type", "size", "processing_completed", "processed_at",
		"content", "pinned_at", "archived_at", "created_at", "updated_at", "links",
	}
	slices.Sort(fields)
	check := func(what string, h heard) {
		t.Helper()
		if got := slices.Sorted(maps.Keys(h.obj)); !slices.Equal(got, fields) {
			t.Errorf("%s: fields = %q, want %q", what, got, fields)
		}
		if tail(h.obj["patient"]) != zoeID || tail(h.obj["user"]) != piaUser {
			t.Errorf("%s: patient %q, user %q, want %s, %s", what, self(h.obj["patient"]), self(h.obj["user"]), zoeID, piaUser)
		}
		if !strings.HasSuffix(self(h.obj), "/v1/patient_attachments/"+id) {
			t.Errorf("%s: self = %q", what, self(h.obj))
		}
		if h.str("description") != "Knee" || h.obj["pinned_at"] != nil || !blank(h.obj["archived_at"]) {
			t.Errorf("%s: %s", what, h.raw)
		}
		for _, stamp := range []string{"created_at", "updated_at"} {
			if _, err := time.Parse("2006-01-02T15:04:05Z", h.str(stamp)); err != nil {
				t.Errorf("%s: %s: %v", what, stamp, err)
			}
		}
	}
	before := func(what string, h heard) {
		t.Helper()
		check(what, h)
		for _, field := range []string{"filename", "content_type", "size", "content", "processed_at"} {
			if h.obj[field] != nil {
				t.Errorf("%s: %s = %v, want null while it is processed", what, field, h.obj[field])
			}
		}
		if h.obj["processing_completed"] != false {
			t.Errorf("%s: processing_completed = %v, want false", what, h.obj["processing_completed"])
		}
	}
	before("answer", h)
	before("by id", d.get("/patient_attachments/"+id).is(200))
	blindCode(t, d.get("/patient_attachments/"+id+"/content"), "content before the end of processing", 404)
	created := h.str("created_at")

	clock.Advance(time.Minute)
	h = d.get("/patient_attachments/" + id).is(200)
	check("afterwards", h)
	if h.str("filename") != "report.pdf" || h.str("content_type") != "application/pdf" || fmt.Sprint(h.obj["size"]) != fmt.Sprint(len(data)) || h.obj["processing_completed"] != true {
		t.Errorf("afterwards: %s", h.raw)
	}
	if _, err := time.Parse("2006-01-02T15:04:05Z", h.str("processed_at")); err != nil {
		t.Errorf("processed_at: %v", err)
	}
	if h.str("created_at") != created || h.str("updated_at") < created {
		t.Errorf("created %q then %q, updated %q", created, h.str("created_at"), h.str("updated_at"))
	}
	if _, ok := h.obj["size"].(json.Number); !ok {
		t.Errorf("size = %T, want a number", h.obj["size"])
	}
	if !strings.HasSuffix(self(h.obj["content"]), "/v1/patient_attachments/"+id+"/content") {
		t.Errorf("content = %q", self(h.obj["content"]))
	}
	if left := d.server.Uploads(); len(left) != 0 {
		t.Errorf("%d temporary files are left, want none", len(left))
	}
	row := d.get("/patient_attachments").is(200).rows("patient_attachments")
	if len(row) != 1 || fmt.Sprint(row[0]) != fmt.Sprint(h.obj) {
		t.Errorf("the list's row differs from the record:\n%v\n%v", row, h.obj)
	}

	// The file behind the link (section 15, last paragraph; 22, 27).
	direct := d.get("/patient_attachments/" + id + "/content")
	if !blindCode(t, direct, "content", 302, 303, 307) {
		return
	}
	if direct.raw != "" && strings.Contains(direct.raw, data) {
		t.Error("the redirect holds the file")
	}
	r, err := http.NewRequest("GET", direct.header.Get("Location"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.send(r).is(200); got.raw != data {
		t.Errorf("content = %d bytes, want %d", len(got.raw), len(data))
	}
	stolen := direct.header.Get("Location")
	target, err := url.Parse(stolen)
	if err != nil {
		t.Fatal(err)
	}
	forged := []string{strings.Split(stolen, "?")[0], strings.Replace(stolen, "report.pdf", "other.pdf", 1), strings.Replace(stolen, zoeID, zacID, 1)}
	for name := range target.Query() {
		for _, value := range []string{"", target.Query().Get(name) + "1"} {
			query := target.Query()
			query.Set(name, value)
			if slices.Contains([]string{"X-Amz-Signature", "X-Amz-Date", "X-Amz-Expires"}, name) { // less than Amazon signs
				forged = append(forged, strings.Split(stolen, "?")[0]+"?"+query.Encode())
			}
		}
	}
	for _, address := range forged {
		r, err := http.NewRequest("GET", address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.send(r); got.code < 400 {
			t.Errorf("GET of the forged address %s = %d", address, got.code)
		}
	}
	blindCode(t, d.sits("").get("/patient_attachments/"+id+"/content"), "content without a key", 401)
	clock.Advance(24 * time.Hour)
	r, _ = http.NewRequest("GET", stolen, nil)
	blindCode(t, d.send(r), "an old address", 403)
	d.say("POST", "/patient_attachments/"+id+"/archive", nil).is(204)
	blindCode(t, d.get("/patient_attachments/"+id+"/content"), "content of an archived attachment", 404)
}

// Names and types of files, as odd as they come.
func TestBlindFilenamesAndTypes(t *testing.T) {
	d, clock := blindDesk(t)
	for _, c := range []struct{ sent, kind, wantName, wantType string }{
		{"a.pdf", "application/pdf", "a.pdf", "application/pdf"},
		{"with space.txt", "text/plain", "with space.txt", "text/plain"},
		{"50%20off.txt", "text/plain", "50%20off.txt", "text/plain"},
		{"é.txt", "text/plain; charset=utf-8", "é.txt", ""},
		{"a.bin", "", "a.bin", "invalid/invalid"},
		{"a.bin", "nonsense", "a.bin", "invalid/invalid"},
		{"a.bin", "a/b/c", "a.bin", "invalid/invalid"},
		{"${filename}", "text/plain", "${filename}", "text/plain"},
		{strings.Repeat("n", 200) + ".txt", "text/plain", strings.Repeat("n", 200) + ".txt", "text/plain"},
	} {
		h := blindAttach(d, zoeID, c.sent, c.kind, "x", nil)
		clock.Advance(time.Minute)
		h = d.get("/patient_attachments/" + h.id()).is(200)
		if h.str("filename") != c.wantName {
			t.Errorf("file %q is shown as %q, want %q", c.sent, h.str("filename"), c.wantName)
		}
		if c.wantType != "" && h.str("content_type") != c.wantType {
			t.Errorf("file %q of %q has type %q, want %q", c.sent, c.kind, h.str("content_type"), c.wantType)
		}
	}
	empty := blindAttach(d, zoeID, "empty.txt", "text/plain", "", nil)
	clock.Advance(time.Minute)
	if h := d.get("/patient_attachments/" + empty.id()); fmt.Sprint(h.obj["size"]) != "0" {
		t.Errorf("empty file: size = %v, want 0", h.obj["size"])
	}
	for _, name := range []string{strings.Repeat("n", 3000), "a\x00b.pdf", "../../../x.pdf", `C:\dir\x.pdf`, "a\r\nb.pdf", "/", ".", ".."} {
		f := blindGrant(d, zoeID)
		h := blindUpload(d, f.url, f.parts(name, "application/pdf", "x"))
		if h.code >= 500 {
			t.Errorf("name %.20q: %d", name, h.code)
		}
		if h.code != 201 {
			continue
		}
		reply := blindXML(h)
		if !strings.HasPrefix(reply.Key, strings.TrimSuffix(f.fields["key"], "${filename}")) {
			t.Errorf("name %.20q escapes to %q", name, reply.Key)
		}
		if got := d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": f.address(reply.Key)}); got.code != 201 && got.code != 422 {
			t.Errorf("name %.20q: record = %d %s", name, got.code, got.raw)
		}
	}
	for _, nameless := range []string{"", "/"} {
		f := blindGrant(d, zoeID)
		h := blindUpload(d, f.url, f.parts(nameless, "application/pdf", "x"))
		if h.code != 201 {
			continue
		}
		body := map[string]any{"patient_id": zoeID, "upload_url": f.address(blindXML(h).Key), "filename": "given.pdf"}
		blindRefused(t, d.say("POST", "/patient_attachments", body), "a file without a name", "upload_url")
	}
	// The new filename parameter, without a maximum.
	for _, name := range []any{nil, "other.pdf", strings.Repeat("ü", 5000) + ".pdf"} {
		h := blindAttach(d, zoeID, "sent.pdf", "application/pdf", "x", map[string]any{"filename": name})
		clock.Advance(time.Minute)
		want := "sent.pdf"
		if name != nil {
			want = name.(string)
		}
		if got := d.get("/patient_attachments/" + h.id()).str("filename"); got != want {
			t.Errorf("filename %.20q is shown as %.20q", want, got)
		}
	}
}

// What a POST may hold, and what is refused on which key.
func TestBlindPostValidation(t *testing.T) {
	d, _ := blindDesk(t)
	post := func(body any) heard { return d.say("POST", "/patient_attachments", body) }
	fresh := func() string { return blindPut(d, zoeID, "a.pdf", "application/pdf", "x") }
	with := func(more ...any) map[string]any {
		body := map[string]any{"patient_id": zoeID, "upload_url": fresh()}
		for i := 0; i < len(more); i += 2 {
			body[more[i].(string)] = more[i+1]
		}
		return body
	}
	without := func(key string) map[string]any { b := with(); delete(b, key); return b }

	for what, body := range map[string]any{
		"id as a number":        with("patient_id", json.Number(zoeID)),
		"null description":      with("description", nil),
		"empty description":     with("description", ""),
		"255 characters":        with("description", strings.Repeat("x", 255)),
		"255 wide characters":   with("description", strings.Repeat("🦵", 255)),
		"null filename":         with("filename", nil),
		"unknown field":         with("colour", "red", "practitioner_id", paulSheet, "user_id", paulUser),
		"fields of the answer":  with("size", 5, "content_type", "text/html", "processing_completed", true, "archived_at", "2020-01-01T00:00:00Z", "id", "1"),
		"angle brackets, quote": with("description", `<b>"x" & 'y'</b>`),
	} {
		h := post(body)
		if !blindCode(t, h, what, 201) {
			continue
		}
		if b := body.(map[string]any); b["description"] != nil && b["description"] != "" && h.str("description") != b["description"] {
			t.Errorf("%s: description = %.80q, want %.80q", what, h.str("description"), b["description"])
		}
		if tail(h.obj["user"]) != piaUser || h.obj["size"] != nil || h.obj["processing_completed"] != false || !blank(h.obj["archived_at"]) || h.id() == "1" {
			t.Errorf("%s: the request wrote read-only fields: %s", what, h.raw)
		}
	}

	zac := blindPut(d, zacID, "z.pdf", "application/pdf", "z")
	good := fresh()
	cut := good[:strings.LastIndexByte(good, '/')]
	for _, c := range []struct {
		what string
		body any
		keys []string
	}{
		{"nothing", map[string]any{}, []string{"patient", "upload_url"}},
		{"no patient", without("patient_id"), []string{"patient", "upload_url"}},
		{"no upload", without("upload_url"), []string{"upload_url"}},
		{"null upload", with("upload_url", nil), []string{"upload_url"}},
		{"empty upload", with("upload_url", ""), []string{"upload_url"}},
		{"upload that is a number", with("upload_url", 7), []string{"upload_url"}},
		{"upload that is a list", with("upload_url", []string{good}), []string{"upload_url"}},
		{"upload of nobody", with("upload_url", "https://files.example/1/patients/"+zoeID+"/attachments/temp/x/a.pdf"), []string{"upload_url"}},
		{"another patient's upload", with("upload_url", zac), []string{"upload_url"}},
		{"a folder", with("upload_url", cut+"/"), []string{"upload_url"}},
		{"another file", with("upload_url", cut+"/b.pdf"), []string{"upload_url"}},
		{"the key alone", with("upload_url", good[strings.Index(good, "patients/"):]), []string{"upload_url"}},
		{"a query", with("upload_url", good+"?x=1"), []string{"upload_url"}},
		{"a fragment", with("upload_url", good+"#x"), []string{"upload_url"}},
		{"another host", with("upload_url", strings.Replace(good, "//", "//x.", 1)), []string{"upload_url"}},
		{"upper case", with("upload_url", strings.ToUpper(good)), []string{"upload_url"}},
		{"a space after", with("upload_url", good+" "), []string{"upload_url"}},
		{"a detour", with("upload_url", cut+"/x/../a.pdf"), []string{"upload_url"}},
		{"256 characters", with("description", strings.Repeat("x", 256)), []string{"description"}},
		{"256 wide characters", with("description", strings.Repeat("ü", 256)), []string{"description"}},
		{"description that is a number", with("description", 5), []string{"description"}},
		{"description that is an object", with("description", map[string]any{}), []string{"description"}},
		{"filename that is a number", with("filename", 5), []string{"filename"}},
		{"two mistakes", with("description", strings.Repeat("x", 256), "upload_url", zac), []string{"description", "upload_url"}},
		{"null patient", with("patient_id", nil), []string{"patient", "upload_url"}},
		{"patient of another", with("patient_id", zacID), []string{"upload_url"}},
		{"rounded id", with("patient_id", json.Number("2000000000000000256")), []string{"patient", "upload_url"}},
		{"rounded id as a string", with("patient_id", "2000000000000000256"), []string{"patient", "upload_url"}},
		{"id in exponents", with("patient_id", json.Number("2.000000000000000301e18")), nil},
		{"id with a fraction", with("patient_id", json.Number(zoeID+".0")), nil},
		{"id with a space", with("patient_id", " "+zoeID), nil},
		{"id with zeros", with("patient_id", "00"+zoeID), nil},
		{"id as a list", with("patient_id", []string{zoeID}), nil},
		{"true as an id", with("patient_id", true), nil},
		{"link as an id", with("patient_id", d.root+"/v1/patients/"+zoeID), nil},
		{"archived patient", with("patient_id", oldPatient), nil},
	} {
		h := post(c.body)
		if c.keys == nil {
			blindCode(t, h, c.what, 422)
		} else {
			blindRefused(t, h, c.what, c.keys...)
		}
	}
	// Percent-encoded: the Location of a name with a space is not url + Key.
	f := blindGrant(d, zoeID)
	reply := blindXML(blindUpload(d, f.url, f.parts("two words.pdf", "application/pdf", "x")).is(201))
	blindRefused(t, post(with("upload_url", reply.Location)), "Location", "upload_url")
	blindCode(t, post(with("upload_url", f.address(reply.Key))), "url + Key", 201)

	count := len(d.server.Attachments())
	for _, body := range []string{"[]", `"x"`, "null", "7", "{", "{}{}", "\x00", `{"patient_id":"` + zoeID + `","patient_id":"` + zacID + `"}`} {
		if h := post(body); h.code < 400 || h.code >= 500 {
			t.Errorf("body %q = %d %s, want a refusal", body, h.code, h.raw)
		}
	}
	plain := d
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded"} {
		plain.ctype = kind
		blindRefused(t, plain.say("POST", "/patient_attachments", with()), "content type "+kind, "patient", "upload_url")
	}
	if n := len(d.server.Attachments()); n != count {
		t.Errorf("%d attachments after refusals, want %d", n, count)
	}
	blindCode(t, d.sits("").say("POST", "/patient_attachments", with()), "no key", 401)
}

// Nothing makes a POST safe to repeat (18); the temporary file is used up.
func TestBlindRepeatedPost(t *testing.T) {
	d, clock := blindDesk(t)
	upload := blindPut(d, zoeID, "a.pdf", "application/pdf", "x")
	body := map[string]any{"patient_id": zoeID, "upload_url": upload}
	d.extra = http.Header{"Idempotency-Key": {"one"}}
	first := d.say("POST", "/patient_attachments", body).is(201)
	blindRefused(t, d.say("POST", "/patient_attachments", body), "at once", "upload_url")
	clock.Advance(time.Minute)
	blindRefused(t, d.say("POST", "/patient_attachments", body), "after processing", "upload_url")
	if ids := d.get("/patient_attachments").list("patient_attachments"); !slices.Equal(ids, []string{first.id()}) {
		t.Errorf("attachments = %q, want only %q", ids, first.id())
	}
	again := blindAttach(d, zoeID, "a.pdf", "application/pdf", "x", nil)
	if again.id() == first.id() {
		t.Error("the same file attached twice is one record, want two")
	}
	clock.Advance(time.Minute)
	d.server.SetSwitches(clinikosim.Switches{ReuseUploads: true})
	upload = blindPut(d, zoeID, "a.pdf", "application/pdf", "x")
	body = map[string]any{"patient_id": zoeID, "upload_url": upload}
	d.say("POST", "/patient_attachments", body).is(201)
	blindCode(t, d.say("POST", "/patient_attachments", body), "switched: before processing", 201)
	clock.Advance(time.Minute)
	d.get("/patient_attachments").is(200)
	blindCode(t, d.say("POST", "/patient_attachments", body), "switched: after processing", 422)
}

// A file that goes up a second time by the same form, before the record is
// processed, makes no second attachment: the temporary object is gone after
// processing (15).
func TestBlindRepeatedUpload(t *testing.T) {
	d, clock := blindDesk(t)
	f := blindGrant(d, zacID)
	reply := blindXML(blindUpload(d, f.url, f.parts("r.pdf", "text/plain", "one")).is(201))
	body := map[string]any{"patient_id": zacID, "upload_url": f.address(reply.Key)}
	made := d.say("POST", "/patient_attachments", body).is(201)
	blindUpload(d, f.url, f.parts("r.pdf", "text/plain", "other")).is(201)
	clock.Advance(time.Minute)
	if got := d.get("/patient_attachments/" + made.id()).is(200); fmt.Sprint(got.obj["size"]) != "3" {
		t.Errorf("size = %v, want that of the file as it was", got.obj["size"])
	}
	if left := d.server.Uploads(); len(left) != 0 {
		t.Errorf("%d temporary files are left after processing, want none", len(left))
	}
	blindRefused(t, d.say("POST", "/patient_attachments", body), "the same address after processing", "upload_url")
}

// PATCH changes the description and nothing else; archive and DELETE put the
// record out of sight; nothing brings it back.
func TestBlindChange(t *testing.T) {
	d, clock := blindDesk(t)
	h := blindAttach(d, zoeID, "a.pdf", "application/pdf", "x", map[string]any{"description": "first"})
	path := "/patient_attachments/" + h.id()
	clock.Advance(time.Minute)
	before := d.get(path).is(200)
	clock.Advance(time.Minute)
	for _, c := range []struct{ sent, want any }{
		{"second", "second"}, {nil, nil}, {strings.Repeat("y", 255), strings.Repeat("y", 255)}, {strings.Repeat("ÿ", 255), strings.Repeat("ÿ", 255)},
	} {
		got := d.say("PATCH", path, map[string]any{"description": c.sent})
		if blindCode(t, got, "description", 200) && got.obj["description"] != c.want && !(c.want == nil && blank(got.obj["description"])) {
			t.Errorf("description = %v, want %v", got.obj["description"], c.want)
		}
	}
	if after := d.get(path); after.str("updated_at") <= before.str("updated_at") {
		t.Errorf("updated_at %q after PATCH, %q before; want it to move", after.str("updated_at"), before.str("updated_at"))
	}
	blindRefused(t, d.say("PATCH", path, map[string]any{"description": strings.Repeat("y", 256)}), "256", "description")
	blindRefused(t, d.say("PATCH", path, map[string]any{"description": 1}), "a number", "description")
	d.say("PUT", path, map[string]any{"description": "by PUT"}).is(200)
	before = d.get(path)
	for _, body := range []map[string]any{
		{},
		{"patient_id": zacID},
		{"upload_url": "https://x.example/"},
		{"filename": "b.exe"},
		{"content_type": "text/html"},
		{"size": 1},
		{"archived_at": "2026-01-01T00:00:00Z"},
		{"user_id": paulUser},
		{"pinned_at": "2026-01-01T00:00:00Z"},
		{"processing_completed": false},
		{"content": nil},
		{"id": "1"},
	} {
		got := d.say("PATCH", path, body)
		if blindCode(t, got, fmt.Sprint(body), 200) {
			delete(got.obj, "updated_at")
			want := maps.Clone(before.obj)
			delete(want, "updated_at")
			if fmt.Sprint(got.obj) != fmt.Sprint(want) {
				t.Errorf("PATCH %v changed the record:\n%v\n%v", body, got.obj, want)
			}
		}
	}
	blindCode(t, d.say("PATCH", "/patient_attachments/5", map[string]any{"description": "x"}), "unknown id", 404)
	blindCode(t, d.say("POST", "/patient_attachments/5/archive", nil), "unknown id", 404)
	blindCode(t, d.say("PATCH", "/patient_attachments", map[string]any{"description": "x"}), "PATCH of the list", 404, 405)
	for _, route := range []string{"/unarchive", "/download", "/process", "/content/x"} {
		blindCode(t, d.say("POST", path+route, nil), "no such route", 404)
	}
	blindCode(t, d.get("/patient_attachments/archived"), "old list", 404)
	blindCode(t, d.get("/patient_attachments/deleted"), "old list", 404)

	for _, remove := range []func(string) heard{
		func(id string) heard { return d.say("POST", "/patient_attachments/"+id+"/archive", nil) },
		func(id string) heard { return d.say("DELETE", "/patient_attachments/"+id, nil) },
	} {
		id := blindAttach(d, zoeID, "gone.pdf", "application/pdf", "x", nil).id()
		stays := blindAttach(d, zoeID, "stays.pdf", "application/pdf", "x", nil).id()
		clock.Advance(time.Minute)
		if got := remove(id).is(204); got.raw != "" {
			t.Errorf("204 with a body: %q", got.raw)
		}
		gone := "/patient_attachments/" + id
		blindCode(t, d.get(gone), "archived by id", 404)
		blindCode(t, d.say("PATCH", gone, map[string]any{"description": "x"}), "PATCH of an archived one", 404)
		blindCode(t, remove(id), "archived twice", 404, 204)
		blindCode(t, d.say("POST", gone+"/unarchive", nil), "unarchive", 404)
		for _, list := range []string{"/patient_attachments", "/patients/" + zoeID + "/patient_attachments"} {
			if slices.Contains(d.get(list).list("patient_attachments"), id) {
				t.Errorf("%s holds an archived attachment", list)
			}
			for _, wild := range []string{"archived_at:*", "archived_at:?"} {
				found := d.get(list, wild).list("patient_attachments")
				if !slices.Contains(found, id) {
					t.Errorf("%s with %s lacks the archived attachment", list, wild)
				}
				if slices.Contains(found, stays) != (wild == "archived_at:*") {
					t.Errorf("%s with %s: %q", list, wild, found)
				}
			}
		}
		got := d.get(gone, "archived_at:*").is(200)
		if blank(got.obj["archived_at"]) {
			t.Errorf("archived_at = %v", got.obj["archived_at"])
		}
		if _, there := got.obj["deleted_at"]; there {
			t.Error("an attachment has deleted_at (6.5: it has not)")
		}
	}
}

// Who may attach: any user, also one without a practitioner profile (15).
func TestBlindAnyUserAttaches(t *testing.T) {
	d, _ := blindDesk(t)
	for key, user := range map[string]string{rheaKey: rheaUser, oscarKey: oscarUser, idaKey: idaUser, adaKey: adaUser} {
		h := blindAttach(d.sits(key), zoeID, "a.pdf", "application/pdf", "x", nil)
		if tail(h.obj["user"]) != user {
			t.Errorf("user = %q, want %s", self(h.obj["user"]), user)
		}
		d.sits(key).say("PATCH", "/patient_attachments/"+h.id(), map[string]any{"description": "x"}).is(200)
		d.sits(key).say("POST", "/patient_attachments/"+h.id()+"/archive", nil).is(204)
	}
}
