package heidisim_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"carryover/sandbox"
	"carryover/sandbox/heidisim"
)

// A simulated Heidi is an http.Handler. Without a clock of its own the clinic's
// day is over and everything in it has happened.
func Example() {
	server := heidisim.New(heidisim.Options{Practice: &sandbox.Practice{
		Practitioners: []sandbox.Practitioner{{ID: "1", Email: "wren@example.com", InternalID: "user-1", Linked: true}},
		Sessions: []sandbox.Session{{
			ID: "271828182845904523536028747135266249775", PractitionerID: "1",
			Documents: []sandbox.Document{{ID: "64b0000000000000000000d1", Name: "GP letter", Stages: []sandbox.Stage{{At: 0.4, Text: "Dear Dr Invented"}}}},
		}},
	}})
	ts := httptest.NewServer(server)
	defer ts.Close()

	request, err := http.NewRequest("GET", ts.URL+heidisim.Base+"/jwt?email=wren@example.com&third_party_internal_id=user-1", nil)
	if err != nil {
		panic(err)
	}
	request.Header.Set("Heidi-Api-Key", heidisim.DefaultKey)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)

	fmt.Println(response.StatusCode, response.Header.Get("Content-Type"))
	for _, d := range server.Documents() {
		fmt.Println(d.Name+":", d.Content)
	}
	// Output:
	// 200 application/json
	// GP letter: Dear Dr Invented
}
