package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"carryover"
)

// Files that hold what people may not see are made readable by this user alone,
// and never in the place of another file unless that was asked for.

// vacant says whether a file may be written at path: nothing is there, or, with
// force, a plain file that may be replaced.
func vacant(path string, force bool) error {
	st, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return cannotWrite(path, err, "Check the folder's name, and that this user may write there.")
	case !st.Mode().IsRegular():
		return cannotWrite(path, errors.New("it is there and not a plain file"), "Choose another name.")
	case !force:
		return cannotWrite(path, errors.New("it is there already"), "Choose another name, or replace it with --force.")
	}
	return nil
}

// writePrivate writes a file, mode 0600: a new one, or with force one in the
// place of what is there. Half a file is never left behind.
func writePrivate(path string, content []byte, force bool) error {
	if err := vacant(path, force); err != nil {
		return err
	}
	f, err := create(path, force)
	if err != nil {
		return cannotWrite(path, cause(err), "Check the folder's name, and that this user may write there.")
	}
	_, err = f.Write(content)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil && force {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return cannotWrite(path, cause(err), "Make room on the disk and try again.")
	}
	return nil
}

// create opens a file that is new: the one at path, which a link or a file that
// appeared meanwhile refuses, or one beside it that takes its place later.
func create(path string, beside bool) (*os.File, error) {
	if beside {
		return os.CreateTemp(filepath.Dir(path), ".carryover-*") // 0600
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// cause is an error of a file without the file's name, which the operation has.
func cause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	if l, ok := errors.AsType[*os.LinkError](err); ok {
		return l.Err
	}
	return err
}

func cannotWrite(path string, why error, hint string) error {
	return &carryover.Problem{Op: fmt.Sprintf("write %s", path), Kind: carryover.ErrInvalid, Err: why, Hint: hint}
}
