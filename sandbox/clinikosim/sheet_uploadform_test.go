package clinikosim_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// What a form at the bucket may hold beside what was signed, as the page on
// divergences has it: the sheet sends the fields unchanged and stops there.

// renamed is g's form with another value of its field key.
func (g grant) renamed(key string) []part {
	parts := g.form("a.pdf", "application/pdf", "bytes")
	for i := range parts {
		if parts[i].name == "key" {
			parts[i].value = key
		}
	}
	return parts
}

// place is the signed beginning of g's key; it ends in a slash.
func (g grant) place() string { return strings.TrimSuffix(g.fields["key"], "${filename}") }

// The policy signs the place; a client may name the file itself after it.
func TestSheetUploadNamedByTheClient(t *testing.T) {
	d := switched(t, instant)
	g := d.grant(zoeID)
	u := d.upload(g.url, g.renamed(g.place()+"letter.pdf")).is(201, "")
	if want := g.place() + "letter.pdf"; u.Key != want {
		t.Errorf("Key = %q, want %q", u.Key, want)
	}
	made := d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": g.url + u.Key}).is(201)
	if got := d.get("/patient_attachments/" + made.id()).str("filename"); got != "letter.pdf" {
		t.Errorf("filename = %q, want letter.pdf", got)
	}
	d.upload(g.url, g.renamed("x"+g.place()+"letter.pdf")).is(403, "AccessDenied")
	d.upload(g.url, g.renamed(strings.TrimSuffix(g.place(), "/"))).is(403, "AccessDenied")
}

// Fields that begin with x-ignore- need no condition, at Amazon too.
func TestSheetUploadIgnoredFields(t *testing.T) {
	d := openDesk(t)
	g := d.grant(zoeID)
	parts := g.form("a.pdf", "application/pdf", "bytes")
	d.upload(g.url, append([]part{{name: "x-ignore-note", value: "1"}}, parts...)).is(201, "")
	d.upload(g.url, append([]part{{name: "ignore-note", value: "1"}}, parts...)).is(403, "AccessDenied")
}

// Of a field that is there twice the last value counts.
func TestSheetUploadRepeatedField(t *testing.T) {
	d := openDesk(t)
	g, other := d.grant(zoeID), d.grant(zacID)
	parts := g.form("a.pdf", "application/pdf", "bytes")
	wrong := part{name: "key", value: other.fields["key"]}
	u := d.upload(g.url, append([]part{wrong}, parts...)).is(201, "")
	if want := g.place() + "a.pdf"; u.Key != want {
		t.Errorf("Key = %q, want the last one, %q", u.Key, want)
	}
	last := len(parts) - 1
	d.upload(g.url, slices.Insert(slices.Clone(parts), last, wrong)).is(403, "AccessDenied")
	if got := d.server.Uploads(); len(got) != 1 || got[0].PatientID != zoeID {
		t.Errorf("uploads = %+v, want one, for %s", got, zoeID)
	}
}

// A key has at most 1,024 bytes of UTF-8, the file's name included.
func TestSheetUploadKeyTooLong(t *testing.T) {
	d := openDesk(t)
	g := d.grant(zoeID)
	room := 1024 - len(g.place())
	for _, name := range []string{strings.Repeat("n", room), strings.Repeat("é", room/2)} {
		u := d.upload(g.url, g.form(name, "application/pdf", "bytes")).is(201, "")
		if u.Key != g.place()+name {
			t.Errorf("Key of %d bytes = %q, want it whole", len(g.place()+name), u.Key)
		}
	}
	stored := len(d.server.Uploads())
	for _, name := range []string{strings.Repeat("n", room+1), strings.Repeat("é", room/2+1)} {
		u := d.upload(g.url, g.form(name, "application/pdf", "bytes")).is(400, "KeyTooLongError")
		if want := int64(len(g.place() + name)); u.Size != want || u.Allowed != 1024 {
			t.Errorf("Size, MaxSizeAllowed = %d, %d, want %d, 1024: %s", u.Size, u.Allowed, want, u.raw)
		}
	}
	d.upload(g.url, g.renamed(g.place()+strings.Repeat("n", room+1))).is(400, "KeyTooLongError")
	if n := len(d.server.Uploads()); n != stored {
		t.Errorf("%d files are stored after refusals, want %d", n, stored)
	}
}

// Section 15: the temporary object is gone once the file is processed, also one
// that the same form put there meanwhile, so that one address makes one
// attachment; by switch two, while the first is processed.
func TestSheetUploadAgainByTheSameForm(t *testing.T) {
	for name, reuse := range map[string]bool{"refused": false, "reuse_uploads": true} {
		t.Run(name, func(t *testing.T) {
			clock := sandbox.NewClock(0)
			d := openDesk(t, clocked(clock), func(o *clinikosim.Options) { o.Switches.ReuseUploads = reuse })
			g := d.grant(zoeID)
			u := d.upload(g.url, g.form("a.pdf", "application/pdf", "one")).is(201, "")
			body := map[string]any{"patient_id": zoeID, "upload_url": g.url + u.Key}
			ids := []string{d.say("POST", "/patient_attachments", body).is(201).id()}
			d.upload(g.url, g.form("a.pdf", "application/pdf", "second")).is(201, "")
			data := []string{"one"}
			if again := d.say("POST", "/patient_attachments", body); reuse {
				ids, data = append(ids, again.is(201).id()), append(data, "second")
			} else {
				again.is(422)
			}
			clock.Advance(time.Minute)
			if left := d.server.Uploads(); len(left) != 0 {
				t.Errorf("%d temporary files are left after processing, want none", len(left))
			}
			if errors := d.say("POST", "/patient_attachments", body).errorsOf(); errors["upload_url"] == nil {
				t.Errorf("the same address after processing: errors %v, want upload_url", errors)
			}
			for i, id := range ids {
				if got := string(d.server.AttachmentData(id)); got != data[i] {
					t.Errorf("attachment %d holds %q, want %q", i, got, data[i])
				}
			}
			if n := len(d.server.Attachments()); n != len(ids) {
				t.Errorf("%d attachments, want %d", n, len(ids))
			}
		})
	}
}

// A form is good until its policy expires: what it uploads after the first file
// was processed makes an attachment of its own.
func TestSheetUploadAgainAfterProcessing(t *testing.T) {
	clock := sandbox.NewClock(0)
	d := openDesk(t, clocked(clock))
	g := d.grant(zoeID)
	var ids []string
	for _, data := range []string{"one", "second"} {
		u := d.upload(g.url, g.form("a.pdf", "application/pdf", data)).is(201, "")
		id := d.say("POST", "/patient_attachments", map[string]any{"patient_id": zoeID, "upload_url": g.url + u.Key}).is(201).id()
		clock.Advance(time.Minute)
		if got := string(d.server.AttachmentData(id)); got != data {
			t.Errorf("attachment %s holds %q, want %q", id, got, data)
		}
		ids = append(ids, id)
	}
	if ids[0] == ids[1] {
		t.Errorf("two uploads made one attachment %s", ids[0])
	}
	clock.Advance(time.Hour)
	d.upload(g.url, g.form("a.pdf", "application/pdf", "late")).is(403, "AccessDenied")
}
