package heidi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"carryover"
	"carryover/heidi"
)

// Listing sessions and reading their documents.
func ExampleClient_Sessions() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case strings.HasSuffix(r.URL.Path, "/jwt"):
			fmt.Fprint(w, `{"token":"t","expiration_time":"2099-01-01T00:00:00.000Z"}`)
		case strings.HasSuffix(r.URL.Path, "/documents"):
			fmt.Fprint(w, `{"documents":[{"id":"d1","name":"GP letter","content":"Dear Dr Frobnitz"}]}`)
		default:
			fmt.Fprint(w, `{"sessions":[{"session_id":"271828182845904523536028747135266249775"}],"has_next_page":false}`)
		}
	}))
	defer server.Close()
	client, err := heidi.New(heidi.Config{
		Key:        carryover.NewSecret("invented"),
		BaseURL:    server.URL,
		Email:      carryover.NewText("sam.physio@example.com"),
		InternalID: "sam",
		Read:       &http.Transport{DisableKeepAlives: true}, // in Carryover: guard.Transport
	})
	if err != nil {
		fmt.Println(carryover.HintOf(err))
		return
	}
	ctx := context.Background()
	for refs, err := range client.Sessions(ctx) {
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, ref := range refs {
			documents, err := client.Documents(ctx, ref.ID)
			fmt.Println(ref.ID, len(documents), err)
			fmt.Println(documents[0].Content) // a Text does not print its words
		}
	}
	// Output:
	// 271828182845904523536028747135266249775 1 <nil>
	// (text, 16 bytes)
}
