package desk

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"carryover"
)

// TestFinishNeverReplaces: somebody else's file may have taken the name while the
// copy was made.
func TestFinishNeverReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "monday.db")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(path+unfinished, "first")
	if err := finish(path); err != nil {
		t.Fatalf("finish of a new name = %v, want none", err)
	}
	write(path+unfinished, "second")
	if err := finish(path); !errors.Is(err, carryover.ErrRefused) {
		t.Errorf("finish of a name that is taken = %v, want a refusal", err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "first" {
		t.Errorf("the file holds %q, %v, want what was there first", got, err)
	}
	if _, err := os.Stat(path + unfinished); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the unfinished file: %v, want that it is gone", err)
	}
}
