package config

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const byCredential = `region: AU
data: /var/lib/carryover
socket: /run/carryover/carryover.sock
socket_group: carryover
master_key_file: credential:key_master
contact: frontdesk@example.com
practitioners:
  - cliniko_key_file: credential:key_cliniko-1
    practitioner_id: "11"
`

// handOver makes a folder of credentials, as the service manager does, and names
// it in the environment.
func handOver(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv(credentials, dir)
	for name, words := range map[string]string{
		"key_master": base64.StdEncoding.EncodeToString(make([]byte, masterKeyBytes)), "key_cliniko-1": "sandbox-cliniko-one-au3",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(words+"\n"), 0o400); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestCredentials(t *testing.T) {
	dir := handOver(t)
	got, err := newPractice(t).load(byCredential)
	if err != nil {
		t.Fatalf("Load(credentials) = %v", err)
	}
	if want := filepath.Join(dir, "key_master"); got.MasterKeyFile != want {
		t.Errorf("MasterKeyFile = %q, want %q", got.MasterKeyFile, want)
	}
	if got := got.Practitioners[0].Key.Reveal(); got != "sandbox-cliniko-one-au3" {
		t.Errorf("the practitioner's key is %q", got)
	}
	if got.Socket != "/run/carryover/carryover.sock" || got.SocketGroup != "carryover" {
		t.Errorf("socket %q for group %q", got.Socket, got.SocketGroup)
	}
}

func TestCredentialMistakes(t *testing.T) {
	for _, c := range []struct {
		name, value string
		handedOver  bool
		want, help  string
	}{
		{"no service", "credential:key_master", false, "is there for the service alone", "systemctl start carryover"},
		{"not handed over", "credential:key_other", true, "there is no file", "/etc/carryover/keys"},
		{"a path", "credential:../key_master", true, "not the name of a credential", "without blanks or slashes"},
		{"nothing", `"credential:"`, true, "not the name of a credential", "without blanks or slashes"},
		{"the folder above", "credential:..", true, "not the name of a credential", "without blanks or slashes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(credentials, "")
			p := newPractice(t)
			if c.handedOver {
				handOver(t)
			}
			_, err := p.load(strings.Replace(smallest, "secrets/master.key", c.value, 1))
			e, ok := err.(*Error) //nolint:errorlint // Load returns it bare
			if !ok || len(e.Mistakes) != 1 || !strings.Contains(e.Mistakes[0].Text, c.want) || !strings.Contains(e.Mistakes[0].Hint, c.help) {
				t.Errorf("Load(master_key_file: %s) = %v, want one mistake that says %q and %q", c.value, err, c.want, c.help)
			}
		})
	}
}

// TestOutline: whoever asks the daemon needs none of the secret files, but the
// file has to be right all the same.
func TestOutline(t *testing.T) {
	t.Setenv(credentials, "")
	path := filepath.Join(t.TempDir(), "carryover.yaml")
	write := func(source string) {
		if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, source := range []string{smallest, byCredential, smallest + "web:\n  tls_cert_file: gone.pem\n  tls_key_file: credential:key_tls\n"} {
		write(source)
		if _, err := Load(path); err == nil {
			t.Fatalf("Load without the secret files = nil:\n%s", source)
		}
		c, err := LoadOutline(path)
		if err != nil {
			t.Errorf("LoadOutline = %v, want no error:\n%s", err, source)
		} else if c.Practitioners[0].Key.IsSet() {
			t.Error("LoadOutline has read a key")
		}
	}
	write(smallest + "tmie_zone: Australia/Hobart\n")
	if _, err := LoadOutline(path); err == nil || !strings.Contains(err.Error(), "tmie_zone") {
		t.Errorf("LoadOutline with a mistake = %v, want it told", err)
	}
}

func TestSocketGroupNeedsSocket(t *testing.T) {
	_, err := newPractice(t).load(smallest + "socket_group: carryover\n")
	if err == nil || !strings.Contains(err.Error(), "socket_group") {
		t.Errorf("Load(socket_group alone) = %v, want a mistake: it would open nothing", err)
	}
}
