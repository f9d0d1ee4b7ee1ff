//go:build unix

package disk

import "golang.org/x/sys/unix"

// Free returns how many bytes this user may still write to the disk of dir.
func Free(dir string) (uint64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return uint64(st.Bavail) * uint64(st.Bsize), nil //nolint:gosec,unconvert // small and positive; their types differ by system
}
