package cliniko

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"carryover"
)

func TestRestoreNote(t *testing.T) {
	for status, want := range map[int]error{200: nil, 404: carryover.ErrRefused, 403: carryover.ErrUnauthorized, 500: carryover.ErrInDoubt} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, `{"id":"71"}`)
		})
		c, err := New(Config{
			Key: carryover.NewSecret(sampleKey), BaseURL: s.URL, Contact: "a@example.com",
			Read: &http.Transport{DisableKeepAlives: true}, Write: &http.Transport{DisableKeepAlives: true},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.RestoreNote(t.Context(), "71"); !errors.Is(err, want) {
			t.Errorf("answered %d: %v, want %v", status, err, want)
		}
		if seen := s.requests(); len(seen) != 1 || seen[0].Path != "/v1/treatment_notes/71/unarchive" || seen[0].Body != "" {
			t.Errorf("answered %d: sent %+v, want one request without a body", status, seen)
		}
		if err := c.RestoreNote(t.Context(), "../patients/1"); !errors.Is(err, carryover.ErrInvalid) {
			t.Errorf("of what is no id: %v", err)
		}
	}
}
