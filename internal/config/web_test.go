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
	for name, secret := range map[string]string{
		"hook.secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", "raw.secret": strings.Repeat("QUJD", 16),
		"empty.secret": "", "mark.secret": "whsec_", "short.secret": "whsec_QUJDQUJD",
	} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(secret), 0o600); err != nil {
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
		{"a header of anybody's", "web:\n  forwarded: true\n", "", "anybody could write"},
		{"idle longer than all", "web:\n  idle: 10h\n  absolute: 2h\n", "", "before it is idle"},
		{"webhooks", "web:\n  webhook_secret_files: [hook.secret, raw.secret]\n  metrics: true\n", DefaultListen, ""},
		{"an empty webhook secret", "web:\n  webhook_secret_files: [empty.secret]\n", "", "is empty"},
		{"a webhook secret of its mark alone", "web:\n  webhook_secret_files: [mark.secret]\n", "", "does not hold a webhook secret"},
		{"a short webhook secret", "web:\n  webhook_secret_files: [hook.secret, short.secret]\n", "", "does not hold a webhook secret"},
		{"an open webhook secret", "web:\n  webhook_secret_files: [cert.pem]\n", "", "others can read"},
		{"a webhook secret instead of its file", "web:\n  webhook_secret_files: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", "", "a list is expected"},
		{"metrics for somebody", "web:\n  metrics: loopback\n", "", "true or false"},
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
	got, err := p.load(smallest + "web:\n  webhook_secret_files: [hook.secret, raw.secret]\n  metrics: true\n")
	if err != nil || len(got.Web.WebhookSecrets) != 2 || !got.Web.WebhookSecrets[1].IsSet() || !got.Web.Metrics || strings.Contains(got.Redacted(), "MfKQ") {
		t.Errorf("webhooks and metrics: %+v, %v, want two secrets that do not print", got.Web, err)
	}
	if got, err := p.load(smallest); err != nil || got.Web != nil {
		t.Errorf("without the block: %+v, %v, want no page", got.Web, err)
	}
}
