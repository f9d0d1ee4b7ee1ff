package cliniko

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"carryover"
)

// comparable lets cmp look into the types that refuse to print.
var comparable = cmp.Options{
	cmpopts.EquateComparable(carryover.Text{}, carryover.Date{}),
	cmpopts.EquateEmpty(),
}

func date(t *testing.T, s string) carryover.Date {
	t.Helper()
	d, err := carryover.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPatientRecords(t *testing.T) {
	archived := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, tt := range []struct {
		name, in string
		want     carryover.Patient
	}{
		{
			"all fields",
			`{"id":"1968645883121642782","first_name":"Zephyrine","last_name":"O’Quux","preferred_first_name":"Zeph",
			  "date_of_birth":"1980-02-29","sex":"Female","email":"z@example.com","archived_at":null,"extra":{"a":[1]}}`,
			carryover.Patient{
				ID: "1968645883121642782", FirstName: carryover.NewText("Zephyrine"), LastName: carryover.NewText("O’Quux"),
				PreferredName: carryover.NewText("Zeph"), BirthDate: date(t, "1980-02-29"), Sex: carryover.Female,
			},
		},
		{
			"number as id, blanks, impossible date",
			`{"id":75335355,"first_name":"","last_name":null,"date_of_birth":"1981-02-29","archived_at":"","gender":"male"}`,
			carryover.Patient{ID: "75335355", Sex: carryover.Male},
		},
		{
			"merged",
			`{"id":"1","archived_at":"2026-01-02T03:04:05Z","merged_at":"2026-01-02T03:04:05Z",
			  "merged_with_patient":{"links":{"self":"https://api.au1.cliniko.com/v1/patients/2"}}}`,
			carryover.Patient{ID: "1", ArchivedAt: archived, MergedInto: "2"},
		},
		{"deleted only", `{"id":"1","deleted_at":"2026-01-02T13:04:05+1000","merged_with_patient":{}}`, carryover.Patient{ID: "1", ArchivedAt: archived}},
		{"fraction and offset", `{"id":"1","archived_at":"2026-01-02T14:04:05.000+11:00"}`, carryover.Patient{ID: "1", ArchivedAt: archived}},
		{"date with a time", `{"id":"1","date_of_birth":"1980-02-29T00:00:00Z"}`, carryover.Patient{ID: "1", BirthDate: date(t, "1980-02-29")}},
		{"names of another type", `{"id":"1","first_name":{"a":1},"last_name":7}`, carryover.Patient{ID: "1"}},
	} {
		var r patientRecord
		if err := decode([]byte(tt.in), &r); err != nil {
			t.Errorf("%s: decode = %v", tt.name, err)
			continue
		}
		got, ok := r.patient()
		if diff := cmp.Diff(tt.want, got, comparable); !ok || diff != "" {
			t.Errorf("%s: patient, %v (-want +got):\n%s", tt.name, ok, diff)
		}
	}
	for _, in := range []string{`{}`, `{"id":null}`, `{"id":""}`} {
		var r patientRecord
		if err := decode([]byte(in), &r); err != nil {
			t.Errorf("decode(%s) = %v", in, err)
		} else if _, ok := r.patient(); ok {
			t.Errorf("patient of %s is ok, want not", in)
		}
	}
}

// link is a relation as Cliniko writes it.
func link(kind, id string) string {
	return `{"links":{"self":"https://api.au1.cliniko.com/v1/` + kind + `/` + id + `"}}`
}

func TestBookingRecords(t *testing.T) {
	start := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	times := `"starts_at":"2026-03-02T01:00:00Z","ends_at":"2026-03-02T01:45:00Z"`
	base := carryover.Booking{ID: "987", StartsAt: start, EndsAt: start.Add(45 * time.Minute)}
	with := func(change func(*carryover.Booking)) carryover.Booking {
		b := base
		change(&b)
		return b
	}
	for _, tt := range []struct {
		name, in string
		want     carryover.Booking
	}{
		{
			"individual", `"patient":` + link("patients", "123") + `,"practitioner":` + link("practitioners", "456") + `,"telehealth_url":"x"`,
			with(func(b *carryover.Booking) {
				b.Kind, b.Practitioner, b.Patients = carryover.IndividualAppointment, "456", []carryover.PatientID{"123"}
			}),
		},
		{
			"group", `"patient_ids":["1","2"],"max_attendees":5`,
			with(func(b *carryover.Booking) {
				b.Kind, b.Patients = carryover.GroupAppointment, []carryover.PatientID{"1", "2"}
			}),
		},
		{
			"group with numbers", `"patient_ids":[1968645883121642782],"max_attendees":5,"patient":null`,
			with(func(b *carryover.Booking) {
				b.Kind, b.Patients = carryover.GroupAppointment, []carryover.PatientID{"1968645883121642782"}
			}),
		},
		{"empty group", `"patient_ids":[],"max_attendees":5`, with(func(b *carryover.Booking) { b.Kind = carryover.GroupAppointment })},
		{"block", `"unavailable_block_type":` + link("unavailable_block_types", "1"), with(func(b *carryover.Booking) { b.Kind = carryover.UnavailableBlock })},
		{"block of 2022", `"notes":"lunch"`, with(func(b *carryover.Booking) { b.Kind = carryover.UnavailableBlock })},
		{
			"individual without patient", `"appointment_type":` + link("appointment_types", "1") + `,"patient":{}`,
			with(func(b *carryover.Booking) { b.Kind = carryover.IndividualAppointment }),
		},
		{
			"cancelled", `"patient":` + link("patients", "1") + `,"cancelled_at":"2026-03-01T00:00:00Z","archived_at":"","did_not_arrive":true`,
			with(func(b *carryover.Booking) {
				b.Kind, b.Patients, b.DidNotArrive = carryover.IndividualAppointment, []carryover.PatientID{"1"}, true
				b.CancelledAt = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
			}),
		},
	} {
		var r bookingRecord
		if err := decode([]byte(`{"id":"987",`+times+`,`+tt.in+`}`), &r); err != nil {
			t.Errorf("%s: decode = %v", tt.name, err)
			continue
		}
		got, ok := r.booking()
		if diff := cmp.Diff(tt.want, got, comparable); !ok || diff != "" {
			t.Errorf("%s: booking, %v (-want +got):\n%s", tt.name, ok, diff)
		}
	}
	var r bookingRecord
	if err := decode([]byte(`{"id":"987"}`), &r); err != nil {
		t.Error(err)
	} else if _, ok := r.booking(); ok {
		t.Error("booking without a start is ok, want not")
	}
}

func TestNoteBodies(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"paragraphs in order", `{"sections":[{"questions":[{"type":"paragraph","answer":"<p>a</p>"},{"type":"paragraph","answer":"<p>b</p>"}]},
			{"name":"S","questions":[{"type":"paragraph","answer":"<p>c</p>"}]}]}`, "<p>a</p>\n<p>b</p>\n<p>c</p>"},
		{"text is escaped", `{"sections":[{"questions":[{"type":"text","answer":"a < b & c"}]}]}`, "a &lt; b &amp; c"},
		{"date", `{"sections":[{"questions":[{"type":"date","answer":"2026-03-02"}]}]}`, "2026-03-02"},
		{"choices", `{"sections":[{"questions":[{"type":"checkboxes","answers":[{"value":"Yes","selected":true},{"value":"No"},{"value":"A<B","selected":true}],
			"other":{"enabled":true,"selected":true,"value":"Else"}}]}]}`, "Yes\nA&lt;B\nElse"},
		{"unknown question", `{"sections":[{"questions":[{"type":"bodycharts","body_chart_ids":[1]},{"type":"new","answer":["x"],"answers":"x","other":1}]}]}`, ""},
		{"no questions", `{"sections":[{"name":"S"},{"questions":null}]}`, ""},
		{"null", `null`, ""},
		{"object in a string", `"{\"sections\":[{\"questions\":[{\"type\":\"paragraph\",\"answer\":\"<p>a</p>\"}]}]}"`, "<p>a</p>"},
		{"empty string", `""`, ""},
		{"empty object", `{}`, ""},
	} {
		sections, err := sectionsOf(json.RawMessage(tt.in))
		if got := carryover.Body(sections).Reveal(); err != nil || got != tt.want {
			t.Errorf("%s: body = %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
	for _, in := range []string{`[1]`, `"plain words"`, `{"sections":"x"}`, `7`} {
		if _, err := sectionsOf(json.RawMessage(in)); err == nil {
			t.Errorf("sectionsOf(%s): no error", in)
		}
	}
}

func TestNoteRecord(t *testing.T) {
	in := strings.Replace(noteJSON("901", 15), `"draft":true`, `"draft":true,"updated_at":"2026-03-01T00:16:00Z","booking":`+link("bookings", "987"), 1)
	var r noteRecord
	if err := decode([]byte(in), &r); err != nil {
		t.Fatal(err)
	}
	got, ok := r.note()
	want := carryover.Note{
		ID: "901", Patient: "123", Practitioner: "456", Booking: "987", Draft: true,
		Title: carryover.NewText("T"), Body: carryover.NewText("<p>x</p>"),
		CreatedAt: since.Add(15 * time.Minute), UpdatedAt: since.Add(16 * time.Minute),
	}
	if diff := cmp.Diff(want, got, comparable); !ok || diff != "" {
		t.Errorf("note, %v (-want +got):\n%s", ok, diff)
	}
	r.FinalizedAt = stamp{since}
	if got, _ := r.note(); got.Draft {
		t.Error("a note with finalized_at is a draft, want not")
	}
}

func TestRelations(t *testing.T) {
	for in, want := range map[string]ref{
		link("patients", "123"): "123",
		`{"links":{"self":"http://api.x.test/v1/patients/123/?page=1"}}`: "123",
		`{"links":{"self":"/v1/patients/123"}}`:                          "123",
		`null`:                                                           "", `{}`: "", `{"links":null}`: "", `{"links":{}}`: "", `[]`: "", `"x"`: "", `7`: "",
		`{"links":{"self":"https://api.au1.cliniko.com/v1/invoices?q%5B%5D=patient_id%3A%3D1"}}`: "",
		`{"links":{"self":"https://api.au1.cliniko.com/v1/patients/1e5"}}`:                       "",
		`{"links":{"self":"::"}}`: "",
	} {
		var got ref
		if err := json.Unmarshal([]byte(in), &got); err != nil || got != want {
			t.Errorf("ref of %s = %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestIDs(t *testing.T) {
	for in, want := range map[string]id{
		`"1968645883121642782"`: "1968645883121642782", `1968645883121642782`: "1968645883121642782",
		`" 12 "`: "12", `null`: "", `""`: "",
	} {
		var got id
		if err := json.Unmarshal([]byte(in), &got); err != nil || got != want {
			t.Errorf("id of %s = %q, %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{`1.5`, `1e5`, `-1`, `true`, `{}`, `[]`} {
		var got id
		if err := json.Unmarshal([]byte(in), &got); err == nil {
			t.Errorf("id of %s = %q, want an error", in, got)
		}
	}
	for in, want := range map[string]bool{
		"1": true, "9223372036854775807": true, "9223372036854775808": false,
		"": false, "0": false, "01": false, "+1": false, "-1": false, "1 ": false, "1,2": false, "１": false,
	} {
		if got := isID(in); got != want {
			t.Errorf("isID(%q) = %v, want %v", in, got, want)
		}
	}
}

// FuzzNote feeds anything to the decoders of a list of notes: none may panic,
// and a row that passes has what decisions are made on.
func FuzzNote(f *testing.F) {
	f.Add([]byte(noteJSON("901", 1)))
	f.Add([]byte(`{"id":1,"content":"{\"sections\":[]}","patient":{"links":{"self":"/1"}}}`))
	f.Add([]byte(`{"id":"1","created_at":"2026-03-02 01:00:00 UTC","draft":"true","content":{"sections":[{"questions":[{"answer":null}]}]}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, in []byte) {
		rows, err := rowsOf[noteRecord]("x", page{"treatment_notes": append(append([]byte("["), in...), ']')}, "treatment_notes")
		if err != nil {
			return
		}
		for _, r := range rows {
			if n, ok := r.note(); ok && (n.ID == "" || n.Patient == "" || n.Practitioner == "" || n.CreatedAt.IsZero()) {
				t.Errorf("note of %q passes without an id, patient, author or date", in)
			}
		}
	})
}
