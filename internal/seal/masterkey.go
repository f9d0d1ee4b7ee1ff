package seal

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"carryover/internal/disk"
)

// KeySize is the length of the master key and of every other key here, in
// bytes: AES-256 and HMAC-SHA256 both take 32.
const KeySize = 32

// maxKeyFile bounds what is read from a key file. 32 bytes are 44 characters
// of base64; the rest is room for the white space that editors leave.
const maxKeyFile = 1024

// A MasterKey wraps every other key. It prints as (set), so that a careless
// %v or %x of a configuration cannot show it.
type MasterKey []byte

// String says that there is a key, never which.
func (k MasterKey) String() string {
	if len(k) == 0 {
		return "(not set)"
	}
	return "(set)"
}

// GoString is String.
func (k MasterKey) GoString() string { return k.String() }

// Format answers every verb with String.
func (k MasterKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// LogValue gives slog what String gives.
func (k MasterKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText keeps the key out of every encoder.
func (k MasterKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// NewMasterKey returns 32 random bytes.
func NewMasterKey() MasterKey {
	k := make([]byte, KeySize)
	_, _ = rand.Read(k) // crypto/rand never returns an error: it ends the process instead
	return k
}

// ReadMasterKey reads the base64 of 32 bytes from the file at path. It refuses
// a file that anybody but its owner may read or write. Each error is a
// sentence that says what to do; none repeats a byte of the file.
func ReadMasterKey(path string) (MasterKey, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("master key file %s is not there: put it back from where you keep it safe; only a new practice makes a new one (docs/configuration.md says how): %w", path, fs.ErrNotExist)
	case err != nil:
		return nil, fmt.Errorf("read master key: %w", err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read master key: %w", err)
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("master key %s is not a plain file: name the file that holds the key", path)
	}
	if disk.OpenToOthers(st) {
		return nil, fmt.Errorf("master key file %s has mode %04o, so others on this machine may read it: run chmod 600 %s", path, st.Mode().Perm(), path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return nil, fmt.Errorf("read master key: %w", err)
	}
	return parseMasterKey(path, bytes.TrimSpace(text))
}

// parseMasterKey decodes the text of a key file.
func parseMasterKey(path string, text []byte) (MasterKey, error) {
	key, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil { // the cause would quote nothing, but says nothing useful either
		return nil, fmt.Errorf("master key file %s does not hold base64: restore it from where you keep it safe", path)
	}
	if len(key) != KeySize {
		return nil, fmt.Errorf("master key file %s holds %d bytes where %d are needed: restore it from where you keep it safe", path, len(key), KeySize)
	}
	return key, nil
}

// WriteMasterKey makes a new master key and writes it to path, readable by its
// owner alone. It never replaces a file: a lost master key cannot be made
// again, and everything sealed under it is lost with it.
func WriteMasterKey(path string) error { return NewMasterKey().Write(path) }

// Write writes the key to a new file at path, readable by its owner alone; what
// is there is never replaced.
func (k MasterKey) Write(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("master key file %s exists already and is not replaced: what was sealed under it would be lost: %w", path, fs.ErrExist)
	}
	if err != nil {
		return fmt.Errorf("write master key: %w", err)
	}
	_, err = fmt.Fprintln(f, base64.StdEncoding.EncodeToString(k))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(path) // half a key is worse than none
		return fmt.Errorf("write master key: %w", err)
	}
	if err := disk.SyncFolder(filepath.Dir(path)); err != nil {
		return fmt.Errorf("write master key: %w", err)
	}
	return nil
}
