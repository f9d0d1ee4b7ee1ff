package clinikosim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/contract"
)

// Filters, sort and paging of Appendix A.1 on attachments, nested or not.
func TestBlindAttachmentLists(t *testing.T) {
	d, clock := blindDesk(t)
	clock.Advance(time.Second)
	add := func(d desk, patient, name, kind, data, about string) string {
		t.Helper()
		clock.Advance(2 * time.Second)
		h := blindAttach(d, patient, name, kind, data, map[string]any{"description": about})
		return h.id()
	}
	one := add(d, zoeID, "one.pdf", "application/pdf", "1", "Alpha report")
	two := add(d, zoeID, "two.txt", "text/plain", "22", "Beta report")
	three := add(d.sits(paulKey), zacID, "three.pdf", "application/pdf", "333", "Alpha letter")
	clock.Advance(time.Minute)
	export, err := d.server.ExportPatient(zoeID)
	if err != nil {
		t.Fatal(err)
	}
	clock.Advance(time.Minute)
	d.get("/patient_attachments/" + export).is(200)
	late := add(d, zacID, "late.pdf", "application/pdf", "4444", "Gamma") // stays in processing
	made := d.get("/patient_attachments/" + two).str("created_at")
	done := d.get("/patient_attachments/" + two).str("processed_at")
	for _, c := range []struct {
		filter string
		want   []string
	}{
		{"patient_id:=" + zoeID, []string{one, two, export}},
		{"patient_id:!=" + zoeID, []string{three, late}},
		{"patient_id:=" + zoeID + "," + zacID, []string{one, two, three, export, late}},
		{"patient_id:=2000000000000000256", nil}, // rounded
		{"id:=" + one + "," + three, []string{one, three}},
		{"id:>=" + one, nil}, // ids have no order to rely on; the status matters
		{"user_id:=" + piaUser, []string{one, two, late}},
		{"user_id:=" + paulUser, []string{three}},
		{"user_id:!?", []string{export}},
		{"description:=Alpha report", []string{one}},
		{"description:~report", []string{one, two}},
		{"description:~~Alpha%", []string{one, three}},
		{"description:~~%a", nil},
		{"filename:=one.pdf", []string{one}},
		{"filename:~.pdf", nil},
		{"filename:!?", []string{late}},
		{"content_type:=text/plain", []string{two}},
		{"content_type:~~application/%", nil},
		{"size:=2", []string{two}},
		{"size:=1,3", []string{one, three}},
		{"size:<3", []string{one, two}},
		{"processed_at:!?", []string{late}},
		{"processed_at:<=" + done, []string{one, two}},
		{"processed_at:*", []string{one, two, three, export, late}},
		{"created_at:<=" + made, []string{one, two}},
		{"created_at:<" + made, []string{one}},
		{"created_at:>" + made, []string{three, export, late}},
		{"created_at:<=" + strings.TrimSuffix(made, "Z") + ".000Z", []string{one, two}},
		{"updated_at:>=2000-01-01T00:00:00Z", []string{one, two, three, export, late}},
		{"archived_at:!?", []string{one, two, three, export, late}},
		{"archived_at:?", []string{}},
	} {
		h := d.get("/patient_attachments", c.filter)
		if !blindCode(t, h, c.filter, 200) {
			continue
		}
		if got := h.list("patient_attachments"); c.want != nil && !slices.Equal(got, c.want) {
			t.Errorf("%s = %q, want %q", c.filter, got, c.want)
		}
	}
	if got := d.get("/patient_attachments", "patient_id:=2000000000000000256").list("patient_attachments"); len(got) != 0 {
		t.Errorf("a rounded id finds %q", got)
	}
	if got := d.get("/patient_attachments", "patient_id:="+zoeID, "size:=2").list("patient_attachments"); !slices.Equal(got, []string{two}) {
		t.Errorf("two filters = %q, want them to narrow", got)
	}
	if got := d.get("/patient_attachments?patient_id=" + zacID).list("patient_attachments"); len(got) != 5 {
		t.Errorf("a plain parameter filters: %q", got)
	}
	for _, bad := range []string{
		"pinned_at:?", "processing_completed:=true", "content:?", "deleted_at:*", "patient:=1", "colour:=1", "created_at:=" + made, "created_at:!=" + made,
		"size:~2", "size:~~2", "size:*", "size:=two", "size:=1,x", "description:>a", "description:*", "patient_id:~1", "patient_id:=x", "created_at:>=yesterday", "created_at:>=",
		"archived_at:=true", "Size:=2", "size:like:2", "booking_id:=1",
	} {
		h := d.get("/patient_attachments", bad)
		if blindCode(t, h, bad, 400) && h.str("message") == "" {
			t.Errorf("%s: 400 without a message: %q", bad, h.raw)
		}
	}
	if h := d.say("GET", "/patient_attachments?q=word", nil); h.code < 500 {
		t.Errorf("q=word = %d, want 5xx", h.code)
	}
	nested := "/patients/" + zoeID + "/patient_attachments"
	if got := d.get(nested).list("patient_attachments"); !slices.Equal(got, []string{one, two, export}) {
		t.Errorf("%s = %q", nested, got)
	}
	if got := d.get(nested, "description:~report", "size:>=2").list("patient_attachments"); !slices.Equal(got, []string{two}) {
		t.Errorf("%s filtered = %q", nested, got)
	}
	blindCode(t, d.get(nested, "patient_id:="+zacID), "nested by patient", 400)
	blindCode(t, d.get("/patients/7/patient_attachments"), "nested below nobody", 404)
	for _, bad := range []string{"patient_id:=" + zoeID, "size:=1", "deleted_at:*", "created_at:>=2000-01-01T00:00:00Z"} {
		blindCode(t, d.get("/patient_attachments/"+one, bad), "by id with "+bad, 400)
	}

	for sort, want := range map[string][]string{
		"": {one, two, three, export, late}, "created_at:desc": {late, export, three, two, one}, "created_at": {one, two, three, export, late},
		"updated_at:asc": nil, "size:asc": nil, "size:desc": nil, "id": nil, "filename": nil, "processed_at": nil, "description:desc,created_at": nil,
	} {
		h := d.say("GET", "/patient_attachments?sort="+url.QueryEscape(sort), nil)
		if sort == "" {
			h = d.get("/patient_attachments")
		}
		if blindCode(t, h, "sort="+sort, 200) && want != nil && !slices.Equal(h.list("patient_attachments"), want) {
			t.Errorf("sort=%s = %q, want %q", sort, h.list("patient_attachments"), want)
		}
	}
	if got := d.get("/patient_attachments?sort=patient_id,size:desc&q[]=size:<4&q[]=user_id:?").list("patient_attachments"); !slices.Equal(got, []string{three, two, one}) {
		t.Errorf("sort by patient and size = %q, want %q", got, []string{three, two, one})
	}
	if got := d.get("/patient_attachments?sort=created_at&order=desc").list("patient_attachments"); got[0] != late {
		t.Errorf("order=desc = %q", got)
	}
	for _, bad := range []string{"-created_at", "colour", "created_at:up", "content", ","} {
		blindCode(t, d.say("GET", "/patient_attachments?sort="+url.QueryEscape(bad), nil), "sort="+bad, 400)
	}

	var seen []string
	path := "/patient_attachments?per_page=2"
	for pages := 0; path != "" && pages < 9; pages++ {
		h := d.get(path).is(200)
		if fmt.Sprint(h.obj["total_entries"]) != "5" {
			t.Errorf("total_entries = %v, want 5", h.obj["total_entries"])
		}
		seen = append(seen, h.list("patient_attachments")...)
		links, _ := h.obj["links"].(map[string]any)
		if _, there := links["previous"]; there != (pages > 0) {
			t.Errorf("page %d: links = %v", pages+1, links)
		}
		next, _ := links["next"].(string)
		if _, there := links["next"]; there && next == "" {
			t.Errorf("page %d: next = %v, want it left out", pages+1, links["next"])
		}
		path = strings.TrimPrefix(next, d.root+"/v1")
	}
	if !slices.Equal(seen, []string{one, two, three, export, late}) {
		t.Errorf("pages = %q", seen)
	}
	if got := d.get("/patient_attachments?page=99").list("patient_attachments"); len(got) != 0 {
		t.Errorf("page 99 = %q", got)
	}
}

// Rows of the kind full patient export have the same fields as an upload (15).
func TestBlindExportFields(t *testing.T) {
	d, _ := blindDesk(t)
	export, err := d.server.ExportPatient(zoeID)
	if err != nil {
		t.Fatal(err)
	}
	h := d.get("/patient_attachments/" + export).is(200)
	if h.str("filename") == "" || h.str("content_type") == "" || self(h.obj["content"]) == "" || tail(h.obj["patient"]) != zoeID {
		t.Errorf("export = %s", h.raw)
	}
	upload := blindAttach(d, zoeID, "a.pdf", "application/pdf", "x", nil)
	for field := range upload.obj {
		if _, there := h.obj[field]; !there && field != "user" { // nobody's key made it
			t.Errorf("an export has no %s", field)
		}
	}
	if got := d.get("/patient_attachments", "size:>0").list("patient_attachments"); !slices.Contains(got, export) {
		t.Errorf("size:>0 = %q, want the export %s among them", got, export)
	}
}

// Switches: space, the old key, Location, archived patients, direct content.
func TestBlindAttachmentSwitches(t *testing.T) {
	d, clock := blindDesk(t, func(s *clinikosim.Switches) {
		s.OldUploadKey, s.AcceptLocation, s.StorageLimit, s.ContentDirect, s.PractitionerFiles, s.FixedFile422 = true, true, 10, true, true, true
	})
	h := d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": "https://x.example/a"})
	blindRefused(t, h, "old key", "temp_attachment_url")
	f := blindGrant(d, zoeID)
	reply := blindXML(blindUpload(d, f.url, f.parts("two words.pdf", "application/pdf", "123456")).is(201))
	h = d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": reply.Location}).is(201)
	clock.Advance(time.Minute)
	if got := d.get("/patient_attachments/" + h.id() + "/content").is(200); got.raw != "123456" {
		t.Errorf("content = %q", got.raw)
	}
	big := blindPut(d, zoeID, "b.pdf", "application/pdf", "123456")
	blindRefused(t, d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": big}), "no space", "temp_attachment_url")
	blindRefused(t, d.say("PATCH", "/patient_attachments/"+h.id(), map[string]any{"filename": "x"}), "PATCH of the name", "filename")
	rhea := d.sits(rheaKey)
	small := blindPut(d, zoeID, "s.pdf", "application/pdf", "1")
	if n := len(d.server.Attachments()); n != 1 {
		t.Errorf("%d attachments, want the one that had space", n)
	}
	if got := rhea.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": small}); got.code != 403 || got.raw != "" {
		t.Errorf("receptionist = %d %q, want 403 and no body", got.code, got.raw)
	}
}

// The other switches, each against its default.
func TestBlindProcessingSwitches(t *testing.T) {
	d, clock := blindDesk(t)
	set := func(s clinikosim.Switches) { d.server.SetSwitches(s) }
	attach := func(name string) string {
		t.Helper()
		return "/patient_attachments/" + blindAttach(d, zoeID, "sent.pdf", "application/pdf", "data", map[string]any{"filename": name}).id()
	}
	set(clinikosim.Switches{NeverProcessed: true, ContentEarly: true})
	path := attach("n.pdf")
	clock.Advance(48 * time.Hour)
	h := d.get(path).is(200)
	if h.obj["processing_completed"] != false || h.obj["filename"] != nil || h.obj["size"] != nil || h.obj["processed_at"] != nil {
		t.Errorf("never processed: %s", h.raw)
	}
	if !strings.HasSuffix(self(h.obj["content"]), path+"/content") {
		t.Errorf("early content = %v, want its link", h.obj["content"])
	}
	blindCode(t, d.get(path+"/content"), "early content", 404)

	set(clinikosim.Switches{ProcessingTime: sandbox.Duration(-1), BareContentLink: true, IgnoreFilename: true, LinkLife: sandbox.Duration(-1)})
	path = attach("other.pdf")
	h = d.get(path).is(200)
	if h.obj["processing_completed"] != true || h.str("filename") != "sent.pdf" || !strings.HasSuffix(self(h.obj["content"]), path) {
		t.Errorf("processed at once, name ignored, bare link: %s", h.raw)
	}
	r, err := http.NewRequest("GET", d.get(path+"/content").is(302).header.Get("Location"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.send(r).is(403); blindXML(got).Code == "" {
		t.Errorf("an expired address = %s", got.raw)
	}

	set(clinikosim.Switches{QuietProcessing: true, QuietStamps: true, ProcessingTime: sandbox.Duration(time.Hour)})
	path = attach("q.pdf")
	first := d.get(path).str("updated_at")
	clock.Advance(59 * time.Minute)
	if got := d.get(path); got.obj["processing_completed"] != false {
		t.Errorf("processed early: %s", got.raw)
	}
	clock.Advance(2 * time.Minute)
	if got := d.get(path); got.obj["processing_completed"] != true || got.str("updated_at") != first {
		t.Errorf("quiet processing: %s, want updated_at %s", got.raw, first)
	}
	d.say("POST", path+"/archive", nil).is(204)
	if got := d.get(path, "archived_at:*").is(200); got.str("updated_at") != first {
		t.Errorf("quiet archive: updated_at = %s, want %s", got.str("updated_at"), first)
	}

	set(clinikosim.Switches{OwnFilesOnly: true, ArchivedPatientFile: true, PolicyLife: sandbox.Duration(-1)})
	f := blindGrant(d, oldPatient)
	blindCode(t, blindUpload(d, f.url, f.parts("a.pdf", "application/pdf", "x")), "a policy that is over", 403)
	set(clinikosim.Switches{OwnFilesOnly: true, ArchivedPatientFile: true})
	path = "/patient_attachments/" + blindAttach(d, oldPatient, "a.pdf", "application/pdf", "x", nil).id()
	for _, got := range []heard{
		d.sits(paulKey).say("PATCH", path, map[string]any{"description": "x"}), d.sits(adaKey).say("POST", path+"/archive", nil), d.sits(rheaKey).say("DELETE", path, nil),
	} {
		if got.code != 403 || got.raw != "" {
			t.Errorf("another's file: %s = %d %q, want 403 and no body", got.what, got.code, got.raw)
		}
	}
	d.say("POST", path+"/archive", nil).is(204)

	set(clinikosim.Switches{ListLag: sandbox.Duration(30 * time.Second)})
	path = attach("lag.pdf")
	id := path[strings.LastIndexByte(path, '/')+1:]
	d.get(path).is(200)
	for _, list := range []string{"/patient_attachments?per_page=100", "/patients/" + zoeID + "/patient_attachments?per_page=100"} {
		if slices.Contains(d.get(list).list("patient_attachments"), id) {
			t.Errorf("%s holds the new attachment already", list)
		}
	}
	clock.Advance(31 * time.Second)
	if !slices.Contains(d.get("/patient_attachments?per_page=100").list("patient_attachments"), id) {
		t.Error("the new attachment never comes into the list")
	}
}

// What happens at once, and what a merge does.
func TestBlindAttachmentMoves(t *testing.T) {
	d, clock := blindDesk(t)
	upload := blindPut(d, zoeID, "a.pdf", "application/pdf", "x")
	codes := make(chan int, 12)
	for range cap(codes) {
		go func() {
			body, _ := json.Marshal(map[string]any{"patient_id": zoeID, "upload_url": upload})
			r, err := http.NewRequest("POST", d.root+"/v1/patient_attachments", bytes.NewReader(body))
			if err != nil {
				codes <- 0
				return
			}
			r.SetBasicAuth(piaKey, "")
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept", "application/json")
			r.Header.Set("User-Agent", "Sheet reader (sheet@example.com)")
			answer, err := (&http.Client{Timeout: 20 * time.Second}).Do(r)
			if err != nil {
				codes <- 0
				return
			}
			answer.Body.Close()
			codes <- answer.StatusCode
		}()
	}
	count := map[int]int{}
	for range cap(codes) {
		count[<-codes]++
	}
	if count[201] != 1 || count[422] != cap(codes)-1 {
		t.Errorf("twelve POSTs at once = %v, want one 201", count)
	}
	clock.Advance(time.Minute)

	lost := blindAttach(d, zacID, "zac.pdf", "application/pdf", "zac", nil).id()
	waiting := blindPut(d, zacID, "wait.pdf", "application/pdf", "wait")
	if err := d.server.MergePatients(zacID, noraID); err != nil {
		t.Fatal(err)
	}
	if h := d.get("/patient_attachments/" + lost).is(200); tail(h.obj["patient"]) != noraID {
		t.Errorf("after the merge the file is with %q, want %s", self(h.obj["patient"]), noraID)
	}
	for _, patient := range []string{zacID, noraID} {
		h := d.say("POST", "/patient_attachments", map[string]any{"patient_id": patient, "upload_url": waiting})
		blindCode(t, h, "an upload for the patient who was merged, as "+patient, 422)
	}
	clock.Advance(time.Minute)
	d.get("/patient_attachments/" + lost + "/content").is(302)
}

// Ordinary requests and answers keep to the published description.
func TestBlindContract(t *testing.T) {
	spec := contract.Cliniko(t)
	d, clock := blindDesk(t)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, clinikosim.BucketPath) || strings.HasSuffix(r.URL.Path, "/content") {
			d.server.ServeHTTP(w, r)
			return
		}
		spec.Wrap(d.server, func(violation string) { t.Error(violation) }).ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	d.root = front.URL
	id := blindAttach(d, zoeID, "a.pdf", "application/pdf", "x", map[string]any{"description": nil, "filename": nil}).id()
	d.get("/patient_attachments/" + id).is(200)
	clock.Advance(time.Minute)
	export, err := d.server.ExportPatient(zoeID)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"/patient_attachments?sort=created_at:desc&per_page=1", "/patients/" + zoeID + "/patient_attachments", "/patient_attachments/" + export,
		"/treatment_note_templates?per_page=1&page=2", "/treatment_note_templates/" + planTemplate, filter("/treatment_note_templates/"+oldTemplate, "archived_at:*"),
	} {
		d.get(path).is(200)
	}
	d.say("PATCH", "/patient_attachments/"+id, map[string]any{"description": "seen"}).is(200)
	d.say("POST", "/patient_attachments/"+id+"/archive", nil).is(204)
	d.say("POST", "/patient_attachments", map[string]any{}).is(422)
	made := d.say("POST", "/treatment_note_templates", blindTemplate(
		blindObject("name", "A", "type", "paragraph", "answer", "<p>x</p>"), blindObject("name", "B", "type", "bodycharts"),
		blindObject("name", "C", "type", "radiobuttons", "answers", []any{blindObject("value", "x")}, "other", blindObject("enabled", true)))).is(201)
	d.say("PATCH", "/treatment_note_templates/"+made.id(), map[string]any{"name": "Y", "print_settings": blindObject("title", "t", "include_patient_dob", true)}).is(200)
	d.say("POST", "/treatment_note_templates", map[string]any{}).is(422)
	d.say("DELETE", "/treatment_note_templates/"+made.id(), nil).is(204)
}
