package desk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"carryover"
	"carryover/internal/disk"
)

// unfinished ends the name of a backup until it has been read back: whatever ends
// the process, a file with a backup's name is one.
const unfinished = ".unfinished"

// finish gives a backup its name. It never replaces a file.
func finish(path string) error {
	err := os.Link(path+unfinished, path)
	switch {
	case err == nil:
		err = os.Remove(path + unfinished)
	case errors.Is(err, fs.ErrExist):
		return errors.Join(alreadyThere(path), os.Remove(path+unfinished))
	default: // a disk without links, as those that are carried away; it was not there a moment ago
		err = os.Rename(path+unfinished, path)
	}
	if err == nil {
		err = disk.SyncFolder(filepath.Dir(path))
	}
	if err != nil {
		return &carryover.Problem{
			Op: "name the backup " + path, Kind: carryover.ErrTransient, Err: err, Hint: "Check the disk; then try again.",
		}
	}
	return nil
}

func alreadyThere(path string) error {
	return refused("write "+path, "it is there already", "A backup never replaces a file. Choose another name.")
}
