package guard

import (
	"slices"
	"testing"
)

func TestEntries(t *testing.T) {
	g, err := New(Policy{
		Clinical: []string{"au.api.heidihealth.com", "api.au3.cliniko.com"}, Operational: []string{"mail.example.com:465"},
		Files: true, Region: "AU",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{
		{At: filesAt, Clinical: true, Files: true},
		{At: "api.au3.cliniko.com:443", Clinical: true},
		{At: "au.api.heidihealth.com:443", Clinical: true},
		{At: "mail.example.com:465"},
	}
	got := g.Entries()
	if !slices.Equal(got, want) {
		t.Errorf("Entries = %v, want %v", got, want)
	}
	for _, e := range got {
		at := e.At
		if e.Files { // any bucket of that form
			at = "example" + at[1:]
		}
		if _, ok := g.find(at); !ok {
			t.Errorf("the guard lists %s but does not let it through", e.At)
		}
	}
}
