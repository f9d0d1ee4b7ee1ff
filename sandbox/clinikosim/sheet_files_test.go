package clinikosim_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// instant is the switch that ends processing at once.
func instant(s *clinikosim.Switches) { s.ProcessingTime = sandbox.Duration(-1) }

// read fetches an absolute address without a key.
func (d desk) read(address string, change ...func(*http.Request)) heard {
	d.t.Helper()
	r, err := http.NewRequest("GET", address, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, f := range change {
		f(r)
	}
	return d.send(r)
}

// Sections 15 and 22, no. 27: the content link leads to a signed address at the
// bucket, which serves the bytes for a while and takes no key.
func TestSheetContentLink(t *testing.T) {
	clock := sandbox.NewClock(0)
	d := openDesk(t, clocked(clock), func(o *clinikosim.Options) { instant(&o.Switches) })
	id := d.attach(zoeID, "two words.pdf", "application/pdf", "%PDF bytes").id()
	link := self(d.get("/patient_attachments/" + id).is(200).obj["content"])
	d.sits("").read(link).is(401)
	address := d.get(strings.TrimPrefix(link, d.root+"/v1")).is(302).header.Get("Location")
	got := d.read(address).is(200)
	if got.raw != "%PDF bytes" || got.header.Get("Content-Type") != "application/pdf" {
		t.Errorf("content = %q as %q", got.raw, got.header.Get("Content-Type"))
	}
	d.read(address, func(r *http.Request) { r.SetBasicAuth(piaKey, "") }).is(400)
	d.read(strings.Replace(address, id, id+"0", 1)).is(403)
	d.read(strings.Split(address, "?")[0]).is(403)
	clock.Advance(6 * time.Minute)
	if got := d.read(address).is(403); !strings.Contains(got.raw, "expired") {
		t.Errorf("expired address: %s", got.raw)
	}
	d.say("POST", "/patient_attachments/"+id+"/archive", nil).is(204)
	d.get("/patient_attachments/" + id + "/content").is(404)
	d.get("/patient_attachments/5/content").is(404)
}

// Section 15: a file without a proper type is served as mere bytes, and one with
// the patient's place forged into its name stays where it belongs.
func TestSheetOddFiles(t *testing.T) {
	d := switched(t, instant)
	id := d.attach(zoeID, "a.pdf", "-", "x").id()
	if got := d.read(d.get("/patient_attachments/" + id + "/content").is(302).header.Get("Location")).is(200); got.header.Get("Content-Type") != "binary/octet-stream" {
		t.Errorf("served as %q", got.header.Get("Content-Type"))
	}
	g := d.grant(zoeID)
	parts := g.form("a.pdf", "application/pdf", "x")
	for i := range parts {
		if parts[i].name == "key" {
			parts[i].value = strings.Replace(parts[i].value, "${filename}", "deeper/a.pdf", 1)
		}
	}
	u := d.upload(g.url, parts).is(201, "") // the policy allows any end of the key
	if errors := d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": g.url + u.Key}).errorsOf(); errors["upload_url"] == nil {
		t.Errorf("a key of another form: errors %v", errors)
	}
	g = d.grant(zoeID)
	u = d.upload(g.url, g.form("", "application/pdf", "x")).is(201, "")
	if errors := d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": g.url + u.Key}).errorsOf(); errors["upload_url"] == nil {
		t.Errorf("a file without a name: errors %v", errors)
	}
}

// A file in its temporary place cannot be read: nobody signs for it.
func TestSheetTemporaryFilesAreUnreadable(t *testing.T) {
	d := openDesk(t)
	d.read(d.put(zoeID, "a.pdf", "application/pdf", "x")).is(403)
}

// Sections 15 and 22, no. 27: the other readings of the content link.
func TestSheetContentLinkSwitches(t *testing.T) {
	d := switched(t, func(s *clinikosim.Switches) { instant(s); s.ContentDirect, s.BareContentLink = true, true })
	id := d.attach(zoeID, "a.txt", "text/plain", "bytes").id()
	if got := self(d.get("/patient_attachments/" + id).obj["content"]); got != d.root+"/v1/patient_attachments/"+id {
		t.Errorf("bare content link = %q", got)
	}
	if got := d.get("/patient_attachments/" + id + "/content").is(200); got.raw != "bytes" || got.header.Get("Content-Type") != "text/plain" {
		t.Errorf("direct content = %q as %q", got.raw, got.header.Get("Content-Type"))
	}
	d = switched(t, func(s *clinikosim.Switches) { instant(s); s.LinkLife = sandbox.Duration(-time.Minute) })
	id = d.attach(zoeID, "a.txt", "text/plain", "bytes").id()
	d.read(d.get("/patient_attachments/" + id + "/content").is(302).header.Get("Location")).is(403)
}

// Section 15: lists may hold full patient exports, which have the same fields;
// the simulator knows no user who made one.
func TestSheetPatientExports(t *testing.T) {
	d := openDesk(t)
	id, err := d.server.ExportPatient(zoeID)
	if err != nil {
		t.Fatal(err)
	}
	rows := d.get("/patient_attachments", "patient_id:="+zoeID).is(200).rows("patient_attachments")
	if len(rows) != 1 || rows[0]["id"] != id || rows[0]["content_type"] != "application/zip" {
		t.Fatalf("rows = %v, want the export", rows)
	}
	if got := rows[0]; fmt.Sprint(got["size"]) != "14" || got["processing_completed"] != true || blank(got["processed_at"]) {
		t.Errorf("export = %v, want the size in bytes of the file, processed", got)
	}
	if pinned, has := rows[0]["pinned_at"]; !has || pinned != nil {
		t.Errorf("pinned_at = %v (there: %v), want null", pinned, has)
	}
	if user, has := rows[0]["user"]; has {
		t.Errorf("user = %v, want none: nobody's key made it", user)
	}
	for _, expression := range []string{"size:=14", "processed_at:?"} {
		if got := d.get("/patient_attachments", expression).list("patient_attachments"); !slices.Equal(got, []string{id}) {
			t.Errorf("%s = %v, want the export %s", expression, got, id)
		}
	}
	if got := d.get("/patient_attachments", "user_id:="+piaUser).list("patient_attachments"); len(got) != 0 {
		t.Errorf("exports by Pia: %v", got)
	}
	s := d.server.Switches()
	s.ExportsUnlisted = true
	d.server.SetSwitches(s)
	if got := d.get("/patient_attachments").list("patient_attachments"); len(got) != 0 {
		t.Errorf("exports_unlisted: %v", got)
	}
	if _, err := d.server.ExportPatient("5"); err == nil {
		t.Error("an export of nobody")
	}
}

// Section 21: a person in the pages adds, describes and archives attachments,
// between two requests of a client.
func TestSheetPersonAndFiles(t *testing.T) {
	d := openDesk(t)
	byHand, err := d.server.AddAttachment(clinikosim.File{
		PatientID: zoeID, UserID: rheaUser, Name: "scan.png", ContentType: "image/png", Description: "Scan", Data: []byte("png"),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := d.get("/patient_attachments/" + byHand).is(200)
	if got.obj["processing_completed"] != true || got.str("filename") != "scan.png" || tail(got.obj["user"]) != rheaUser {
		t.Errorf("by hand = %s", got.raw)
	}
	ours := d.attach(zoeID, "a.pdf", "application/pdf", "x", "description", "HD-1").id()
	if err := d.server.DescribeAttachment(ours, "Typed over"); err != nil {
		t.Fatal(err)
	}
	if got := d.get("/patient_attachments/" + ours).str("description"); got != "Typed over" {
		t.Errorf("description = %q", got)
	}
	d.server.Hook(func(e clinikosim.Event) {
		if e.Before && e.Method == "PATCH" {
			if err := d.server.ArchiveAttachment(ours); err != nil {
				t.Error(err)
			}
		}
	})
	d.say("PATCH", "/patient_attachments/"+ours, map[string]any{"description": "x"}).is(404)
	for what, err := range map[string]error{
		"archived twice":   d.server.ArchiveAttachment(ours),
		"nobody's":         d.server.DescribeAttachment("5", "x"),
		"for nobody":       second(d.server.AddAttachment(clinikosim.File{PatientID: "5", UserID: piaUser})),
		"by nobody":        second(d.server.AddAttachment(clinikosim.File{PatientID: zoeID, UserID: "5"})),
		"describe archive": d.server.DescribeAttachment(ours, "x"),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

func second(_ string, err error) error { return err }

// Section 22, no. 15: a merge takes attachments along, or leaves them.
func TestSheetMergeMovesAttachments(t *testing.T) {
	for name, c := range map[string]struct {
		stay bool
		want string
	}{"move": {false, zacID}, "stay": {true, zoeID}} {
		t.Run(name, func(t *testing.T) {
			d := switched(t, func(s *clinikosim.Switches) { s.NotesStayOnMerge = c.stay })
			id := d.attach(zoeID, "a.pdf", "application/pdf", "x").id()
			if err := d.server.MergePatients(zoeID, zacID); err != nil {
				t.Fatal(err)
			}
			if got := tail(d.get("/patient_attachments/" + id).is(200).obj["patient"]); got != c.want {
				t.Errorf("patient = %s, want %s", got, c.want)
			}
		})
	}
}

// Section 21: faults strike the new routes as they do the others, before and
// after the effect, at the bucket too.
func TestSheetFaultsOnAttachments(t *testing.T) {
	for _, c := range []struct {
		rule  sandbox.Rule
		made  int // attachments in the books after one creation
		files int // files that reached the bucket
	}{
		{sandbox.Rule{Method: "POST", Path: "/patient_attachments", Fault: sandbox.FaultStatus}, 0, 1},
		{sandbox.Rule{Method: "POST", Path: "/patient_attachments", Fault: sandbox.FaultHTMLAfter}, 1, 1},
		{sandbox.Rule{Method: "POST", Path: "/patient_attachments", Fault: sandbox.FaultCutBefore}, 0, 1},
		{sandbox.Rule{Method: "POST", Path: "/patient_attachments", Fault: sandbox.FaultCutAfter}, 1, 1},
		{sandbox.Rule{Method: "POST", Path: "/patient_attachments", Fault: sandbox.FaultAnswerLost}, 1, 1},
		{sandbox.Rule{Method: "POST", Path: "/patient_attachments", Fault: sandbox.FaultTruncated}, 1, 1},
		{sandbox.Rule{Method: "POST", Path: "/patient_attachments", Fault: sandbox.FaultRateLimited}, 0, 1},
		{sandbox.Rule{Method: "POST", Path: "/bucket/**", Fault: sandbox.FaultHTML}, 0, 0},
		{sandbox.Rule{Method: "POST", Path: "/bucket/**", Fault: sandbox.FaultHTML, Status: 403}, 0, 0},
		{sandbox.Rule{Method: "POST", Path: "/bucket/**", Fault: sandbox.FaultCutBefore}, 0, 0},
		{sandbox.Rule{Method: "POST", Path: "/bucket/**", Fault: sandbox.FaultCutAfter}, 0, 1},
	} {
		t.Run(string(c.rule.Fault)+c.rule.Path, func(t *testing.T) {
			d := switched(t, func(s *clinikosim.Switches) { s.NeverProcessed = true })
			rule := c.rule
			rule.API = "cliniko"
			faults, journal := sandbox.NewFaults(&sandbox.Plan{Rules: []sandbox.Rule{rule}}, nil), sandbox.NewJournal()
			defer faults.Close()
			d.root = serve(t, faults.Wrap("cliniko", journal, d.server))
			g := d.grant(zoeID)
			body, kind := encodeForm(t, g.form("a.pdf", "application/pdf", "x"))
			code := try(t, "POST", g.url, string(body), kind, "")
			if code == 201 {
				key := d.server.Uploads()[0].Key
				code = try(t, "POST", d.root+"/v1/patient_attachments", `{"patient_id":"`+zoeID+`","upload_url":"`+g.url+key+`"}`, "application/json", piaKey)
			}
			if code == 201 && rule.Fault != sandbox.FaultTruncated {
				t.Errorf("the fault did not strike")
			}
			if made, files := len(d.server.Attachments()), len(d.server.Uploads()); made != c.made || files != c.files {
				t.Errorf("%d attachments and %d files, want %d and %d", made, files, c.made, c.files)
			}
			struck := journal.Entries(func(e sandbox.Entry) bool { return e.Fault != "" })
			if len(struck) != 1 || (struck[0].Effect != 0) != (c.made == 1 || (c.files == 1 && rule.Path == "/bucket/**")) {
				t.Errorf("journal of faults = %+v", struck)
			}
		})
	}
}

// try sends a request whose answer may be lost and returns the status, 0 for
// none.
func try(t *testing.T, method, address, body, kind, key string) int {
	t.Helper()
	r, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "Sheet reader (sheet@example.com)")
	if key != "" {
		r.SetBasicAuth(key, "")
	}
	client := http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// Section 3 and 4: the rate limit counts the API's requests, not the bucket's.
func TestSheetBucketIsNotRated(t *testing.T) {
	clock := sheetClock()
	d := openDesk(t, clocked(clock), func(o *clinikosim.Options) { o.RateLimit = 1 })
	g := d.grant(zoeID)
	for range 3 {
		d.upload(g.url, g.form("a.pdf", "application/pdf", "x")).is(201, "")
	}
	d.get("/patients/" + zoeID + "/attachment_presigned_post").is(429)
}

// The hook sees uploads, so that a person can act between upload and record.
func TestSheetHookSeesUploads(t *testing.T) {
	d := openDesk(t)
	var seen []string
	d.server.Hook(func(e clinikosim.Event) {
		if !e.Before && e.Method == "POST" {
			seen = append(seen, e.Path)
		}
	})
	d.attach(zoeID, "a.pdf", "application/pdf", "x")
	if want := []string{clinikosim.BucketPath + "/", "/patient_attachments"}; !slices.Equal(seen, want) {
		t.Errorf("hook saw %v, want %v", seen, want)
	}
}

// Sections 15 and 18: of many equal creations at once, one finds the upload.
func TestSheetOneUploadOneAttachment(t *testing.T) {
	d := switched(t, instant)
	address := d.put(zoeID, "a.pdf", "application/pdf", "x")
	codes := make([]int, 8)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() {
			codes[i] = try(t, "POST", d.root+"/v1/patient_attachments", `{"patient_id":"`+zoeID+`","upload_url":"`+address+`"}`, "application/json", piaKey)
			try(t, "GET", d.root+"/v1/patient_attachments", "", "application/json", piaKey)
		})
	}
	all.Wait()
	slices.Sort(codes)
	if want := []int{201, 422, 422, 422, 422, 422, 422, 422}; !slices.Equal(codes, want) {
		t.Errorf("answers = %v, want %v", codes, want)
	}
	if n := len(d.server.Attachments()); n != 1 {
		t.Errorf("%d attachments, want 1", n)
	}
}
