package desk

import (
	"fmt"
	"os"
)

// private refuses what is not a folder. Who owns it is not asked: the temporary
// folder of Windows is each user's own, and only the sandbox is served there.
func private(dir string) error {
	st, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !st.IsDir() {
		return fmt.Errorf("%s is not a folder", dir)
	}
	return nil
}

// groupOf knows no groups.
func groupOf(string) (gid int, ok bool) { return 0, false }
