package clinikosim_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

func decode64(t *testing.T, text string) []byte {
	t.Helper()
	plain, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// serve opens a loopback socket for h and returns its address.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	return web.URL
}

// attach goes all three steps; more are further fields of the record's body.
func (d desk) attach(patient, filename, kind, data string, more ...any) heard {
	d.t.Helper()
	body := map[string]any{"patient_id": patient, "upload_url": d.put(patient, filename, kind, data)}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return d.say("POST", "/patient_attachments", body).is(201)
}

// Section 15, step 3: processing comes after the record; until then the file's
// name, type and size are not known, and afterwards the temporary file is gone.
func TestSheetAttachmentLife(t *testing.T) {
	clock := sandbox.NewClock(0)
	d := openDesk(t, clocked(clock), func(o *clinikosim.Options) { o.Switches.ProcessingTime = sandbox.Duration(time.Minute) })
	address := d.put(zoeID, "report.pdf", "application/pdf", "%PDF invented")
	made := d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": address, "description": "HD-TEST"}).is(201)
	path := "/patient_attachments/" + made.id()
	if !strings.HasSuffix(made.header.Get("Location"), path) {
		t.Errorf("Location = %q, want …%s", made.header.Get("Location"), path)
	}
	if tail(made.obj["patient"]) != zoeID || tail(made.obj["user"]) != piaUser || made.str("description") != "HD-TEST" {
		t.Errorf("made = %s, want Zoë's, by Pia's user", made.raw)
	}
	for _, field := range []string{"filename", "content_type", "size", "processed_at", "content", "pinned_at", "archived_at"} {
		if value, has := made.obj[field]; !has || value != nil {
			t.Errorf("%s = %v (there: %v) while it is processed, want null", field, value, has)
		}
	}
	if made.obj["processing_completed"] != false || len(d.server.Uploads()) != 1 {
		t.Errorf("processing_completed = %v with %d temporary files, want false and 1", made.obj["processing_completed"], len(d.server.Uploads()))
	}
	d.get(path + "/content").is(404)

	clock.Advance(59 * time.Second)
	if got := d.get(path).is(200); got.obj["processing_completed"] != false {
		t.Errorf("too early: %s", got.raw)
	}
	clock.Advance(2 * time.Second)
	done := d.get(path).is(200)
	if done.obj["processing_completed"] != true || done.str("filename") != "report.pdf" || done.str("content_type") != "application/pdf" || fmt.Sprint(done.obj["size"]) != "13" {
		t.Errorf("processed = %s", done.raw)
	}
	if done.str("processed_at") == "" || done.str("updated_at") == made.str("updated_at") {
		t.Errorf("processed_at %q, updated_at %q, want both after %s", done.str("processed_at"), done.str("updated_at"), made.str("updated_at"))
	}
	if self(done.obj["content"]) != d.root+"/v1"+path+"/content" {
		t.Errorf("content = %v", done.obj["content"])
	}
	if n := len(d.server.Uploads()); n != 0 {
		t.Errorf("%d temporary files after processing, want none", n)
	}
	errors := d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": address}).errorsOf()
	if errors["upload_url"] == nil {
		t.Errorf("an upload that became an attachment: errors %v", errors)
	}
}

// Sections 5 and 15: upload_url is url + Key of that patient, to the letter.
func TestSheetUploadURLMustFit(t *testing.T) {
	d := openDesk(t)
	g := d.grant(zoeID)
	u := d.upload(g.url, g.form("two words.pdf", "application/pdf", "x")).is(201, "")
	d.upload(g.url, g.form("plain.pdf", "application/pdf", "x")).is(201, "")
	good := g.url + u.Key
	for name, c := range map[string]struct{ patient, url any }{
		"another patient":   {zacID, good},
		"a rounded id":      {zoeID[:len(zoeID)-3] + "000", good},
		"two slashes":       {zoeID, g.url + "/" + u.Key},
		"no slash":          {zoeID, strings.TrimSuffix(g.url, "/") + u.Key},
		"Location":          {zoeID, u.Location},
		"encoded":           {zoeID, g.url + strings.ReplaceAll(u.Key, " ", "%20")},
		"only the key":      {zoeID, u.Key},
		"another host":      {zoeID, "https://bucket.example/" + u.Key},
		"never uploaded":    {zoeID, g.url + strings.Replace(u.Key, "two", "three", 1)},
		"the mark":          {zoeID, g.url + g.fields["key"]},
		"blank":             {zoeID, ""},
		"null":              {zoeID, nil},
		"a number":          {zoeID, 5},
		"nothing but a url": {zoeID, g.url},
	} {
		t.Run(name, func(t *testing.T) {
			d.t = t
			errors := d.say("POST", "/patient_attachments", map[string]any{"patient_id": c.patient, "upload_url": c.url}).errorsOf()
			if errors["upload_url"] == nil {
				t.Errorf("errors = %v, want upload_url", errors)
			}
		})
	}
	if errors := d.say("POST", "/patient_attachments", map[string]any{"upload_url": good}).errorsOf(); errors["patient"] == nil {
		t.Errorf("without patient_id: errors %v", errors)
	}
	if n := len(d.server.Attachments()); n != 0 {
		t.Fatalf("%d attachments were made by refused requests", n)
	}
	d.say("POST", "/patient_attachments", map[string]any{"patient_id": json.Number(zoeID), "upload_url": good}).is(201)
	if errors := d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": good}).errorsOf(); errors["upload_url"] == nil {
		t.Errorf("the same upload again: errors %v", errors)
	}
}

// Sections 5, 15 and 18: what nobody has confirmed about the record's creation.
func TestSheetAttachmentSwitches(t *testing.T) {
	d := switched(t, func(s *clinikosim.Switches) { s.OldUploadKey, s.AcceptLocation, s.ReuseUploads = true, true, true })
	errors := d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": "https://no.example/"}).errorsOf()
	if errors["temp_attachment_url"] == nil || errors["upload_url"] != nil {
		t.Errorf("old_upload_key: errors %v", errors)
	}
	g := d.grant(zoeID)
	u := d.upload(g.url, g.form("two words.pdf", "application/pdf", "x")).is(201, "")
	d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": u.Location}).is(201)
	d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": g.url + u.Key}).is(201)
	if n := len(d.server.Attachments()); n != 2 {
		t.Errorf("reuse_uploads: %d attachments, want 2", n)
	}

	d = switched(t, func(s *clinikosim.Switches) { s.StorageLimit = 3 })
	d.attach(zoeID, "a.txt", "text/plain", "12")
	if errors := d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": d.put(zoeID, "b.txt", "text/plain", "34")}).errorsOf(); errors["upload_url"] == nil {
		t.Errorf("storage_limit: errors %v", errors)
	}

	d = switched(t, func(s *clinikosim.Switches) { s.UnknownRelation404 = true })
	d.say("POST", "/patient_attachments", map[string]any{"patient_id": "999", "upload_url": "x"}).is(404)

	d = switched(t, func(s *clinikosim.Switches) { s.PractitionerFiles = true })
	d.attach(zoeID, "a.txt", "text/plain", "1")
	desk := d.sits(rheaKey)
	desk.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID}).is(403)
	desk.get("/patients/" + zoeID + "/attachment_presigned_post").is(403)
}

// Section 15: no practitioner profile is needed; the user is the key's.
func TestSheetReceptionAttaches(t *testing.T) {
	d := openDesk(t).sits(rheaKey)
	made := d.attach(zacID, "a.pdf", "application/pdf", "x")
	if tail(made.obj["user"]) != rheaUser {
		t.Errorf("user = %v, want %s", made.obj["user"], rheaUser)
	}
	for _, id := range []string{oldPatient, lostOne} {
		if errors := d.say("POST", "/patient_attachments", map[string]any{"patient_id": id, "upload_url": "x"}).errorsOf(); errors["patient"] == nil {
			t.Errorf("archived patient %s: errors %v, want patient", id, errors)
		}
	}
}

// Section 15 and A.2: description to 255 characters or null; filename.
func TestSheetAttachmentFields(t *testing.T) {
	at := func(s *clinikosim.Switches) { s.ProcessingTime = sandbox.Duration(-1) }
	d := switched(t, at)
	d.attach(zoeID, "a.pdf", "application/pdf", "x", "description", strings.Repeat("ü", 255))
	d.attach(zoeID, "a.pdf", "application/pdf", "x", "description", nil, "filename", nil)
	for field, value := range map[string]any{"description": strings.Repeat("ü", 256), "filename": 7} {
		body := map[string]any{"patient_id": zoeID, "upload_url": d.put(zoeID, "a.pdf", "application/pdf", "x"), field: value}
		if errors := d.say("POST", "/patient_attachments", body).errorsOf(); errors[field] == nil {
			t.Errorf("bad %s: errors %v", field, errors)
		}
	}
	id := d.attach(zoeID, "a.pdf", "application/pdf", "x", "filename", "Chosen.pdf").id()
	if got := d.get("/patient_attachments/" + id).str("filename"); got != "Chosen.pdf" {
		t.Errorf("filename = %q, want the chosen one", got)
	}
	d = switched(t, func(s *clinikosim.Switches) { at(s); s.IgnoreFilename = true })
	id = d.attach(zoeID, "a.pdf", "application/pdf", "x", "filename", "Chosen.pdf").id()
	if got := d.get("/patient_attachments/" + id).str("filename"); got != "a.pdf" {
		t.Errorf("ignore_filename: filename = %q, want the upload's", got)
	}
}

// Section 15, step 2: a part without a proper type ends as invalid/invalid.
func TestSheetAttachmentType(t *testing.T) {
	d := switched(t, func(s *clinikosim.Switches) { s.ProcessingTime = sandbox.Duration(-1) })
	for declared, want := range map[string]string{
		"-": "invalid/invalid", "pdf": "invalid/invalid", "": "invalid/invalid", "application/pdf": "application/pdf",
		"text/plain; charset=utf-8": "text/plain",
	} {
		id := d.attach(zoeID, "a.pdf", declared, "x").id()
		if got := d.get("/patient_attachments/" + id).str("content_type"); got != want {
			t.Errorf("a part declared %q has content_type %q, want %q", declared, got, want)
		}
	}
}

// Section 15: PATCH changes the description only; archive and DELETE archive.
func TestSheetAttachmentChanges(t *testing.T) {
	d := openDesk(t)
	id := d.attach(zoeID, "a.pdf", "application/pdf", "x", "description", "First").id()
	path := "/patient_attachments/" + id
	got := d.say("PATCH", path, map[string]any{"description": "Second", "patient_id": zacID, "filename": "b.pdf"}).is(200)
	if got.str("description") != "Second" || tail(got.obj["patient"]) != zoeID {
		t.Errorf("patched = %s, want another description and nothing else", got.raw)
	}
	if got := d.say("PATCH", path, map[string]any{}).is(200); got.str("description") != "Second" {
		t.Errorf("an empty PATCH changed the description: %s", got.raw)
	}
	if errors := d.say("PATCH", path, map[string]any{"description": strings.Repeat("x", 256)}).errorsOf(); errors["description"] == nil {
		t.Errorf("a long description: errors %v", errors)
	}
	if got := d.say("PATCH", path, map[string]any{"description": nil}).is(200); !blank(got.obj["description"]) {
		t.Errorf("description null = %v", got.obj["description"])
	}
	if got := d.say("POST", path+"/archive", nil).is(204); got.raw != "" {
		t.Errorf("archive answered %q", got.raw)
	}
	d.get(path).is(404)
	d.say("PATCH", path, map[string]any{"description": "x"}).is(404)
	if got := d.get(path, "archived_at:*").is(200); blank(got.obj["archived_at"]) {
		t.Errorf("archived = %s", got.raw)
	}
	other := "/patient_attachments/" + d.attach(zoeID, "a.pdf", "application/pdf", "x").id()
	d.say("DELETE", other, nil).is(204)
	d.get(other).is(404)
	d.say("POST", other+"/unarchive", nil).is(404) // there is no such route

	d = switched(t, func(s *clinikosim.Switches) { s.FixedFile422, s.OwnFilesOnly = true, true })
	path = "/patient_attachments/" + d.attach(zoeID, "a.pdf", "application/pdf", "x").id()
	if errors := d.say("PATCH", path, map[string]any{"description": "x", "filename": "y"}).errorsOf(); errors["filename"] == nil {
		t.Errorf("fixed_file_422: errors %v", errors)
	}
	d.sits(paulKey).say("PATCH", path, map[string]any{"description": "x"}).is(403)
	d.sits(paulKey).say("POST", path+"/archive", nil).is(403)
	d.say("POST", path+"/archive", nil).is(204)
}

// Sections 7, 8 and A.1: the list, its filters, its order, its pages.
func TestSheetAttachmentLists(t *testing.T) {
	clock := sandbox.NewClock(0)
	d := openDesk(t, clocked(clock), func(o *clinikosim.Options) { o.Switches.ProcessingTime = sandbox.Duration(time.Second) })
	start := clock.Now().Truncate(time.Second)
	first := d.attach(zoeID, "one.pdf", "application/pdf", "1", "description", "HD-1 alpha").id()
	clock.Advance(10 * time.Second)
	second := d.sits(paulKey).attach(zoeID, "two.txt", "text/plain", "22", "description", "HD-2 beta").id()
	clock.Advance(10 * time.Second)
	third := d.attach(zacID, "three.pdf", "application/pdf", "333").id()
	clock.Advance(10 * time.Second)
	gone := d.attach(zoeID, "four.pdf", "application/pdf", "4444").id()
	d.say("POST", "/patient_attachments/"+gone+"/archive", nil).is(204)
	clock.Advance(10 * time.Second)

	at := func(seconds int) string {
		return start.Add(time.Duration(seconds) * time.Second).UTC().Format(time.RFC3339)
	}
	for expression, want := range map[string][]string{
		"patient_id:=" + zoeID:               {first, second},
		"user_id:=" + paulUser:               {second},
		"id:=" + third:                       {third},
		"created_at:>=" + at(5):              {second, third},
		"created_at:<" + at(5):               {first},
		"updated_at:>=" + at(15):             {third},
		"processed_at:>=" + at(15):           {third},
		"processed_at:!?":                    {},
		"description:~HD-2":                  {second},
		"description:=HD-1 alpha":            {first},
		"description:!?":                     {third},
		"filename:=two.txt":                  {second},
		"content_type:=application/pdf":      {first, third},
		"size:>=2":                           {second, third},
		"archived_at:*":                      {first, second, third, gone},
		"archived_at:?":                      {gone},
		"archived_at:>=" + at(0):             {gone},
		"patient_id:=" + zoeID + "," + zacID: {first, second, third},
	} {
		if got := d.get("/patient_attachments", expression).list("patient_attachments"); !cmp.Equal(got, want) {
			t.Errorf("%s = %v, want %v", expression, got, want)
		}
	}
	for _, bad := range []string{"deleted_at:*", "pinned_at:?", "processing_completed:=true", "created_at:=" + at(0), "size:=big"} {
		d.get("/patient_attachments", bad).is(400)
	}
	d.get("/patient_attachments/"+first, "patient_id:="+zoeID).is(400)
	page := d.get("/patient_attachments?per_page=2&sort=created_at:desc").is(200)
	if got := page.list("patient_attachments"); !cmp.Equal(got, []string{third, second}) || fmt.Sprint(page.obj["total_entries"]) != "3" {
		t.Errorf("first page = %v of %v, want the newest two of 3", got, page.obj["total_entries"])
	}
	if got := d.get("/patients/" + zoeID + "/patient_attachments").list("patient_attachments"); !cmp.Equal(got, []string{first, second}) {
		t.Errorf("nested list = %v", got)
	}
	d.get("/patients/"+zoeID+"/patient_attachments", "patient_id:="+zoeID).is(400)
	for _, id := range []string{oldPatient, lostOne} {
		d.get("/patients/" + id + "/patient_attachments").is(404)
	}
	for _, row := range d.get("/patient_attachments").rows("patient_attachments") {
		if single := d.get("/patient_attachments/" + fmt.Sprint(row["id"])).is(200).obj; !cmp.Equal(single, row) {
			t.Errorf("the record differs from its row: %s", cmp.Diff(row, single))
		}
	}
}

// Section 18: lists may lag behind; identical requests are not recognised.
func TestSheetAttachmentsLagAndRepeat(t *testing.T) {
	clock := sandbox.NewClock(0)
	d := openDesk(t, clocked(clock), func(o *clinikosim.Options) { o.Switches.ListLag = sandbox.Duration(30 * time.Second) })
	one := d.attach(zoeID, "a.pdf", "application/pdf", "same", "description", "HD-1").id()
	two := d.attach(zoeID, "a.pdf", "application/pdf", "same", "description", "HD-1").id()
	if one == two {
		t.Errorf("two creations made one attachment %s", one)
	}
	if got := d.get("/patient_attachments").list("patient_attachments"); len(got) != 0 {
		t.Errorf("listed too early: %v", got)
	}
	if got := d.get("/patients/" + zoeID + "/patient_attachments").list("patient_attachments"); len(got) != 0 {
		t.Errorf("listed too early below the patient: %v", got)
	}
	d.get("/patient_attachments/" + one).is(200)
	clock.Advance(31 * time.Second)
	if got := d.get("/patient_attachments").list("patient_attachments"); len(got) != 2 {
		t.Errorf("listed later: %v, want both", got)
	}
}

// Sections 15 and 22, no. 19 and 20: processing that is slow, never ends, or is
// quiet.
func TestSheetProcessingSwitches(t *testing.T) {
	clock := sandbox.NewClock(0)
	d := openDesk(t, clocked(clock), func(o *clinikosim.Options) {
		o.Switches.NeverProcessed, o.Switches.ContentEarly, o.Switches.QuietProcessing = true, true, true
	})
	made := d.attach(zoeID, "a.pdf", "application/pdf", "x")
	path := "/patient_attachments/" + made.id()
	clock.Advance(24 * time.Hour)
	got := d.get(path).is(200)
	if got.obj["processing_completed"] != false || got.obj["filename"] != nil || self(got.obj["content"]) == "" {
		t.Errorf("never processed = %s, want no name but a link", got.raw)
	}
	d.get(path + "/content").is(404)
	s := d.server.Switches()
	s.NeverProcessed = false
	d.server.SetSwitches(s)
	got = d.get(path).is(200)
	if got.obj["processing_completed"] != true || got.str("updated_at") != made.str("updated_at") {
		t.Errorf("processed quietly = %s, want updated_at %s", got.raw, made.str("updated_at"))
	}
}

// The books: what is really stored, for whom, by whom.
func TestSheetAttachmentBooks(t *testing.T) {
	d := openDesk(t)
	id := d.attach(zoeID, "a.pdf", "application/pdf", "bytes", "description", "HD-1").id()
	d.say("PATCH", "/patient_attachments/"+id, map[string]any{"description": "HD-2"}).is(200)
	d.say("POST", "/patient_attachments/"+id+"/archive", nil).is(204)
	books := d.server.Attachments()
	if len(books) != 1 {
		t.Fatalf("%d attachments in the books, want 1", len(books))
	}
	sum := sha256.Sum256([]byte("bytes"))
	a := books[0]
	if a.ID != id || a.PatientID != zoeID || a.UserID != piaUser || a.Description != "HD-2" || a.Size != 5 || a.SHA256 != hex.EncodeToString(sum[:]) || a.ArchivedAt.IsZero() || !a.ByAPI || a.ByUI {
		t.Errorf("books = %+v", a)
	}
	var steps []string
	for _, e := range a.Edits {
		steps = append(steps, e.Through+" "+e.What)
	}
	if want := []string{"API create", "API describe", "API archive"}; !slices.Equal(steps, want) {
		t.Errorf("history = %v, want %v", steps, want)
	}
	if got := string(d.server.AttachmentData(id)); got != "bytes" {
		t.Errorf("data = %q", got)
	}
	if got := d.server.AttachmentData("5"); got != nil {
		t.Errorf("data of no attachment = %q", got)
	}
}
