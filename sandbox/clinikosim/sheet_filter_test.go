package clinikosim_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"carryover/sandbox/clinikosim"
)

// patientsBy are the ids that a search for patients finds, ordered.
func (d desk) patientsBy(filters ...string) []string {
	d.t.Helper()
	return d.get("/patients", filters...).sorted("patients")
}

// A search is a set of filters with the ids it should find, in the order of
// sorted strings.
type search struct {
	filters []string
	want    []string
}

func (d desk) check(searches []search) {
	d.t.Helper()
	for _, s := range searches {
		want := slices.Sorted(slices.Values(s.want))
		if got := d.patientsBy(s.filters...); !slices.Equal(got, append([]string{}, want...)) {
			d.t.Errorf("GET /patients %q = %v, want %v", s.filters, got, want)
		}
	}
}

// Section 8: string operators.
func TestSheetStringFilters(t *testing.T) {
	d := openDesk(t)
	zoe, zac, nora, same := zoeID, zacID, noraID, sameID
	d.check([]search{
		{[]string{"first_name:=Nora"}, []string{nora, same}},
		{[]string{"first_name:=Nor"}, nil},
		{[]string{"first_name:!=Nora"}, []string{zoe, zac}},
		{[]string{"last_name:~Sheet"}, []string{zoe, zac}},
		{[]string{"last_name:~O'"}, []string{zoe, zac}},
		{[]string{"last_name:~Nope"}, nil},
		{[]string{"last_name:~~No%"}, []string{nora, same}},
		{[]string{"last_name:~~%date"}, []string{nora, same}},
		{[]string{"last_name:~~%oda%"}, []string{nora, same}},
		{[]string{"last_name:~~N%e"}, []string{nora, same}},
		{[]string{"last_name:~~Nodat"}, nil},
		{[]string{"last_name:~~Nodate"}, []string{nora, same}},
		{[]string{"last_name:~~%date%date"}, nil},
		{[]string{"preferred_first_name:?"}, []string{zoe}},
		{[]string{"preferred_first_name:!?"}, []string{zac, nora, same}},
		{[]string{"email:=zoe@example.com"}, []string{zoe}},
		{[]string{"email:=zoe+x@example.com"}, nil},
		{[]string{"first_name:=a:b"}, nil},   // the first colon ends the field
		{[]string{"last_name:~.*"}, nil},     // no regular expressions
		{[]string{"last_name:~_odate"}, nil}, // nor the other wildcard of SQL
		{[]string{"last_name:=O'Sheet-Ångström"}, []string{zoe, zac}},
	})
}

// Section 8: case and accents are undocumented; each way by its switch.
func TestSheetStringComparison(t *testing.T) {
	for comparison, want := range map[clinikosim.Comparing][3]int{
		clinikosim.CompareFoldCase:    {2, 1, 0}, // nora, zoë, zoe
		clinikosim.CompareExact:       {0, 0, 0},
		clinikosim.CompareFoldAccents: {2, 1, 1},
	} {
		d := switched(t, func(s *clinikosim.Switches) { s.Comparison = comparison })
		for i, name := range []string{"nora", "zoë", "zoe"} {
			for _, op := range []string{"=", "~"} {
				if got := d.patientsBy("first_name:" + op + name); len(got) != want[i] {
					t.Errorf("first_name:%s%s with %q found %d, want %d", op, name, comparison, len(got), want[i])
				}
			}
		}
	}
}

// Section 8: date operators and wildcards for single digits.
func TestSheetDateFilters(t *testing.T) {
	d := openDesk(t)
	zoe, zac, nora, same := zoeID, zacID, noraID, sameID
	d.check([]search{
		{[]string{"date_of_birth:=1980-05-17"}, []string{zoe, zac}},
		{[]string{"date_of_birth:=1980-05-18"}, nil},
		{[]string{"date_of_birth:>=1980-05-17"}, []string{zoe, zac, same}},
		{[]string{"date_of_birth:>1980-05-17"}, []string{same}},
		{[]string{"date_of_birth:<=1980-05-17"}, []string{zoe, zac}},
		{[]string{"date_of_birth:<1980-05-17"}, nil},
		{[]string{"date_of_birth:?"}, []string{zoe, zac, same}},
		{[]string{"date_of_birth:!?"}, []string{nora}},
		{[]string{"date_of_birth:=****-05-**"}, []string{zoe, zac, same}},
		{[]string{"date_of_birth:=19**-**-02"}, []string{same}},
		{[]string{"date_of_birth:=198*-05-1*"}, []string{zoe, zac}},
		{[]string{"date_of_birth:=****-06-**"}, nil},
		{[]string{"date_of_birth:=1980-05-17", "first_name:=Zac"}, []string{zac}},
		{[]string{"date_of_birth:=1980-05-17", "date_of_birth:=1999-05-02"}, nil}, // AND, never OR
	})
	for _, bad := range []string{"1980", "1980-5-17", "1980-05-17T00:00:00Z", "17/05/1980", "*", ""} {
		if got := d.get("/patients", "date_of_birth:="+bad); got.code != 400 {
			t.Errorf("date_of_birth:=%s = %d, want 400", bad, got.code)
		}
	}
}

// Section 8: datetime operators, values in UTC with Z, milliseconds accepted;
// no equality.
func TestSheetDatetimeFilters(t *testing.T) {
	d := openDesk(t)
	all := []string{zoeID, zacID, noraID, sameID}
	d.check([]search{ // created on the first, second, third and seventh day
		{[]string{"created_at:>=2025-03-03T00:00:00Z"}, []string{zacID, noraID, sameID}},
		{[]string{"created_at:>2025-03-03T00:00:00Z"}, []string{noraID, sameID}},
		{[]string{"created_at:<=2025-03-03T00:00:00Z"}, []string{zoeID, zacID}},
		{[]string{"created_at:<2025-03-03T00:00:00Z"}, []string{zoeID}},
		{[]string{"created_at:>2025-03-02T23:59:59.999Z", "created_at:<2025-03-03T00:00:00.001Z"}, []string{zacID}},
		{[]string{"created_at:?"}, all},
		{[]string{"created_at:!?"}, nil},
		{[]string{"archived_at:!?"}, all},
		{[]string{"archived_at:?"}, []string{lostOne, lostTwo, oldPatient}},
		{[]string{"archived_at:*"}, append([]string{lostOne, lostTwo, oldPatient}, all...)},
		{[]string{"archived_at:*", "last_name:=Archived"}, []string{oldPatient}},
		{[]string{"last_name:=Archived"}, nil},
		{[]string{"archived_at:>=2025-04-01T00:00:00Z"}, []string{lostTwo, oldPatient}},
	})
	for _, bad := range []string{">=", ">=soon", ">=1700000000", "=2025-03-03T00:00:00Z"} {
		if got := d.get("/patients", "created_at:"+bad); got.code != 400 {
			t.Errorf("created_at:%s = %d, want 400", bad, got.code)
		}
	}
}

// Section 8: numeric operators; = takes a comma list.
func TestSheetNumericFilters(t *testing.T) {
	d := openDesk(t)
	d.check([]search{
		{[]string{"id:=" + zoeID}, []string{zoeID}},
		{[]string{"id:=" + zoeID + "," + zacID + ",1"}, []string{zoeID, zacID}},
		{[]string{"id:!=" + zoeID}, []string{zacID, noraID, sameID}},
		{[]string{"id:>=" + noraID}, []string{noraID, sameID}}, // past 2^53: neighbours stay apart
		{[]string{"id:>" + noraID}, []string{sameID}},
		{[]string{"id:<=" + zoeID}, []string{zoeID, zacID}}, // a number, not a string
		{[]string{"id:<" + zoeID}, []string{zacID}},
		{[]string{"id:?"}, []string{zoeID, zacID, noraID, sameID}},
		{[]string{"id:!?"}, nil},
		{[]string{"id:=" + lostOne}, nil},
		{[]string{"id:=" + lostOne, "archived_at:*"}, []string{lostOne}},
	})
	for _, bad := range []string{"=x", "=", "=1.5x", "=1,x", ">=one"} {
		if got := d.get("/patients", "id:"+bad); got.code != 400 {
			t.Errorf("id:%s = %d, want 400", bad, got.code)
		}
	}
}

// Section 8: boolean filters, and filters on notes by relation.
func TestSheetBooleanAndRelationFilters(t *testing.T) {
	d := openDesk(t)
	draft := d.say("POST", "/treatment_notes", noteFor(zoeID, "booking_id", soloVisit, "treatment_note_template_id", planTemplate)).is(201).id()
	final := d.say("POST", "/treatment_notes", noteFor(noraID, "draft", false, "attendee_id", classNora, "booking_id", classVisit)).is(201).id()
	paul := d.sits(paulKey).say("POST", "/treatment_notes", noteFor(zoeID)).is(201).id()
	for _, c := range []struct {
		filter string
		want   []string
	}{
		{"draft:=true", []string{draft, paul}},
		{"draft:=false", []string{final}},
		{"draft:!=true", []string{final}},
		{"draft:!=false", []string{draft, paul}},
		{"patient_id:=" + zoeID, []string{draft, paul}},
		{"patient_id:=" + zoeID + "," + noraID, []string{draft, final, paul}},
		{"practitioner_id:=" + piaSheet, []string{draft, final}},
		{"booking_id:=" + soloVisit, []string{draft}},
		{"booking_id:?", []string{draft, final}},
		{"booking_id:!?", []string{paul}},
		{"attendee_id:=" + classNora, []string{final}},
		{"treatment_note_template_id:=" + planTemplate, []string{draft}},
		{"id:=" + final + "," + paul, []string{final, paul}},
	} {
		if got, want := d.get("/treatment_notes", c.filter).sorted("treatment_notes"), slices.Sorted(slices.Values(c.want)); !slices.Equal(got, want) {
			t.Errorf("GET /treatment_notes %s = %v, want %v", c.filter, got, want)
		}
	}
	if got, want := d.get("/patients/"+zoeID+"/treatment_notes", "practitioner_id:="+piaSheet).list("treatment_notes"), []string{draft}; !slices.Equal(got, want) {
		t.Errorf("nested list = %v, want %v", got, want)
	}
	if got, want := d.get("/patients/"+zoeID+"/treatment_notes").sorted("treatment_notes"), slices.Sorted(slices.Values([]string{draft, paul})); !slices.Equal(got, want) {
		t.Errorf("nested list = %v, want %v", got, want)
	}
}

// Section 8: unknown plain parameters are ignored, which shows everybody's.
func TestSheetPlainParametersAreIgnored(t *testing.T) {
	d := openDesk(t)
	d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201)
	d.say("POST", "/treatment_notes", noteFor(noraID)).is(201)
	for _, query := range []string{"patient_id=" + zoeID, "search=Zo", "first_name=Zac", "filter[draft]=false"} {
		if got := d.say("GET", "/treatment_notes?"+query, nil).list("treatment_notes"); len(got) != 2 {
			t.Errorf("GET /treatment_notes?%s found %d, want both", query, len(got))
		}
	}
	if got := d.say("GET", "/patients?search=Zac&phone=0400000011&first_name=Zac", nil).list("patients"); len(got) != 4 {
		t.Errorf("GET /patients with plain parameters found %d, want all 4", len(got))
	}
}

// Section 8: q[] may be sent as it stands or encoded; a bare q is one filter,
// ignored by switch; q=word is a server error.
func TestSheetFilterEncoding(t *testing.T) {
	d := openDesk(t)
	for _, query := range []string{
		"q[]=first_name:=Zac", "q%5B%5D=first_name%3A%3DZac", "q%5b%5d=first_name:%3DZac", "q=first_name:=Zac",
		"q[]=last_name:~~O%27%25&q[]=first_name:=Zac", "q[]=first_name:~Z&q[]=id:=" + zacID,
	} {
		r, _ := http.NewRequest("GET", d.root+"/v1/patients", nil)
		r.URL.RawQuery = query
		r.SetBasicAuth(d.key, "")
		r.Header.Set("User-Agent", d.agent)
		r.Header.Set("Accept", d.accept)
		if got := d.send(r).list("patients"); !slices.Equal(got, []string{zacID}) {
			t.Errorf("GET /patients?%s = %v, want %s", query, got, zacID)
		}
	}
	if got := d.say("GET", "/patients?q=word", nil); got.code < 500 {
		t.Errorf("GET /patients?q=word = %d, want a server error", got.code)
	}
	d.server.SetSwitches(clinikosim.Switches{RefuseBareQ: true})
	if got := d.say("GET", "/patients?q=first_name:=Zac", nil).list("patients"); len(got) != 4 {
		t.Errorf("bare q with RefuseBareQ found %d, want all 4", len(got))
	}
}

// Section 6.5 and 21: archived patients leak into name searches by switch, and
// into nothing else.
func TestSheetArchivedLeak(t *testing.T) {
	d := switched(t, func(s *clinikosim.Switches) { s.ArchivedLeak = true })
	if got := d.patientsBy("last_name:=Archived"); !slices.Equal(got, []string{oldPatient}) {
		t.Errorf("name search with ArchivedLeak = %v, want %s", got, oldPatient)
	}
	if got := d.patientsBy(); slices.Contains(got, oldPatient) {
		t.Error("ArchivedLeak shows archived patients without a search by name")
	}
}

// Section 8: a filter value with an odd character never breaks the server.
func TestSheetOddFilterValues(t *testing.T) {
	d := openDesk(t)
	for _, value := range []string{"%", "%%", "'", `"`, `\`, ";", "\n", "&", "+", "#", "ü", "😀", strings.Repeat("x", 3000), "[", "(", "?", "*"} {
		for _, op := range []string{"=", "~", "~~", "!="} {
			if got := d.get("/patients", "last_name:"+op+value); got.code != 200 {
				t.Errorf("last_name:%s%.10q = %d %.100s, want 200", op, value, got.code, got.raw)
			}
		}
	}
}
