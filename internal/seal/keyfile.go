package seal

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"carryover/internal/disk"
)

// A master key is changed in an order that leaves, after a crash at any moment,
// a file whose key opens the ledger:
//
//  1. NextKey writes the new key beside the old one, as FILE.new.
//  2. The ledger wraps everything anew, in one transaction.
//  3. AdoptNext keeps the old key as FILE.old-TIME, for backups of before, and
//     renames FILE.new to FILE.
//
// Between 2 and 3 it is FILE.new that opens the ledger; whoever opens it and
// finds that FILE does not, tries FILE.new and does the third step.

// nextSuffix is how the file of a key that is about to be used ends.
const nextSuffix = ".new"

// NextFile returns where NextKey keeps the key that follows the one at path.
func NextFile(path string) string { return real(path) + nextSuffix }

// NextKey returns the key that follows the one at path: what a change that was
// cut off left beside it, else a fresh one that is on the disk now. The caller
// has opened the ledger with the key at path, so that half a file is nobody's.
func NextKey(path string) (MasterKey, error) {
	next := NextFile(path)
	if k, err := ReadMasterKey(next); err == nil {
		return k, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		if err := os.Remove(next); err != nil {
			return nil, fmt.Errorf("make the next master key: %w", err)
		}
	}
	k := NewMasterKey()
	return k, k.Write(next)
}

// AdoptNext puts the key of NextKey in the place of the one at path and returns
// the name under which the old one is kept. It may be called again after a crash.
func AdoptNext(path string, now time.Time) (kept string, err error) {
	path = real(path)
	old, err := ReadMasterKey(path)
	if err != nil {
		return "", err
	}
	if kept, err = old.keep(path + ".old-" + now.UTC().Format("20060102T150405Z")); err != nil {
		return "", err
	}
	if err := os.Rename(path+nextSuffix, path); err != nil {
		return "", fmt.Errorf("put the new master key in its place: %w", err)
	}
	return kept, disk.SyncFolder(filepath.Dir(path))
}

// keep writes the key under a name, or one like it where another key has that
// name already, and returns the name.
func (k MasterKey) keep(name string) (string, error) {
	for i, try := 2, name; ; i, try = i+1, fmt.Sprintf("%s-%d", name, i) {
		err := k.Write(try)
		if !errors.Is(err, fs.ErrExist) {
			return try, err
		}
		if there, err := ReadMasterKey(try); err == nil && subtle.ConstantTimeCompare(there, k) == 1 {
			return try, nil // kept by a change that was cut off
		}
	}
}

// real follows links, so that the file is replaced and not the link to it.
func real(path string) string {
	if to, err := filepath.EvalSymlinks(path); err == nil {
		return to
	}
	return path
}
