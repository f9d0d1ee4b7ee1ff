package cli

import (
	"strings"
	"testing"
	"time"

	"carryover/internal/config"
)

func TestAddressOf(t *testing.T) {
	for _, c := range []struct {
		web  config.Web
		want string
	}{
		{config.Web{Listen: "127.0.0.1:8480"}, "http://127.0.0.1:8480"},
		{config.Web{Listen: "[::1]:8480"}, "http://[::1]:8480"},
		{config.Web{Listen: "records.example.com:8443", CertFile: "c", KeyFile: "k"}, "https://records.example.com:8443"},
		{config.Web{Listen: "unix:/run/page.sock", Origin: "https://records.example.com"}, "https://records.example.com"},
		{config.Web{Listen: "unix:/run/page.sock"}, ""},
		{config.Web{Listen: "0.0.0.0:8443", CertFile: "c", KeyFile: "k"}, ""},
		{config.Web{Listen: ":8443", CertFile: "c", KeyFile: "k"}, ""},
		{config.Web{Listen: "127.0.0.1:0"}, ""},
	} {
		if got := addressOf(c.web); got != c.want {
			t.Errorf("addressOf(%s, origin %q) = %q, want %q", c.web.Listen, c.web.Origin, got, c.want)
		}
	}
}

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
