package cli

import (
	"strings"
	"testing"
	"time"
)

func TestAdminLinkPrinted(t *testing.T) {
	expires := time.Date(2026, 11, 24, 9, 15, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		l    adminLink
		want string
	}{
		{"where the page is", adminLink{Link: "http://127.0.0.1:8440/welcome#ABC", Code: "ABC", Expires: expires}, "Open before 09:15, once:\n\n  http://127.0.0.1:8440/welcome#ABC\n"},
		{"where it is not known", adminLink{Code: "ABC", Expires: expires}, "Open the review page at /welcome before 09:15 and enter, once:\n\n  ABC\n"},
	} {
		var out strings.Builder
		c.l.print(&out, "09:15")
		if !strings.HasPrefix(out.String(), c.want) {
			t.Errorf("%s: printed\n%s\nwant it to begin\n%s", c.name, out.String(), c.want)
		}
	}
}
