package clinic

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// attach puts a file into a patient's record as a program does: it asks where to
// upload, uploads, and makes the record. It returns the attachment's id.
func attach(t *testing.T, c *Clinic, practitionerID, patientID, description string, data []byte) string {
	t.Helper()
	var place struct {
		URL    string
		Fields map[string]string
	}
	call(t, c, practitionerID, "GET", "/patients/"+patientID+"/attachment_presigned_post", nil, http.StatusOK, &place)

	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for name, value := range place.Fields {
		w.WriteField(name, value)
	}
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="document.pdf"`}, "Content-Type": {"application/pdf"},
	})
	if err != nil {
		t.Fatal(err)
	}
	part.Write(data)
	w.Close()
	resp, err := http.Post(place.URL, w.FormDataContentType(), &form)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		t.Fatalf("upload = %d, want 201", resp.StatusCode)
	}
	key := strings.ReplaceAll(place.Fields["key"], "${filename}", "document.pdf")
	var made struct{ ID string }
	call(t, c, practitionerID, "POST", "/patient_attachments", map[string]string{
		"patient_id": patientID, "upload_url": strings.TrimSuffix(place.URL, "/") + "/" + key, "description": description,
	}, http.StatusCreated, &made)
	return made.ID
}

// call sends one request to Cliniko with a practitioner's key.
func call(t *testing.T, c *Clinic, practitionerID, method, path string, body any, want int, into any) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(method, c.ClinikoURL+path, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(keyOf(c, practitionerID), "")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "Clinic test (test@example.com)")
	if status := do(t, r, into); status != want {
		t.Fatalf("%s %s = %d, want %d", method, path, status, want)
	}
}

// described is a description with the reference of a document.
func described(d heidisim.DocumentRecord) string {
	return fmt.Sprintf("%s · HD-%s-TEST", d.Name, referenceOf(d.SessionID, d.DocumentID))
}

// A day on which every second document becomes a file is as good as any other.
func TestTruthOfADayWithFiles(t *testing.T) {
	c := open(t, Options{})
	records := map[string]heidisim.DocumentRecord{}
	for _, d := range c.Heidi.Documents() {
		records[d.DocumentID] = d
	}
	var want Summary
	for i, d := range c.Truth().Documents {
		want.Documents++
		r := records[d.DocumentID]
		switch {
		case d.Expect != expectProven:
		case i%2 == 0:
			want.NotesInCliniko++
			file(t, c, d.PractitionerID, filing{patient: *d.PatientID, title: d.Name, answer: asAnswer(r, r.Content)})
		default:
			want.AttachmentsInCliniko++
			attach(t, c, d.PractitionerID, *d.PatientID, described(r), filePDF(plainly(r.Content)))
		}
	}
	truth := c.Truth()
	if diff := cmp.Diff(want, truth.Summary); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if want.AttachmentsInCliniko < 20 {
		t.Errorf("%d files, want at least 20", want.AttachmentsInCliniko)
	}
	for _, d := range truth.Documents {
		if d.Expect == expectProven && len(d.Notes)+len(d.Attachments) != 1 {
			t.Errorf("document %s (%s) is carried by notes %v and files %v, want one", d.DocumentID, d.Name, d.Notes, d.Attachments)
		}
	}
	for _, a := range truth.Attachments {
		author := slices.ContainsFunc(truth.Documents, func(d DocumentTruth) bool {
			return a.Document != nil && d.DocumentID == a.Document.DocumentID && d.PractitionerID == a.PractitionerID
		})
		if !author || !a.Referenced || a.BeforeDay || a.ByHand {
			t.Errorf("file = %+v, want one of its session's practitioner with the document's reference", a)
		}
	}
}

// plainly is a document's visible text, its tables' headings first.
func plainly(text string) string {
	parse := markdownText
	if looksLikeHTML(text) {
		parse = htmlText
	}
	body, heads := parse(text)
	return heads + "\n" + body
}

func TestTruthFindsFaultInFiles(t *testing.T) {
	for _, tt := range []struct {
		name  string
		wrong func(t *testing.T, c *Clinic, d DocumentTruth, r heidisim.DocumentRecord)
		want  Summary // beside Documents, Missing and what is in Cliniko
	}{
		{"nothing", func(t *testing.T, c *Clinic, d DocumentTruth, r heidisim.DocumentRecord) {
			attach(t, c, d.PractitionerID, *d.PatientID, described(r), filePDF(plainly(r.Content)))
		}, Summary{}},
		{"wrong patient", func(t *testing.T, c *Clinic, d DocumentTruth, r heidisim.DocumentRecord) {
			attach(t, c, d.PractitionerID, otherPatient(c, *d.PatientID), described(r), filePDF(plainly(r.Content)))
		}, Summary{WrongPatient: 1}},
		{"wrong author", func(t *testing.T, c *Clinic, d DocumentTruth, r heidisim.DocumentRecord) {
			attach(t, c, otherPractitioner(c, d.PractitionerID), *d.PatientID, described(r), filePDF(plainly(r.Content)))
		}, Summary{WrongAuthor: 1}},
		{"doubled", func(t *testing.T, c *Clinic, d DocumentTruth, r heidisim.DocumentRecord) {
			for range 3 {
				attach(t, c, d.PractitionerID, *d.PatientID, described(r), filePDF(plainly(r.Content)))
			}
		}, Summary{Duplicates: 2}},
		{"a note and a file", func(t *testing.T, c *Clinic, d DocumentTruth, r heidisim.DocumentRecord) {
			file(t, c, d.PractitionerID, filing{patient: *d.PatientID, title: d.Name, answer: asAnswer(r, r.Content)})
			attach(t, c, d.PractitionerID, *d.PatientID, described(r), filePDF(plainly(r.Content)))
		}, Summary{Duplicates: 1}},
		{"doubled and archived", func(t *testing.T, c *Clinic, d DocumentTruth, r heidisim.DocumentRecord) {
			id := attach(t, c, d.PractitionerID, *d.PatientID, described(r), filePDF(plainly(r.Content)))
			attach(t, c, d.PractitionerID, *d.PatientID, described(r), filePDF(plainly(r.Content)))
			if err := c.Cliniko.ArchiveAttachment(id); err != nil {
				t.Fatal(err)
			}
		}, Summary{}},
		{"words lost", func(t *testing.T, c *Clinic, d DocumentTruth, r heidisim.DocumentRecord) {
			words := strings.Fields(plainly(r.Content))
			words = slices.DeleteFunc(words, func(w string) bool { return len(new(lexicon).fresh(w)) != 1 })[:100]
			add(t, c, session(*d.PatientID, strings.Join(words, " ")))
			cut := slices.Concat(words[:50], words[53:])
			attach(t, c, c.Practice.Practitioners[0].ID, *d.PatientID, "HD-"+referenceOf(addedSession, addedDocument)+"-TEST", filePDF(strings.Join(cut, " ")))
		}, Summary{WordsLost: 3}},
		{"words in another order", func(t *testing.T, c *Clinic, d DocumentTruth, r heidisim.DocumentRecord) {
			lines := []string{"alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar", "papa"}
			add(t, c, session(*d.PatientID, lines[0]+" "+lines[1]))
			attach(t, c, c.Practice.Practitioners[0].ID, *d.PatientID, "HD-"+referenceOf(addedSession, addedDocument)+"-TEST", filePDF(lines[1]+"\n"+lines[0]))
		}, Summary{WordsLost: 1}},
		{"no reference", func(t *testing.T, c *Clinic, d DocumentTruth, r heidisim.DocumentRecord) {
			attach(t, c, d.PractitionerID, *d.PatientID, d.Name, filePDF(plainly(r.Content)))
		}, Summary{Unreferenced: 1}},
		{"another's reference", func(t *testing.T, c *Clinic, d DocumentTruth, r heidisim.DocumentRecord) {
			other := c.Heidi.Documents()
			i := slices.IndexFunc(other, func(o heidisim.DocumentRecord) bool { return o.DocumentID != d.DocumentID && o.Content != "" })
			attach(t, c, d.PractitionerID, *d.PatientID, described(other[i]), filePDF(plainly(r.Content)))
		}, Summary{Unreferenced: 1}},
		{"described by a person", func(t *testing.T, c *Clinic, d DocumentTruth, r heidisim.DocumentRecord) {
			id := attach(t, c, d.PractitionerID, *d.PatientID, described(r), filePDF(plainly(r.Content)))
			if err := c.Cliniko.DescribeAttachment(id, "Letter"); err != nil {
				t.Fatal(err)
			}
		}, Summary{}},
		{"by a person, in another chart", func(t *testing.T, c *Clinic, d DocumentTruth, r heidisim.DocumentRecord) {
			_, err := c.Cliniko.AddAttachment(clinikosim.File{
				PatientID: otherPatient(c, *d.PatientID), UserID: c.Practice.Practitioners[0].UserID, Name: "scan.pdf",
				ContentType: "application/pdf", Data: filePDF(plainly(r.Content)),
			})
			if err != nil {
				t.Fatal(err)
			}
		}, Summary{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := open(t, Options{})
			d, r := pick1(t, c)
			tt.wrong(t, c, d, r)
			got := c.Truth().Summary
			if got.AttachmentsInCliniko == 0 {
				t.Error("no file is counted in Cliniko")
			}
			got.Documents, got.Missing, got.NotesInCliniko, got.AttachmentsInCliniko = 0, 0, 0, 0
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("summary (-want +got):\n%s", diff)
			}
		})
	}
}

// A PDF that a program files without its words leaves its document missing.
func TestTruthMissesAFileWithoutWords(t *testing.T) {
	c := open(t, Options{})
	d, r := pick1(t, c)
	before := c.Truth().Summary.Missing
	attach(t, c, d.PractitionerID, *d.PatientID, described(r), pdfOf("0 0 10 10 re f"))
	if got := c.Truth().Summary.Missing; got != before {
		t.Errorf("%d missing after an empty file, want %d as before", got, before)
	}
	attach(t, c, d.PractitionerID, *d.PatientID, described(r), filePDF(plainly(r.Content)))
	if got := c.Truth().Summary.Missing; got != before-1 {
		t.Errorf("%d missing after the file, want %d", got, before-1)
	}
}
