package ledger

import (
	"context"
	"database/sql"
)

// Destroying overwrites the pages of the database file, but the write-ahead log
// keeps the pages of before until it is emptied. So the log is emptied after
// something was destroyed: by the daemon within seconds, and by Close.

// Checkpoint moves what the write-ahead log holds into the database file and
// empties the log, so that destroyed text leaves the disk too. While a reader
// still needs the log it does nothing.
func (l *Ledger) Checkpoint(ctx context.Context) error {
	_, err := l.emptyLog(ctx)
	return err
}

// ForgetDestroyed empties the write-ahead log if something was destroyed since
// it was last emptied. It reports whether nothing destroyed is left in the log;
// false means that a reader still needed it, and that it is to be called again.
func (l *Ledger) ForgetDestroyed(ctx context.Context) (bool, error) {
	if !l.destroyed.Swap(false) {
		return true, nil
	}
	done, err := l.emptyLog(ctx)
	if !done {
		l.destroyed.Store(true)
	}
	return done, err
}

// emptyLog reports whether the log is empty now. It does not wait for readers:
// a wait here would keep the one writer from everybody else.
func (l *Ledger) emptyLog(ctx context.Context) (done bool, err error) {
	if l.writer == nil || l.closed.Load() {
		return false, nil
	}
	conn, err := l.writer.Conn(ctx)
	if err != nil {
		return false, wrap(err, "checkpoint the ledger")
	}
	defer func() { _ = conn.Close() }() // back to the pool
	if done, err = truncateLog(ctx, conn); err != nil {
		return false, wrap(err, "checkpoint the ledger")
	}
	return done, nil
}

func truncateLog(ctx context.Context, conn *sql.Conn) (done bool, err error) {
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil {
		return false, err
	}
	defer func() {
		_, e := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA busy_timeout = "+busyTimeout)
		if err == nil {
			err = e
		}
	}()
	var busy, pages, moved int
	err = conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
	return err == nil && busy == 0, err
}
