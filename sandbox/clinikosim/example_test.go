package clinikosim_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// A simulator is an http.Handler; in a test it stands behind a real socket,
// with the journal and the faults around it.
func Example() {
	server := clinikosim.New(clinikosim.Options{Practice: inventedPractice()})
	journal := sandbox.NewJournal()
	faults := sandbox.NewFaults(&sandbox.Plan{Rules: []sandbox.Rule{
		{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultCutAfter},
	}}, nil)
	defer faults.Close()
	web := httptest.NewServer(faults.Wrap("cliniko", journal, server))
	defer web.Close()

	r, _ := http.NewRequest("POST", web.URL+"/v1/treatment_notes",
		strings.NewReader(`{"patient_id":"`+fionaID+`","title":"Report","draft":true}`))
	r.SetBasicAuth(annaKey, "")
	r.Header.Set("Content-Type", "application/json")
	_, err := http.DefaultClient.Do(r)
	fmt.Println("the answer was lost:", err != nil)

	for _, n := range server.Notes() {
		fmt.Printf("note %q, a draft: %v, by a client: %v\n", n.Title, n.Draft, n.ByAPI)
	}
	fmt.Println(journal.Counts())
	// Output:
	// the answer was lost: true
	// note "Earlier", a draft: false, by a client: false
	// note "Report", a draft: true, by a client: true
	// map[cliniko POST /treatment_notes:1]
}

// Hook lets a test act as a person at the worst moment: here somebody finalises
// a note between a client's reading and its writing.
func ExampleServer_Hook() {
	server := clinikosim.New(clinikosim.Options{Practice: inventedPractice()})
	id, _ := server.OpenNote(visitID, "")
	server.Hook(func(e clinikosim.Event) {
		if e.Before && e.Method == "PATCH" {
			_ = server.FinaliseNote(e.ID)
		}
	})
	r := httptest.NewRequest("PATCH", "/v1/treatment_notes/"+id, strings.NewReader(`{"title":"Mine"}`))
	r.SetBasicAuth(annaKey, "")
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	fmt.Println(w.Code)
	// Output: 403
}
