package seal_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carryover/internal/seal"
)

func TestWriteReadMasterKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	if err := seal.WriteMasterKey(path); err != nil {
		t.Fatalf("WriteMasterKey: %v", err)
	}
	st, err := os.Stat(path)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("key file has mode %v, %v, want 0600", st.Mode(), err)
	}
	key, err := seal.ReadMasterKey(path)
	if err != nil || len(key) != seal.KeySize {
		t.Fatalf("ReadMasterKey = %d bytes, %v, want %d", len(key), err, seal.KeySize)
	}
	if err := seal.WriteMasterKey(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("WriteMasterKey over a key = %v, want %v", err, fs.ErrExist)
	}
	again, err := seal.ReadMasterKey(path)
	if err != nil || !bytes.Equal(key, again) {
		t.Error("the key changed, want it untouched")
	}
	if bytes.Equal(seal.NewMasterKey(), seal.NewMasterKey()) {
		t.Error("NewMasterKey twice is the same, want random keys")
	}
}

func TestReadMasterKeyRefuses(t *testing.T) {
	const canary = "c2VjcmV0IGNhbmFyeQ"
	good := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, seal.KeySize))
	for _, c := range []struct {
		name, content string
		mode          fs.FileMode
		want          string // part of the sentence
	}{
		{"readable by the group", good, 0o640, "run chmod 600"},
		{"readable by all", good, 0o644, "run chmod 600"},
		{"writable by others", good, 0o602, "run chmod 600"},
		{"empty", "", 0o600, "holds 0 bytes where 32 are needed"},
		{"too short", canary + "==", 0o600, "holds 13 bytes where 32 are needed"},
		{"not base64", canary + "!!", 0o600, "does not hold base64"},
		{"a whole document", strings.Repeat(canary, 1000), 0o600, "restore it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "master.key")
			if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, c.mode); err != nil {
				t.Fatal(err)
			}
			_, err := seal.ReadMasterKey(path)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("ReadMasterKey = %v, want an error that says %q", err, c.want)
			}
			if strings.Contains(err.Error(), canary[:8]) {
				t.Errorf("ReadMasterKey = %v, which repeats the file", err)
			}
		})
	}
}

func TestReadMasterKeyTolerates(t *testing.T) {
	good := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, seal.KeySize))
	for _, content := range []string{good, good + "\n", "  " + good + "\r\n\n"} {
		path := filepath.Join(t.TempDir(), "master.key")
		if err := os.WriteFile(path, []byte(content), 0o400); err != nil { // as a systemd credential is
			t.Fatal(err)
		}
		if key, err := seal.ReadMasterKey(path); err != nil || !bytes.Equal(key, bytes.Repeat([]byte{7}, seal.KeySize)) {
			t.Errorf("ReadMasterKey of %q = %d bytes, %v, want the key", content, len(key), err)
		}
	}
}

func TestReadMasterKeyMissing(t *testing.T) {
	dir := t.TempDir()
	if _, err := seal.ReadMasterKey(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ReadMasterKey of no file = %v, want %v", err, fs.ErrNotExist)
	}
	if _, err := seal.ReadMasterKey(dir); err == nil || !strings.Contains(err.Error(), "not a plain file") {
		t.Errorf("ReadMasterKey of a folder = %v, want that it is not a plain file", err)
	}
	if err := seal.WriteMasterKey(filepath.Join(dir, "no", "such", "folder")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("WriteMasterKey into no folder = %v, want %v", err, fs.ErrNotExist)
	}
}
