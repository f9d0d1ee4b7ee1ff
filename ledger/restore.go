package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"carryover"
	"carryover/internal/disk"
)

// A Restoring says which copy takes the place of which ledger.
type Restoring struct {
	From    io.Reader // a copy that CopyTo wrote
	To      Config    // the ledger; its folder is locked meanwhile
	Replace bool      // a ledger that is there is kept under another name
	Now     time.Time
	// Look is given the copy, open and in a folder of its own, before it takes
	// its place: its error ends the restore, with nothing changed.
	Look func(*Ledger) error
	// Before and After, where they are not nil, are called with the folder locked
	// and the ledger closed: just before the copy takes its place, with the name
	// under which the one that was there is kept, and just after.
	Before func(kept string) error
	After  func() error
}

// Restore puts a copy in the place of a ledger. The copy is brought up to date,
// checked whole and opened with the master key before anything else happens. It
// returns the name under which the ledger that was there is kept, if any.
//
// A crash leaves the ledger of before, or the copy, in its place.
func Restore(ctx context.Context, r Restoring) (kept string, err error) {
	if r.To.Path, err = filepath.Abs(r.To.Path); err != nil {
		return "", err
	}
	dir := filepath.Dir(r.To.Path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", placeProblem("make the data folder", err)
	}
	if err := checkFolder(dir); err != nil {
		return "", err
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	removeLeftovers(dir)
	there, err := isThere(r.To.Path)
	if err != nil {
		return "", err
	}
	if there && !r.Replace {
		return "", &carryover.Problem{
			Op: "restore into " + dir, Kind: carryover.ErrRefused, Err: errors.New("there is a ledger already"),
			Hint: "Restore into an empty data folder. Or add --replace: the ledger that is there is kept under another name.",
		}
	}
	checked, err := checkedCopy(ctx, r, dir)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(filepath.Dir(checked))) }()
	if kept, err = setAside(ctx, r.To.Path, r.Now); err != nil {
		return "", err
	}
	if r.Before != nil {
		if err := r.Before(kept); err != nil {
			return "", err
		}
	}
	if err := os.Rename(checked, r.To.Path); err != nil {
		return "", placeProblem("put the copy in its place", err)
	}
	err = disk.SyncFolder(dir)
	if err == nil && r.After != nil {
		err = r.After()
	}
	return kept, err
}

// checkedCopy makes a copy of the copy within the data folder, and looks it
// over there. It returns its path; SQLite's other files are gone.
func checkedCopy(ctx context.Context, r Restoring, dir string) (path string, err error) {
	own, err := CopyFolder(dir)
	if err != nil {
		return "", placeProblem("copy the backup", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(own))
		}
	}()
	path = filepath.Join(own, "ledger.db")
	if err := fill(path, r.From); err != nil {
		return "", err
	}
	if err := checkCopy(ctx, path); err != nil {
		return "", err
	}
	c := r.To
	c.Path, c.Lock, c.ReadOnly = path, false, false
	l, err := Open(ctx, c)
	if err != nil {
		return "", fmt.Errorf("open the backup: %w", err)
	}
	if err := errors.Join(look(ctx, r, l), l.Close()); err != nil {
		return "", err
	}
	return path, logIsIn(path)
}

// logIsIn refuses a copy whose log is not in its file: only the file takes the
// ledger's place, and that the copy was restored would not be in it.
func logIsIn(path string) error {
	there, err := isThere(path + "-wal")
	if err == nil && there {
		err = &carryover.Problem{
			Op: "write the copy of the backup", Kind: carryover.ErrTransient, Err: errors.New("its log could not be moved into it"),
			Hint: "Check the disk, and that there is room on it; then try again. Nothing was changed.",
		}
	}
	return err
}

// checkCopy refuses what is no ledger at all: Open would make one of an empty
// file.
func checkCopy(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite", "file:"+escaped(path)+"?mode=ro")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var id int64
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil || id != applicationID {
		return &carryover.Problem{
			Op: "read the backup", Kind: carryover.ErrInvalid, Err: err,
			Hint: "The file is not a backup that Carryover wrote, or it is damaged. Nothing was changed. Choose another one.",
		}
	}
	return nil
}

func look(ctx context.Context, r Restoring, l *Ledger) error {
	if err := l.Integrity(ctx); err != nil {
		return err
	}
	return r.Look(l)
}

// fill copies what is read into a new file, 0600, onto the disk.
func fill(path string, from io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return placeProblem("copy the backup", err)
	}
	_, err = io.Copy(f, from)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		if _, told := errors.AsType[*carryover.Problem](err); told {
			return err
		}
		return placeProblem("copy the backup", err)
	}
	return nil
}

// setAside gives the ledger at path another name beside its own, so that path
// holds a ledger at every moment. Its log goes into the file first; a ledger too
// damaged for that takes its log along, and so does a log that stands alone:
// SQLite would play it into the copy. It returns "" when nothing is there.
func setAside(ctx context.Context, path string, now time.Time) (kept string, err error) {
	there, err := isThere(path)
	if err != nil {
		return "", err
	}
	if kept, err = freeName(path, now); err != nil {
		return "", err
	}
	if there {
		err = closeLog(ctx, path)
	}
	if inUse(err) { // without its log it would be a ledger of an earlier hour, should a crash follow
		return "", &carryover.Problem{
			Op: "keep the ledger that is there", Kind: carryover.ErrRefused, Err: err,
			Hint: "Its log cannot be closed: another program has the ledger open, or the disk is full. End that program, make room, and try again. Nothing was changed.",
		}
	}
	if err != nil || !there {
		for _, suffix := range []string{"-wal", "-shm"} {
			if err := os.Rename(path+suffix, kept+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return "", placeProblem("keep the ledger that is there", err)
			}
		}
	}
	if !there {
		return "", nil
	}
	if err := os.Link(path, kept); err != nil {
		return "", placeProblem("keep the ledger that is there", err)
	}
	return kept, nil
}

// inUse says that a log could not be closed although its ledger is whole.
func inUse(err error) bool {
	if err == nil || errors.Is(err, carryover.ErrInvalid) {
		return false
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		code := e.Code() & 0xff
		return code != sqlite3.SQLITE_CORRUPT && code != sqlite3.SQLITE_NOTADB
	}
	return errors.Is(err, fs.ErrExist)
}

// freeName returns a name for what stands at path, with the time and, where that
// is taken, a number.
func freeName(path string, now time.Time) (string, error) {
	ext := filepath.Ext(path)
	stem := strings.TrimSuffix(path, ext) + "-" + now.UTC().Format("20060102T150405Z")
	for i, name := 2, stem+ext; ; i, name = i+1, fmt.Sprintf("%s-%d%s", stem, i, ext) {
		if there, err := isThere(name); err != nil || !there {
			return name, err
		}
	}
}

// closeLog has SQLite move the log into the file and remove it.
func closeLog(ctx context.Context, path string) (err error) {
	if err := startsAsDatabase(path); err != nil { // SQLite would remove the log of what it cannot read
		return err
	}
	db, err := sql.Open("sqlite", "file:"+escaped(path)+"?mode=rw&_pragma=busy_timeout("+busyTimeout+")&_pragma=secure_delete(ON)")
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	if there, err := isThere(path + "-wal"); err != nil || there {
		return errors.Join(err, fs.ErrExist)
	}
	return nil
}

func startsAsDatabase(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	const magic = "SQLite format 3\x00"
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(f, head); err != nil || string(head) != magic {
		return errors.Join(err, carryover.ErrInvalid)
	}
	return nil
}

func isThere(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, placeProblem("look for the ledger", err)
	}
	return true, nil
}
