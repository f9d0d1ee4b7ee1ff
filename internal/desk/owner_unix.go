//go:build unix

package desk

import (
	"fmt"
	"os"
	"syscall"
)

// private refuses a folder that somebody else made or can enter: whoever owns
// it could answer in the daemon's place.
func private(dir string) error {
	st, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	owner, ok := st.Sys().(*syscall.Stat_t)
	if !st.IsDir() || st.Mode().Perm()&0o077 != 0 || !ok || int(owner.Uid) != os.Getuid() {
		return fmt.Errorf("%s is not a private folder of this user", dir)
	}
	return nil
}

// groupOf returns the group that a file belongs to.
func groupOf(path string) (gid int, ok bool) {
	st, err := os.Lstat(path)
	if err != nil {
		return 0, false
	}
	owner, ok := st.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(owner.Gid), true
}
