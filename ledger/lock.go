package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"carryover"
)

// lockName is the file whose lock says who works on the ledger. The file stays
// when the lock goes: removing it would let two processes lock two files.
const lockName = "ledger.lock"

// A folderLock is held until release or the end of the process, however it
// ends: the kernel lets a dead process's lock go, so nothing is left to clear.
type folderLock struct{ f *os.File }

// lockFolder takes the lock of dir, or says who has it.
func lockFolder(dir string) (*folderLock, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, placeProblem("open the lock file", err)
	}
	taken, err := flock(f)
	if taken {
		defer f.Close()
		return nil, &carryover.Problem{
			Op: "lock the ledger", Kind: carryover.ErrRefused,
			Hint: fmt.Sprintf("Carryover is already running on this ledger%s. Stop that one first, or use it.", holder(f)),
		}
	}
	if err != nil {
		_ = f.Close()
		return nil, placeProblem("lock the ledger", err)
	}
	l := &folderLock{f}
	if err := l.sign(strconv.Itoa(os.Getpid()) + "\n"); err != nil {
		return nil, errors.Join(placeProblem("sign the lock file", err), l.release())
	}
	return l, nil
}

// holder says which process signed the lock file.
func holder(f *os.File) string {
	b, err := io.ReadAll(io.LimitReader(f, 32))
	if err != nil {
		return ""
	}
	pid, err := strconv.Atoi(string(bytes.TrimSpace(b)))
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" (process %d)", pid)
}

// sign writes who holds the lock, for the sentence that the next one reads.
func (l *folderLock) sign(text string) error {
	if err := l.f.Truncate(0); err != nil {
		return err
	}
	_, err := l.f.WriteAt([]byte(text), 0)
	return err
}

// release lets the lock go.
func (l *folderLock) release() error {
	_ = l.sign("") // a stale number would only mislead
	return l.f.Close()
}
