//go:build unix

package disk

import (
	"io/fs"
	"syscall"
)

// ownersOf returns the user and the group that a file belongs to, -1 when that
// is not known.
func ownersOf(st fs.FileInfo) (user, group int) {
	if s, ok := st.Sys().(*syscall.Stat_t); ok {
		return int(s.Uid), int(s.Gid)
	}
	return -1, -1
}
