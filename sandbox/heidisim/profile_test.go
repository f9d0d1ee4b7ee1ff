package heidisim

import (
	"fmt"
	"strings"
	"testing"
)

// profiles reads the profiles that a query finds.
func (b *bench) profiles(token, query string) []string {
	b.t.Helper()
	got := b.get(token, "/patient-profiles"+query)
	var found []string
	for _, item := range got.list("data") {
		p, _ := item.(map[string]any)
		found = append(found, fmt.Sprintf("%v %v %v %v", p["first_name"], p["last_name"], p["birth_date"], p["ehr_patient_id"]))
	}
	return found
}

func TestProfilesAriseFromSessions(t *testing.T) {
	b := newBench(t, Options{})
	token := b.wren()
	if got := fmt.Sprint(b.profiles(token, "?ehr_patient_id=501")); got != "[Testa Fictional 1980-02-29 501]" {
		t.Errorf("profile of 501 = %s", got)
	}
	b.at(0.6)
	if got := fmt.Sprint(b.profiles(token, "")); got != "[Testa Corrected 1980-02-29 501]" {
		t.Errorf("profile after the correction = %s, want it to follow", got)
	}
	for query, want := range map[string]int{"?ehr_patient_id=9": 0, "?ehr_provider=cliniko": 1, "?ehr_provider=other": 0, "?provider=other": 1} {
		if got := b.profiles(token, query); len(got) != want {
			t.Errorf("profiles%s = %v, want %d", query, got, want)
		}
	}
	b.SetSwitches(Switches{ProfileFilter: FilterPlain})
	if got := b.profiles(token, "?provider=other"); len(got) != 0 {
		t.Errorf("profiles?provider=other with profile_filter provider = %v, want none", got)
	}
}

func TestProfileCalls(t *testing.T) {
	b := newBench(t, Options{})
	token := b.wren()
	var ids []string
	for i := range 3 {
		made, _ := b.do("POST", Base+"/patient-profiles", token, fmt.Sprintf(`{"first_name":"P%d","identifiers":[1]}`, i)).object()["data"].(map[string]any)
		ids = append(ids, fmt.Sprint(made["id"]))
	}
	if got := b.get(token, "/patient-profiles?page=2&page_size=3"); len(got.list("data")) != 1 || fmt.Sprint(got.object()["total_pages"]) != "2" {
		t.Errorf("second page = %s, want one profile and total_pages 2", got.text)
	}
	patched := b.do("PATCH", Base+"/patient-profiles/"+ids[0], token, `{"last_name":"Invented"}`)
	if !strings.Contains(patched.text, `"first_name":"P0","last_name":"Invented"`) {
		t.Errorf("PATCH = %s, want only the last name changed", patched.text)
	}
	if got := b.get(token, "/patient-profiles/"+ids[0]); !strings.Contains(got.text, "Invented") {
		t.Errorf("GET = %s, want the patched profile", got.text)
	}
	linked := b.do("POST", Base+"/patient-profiles/"+ids[0]+"/sessions", token, `{"session_ids":["`+knee+`"]}`)
	if linked.text != `{"data":[{"session_id":"`+knee+`"}]}` {
		t.Errorf("linking = %s", linked.text)
	}
	b.SetSwitches(Switches{ProfileLinkSingle: true})
	linked = b.do("POST", Base+"/patient-profiles/"+ids[0]+"/sessions", token, `{"session_ids":["`+knee+`"]}`)
	if linked.text != `{"session_id":"`+knee+`"}` {
		t.Errorf("linking with profile_link_single = %s", linked.text)
	}
	if got := b.do("POST", Base+"/patient-profiles:batch-delete", token, `{"patient_profile_ids":["`+ids[0]+`"]}`); got.status != 200 {
		t.Errorf("batch-delete = %d %s", got.status, got.text)
	}
	if got := b.get(token, "/patient-profiles/"+ids[0]); got.status != 404 {
		t.Errorf("GET of a deleted profile = %d, want 404", got.status)
	}
}

func TestTemplates(t *testing.T) {
	b := newBench(t, Options{})
	token := b.wren()
	const newer, older = "/templates/document-templates", "/templates/consult-note-templates"
	if got := b.get(token, newer).list("data"); len(got) != 3 {
		t.Errorf("newer path lists %d templates, want two global ones and the practice's", len(got))
	}
	if got := b.get(token, older).list("templates"); len(got) != 1 {
		t.Errorf("older path lists %d templates, want the global note template", len(got))
	}
	b.SetSwitches(Switches{Templates: TemplatesBare, OwnHidden: true, StructureObject: true})
	got := b.get(token, newer)
	if len(got.items()) != 2 || !strings.Contains(got.text, `"structure_template":{`) {
		t.Errorf("switched templates = %s, want two with objects", got.text)
	}
}
