package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"carryover"
	"carryover/internal/disk"
)

// preparePlace makes the folder and the file readable by their owner alone,
// before SQLite sees them: SQLite gives its other files the mode of this one.
func preparePlace(c Config) error {
	dir := filepath.Dir(c.Path)
	if c.ReadOnly {
		if _, err := os.Stat(c.Path); errors.Is(err, fs.ErrNotExist) {
			return &carryover.Problem{
				Op: "look for the ledger", Kind: carryover.ErrGone, Err: fs.ErrNotExist,
				Hint: "There is no ledger yet. Start carryover run once, or check the data folder in the configuration.",
			}
		} else if err != nil {
			return placeProblem("look for the ledger", err)
		}
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return placeProblem("make the data folder", err)
	}
	if err := checkFolder(dir); err != nil {
		return err
	}
	f, err := os.OpenFile(c.Path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return placeProblem("open the ledger file", err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return placeProblem("open the ledger file", err)
	}
	if !disk.OpenToOthers(st) {
		return nil
	}
	if err := f.Chmod(0o600); err != nil { // a copy or a restore may have widened it
		return placeProblem("close the ledger file to others", err)
	}
	return nil
}

// CheckFolder says what keeps a folder that exists from holding a ledger: others
// who may write to it, another owner, a network drive. Nothing is changed.
func CheckFolder(dir string) error { return checkFolder(dir) }

// checkFolder refuses folders in which a ledger cannot be kept safely.
func checkFolder(dir string) error {
	st, err := os.Stat(dir)
	if err != nil {
		return placeProblem("look at the data folder", err)
	}
	if m := st.Mode(); m.Perm()&0o002 != 0 && disk.OpenToOthers(st) && m&fs.ModeSticky == 0 {
		return &carryover.Problem{
			Op: "look at the data folder", Kind: carryover.ErrRefused,
			Hint: fmt.Sprintf("Anybody on this machine may put files into the data folder. Run chmod 700 %s.", dir),
		}
	}
	if owner := ownerOf(st); os.Geteuid() == 0 && owner > 0 { // its files would be root's, and its user's daemon could not open them
		return &carryover.Problem{
			Op: "look at the data folder", Kind: carryover.ErrRefused,
			Hint: fmt.Sprintf("The data folder is another user's, and you are root. Run this as that user: sudo -u '#%d' carryover ….", owner),
		}
	}
	kind, err := networkFileSystem(dir)
	if err != nil {
		return placeProblem("look at the data folder", err)
	}
	if kind != "" {
		return &carryover.Problem{
			Op: "look at the data folder: it is on " + kind, Kind: carryover.ErrRefused,
			Hint: "The data folder is on a network drive, where a database can be damaged by two machines at once. Choose a folder on this machine's own disk.",
		}
	}
	return nil
}

// placeProblem turns what the operating system says about a file or folder
// into a sentence for the practice.
func placeProblem(op string, err error) error {
	p := &carryover.Problem{Op: op, Kind: carryover.ErrRefused, Err: err}
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		p.Hint = "Carryover may not write to its data folder. Give its user the folder (chown), or name another one in the configuration."
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		p.Kind, p.Hint = carryover.ErrTransient, hintFull
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR), errors.Is(err, fs.ErrNotExist):
		p.Hint = "The data folder in the configuration cannot be used: check how its path is written."
	default:
		p.Hint = "The data folder cannot be used. Check the disk, and the folder's path in the configuration."
	}
	return p
}
