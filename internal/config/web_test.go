package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestWeb(t *testing.T) {
	p := newPractice(t)
	for name, mode := range map[string]os.FileMode{"cert.pem": 0o644, "key.pem": 0o600, "open.pem": 0o644} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte("pem"), mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ name, block, listen, mistake string }{
		{"an empty block", "web: {}\n", DefaultListen, ""},
		{"this machine", "web:\n  listen: \"[::1]:8000\"\n", "[::1]:8000", ""},
		{"a socket", "web:\n  listen: unix:page.sock\n  origin: https://records.example.com/\n", "unix:" + p.dir + "/page.sock", ""},
		{"the network under TLS", "web:\n  listen: 0.0.0.0:443\n  tls_cert_file: cert.pem\n  tls_key_file: key.pem\n", "0.0.0.0:443", ""},
		{"the network in the clear", "web:\n  listen: 0.0.0.0:80\n", "", "others could reach the page"},
		{"every address in the clear", "web:\n  listen: :80\n", "", "others could reach the page"},
		{"the network behind a claim", "web:\n  listen: 192.0.2.1:80\n  origin: https://records.example.com\n", "", "others could reach the page"},
		{"a certificate alone", "web:\n  tls_cert_file: cert.pem\n", "", "a certificate needs its key"},
		{"an open key", "web:\n  tls_cert_file: cert.pem\n  tls_key_file: open.pem\n", "", "others can read"},
		{"a missing certificate", "web:\n  tls_cert_file: no.pem\n  tls_key_file: key.pem\n", "", "there is no file"},
		{"no port", "web:\n  listen: localhost\n", "", "not a host and a port"},
		{"an origin with a path", "web:\n  origin: https://example.com/x\n", "", "not the beginning of an address"},
		{"an origin in the clear", "web:\n  origin: http://example.com\n", "", "not the beginning of an address"},
		{"idle longer than all", "web:\n  idle: 10h\n  absolute: 2h\n", "", "before it is idle"},
		{"an unknown key", "web:\n  port: 80\n", "", "not known"},
	} {
		got, err := p.load(smallest + tt.block)
		switch {
		case tt.mistake != "" && (err == nil || !strings.Contains(err.Error(), tt.mistake)):
			t.Errorf("%s: %v, want %q", tt.name, err, tt.mistake)
		case tt.mistake == "" && err != nil:
			t.Errorf("%s: %v, want no mistake", tt.name, err)
		case tt.mistake == "" && (got.Web == nil || got.Web.Listen != tt.listen || got.Web.Idle != 30*time.Minute):
			t.Errorf("%s: %+v, want to listen on %s", tt.name, got.Web, tt.listen)
		}
	}
	if got, err := p.load(smallest); err != nil || got.Web != nil {
		t.Errorf("without the block: %+v, %v, want no page", got.Web, err)
	}
}
