package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"carryover"
	"carryover/internal/disk"
)

// A secretKind says what a secret file should hold, for the sentence that tells
// how to make one.
type secretKind int

const (
	apiKey secretKind = iota
	masterKey
	webhookSecret
	password // of a mail server: any words on one line
)

// maxSecret bounds a secret file: a key has some hundred bytes, and a larger
// file is something else.
const maxSecret = 16 << 10

// secret reads the file that the value names. Mistakes name the file and never
// show what it holds.
func (r *reader) secret(n ast.Node, at string, file *string, kind secretKind) carryover.Secret {
	if !r.private(n, at, file) || r.outline {
		return carryover.Secret{}
	}
	s, text, hint := readSecret(*file, kind)
	if text != "" {
		r.wrong(n, at, text, hint)
	}
	return s
}

// readSecret returns the secret in the file, or what is wrong with it and what
// to do.
func readSecret(path string, kind secretKind) (s carryover.Secret, text, hint string) {
	st, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, "there is no file " + path, kind.howToMake(path)
	case err != nil:
		return s, "the file " + path + " cannot be read", "Check that this user may look into its folder."
	case !st.Mode().IsRegular():
		return s, path + " is not a file", kind.howToMake(path)
	case disk.OpenToOthers(st):
		return s, fmt.Sprintf("others can read the file %s (its mode is %04o)", path, st.Mode().Perm()), "Close it to everybody else: chmod 600 " + path
	case st.Size() > maxSecret:
		return s, "the file " + path + " is too large to be a key", "It should hold the key and nothing else."
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return s, "the file " + path + " cannot be read", "Make it belong to the user that runs Carryover: chown " + path
	}
	return checkSecret(path, carryover.NewSecret(strings.TrimPrefix(string(raw), "\uFEFF")), kind)
}

func checkSecret(path string, s carryover.Secret, kind secretKind) (carryover.Secret, string, string) {
	none := carryover.Secret{}
	words := s.Reveal()
	switch {
	case words == "":
		return none, "the file " + path + " is empty", kind.howToMake(path)
	case kind == password && !strings.ContainsAny(words, "\r\n"):
		return s, "", ""
	case isPlaceholder(words):
		return none, "the file " + path + " still holds the placeholder, not a key", kind.howToMake(path)
	case strings.ContainsAny(words, " \t\r\n"):
		return none, "the file " + path + " holds more than one word or line", "It should hold the key and nothing else."
	}
	if kind == masterKey {
		if b, err := base64.StdEncoding.DecodeString(words); err != nil || len(b) != masterKeyBytes {
			return none, "the file " + path + " does not hold a master key (base64 of 32 bytes)", "If texts are already sealed with it, restore it from its backup. Only for a new practice: " + kind.command(path)
		}
	}
	if kind == webhookSecret {
		b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(words, "whsec_"))
		if err != nil || len(b) < leastWebhookSecret || len(b) > mostWebhookSecret {
			return none, "the file " + path + " does not hold a webhook secret (whsec_ and base64 of 24 to 64 bytes)", kind.howToMake(path)
		}
	}
	return s, "", ""
}

// How many bytes a webhook's secret has, as Standard Webhooks ask.
const leastWebhookSecret, mostWebhookSecret = 24, 64

// masterKeyBytes is the length of an AES-256 key.
const masterKeyBytes = 32

// isPlaceholder recognises what stands in example files.
func isPlaceholder(s string) bool {
	low := strings.ToLower(s)
	for _, p := range []string{"changeme", "change-me", "change_me", "placeholder", "your-key", "your_key", "paste", "<", "…", "...", "xxxx", "todo"} {
		if strings.Contains(low, p) {
			return true
		}
	}
	return false
}

func (k secretKind) howToMake(path string) string {
	if isCredential(path) {
		return "Put the key, and nothing else, into the file that the service's LoadCredential= names, such as one in /etc/carryover/keys. Then: sudo systemctl restart carryover"
	}
	if k == masterKey {
		return "For a new practice, make one and keep a copy in a safe place: " + k.command(path)
	}
	if k == webhookSecret {
		return "Put the secret that the sender shows into that file, or make one and give it to the sender: " + k.command(path)
	}
	return "Put the key, and nothing else, into that file, then: chmod 600 " + path
}

// command makes a key or secret with what every Linux machine has.
func (k secretKind) command(path string) string {
	if k == webhookSecret {
		return "(umask 077; echo whsec_$(head -c 32 /dev/urandom | base64) > " + path + ")"
	}
	return "(umask 077; head -c 32 /dev/urandom | base64 > " + path + ")"
}
