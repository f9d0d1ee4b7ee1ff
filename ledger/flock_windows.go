package ledger

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// flock takes f's lock, which lasts as long as f is open; taken says that
// another process has it. Windows keeps others from reading what is locked, so
// the byte that is locked lies far behind the number of the holder.
func flock(f *os.File) (taken bool, err error) {
	const at = 1 // × 4 GiB
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{OffsetHigh: at})
	return errors.Is(err, windows.ERROR_LOCK_VIOLATION), err
}
