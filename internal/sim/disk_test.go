package sim

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing/synctest"
	"time"

	"modernc.org/sqlite"
)

// A disk is what a ledger lies on: it can be full, and another program can keep
// the file to itself. Both are SQLite's own doing, on the connection that the
// daemon writes through: a database that may not grow answers SQLITE_FULL, and
// one that is taken SQLITE_BUSY, at once, since to wait would stop the bubble.
type disk struct {
	mu      sync.Mutex // guards what follows
	writers map[string]sqlite.ExecQuerierContext
	full    bool
	holder  *sql.DB // nil: nobody has the file
	taken   *sql.Tx
}

// disks are those of the worlds of this process, one after the other.
var disks struct {
	once sync.Once
	mu   sync.Mutex // guards now
	now  *disk
}

// newDisk returns the disk of a world that begins.
func newDisk() *disk {
	d := &disk{writers: map[string]sqlite.ExecQuerierContext{}}
	disks.once.Do(func() {
		sqlite.RegisterConnectionHook(func(c sqlite.ExecQuerierContext, dsn string) error {
			disks.mu.Lock()
			now := disks.now
			disks.mu.Unlock()
			file, options, _ := strings.Cut(strings.TrimPrefix(dsn, "file:"), "?")
			if now == nil || !strings.Contains(options, "_txlock=immediate") {
				return nil // it only reads
			}
			return now.opened(file, c)
		})
	})
	disks.mu.Lock()
	defer disks.mu.Unlock()
	disks.now = d
	return d
}

// opened notes a connection that will write, which finds the disk as it is.
func (d *disk) opened(file string, c sqlite.ExecQuerierContext) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.writers[file] = c
	return d.tell(file)
}

// tell makes a writer feel how the disk is. d.mu is held.
func (d *disk) tell(file string) error {
	pages, wait := "4294967294", "5000"
	if d.full {
		pages = "1" // it cannot be less than there are
	}
	if d.holder != nil {
		wait = "0"
	}
	for _, set := range []string{"max_page_count=" + pages, "busy_timeout=" + wait} {
		if _, err := d.writers[file].ExecContext(context.Background(), "PRAGMA "+set, nil); err != nil {
			return err
		}
	}
	return nil
}

// fileOf is how a connection calls the ledger in a data folder.
func fileOf(data string) string {
	return (&url.URL{Path: filepath.Join(data, "ledger.db")}).EscapedPath()
}

// What the disk is filled with lies in the ledger: pages that destroyed text
// left behind would let it go on for hours.
const (
	filler   = "INSERT OR REPLACE INTO setting SELECT 'filler', printf('%.*c', 1+freelist_count*(page_size-4), 'x') FROM pragma_freelist_count(), pragma_page_size()"
	noFiller = "DELETE FROM setting WHERE name = 'filler'"
)

// fill lets the disk of a running daemon be full, or not. Nobody may be in the
// middle of a transaction.
func (d *disk) fill(data string, full bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	was, c := d.full, d.writers[fileOf(data)]
	d.full = full
	if c == nil || was == full {
		return nil
	}
	if full {
		if _, err := c.ExecContext(context.Background(), filler, nil); err != nil {
			return err
		}
		return d.tell(fileOf(data))
	}
	err := d.tell(fileOf(data))
	if err == nil {
		_, err = c.ExecContext(context.Background(), noFiller, nil)
	}
	return err
}

// take keeps a ledger to another program, until free.
func (d *disk) take(ctx context.Context, data string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	holder, err := sql.Open("sqlite", "file:"+fileOf(data)+"?mode=rw")
	if err != nil {
		return err
	}
	holder.SetMaxOpenConns(1)
	tx, err := holder.BeginTx(ctx, nil)
	if err == nil {
		_, err = tx.ExecContext(ctx, "DELETE FROM setting WHERE name = 'nothing of ours'") // from here on it is a writer
	}
	if err != nil {
		_ = holder.Close()
		return fmt.Errorf("take the ledger: %w", err)
	}
	d.holder, d.taken = holder, tx
	return d.tell(fileOf(data))
}

// free lets everybody write again.
func (d *disk) free(data string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.holder == nil {
		return nil
	}
	_ = d.taken.Rollback()
	_ = d.holder.Close()
	d.holder, d.taken = nil, nil
	if d.writers[fileOf(data)] == nil {
		return nil
	}
	return d.tell(fileOf(data))
}

// gone forgets the writer of a daemon that has stopped.
func (d *disk) gone(data string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.writers, fileOf(data))
}

// isTaken says that another program has the ledger.
func (d *disk) isTaken() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.holder != nil
}

// ill says that a ledger cannot be written now.
func (d *disk) ill() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.full || d.holder != nil
}

// diskFull and ledgerTaken come once a day at most, for an hour at most.
func (w *World) diskFull(day int) {
	if w.life == nil || w.disk.ill() {
		return
	}
	w.onDisk(func() error { return w.disk.fill(w.life.data, true) })
	w.at(w.soon(time.Hour, DiskFull, "back", day), func() {
		w.onDisk(func() error { return w.disk.fill(w.lastData, false) })
	})
}

func (w *World) ledgerTaken(day int) {
	if w.life == nil || w.disk.ill() {
		return
	}
	w.onDisk(func() error { return w.disk.take(w.ctx, w.life.data) })
	w.at(w.soon(20*time.Minute, LedgerTaken, "back", day), func() {
		w.onDisk(func() error { return w.disk.free(w.lastData) })
	})
}

// onDisk does something to the disk while nobody is in the middle of a step.
func (w *World) onDisk(do func() error) {
	synctest.Wait()
	w.problem(do(), "change the disk")
}
