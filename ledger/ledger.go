package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"

	"carryover"
	"carryover/internal/seal"
)

// A Config says which ledger to open, and how.
type Config struct {
	// Path is the database file. Its folder is made, 0700, when it is missing;
	// "ledger.lock" and SQLite's own files stand beside it.
	Path string
	// MasterKey unwraps the ledger's other keys (seal.ReadMasterKey).
	MasterKey seal.MasterKey
	// ReadOnly opens an existing ledger for View alone: nothing is created,
	// migrated or locked.
	ReadOnly bool
	// Lock takes the folder's lock, so that one process at a time works on the
	// ledger. Every process that calls Update should.
	Lock bool
}

// String names the file alone.
func (c Config) String() string { return fmt.Sprintf("ledger %s", c.Path) }

// Format answers every verb with String, so that the key cannot be printed.
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue gives slog what String gives.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// A Ledger is an open ledger. It is safe for concurrent use.
type Ledger struct {
	path   string      // of the database file, absolute
	writer *statements // one connection; nil when the ledger is read-only
	reader *statements // a small pool, each with a snapshot of its own
	keys   *seal.Keyring
	lock   *folderLock // nil without Config.Lock
	closed atomic.Bool
	// updates counts those that have ended.
	updates atomic.Int64
	// changing is held for writing while the master key changes: nothing may be
	// sealed then.
	changing sync.RWMutex
	// destroyed: the write-ahead log may still hold what was destroyed.
	destroyed atomic.Bool
}

// Open opens the ledger at c.Path, and without c.ReadOnly makes it, brings its
// schema up to date and makes its digest key when they are missing.
//
// Every mistake that an operator can make or mend is a *carryover.Problem with
// a Hint: a second process, a network file system, a folder that cannot be
// written, a full disk, a damaged file, a file of a newer version, the wrong
// master key. None of them changes the file.
func Open(ctx context.Context, c Config) (_ *Ledger, err error) {
	if len(c.MasterKey) != seal.KeySize {
		return nil, &carryover.Problem{
			Op: "open " + c.String(), Kind: carryover.ErrInvalid,
			Hint: "The ledger needs its master key. Name the file that holds it in the configuration.",
		}
	}
	if c.Path, err = filepath.Abs(c.Path); err != nil {
		return nil, fmt.Errorf("open %s: %w", c, err)
	}
	l := &Ledger{path: c.Path}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.Close())
		}
	}()
	if err := l.open(ctx, c); err != nil {
		return nil, wrap(err, "open %s", c)
	}
	return l, nil
}

// open does the work of Open; what it has opened when it fails, Close closes.
func (l *Ledger) open(ctx context.Context, c Config) (err error) {
	if err := preparePlace(c); err != nil {
		return err
	}
	if c.Lock && !c.ReadOnly {
		if l.lock, err = lockFolder(filepath.Dir(c.Path)); err != nil {
			return err
		}
		removeLeftovers(filepath.Dir(c.Path))
	}
	if !c.ReadOnly {
		if l.writer, err = openWriter(ctx, c.Path); err != nil {
			return err
		}
		if err := migrate(ctx, l.writer.DB); err != nil {
			return err
		}
	}
	if l.reader, err = openReaders(ctx, c.Path); err != nil {
		return err
	}
	if c.ReadOnly {
		if err := checkSchema(ctx, l.reader.DB); err != nil {
			return err
		}
	}
	l.keys, err = l.openKeys(ctx, c.MasterKey)
	return err
}

// Keys returns the ledger's keyring, for the digests that its callers compare.
func (l *Ledger) Keys() *seal.Keyring { return l.keys }

// Updates returns how many updates have ended since the ledger was opened: as
// long as it stays the same, so does all that the ledger holds.
func (l *Ledger) Updates() int64 { return l.updates.Load() }

// Close waits for a running Update, empties the write-ahead log and lets the
// lock go. Later calls of any method are refused; Close itself may be called
// twice, and from any goroutine.
func (l *Ledger) Close() error {
	if l.closed.Swap(true) {
		return nil
	}
	var errs []error
	if l.reader != nil {
		errs = append(errs, l.reader.Close())
	}
	if l.writer != nil {
		// Best effort: a log that stays is replayed at the next start.
		_, _ = l.writer.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
		errs = append(errs, l.writer.Close())
	}
	if l.lock != nil {
		errs = append(errs, l.lock.release())
	}
	return wrap(errors.Join(errs...), "close the ledger")
}
