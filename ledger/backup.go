package ledger

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"

	"carryover"
	"carryover/internal/disk"
	"carryover/ledger/internal/query"
)

// CopyTo writes a copy of the ledger, as it is at one moment, to a new file at
// path, while others read and write. The file is born 0600; what is there is
// never replaced.
//
// Without text, sealed items are in the copy as destroyed ones: that there was
// something, and not a byte of it. They are emptied in a copy within the data
// folder first, so that the file at path never held them. What is sealed about
// the people who sign in stays in the copy, or nobody could after a restore. The
// digest key goes along, wrapped by the master key.
func (l *Ledger) CopyTo(ctx context.Context, path string, text bool) (err error) {
	if l.closed.Load() {
		return wrap(carryover.ErrRefused, "copy the ledger")
	}
	if text {
		return l.vacuumInto(ctx, l.path, path)
	}
	dir, err := CopyFolder(filepath.Dir(l.path))
	if err != nil {
		return placeProblem("copy the ledger", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	whole := filepath.Join(dir, "ledger.db")
	if err := l.vacuumInto(ctx, l.path, whole); err != nil {
		return err
	}
	if err := emptySealed(ctx, whole); err != nil {
		return wrap(err, "leave the texts out of the copy")
	}
	return l.vacuumInto(ctx, whole, path)
}

// vacuumInto copies a database into a new file, page by page anew: nothing that
// was deleted is in it.
func (l *Ledger) vacuumInto(ctx context.Context, from, path string) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) // SQLite would make it 0644
	if err != nil {
		return copyProblem(path, err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			_ = os.Remove(path)
		}
	}()
	db, err := sql.Open("sqlite", "file:"+escaped(from)+"?mode=ro&_pragma=busy_timeout("+busyTimeout+")&_pragma=temp_store(MEMORY)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, "VACUUM INTO $1", path); err != nil {
		return wrap(err, "copy the ledger to %s", path)
	}
	if err := f.Sync(); err != nil {
		return copyProblem(path, err)
	}
	if err := disk.SyncFolder(filepath.Dir(path)); err != nil {
		return copyProblem(path, err)
	}
	return nil
}

// emptySealed makes every sealed item of a copy a destroyed one, but for those
// of the people who sign in.
func emptySealed(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite", "file:"+escaped(path)+"?mode=rw&_pragma=journal_mode(MEMORY)&_pragma=secure_delete(ON)&_pragma=temp_store(MEMORY)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, "UPDATE sealed SET wrapped_key = x'', ciphertext = x'' WHERE owner NOT IN (SELECT id FROM person)")
	return err
}

// OpenCopy opens what CopyTo wrote, for View alone and under this ledger's keys.
// The error is of kind ErrInvalid when the copy could not be opened by its
// master key.
func (l *Ledger) OpenCopy(ctx context.Context, path string) (_ *Ledger, err error) {
	c := &Ledger{path: path, keys: l.keys}
	defer func() {
		if err != nil {
			err = errors.Join(wrap(err, "open the copy"), c.Close())
		}
	}()
	if c.reader, err = openReaders(ctx, path); err != nil {
		return nil, err
	}
	if err := checkSchema(ctx, c.reader.DB); err != nil {
		return nil, err
	}
	text, err := query.New(c.reader).GetSetting(ctx, settingDigestKey)
	if err != nil {
		return nil, err
	}
	if wrapped, err := base64.StdEncoding.DecodeString(text); err != nil || !l.keys.Wrapped(wrapped) {
		return nil, damaged("read the copy's digest key", err)
	}
	return c, nil
}

// Integrity has SQLite look over every page, index and constraint.
func (l *Ledger) Integrity(ctx context.Context) error {
	var verdict string
	if err := l.reader.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return wrap(err, "check the database")
	}
	if verdict != "ok" {
		return damaged("check the database", nil)
	}
	return nil
}

// copyProblem says what is wrong with the file that a copy goes to.
func copyProblem(path string, err error) error {
	if errors.Is(err, os.ErrExist) {
		return &carryover.Problem{
			Op: "write " + path, Kind: carryover.ErrRefused, Err: os.ErrExist,
			Hint: "A backup never replaces a file. Choose another name.",
		}
	}
	p, ok := errors.AsType[*carryover.Problem](placeProblem("write "+path, err))
	if !ok {
		return err
	}
	if p.Kind == carryover.ErrRefused {
		p.Hint = "Choose a folder that is there and that Carryover's user may write to."
	}
	return p
}
