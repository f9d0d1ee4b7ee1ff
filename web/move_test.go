package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"carryover"
	"carryover/sandbox"
)

// TestMove moves a filing to another record without JavaScript: searches, picks,
// mistypes, types right. Nothing is touched before that; then the first note is
// out of the first record, and the second is proven in the other.
func TestMove(t *testing.T) {
	t.Parallel()
	p := demoDay(t)
	v := visit(t, site(t, p), "reviewer")
	at := pasted(t, v, p, "To be moved", "Going well, five of ten.")
	id := strings.TrimPrefix(at, "/held/")
	from, to := twoPatients(t, p)
	ask := typed(from)
	ask.Set("digest", field(t, v.get(at), "digest"))
	v.post(at+"/file", ask)
	wait(t, func() bool { return stateOf(t, p, id).State == string(carryover.Proven) }, "the document to be proven")
	before := stateOf(t, p, id)

	move := "/documents/" + id + "/move"
	if page := v.get("/documents/" + id); !strings.Contains(page, move) {
		t.Fatalf("the page of what is in Cliniko does not offer to move it:\n%s", page)
	}
	found := v.post(move, url.Values{"search": {"yes"}, "name": {to.FirstName + " " + to.LastName}, "born": {to.BirthDate}})
	if !strings.Contains(found, `name="patient" value="`+to.ID+`"`) {
		t.Fatalf("the search for the patient does not find them:\n%s", found)
	}
	says := v.post(move, url.Values{"patient": {to.ID}})
	ask = typed(to)
	ask.Set("digest", field(t, says, "digest"))
	ask.Set("do", "yes")
	for name, wrong := range map[string]url.Values{"nothing": {}, "the first patient": typed(from)} {
		try := url.Values{"digest": ask["digest"], "patient": ask["patient"], "do": {"yes"}, "initials": {"QQ"}, "born": wrong["born"]}
		v.wants(http.StatusUnprocessableEntity, http.MethodPost, move, try)
		if got := stateOf(t, p, id); got.Delivery != before.Delivery || got.State != string(carryover.Proven) {
			t.Fatalf("%s was typed, and the document is %s, want it where it was", name, got.State)
		}
	}
	v.post(move, ask)
	wait(t, func() bool {
		got := stateOf(t, p, id)
		return got.State == string(carryover.Proven) && got.Delivery != before.Delivery
	}, "the document to be proven in the other record")
	got := stateOf(t, p, id)
	if got.Patient != to.ID || got.Note == before.Note || !got.ByPerson {
		t.Errorf("after the move: patient %s, note %s (by a person: %v), want a new note of patient %s", got.Patient, got.Note, got.ByPerson, to.ID)
	}
}

// typed is what a person types and picks to confirm a patient.
func typed(who sandbox.Patient) url.Values {
	return url.Values{"patient": {who.ID}, "initials": {who.FirstName[:1] + who.LastName[:1]}, "born": {who.BirthDate}}
}

// twoPatients are two of the register who are not to be taken for anybody else.
func twoPatients(t *testing.T, p *practice) (one, other sandbox.Patient) {
	t.Helper()
	var fit []sandbox.Patient
	for _, who := range p.Practice.Patients {
		if who.BirthDate != "" && who.FirstName != "" && len(who.LastName) > 5 && who.ArchivedAt.IsZero() && who.MergedInto == "" {
			fit = append(fit, who)
		}
	}
	for _, who := range fit[1:] {
		if who.BirthDate != fit[0].BirthDate && who.LastName != fit[0].LastName {
			return fit[0], who
		}
	}
	t.Fatal("the register has no two such patients")
	return one, other
}
