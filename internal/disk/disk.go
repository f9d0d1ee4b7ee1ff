package disk

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
)

// OpenToOthers says that a file's mode lets somebody but its owner read, write or
// enter it. To a process that is not root, root's own group is nobody else:
// systemd hands a credential to a service as a file of root, 0440, with an entry
// for the service's user. On Windows a mode says nothing about others; see Lacks.
func OpenToOthers(st fs.FileInfo) bool {
	owner, group := ownersOf(st)
	return openToOthers(runtime.GOOS, st.Mode(), owner == 0 && group == 0 && os.Geteuid() != 0)
}

func openToOthers(system string, mode fs.FileMode, roots bool) bool {
	others := mode.Perm() & 0o077
	return system != "windows" && others != 0 && !(roots && others == 0o040)
}

// OwnerOf returns the number of the user that a file belongs to, -1 when the
// system has no such numbers.
func OwnerOf(st fs.FileInfo) int {
	owner, _ := ownersOf(st)
	return owner
}

// SyncFolder makes a new name in dir survive a power cut. Windows cannot be
// asked to; see Lacks.
func SyncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Lacks says in a few words what this system does not do that a practice's
// records need. Empty on Linux: nothing is missing.
func Lacks() string { return lacks(runtime.GOOS) }

func lacks(system string) string {
	switch system {
	case "linux":
		return ""
	case "windows":
		return "here it cannot tell whether others read its keys and its ledger, whether the data folder is on a network drive, " +
			"or whether a new file survives a power cut"
	}
	return "here it cannot tell whether the data folder is on a network drive, and nobody has tried a power cut"
}
