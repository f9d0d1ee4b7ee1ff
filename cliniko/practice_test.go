package cliniko

import (
	"net/http"
	"testing"

	"carryover"
)

func TestPractitioners(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/practitioners" {
			t.Errorf("asked %s, want /v1/practitioners", r.URL.Path)
		}
		_, _ = w.Write([]byte(`{"practitioners":[
			{"id":"456","display_name":"Dr Ada Invented","first_name":"Ada","last_name":"Invented"},
			{"id":457,"display_name":null,"first_name":"Ben","last_name":"Invented"},
			{"id":"458"},
			{"id":"x","display_name":"Nobody"}],"total_entries":4}`))
	})
	got, err := newClient(t, s.URL).Practitioners(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[carryover.PractitionerID]string{"456": "Dr Ada Invented", "457": "Ben Invented"}
	for id, name := range want {
		if got[id].Reveal() != name {
			t.Errorf("practitioner %s is called %q, want %q", id, got[id].Reveal(), name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d practitioners have names, want %d", len(got), len(want))
	}
}

// A sandbox has no pages: it is not asked for their address.
func TestAddressOfASandbox(t *testing.T) {
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("asked %s", r.URL.Path) })
	if got, err := newClient(t, s.URL).Address(t.Context()); got != "" || err != nil {
		t.Errorf("Address = %q, %v, want none", got, err)
	}
}

func TestSubdomainForm(t *testing.T) {
	for name, want := range map[string]bool{
		"example-physio": true, "a": true, "": false, "-x": false, "x.example.com": false, "x/y": false, "x@y": false, "x:1": false,
	} {
		if got := subdomainForm.MatchString(name); got != want {
			t.Errorf("%q counts as a subdomain: %v, want %v", name, got, want)
		}
	}
}
