package clinikosim_test

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"carryover/sandbox/clinikosim"
)

// everyRecord are the records that the walks below look at: all rows of all
// lists, archived and cancelled ones too, and some single records.
func everyRecord(d desk) map[string]map[string]any {
	d.t.Helper()
	d.say("POST", "/treatment_notes", noteFor(zoeID, "booking_id", soloVisit, "treatment_note_template_id", planTemplate)).is(201)
	d.say("POST", "/treatment_notes", noteFor(noraID, "booking_id", classVisit, "attendee_id", classNora, "draft", false)).is(201)
	records := map[string]map[string]any{}
	for _, list := range []string{
		"patients", "practitioners", "businesses", "individual_appointments", "group_appointments", "attendees",
		"bookings", "treatment_notes", "treatment_note_templates", "appointment_types", "users",
	} {
		who, filters := d, []string{"archived_at:*"}
		switch list {
		case "individual_appointments", "attendees", "bookings":
			filters = append(filters, "cancelled_at:*")
		case "practitioners":
			filters = nil
		case "users":
			who, filters = d.sits(oscarKey), nil
		}
		for i, row := range who.get("/"+list, filters...).is(200).rows(list) {
			records[fmt.Sprintf("%s/%d", list, i)] = row
		}
	}
	return records
}

// Section 6.1: ids are strings of a 64-bit integer, 18 or 19 digits or (some) 8,
// beyond 2^53 and not in the order of creation.
func TestSheetIDs(t *testing.T) {
	digits := regexp.MustCompile(`^[0-9]{8,19}$`)
	var short, long, ordered int
	for seed := range uint64(8) {
		d := openDesk(t, func(o *clinikosim.Options) { o.Seed = seed })
		last := int64(0)
		for n := range 20 {
			got := d.say("POST", "/patients", map[string]any{"first_name": "Made", "last_name": fmt.Sprint("Up", n)}).is(201)
			id, ok := got.obj["id"].(string)
			value, err := strconv.ParseInt(id, 10, 64)
			if !ok || err != nil || !digits.MatchString(id) {
				t.Fatalf("id = %v, want a string of a 64-bit integer", got.obj["id"])
			}
			switch {
			case len(id) == 8:
				short++
			case len(id) >= 18 && float64(value) > math.Exp2(53):
				long++
			default:
				t.Errorf("id %s has %d digits, want 8, 18 or 19", id, len(id))
			}
			if value > last {
				ordered++
			}
			last = value
		}
	}
	if long < 80 || short == 0 {
		t.Errorf("%d long and %d short ids of 160, want mostly long and some short ones", long, short)
	}
	if ordered > 150 {
		t.Errorf("%d of 160 ids follow the one before, want no order", ordered)
	}
}

// Section 6.1 and 21: the documents of 2022 had numbers; requests accept both.
func TestSheetIDsAsNumbers(t *testing.T) {
	d := switched(t, func(s *clinikosim.Switches) { s.IDsAsNumbers = true })
	if id, ok := d.get("/user").is(200).obj["id"].(json.Number); !ok || id.String() != piaUser {
		t.Errorf("id with IDsAsNumbers = %v, want the number %s", id, piaUser)
	}
	if id, ok := d.get("/patients/" + zoeID).is(200).obj["id"].(json.Number); !ok || id.String() != zoeID {
		t.Errorf("id with IDsAsNumbers = %v, want every digit of %s", id, zoeID)
	}
	d = openDesk(t)
	got := d.say("POST", "/treatment_notes", noteFor("", "patient_id", json.Number(zoeID), "booking_id", json.Number(soloVisit))).is(201)
	if tail(got.obj["patient"]) != zoeID || tail(got.obj["booking"]) != soloVisit {
		t.Errorf("note by number ids is for %s at %s", self(got.obj["patient"]), self(got.obj["booking"]))
	}
}

// Section 6.2: no field ends in _id; relations are links; each record links to
// itself, each relation names the host and base path of the API.
func TestSheetRelationsAreLinks(t *testing.T) {
	d := openDesk(t, func(o *clinikosim.Options) { o.BaseURL = "https://api.au4.cliniko.com/v1" })
	arrays := []string{"patient_ids", "appointment_type_ids", "body_chart_ids", "attendee_ids", "patient_attachment_ids", "appointment_confirmation_template_ids", "appointment_follow_up_template_ids", "appointment_reminder_template_ids"}
	for name, record := range everyRecord(d) {
		kind, _, _ := strings.Cut(name, "/")
		if want := fmt.Sprintf("https://api.au4.cliniko.com/v1/%s/%s", kind, record["id"]); self(record) != want {
			t.Errorf("%s: links.self = %q, want %q", name, self(record), want)
		}
		for field, value := range record {
			if (strings.HasSuffix(field, "_id") && field != "old_reference_id") || strings.HasSuffix(field, "_ids") && !slices.Contains(arrays, field) {
				t.Errorf("%s has %s, want a link object", name, field)
			}
			relation, ok := value.(map[string]any)
			if !ok || relation["links"] == nil {
				continue
			}
			if !strings.HasPrefix(self(value), "https://api.au4.cliniko.com/v1/") {
				t.Errorf("%s: %s links to %q", name, field, self(value))
			}
		}
	}
}

// Section 6.2: an absent relation is left out, by switch null or {}.
func TestSheetAbsentRelations(t *testing.T) {
	d := openDesk(t)
	id := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201).id()
	for _, c := range []struct {
		absent  clinikosim.Absent
		present bool
		text    string
	}{{clinikosim.AbsentOmitted, false, "null"}, {clinikosim.AbsentNull, true, "null"}, {clinikosim.AbsentEmpty, true, "{}"}} {
		d.server.SetSwitches(clinikosim.Switches{Absent: c.absent})
		note := d.get("/treatment_notes/" + id).is(200).obj
		for _, relation := range []string{"booking", "attendee", "treatment_note_template"} {
			value, present := note[relation]
			text, _ := json.Marshal(value)
			if present != c.present || string(text) != c.text {
				t.Errorf("absent %s with %q = %s, present %v", relation, c.absent, text, present)
			}
		}
		if tail(note["patient"]) != zoeID || tail(note["practitioner"]) != piaSheet {
			t.Errorf("with %q the note lost its patient or practitioner: %v", c.absent, note)
		}
	}
}

// Section 6.3: timestamps are whole seconds in UTC with Z, dates have no zone;
// by switch the other forms that were claimed.
func TestSheetStamps(t *testing.T) {
	forms := map[clinikosim.Stamp]*regexp.Regexp{
		clinikosim.StampZ:        regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`),
		clinikosim.StampOffset:   regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$`),
		clinikosim.StampCompact:  regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}$`),
		clinikosim.StampFraction: regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$`),
	}
	for style, form := range forms {
		seen := 0
		for name, record := range everyRecord(switched(t, func(s *clinikosim.Switches) { s.StampStyle = style })) {
			for field, value := range record {
				if !strings.HasSuffix(field, "_at") || blank(value) {
					continue
				}
				if seen++; !form.MatchString(fmt.Sprint(value)) {
					t.Errorf("%s: %s = %v, want %s", name, field, value, form)
				}
			}
			if date, ok := record["date_of_birth"].(string); ok && date != "" && !regexp.MustCompile(`^\d{4}-\d\d-\d\d$`).MatchString(date) {
				t.Errorf("%s: date_of_birth = %s", name, date)
			}
		}
		if seen < 20 {
			t.Errorf("only %d timestamps seen with %q", seen, style)
		}
	}
}

// Section 6.4 and 21: null and "" are mixed. Any field of any record will do.
func TestSheetNullAndEmptyMixed(t *testing.T) {
	null, empty := 0, 0
	for seed := range uint64(4) {
		for _, record := range everyRecord(openDesk(t, func(o *clinikosim.Options) { o.Seed = seed })) {
			for _, value := range record {
				switch value {
				case nil:
					null++
				case "":
					empty++
				}
			}
		}
	}
	if null == 0 || empty == 0 {
		t.Errorf("%d nulls and %d empty strings, want some of each", null, empty)
	}
}

// Section 6.5: archive is 204 without a body, DELETE is the same, unarchive is
// 200 with the record; what is archived leaves the lists and is 404 by id, and
// archived_at:* brings it back.
func TestSheetArchiveAndBack(t *testing.T) {
	d := openDesk(t)
	note := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201).id()
	template := planTemplate
	for _, c := range []struct {
		plural, id string
		unarchive  bool
	}{
		{"patients", zacID, true},
		{"treatment_notes", note, true},
		{"businesses", southSheet, true},
		{"treatment_note_templates", template, false},
		{"individual_appointments", soloVisit, false},
		{"group_appointments", classVisit, false},
		{"attendees", classZoe, false},
	} {
		t.Run(c.plural, func(t *testing.T) {
			d := d
			d.t = t
			path := "/" + c.plural + "/" + c.id
			gone := func() {
				t.Helper()
				d.get(path).is(404)
				if slices.Contains(d.get("/"+c.plural).list(c.plural), c.id) {
					t.Errorf("archived %s is listed", path)
				}
				for _, filter := range []string{"archived_at:*", "archived_at:?"} {
					if !slices.Contains(d.get("/"+c.plural, filter).list(c.plural), c.id) {
						t.Errorf("archived %s is not listed with %s", path, filter)
					}
				}
				if got := d.get(path, "archived_at:*").is(200); blank(got.obj["archived_at"]) {
					t.Errorf("archived_at = %v after archiving", got.obj["archived_at"])
				}
			}
			d.get(path).is(200)
			if got := d.say("POST", path+"/archive", nil).is(204); got.raw != "" {
				t.Errorf("archive answered %q, want no body", got.raw)
			}
			gone()
			if !c.unarchive {
				d.say("POST", path+"/unarchive", nil).is(404)
				return
			}
			if got := d.say("POST", path+"/unarchive", nil).is(200); got.id() != c.id || !blank(got.obj["archived_at"]) {
				t.Errorf("unarchive answered %s", got.raw)
			}
			d.get(path).is(200)
			if got := d.say("DELETE", path, nil).is(204); got.raw != "" {
				t.Errorf("DELETE answered %q, want no body", got.raw)
			}
			gone()
		})
	}
}

// Section 6.5: switches for the unconfirmed parts of archiving.
func TestSheetArchiveSwitches(t *testing.T) {
	d := openDesk(t)
	id := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201).id()
	path := "/treatment_notes/" + id
	before := d.get(path).str("updated_at")
	d.server.SetSwitches(clinikosim.Switches{DeletedTwin: true, QuietStamps: true})
	d.say("POST", path+"/archive", nil).is(204)
	got := d.get(path, "archived_at:*", "deleted_at:*").is(200)
	if blank(got.obj["deleted_at"]) {
		t.Error("deleted_at is empty with DeletedTwin")
	}
	if got.str("updated_at") != before {
		t.Errorf("updated_at moved from %s to %s with QuietStamps", before, got.str("updated_at"))
	}
	d.server.SetSwitches(clinikosim.Switches{ArchivedUnreachable: true})
	d.get(path, "archived_at:*").is(404)
	d.server.SetSwitches(clinikosim.Switches{})
	d.get(path, "archived_at:*").is(200)
	d.get("/patients/archived").is(404)
	d.server.SetSwitches(clinikosim.Switches{LegacyLists: true})
	if got := d.get("/patients/archived").sorted("patients"); !slices.Contains(got, oldPatient) || slices.Contains(got, zoeID) {
		t.Errorf("/patients/archived = %v", got)
	}
	if got := d.get("/treatment_notes/deleted").list("treatment_notes"); !slices.Equal(got, []string{id}) {
		t.Errorf("/treatment_notes/deleted = %v, want %s", got, id)
	}
	if got := d.get("/individual_appointments/cancelled").list("individual_appointments"); !slices.Equal(got, []string{goneVisit}) {
		t.Errorf("/individual_appointments/cancelled = %v, want %s", got, goneVisit)
	}
}

// Section 21: what is not in the request's schema is logged by its name, never
// with its value.
func TestSheetUnknownFieldsAreLogged(t *testing.T) {
	var log strings.Builder
	d := openDesk(t, func(o *clinikosim.Options) { o.Log = textLog(&log) })
	d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201)
	if strings.Contains(log.String(), "unknown") {
		t.Errorf("a plain note was reported: %s", log.String())
	}
	d.say("POST", "/treatment_notes", noteFor(zoeID, "appointment_id", "77777777", "author", "Nobody")).is(201)
	for _, field := range []string{"appointment_id", "author"} {
		if !strings.Contains(log.String(), field) {
			t.Errorf("unknown field %s is not in the log %q", field, log.String())
		}
	}
	for _, clinical := range []string{"Walks well", "77777777", "Zoë"} {
		if strings.Contains(log.String(), clinical) {
			t.Errorf("the log holds %q", clinical)
		}
	}
}
