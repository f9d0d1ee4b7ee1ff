package daemon

import "golang.org/x/sys/unix"

// freeBytes is how much may still be written to the disk that a folder is on;
// known is false when the system does not say.
func freeBytes(folder string) (free uint64, known bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(folder, &st); err != nil {
		return 0, false
	}
	return st.Bavail * uint64(st.Bsize), true
}
