package cli

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"carryover"
)

func TestWritePrivate(t *testing.T) {
	for _, tt := range []struct {
		name    string
		before  func(t *testing.T, path string)
		force   bool
		refused bool
	}{
		{"a new file", func(*testing.T, string) {}, false, false},
		{"a new file, with force", func(*testing.T, string) {}, true, false},
		{"a file that is there", plain, false, true},
		{"a file that is there, with force", plain, true, false},
		{"a link to another file", link, false, true},
		{"a link to another file, with force", link, true, true},
		{"a link to nothing", dangling, false, true},
		{"a folder, with force", directory, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "note.html")
			tt.before(t, path)
			err := writePrivate(path, []byte("new"), tt.force)
			if tt.refused {
				if !errors.Is(err, carryover.ErrInvalid) || carryover.HintOf(err) == "" {
					t.Errorf("writePrivate = %v, want it refused with a hint", err)
				}
				return
			}
			got, e := os.ReadFile(path)
			if err != nil || e != nil || string(got) != "new" {
				t.Fatalf("writePrivate = %v; the file holds %q, %v, want new", err, got, e)
			}
			if st, _ := os.Stat(path); st.Mode().Perm() != 0o600 {
				t.Errorf("the file's mode is %04o, want 0600", st.Mode().Perm())
			}
			if left, _ := filepath.Glob(filepath.Join(dir, ".carryover-*")); len(left) > 0 {
				t.Errorf("%v is left behind", left)
			}
		})
	}
	if err := writePrivate(filepath.Join(t.TempDir(), "no", "such", "folder"), nil, false); !errors.Is(err, carryover.ErrInvalid) || carryover.HintOf(err) == "" {
		t.Errorf("writePrivate(no such folder) = %v, want ErrInvalid with a hint", err)
	}
}

func plain(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// link makes path lead to a file that must stay as it is.
func link(t *testing.T, path string) {
	t.Helper()
	other := filepath.Join(t.TempDir(), "other")
	plain(t, other)
	if err := os.Symlink(other, path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if got, _ := os.ReadFile(other); string(got) != "old" {
			t.Errorf("the file that the link leads to holds %q, want it as it was", got)
		}
	})
}

func dangling(t *testing.T, path string) {
	t.Helper()
	if err := os.Symlink(path+".nowhere", path); err != nil {
		t.Fatal(err)
	}
}

func directory(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}
