package cliniko_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"carryover"
	"carryover/cliniko"
)

// Filing a note, and what each kind of error asks for. The server here takes
// the request and loses the answer.
func ExampleClient_File() {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	fresh := &http.Transport{DisableKeepAlives: true} // in Carryover: guard.FreshTransport
	client, err := cliniko.New(cliniko.Config{
		Key:     carryover.NewSecret("MS0xMTIzNDU2Nzg5-au3"),
		BaseURL: server.URL + "/v1",
		Contact: "ops@example.com",
		Read:    fresh,
		Write:   fresh,
	})
	if err != nil {
		fmt.Println(carryover.HintOf(err))
		return
	}
	_, err = client.File(context.Background(), carryover.NoteDraft{
		Patient: "123",
		Title:   carryover.NewText("GP letter (from Heidi)"),
		Sections: []carryover.Section{{Questions: []carryover.Question{{
			Name: carryover.NewText("Document"), Type: carryover.ParagraphQuestion, Answer: carryover.NewText("<p>Invented text</p>"),
		}}}},
		Reference: "HD-7Q4K2MXA-2C7P",
	})
	switch {
	case err == nil:
		fmt.Println("filed: read it back")
	case errors.Is(err, carryover.ErrInDoubt):
		fmt.Println("in doubt: look at Cliniko before anything is sent again")
	case errors.Is(err, carryover.ErrTransient):
		fmt.Println("not filed: again after", carryover.RetryAt(err))
	default:
		fmt.Println("not filed: a person must act:", carryover.HintOf(err))
	}
	// Output: in doubt: look at Cliniko before anything is sent again
}
