package disk

import (
	"io/fs"
	"path/filepath"
	"testing"
)

func TestOpenToOthers(t *testing.T) {
	for _, c := range []struct {
		system string
		mode   fs.FileMode
		roots  bool // of root and its group
		want   bool
	}{
		{"linux", 0o600, false, false},
		{"linux", 0o400, false, false},
		{"linux", 0o640, false, true},
		{"linux", 0o604, false, true},
		{"linux", fs.ModeDir | 0o710, false, true},
		{"linux", 0o440, false, true},
		{"linux", 0o440, true, false}, // a credential of systemd's
		{"linux", 0o444, true, true},
		{"linux", 0o460, true, true},
		{"darwin", 0o644, false, true},
		{"windows", 0o666, false, false}, // what Go makes up there
	} {
		if got := openToOthers(c.system, c.mode, c.roots); got != c.want {
			t.Errorf("openToOthers(%s, %v, %t) = %t, want %t", c.system, c.mode, c.roots, got, c.want)
		}
	}
}

func TestLacks(t *testing.T) {
	if got := lacks("linux"); got != "" {
		t.Errorf("lacks(linux) = %q, want nothing: it is what Carryover is made for", got)
	}
	for _, system := range []string{"darwin", "windows", "freebsd"} {
		if lacks(system) == "" {
			t.Errorf("lacks(%s) says nothing: a practice's documents would be carried there", system)
		}
	}
}

func TestSyncFolder(t *testing.T) {
	dir := t.TempDir()
	if err := SyncFolder(dir); err != nil {
		t.Errorf("SyncFolder(%s) = %v", dir, err)
	}
	if err := SyncFolder(filepath.Join(dir, "gone")); err == nil {
		t.Error("SyncFolder of a folder that is not there = nil")
	}
}
