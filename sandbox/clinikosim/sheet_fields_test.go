package clinikosim_test

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// operators are those of section 8 for each type of field in Appendix A.1:
// numeric, string, boolean, date, datetime, array.
var operators = map[string][]string{
	"i": {"=", "!=", ">=", ">", "<=", "<", "?", "!?"},
	"s": {"=", "!=", "~", "~~", "?", "!?"},
	"b": {"=", "!="},
	"d": {"=", ">=", ">", "<=", "<", "?", "!?"},
	"t": {">=", ">", "<=", "<", "?", "!?", "*"},
	"a": {"~"},
}

// usable is a value that fits each type.
var usable = map[string]string{"i": "12345678", "s": "x", "b": "true", "d": "2020-01-31", "t": "2020-01-31T00:00:00Z", "a": "12345678"}

// A filtered is a route of Appendix A.1 with the q[] fields of its list and of
// GET by id, as "name type" pairs.
type filtered struct {
	path, plural, id string
	list, single     string
}

const (
	practitionerFields = "active b, created_at t, id i, show_in_online_bookings b, updated_at t, user_id i"
	attendeeFields     = "appointment_id i, archived_at t, booking_id i, cancelled_at t, created_at t, deleted_at t, id i, patient_case_id i, patient_id i, updated_at t"
	noteFields         = "archived_at t, attendee_id i, booking_id i, created_at t, deleted_at t, draft b, id i, practitioner_id i, treatment_note_template_id i, updated_at t"
)

// appendixA1 is Appendix A.1 for what the simulator serves.
var appendixA1 = []filtered{
	{"/patients", "patients", zoeID, "accepted_privacy_policy b, archived_at t, created_at t, date_of_birth d, email s, first_name s, id i, last_name s, old_reference_id s, preferred_first_name s, updated_at t", "archived_at t"},
	{"/practitioners", "practitioners", piaSheet, practitionerFields, ""},
	{"/practitioners/inactive", "practitioners", "", practitionerFields, ""},
	{"/businesses/" + northSheet + "/practitioners", "practitioners", "", practitionerFields, ""},
	{"/businesses/" + northSheet + "/practitioners/inactive", "practitioners", "", practitionerFields, ""},
	{"/users", "users", piaUser, "created_at t, id i, updated_at t", ""},
	{"/businesses", "businesses", northSheet, "appointment_type_ids a, archived_at t, created_at t, deleted_at t, id i, show_in_online_bookings b, updated_at t", "archived_at t, deleted_at t"},
	{"/individual_appointments", "individual_appointments", soloVisit, "appointment_type_id i, archived_at t, business_id i, cancelled_at t, created_at t, deleted_at t, did_not_arrive b, ends_at t, id i, patient_id i, practitioner_id i, repeated_from_id i, starts_at t, updated_at t", "archived_at t, cancelled_at t, deleted_at t"},
	{"/group_appointments", "group_appointments", classVisit, "appointment_type_id i, archived_at t, business_id i, created_at t, deleted_at t, ends_at t, id i, patient_ids a, practitioner_id i, repeated_from_id i, starts_at t, updated_at t", "archived_at t, deleted_at t"},
	{"/attendees", "attendees", soloAttendee, attendeeFields, "archived_at t, cancelled_at t, deleted_at t"},
	{"/individual_appointments/" + soloVisit + "/attendees", "attendees", "", attendeeFields, ""},
	{"/group_appointments/" + classVisit + "/attendees", "attendees", "", attendeeFields, ""},
	{"/bookings", "bookings", classVisit, "appointment_type_id i, archived_at t, business_id i, cancelled_at t, created_at t, deleted_at t, did_not_arrive b, email_reminder_sent b, ends_at t, id i, invoice_status i, patient_ids a, practitioner_id i, repeated_from_id i, sms_reminder_sent b, starts_at t, treatment_note_status i, updated_at t", "archived_at t, cancelled_at t, deleted_at t"},
	{"/treatment_notes", "treatment_notes", "", noteFields + ", patient_id i", "archived_at t, deleted_at t"},
	{"/patients/" + zoeID + "/treatment_notes", "treatment_notes", "", noteFields, ""}, // less the field of the path
	{"/treatment_note_templates", "treatment_note_templates", planTemplate, "archived_at t, created_at t, deleted_at t, id i, updated_at t", "archived_at t, deleted_at t"},
	{"/appointment_types", "appointment_types", "", "appointment_confirmation_template_ids a, appointment_follow_up_template_ids a, appointment_reminder_template_ids a, archived_at t, category s, created_at t, id i, online_payments_mode s, show_in_online_bookings b, updated_at t", "archived_at t"},
}

// fields reads "name type, name type".
func fields(pairs string) map[string]string {
	found := map[string]string{}
	for pair := range strings.SplitSeq(pairs, ", ") {
		if name, kind, ok := strings.Cut(pair, " "); ok {
			found[name] = kind
		}
	}
	return found
}

// unfilterable are fields that section 8.1 names as absent, and others that a
// client might try.
var unfilterable = []string{
	"patient_phone_numbers", "phone", "label", "medicare", "merged_at", "title", "content", "finalized_at", "name", "email",
	"first_name", "notes", "author_name", "pinned_at", "display_name", "business_name", "status", "nonsense", "", "links",
	"appointment_start", "treatment_note_status", "patient_name", "role",
}

// single fills in the id of the record to read.
func (f filtered) singleID(d desk) string {
	d.t.Helper()
	switch {
	case f.plural == "treatment_notes":
		return d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201).id()
	case f.plural == "appointment_types":
		return d.get("/appointment_types").list("appointment_types")[0]
	}
	return f.id
}

// Sections 8, 8.1 and Appendix A.1: each list filters by exactly its fields,
// each with exactly the operators of its type; all else is 400.
func TestSheetFilterFieldsOfLists(t *testing.T) {
	d := openDesk(t).sits(adaKey)
	for _, route := range appendixA1 {
		t.Run(strings.ReplaceAll(strings.Trim(route.path, "/"), "/", "_"), func(t *testing.T) {
			d := d
			d.t = t
			known := fields(route.list)
			for name, kind := range known {
				d.checkOperators(route.path, name, kind)
			}
			everything := slices.Clone(unfilterable)
			for _, other := range appendixA1 {
				everything = slices.AppendSeq(everything, maps.Keys(fields(other.list)))
			}
			slices.Sort(everything)
			for _, name := range slices.Compact(everything) {
				if known[name] != "" {
					continue
				}
				for _, rest := range []string{":=1", ":>=2020-01-31T00:00:00Z", ":?"} {
					if got := d.get(route.path, name+rest); got.code != 400 {
						t.Errorf("GET %s q[]=%s%s = %d, want 400", route.path, name, rest, got.code)
					}
				}
			}
		})
	}
}

// checkOperators tries every operator of the grammar on one field.
func (d desk) checkOperators(path, name, kind string) {
	d.t.Helper()
	for _, op := range []string{"=", "!=", ">=", ">", "<=", "<", "?", "!?", "*", "~", "~~"} {
		expression := name + ":" + op
		if op != "?" && op != "!?" && op != "*" {
			expression += usable[kind]
		}
		want := 400
		if slices.Contains(operators[kind], op) {
			want = 200
		}
		if got := d.get(path, expression); got.code != want {
			d.t.Errorf("GET %s q[]=%s = %d %.120s, want %d", path, expression, got.code, got.raw, want)
		}
	}
	for _, rest := range []string{"", ":", ":like:x", ":==1", ":<>1", ":" + usable[kind]} {
		if kind == "s" && rest == ":==1" {
			continue // the string "=1"
		}
		if got := d.get(path, name+rest); got.code != 400 && (rest != "" || got.code != 500) {
			d.t.Errorf("GET %s q[]=%s%s = %d, want 400", path, name, rest, got.code)
		}
	}
	if kind == "s" {
		return
	}
	bad := map[string]string{"i": ":=abc", "b": ":=maybe", "d": ":=31/01/2020", "t": ":>=yesterday", "a": ":~"}[kind]
	if got := d.get(path, name+bad); got.code != 400 {
		d.t.Errorf("GET %s q[]=%s%s = %d, want 400", path, name, bad, got.code)
	}
}

// Appendix A.1, last column: GET by id filters by archived_at and its like only.
func TestSheetFilterFieldsOfSingles(t *testing.T) {
	d := openDesk(t).sits(adaKey)
	for _, route := range appendixA1 {
		if route.single == "" {
			continue
		}
		path, known := route.path+"/"+route.singleID(d), fields(route.single)
		for name := range known {
			for _, op := range append(slices.Clone(operators["t"]), "=", "!=", "~") {
				expression := name + ":" + op
				if op != "?" && op != "!?" && op != "*" {
					expression += "2020-01-31T00:00:00Z"
				}
				got := d.get(path, expression)
				switch valid := slices.Contains(operators["t"], op); {
				case !valid && got.code != 400:
					t.Errorf("GET %s q[]=%s = %d, want 400", path, expression, got.code)
				case (op == "*" || op == "!?") && got.code != 200:
					t.Errorf("GET %s q[]=%s of a live record = %d, want 200", path, expression, got.code)
				case valid && got.code != 200 && got.code != 404:
					t.Errorf("GET %s q[]=%s = %d, want 200 or 404", path, expression, got.code)
				}
			}
			if got := d.get(path, name+":?"); got.code != 404 {
				t.Errorf("GET %s q[]=%s:? of a live record = %d, want 404", path, name, got.code)
			}
		}
		for name, kind := range fields(route.list) {
			if known[name] != "" {
				continue
			}
			expression := name + ":" + operators[kind][0] + usable[kind]
			if got := d.get(path, expression); got.code != 400 {
				t.Errorf("GET %s q[]=%s = %d, want 400", path, expression, got.code)
			}
		}
	}
}

// Section 7 and Appendix A.1: every list takes page, per_page, sort and order,
// and answers with its plural name, total_entries and links.
func TestSheetEveryListHasAnEnvelope(t *testing.T) {
	d := openDesk(t).sits(adaKey)
	for _, route := range appendixA1 {
		got := d.say("GET", route.path+"?page=1&per_page=100&sort=created_at:desc&order=asc", nil).is(200)
		rows := got.rows(route.plural)
		if total, ok := got.obj["total_entries"]; !ok || len(rows) > 100 {
			t.Errorf("%s: total_entries %v with %d rows", route.path, total, len(rows))
		}
		address, err := url.Parse(self(got.obj))
		if err != nil || !strings.HasSuffix(address.Path, "/v1"+route.path) {
			t.Errorf("%s: links.self = %q", route.path, self(got.obj))
		}
	}
}

// Section 6.5: the verbs of each route; PUT is not in the description but works
// as PATCH; what is read-only has no writes.
func TestSheetVerbs(t *testing.T) {
	d := openDesk(t)
	for _, c := range [][2]string{
		{"POST", "/practitioners"},
		{"PATCH", "/practitioners/" + piaSheet},
		{"DELETE", "/practitioners/" + piaSheet},
		{"POST", "/users"},
		{"PATCH", "/users/" + piaUser},
		{"PATCH", "/bookings/" + soloVisit},
		{"DELETE", "/bookings/" + soloVisit},
		{"POST", "/bookings/" + soloVisit + "/archive"},
		{"GET", "/treatment_notes/archive"},
		{"POST", "/patients/" + zoeID + "/cancel"},
		{"PATCH", "/treatment_notes"},
		{"DELETE", "/patients"},
		{"POST", "/patients/" + zoeID},
		{"PATCH", "/user"},
		{"DELETE", "/settings"},
		{"POST", "/individual_appointments/" + soloVisit + "/cancel"},
	} {
		if got := d.say(c[0], c[1], map[string]any{}); got.code != 404 && got.code != 405 {
			t.Errorf("%s %s = %d, want 404", c[0], c[1], got.code)
		}
	}
}
