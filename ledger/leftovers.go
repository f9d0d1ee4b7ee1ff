package ledger

import (
	"os"
	"path/filepath"
	"strings"
)

// copyPrefix begins the names of the folders, within the data folder, in which
// a copy of the ledger is made or looked over. They hold what the ledger holds.
const copyPrefix = ".copy-"

// CopyFolder makes a folder within the data folder, which nobody else can enter
// and the next start removes, for a copy of what the ledger holds.
func CopyFolder(dir string) (string, error) { return os.MkdirTemp(dir, copyPrefix+"*") }

// removeLeftovers removes what a crash left of a backup or a restore. The
// caller holds the folder's lock.
func removeLeftovers(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), copyPrefix) {
			_ = os.RemoveAll(filepath.Join(dir, e.Name())) // tried again at the next start
		}
	}
}
