package audit_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"carryover"
	"carryover/audit"
)

func TestWriteReadHead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.head")
	if _, err := audit.ReadHead(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ReadHead before the first = %v, want %v", err, fs.ErrNotExist)
	}
	for _, want := range []audit.Head{{}, {N: 1, MAC: []byte{1, 2, 3}}, {N: 7_000_000, MAC: bytes.Repeat([]byte{9}, 32)}} {
		if err := audit.WriteHead(path, want); err != nil {
			t.Fatalf("WriteHead(%+v) = %v", want, err)
		}
		got, err := audit.ReadHead(path)
		if err != nil || got.N != want.N || !bytes.Equal(got.MAC, want.MAC) {
			t.Errorf("ReadHead = %+v, %v, want %+v", got, err, want)
		}
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("head has mode %v, %v, want 0600", st.Mode(), err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("%d files beside each other, want the head alone", len(entries))
	}
}

func TestReadHeadRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.head")
	for _, content := range []string{"", "{", "[]", `{"n":-1}`, `{"n":5}`, `{"n":5,"mac":"!"}`} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if h, err := audit.ReadHead(path); !errors.Is(err, carryover.ErrInvalid) {
			t.Errorf("ReadHead of %q = %+v, %v, want %v", content, h, err, carryover.ErrInvalid)
		}
	}
}

func TestWriteHeadKeepsTheOldOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "audit.head")
	if err := audit.WriteHead(path, audit.Head{N: 1, MAC: []byte{1}}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("WriteHead into no folder = %v, want %v", err, fs.ErrNotExist)
	}
}
