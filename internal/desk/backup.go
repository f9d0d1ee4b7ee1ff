package desk

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// A BackupRequest asks for a copy of the ledger while it is in use.
type BackupRequest struct {
	Path string `json:"path"` // absolute; never replaced
	// Text takes the sealed texts along. That is for a recipient alone.
	Text bool `json:"text,omitempty"`
	// To is an age recipient (age1…) to whom the whole is encrypted.
	To    string `json:"to,omitempty"`
	Actor string `json:"actor,omitempty"`
}

// A BackupResult is what was written, after it was read back.
type BackupResult struct {
	File      string `json:"file"`
	Bytes     int64  `json:"bytes"`
	Text      bool   `json:"text"`
	Encrypted bool   `json:"encrypted"`
	Documents int    `json:"documents"`
	Entries   int64  `json:"entries"` // of the audit chain
	Head      string `json:"head"`    // hex of the newest entry's MAC in the copy
	HeadN     int64  `json:"head_n"`
}

// Words of the audit chain that say whether a copy holds texts.
const (
	noteWithText    = "with_text"
	noteWithoutText = "without_text"
)

// Backup implements Desk. The copy is checked as a whole before it is called
// one, and before it has its name: every page, and every entry of its audit chain.
func (d *Local) Backup(ctx context.Context, r BackupRequest) (out BackupResult, err error) {
	to, err := recipient(r)
	if err != nil {
		return out, err
	}
	if !filepath.IsAbs(r.Path) {
		return out, invalid("write a backup", "the path is not absolute", "Name the file with its whole path.")
	}
	if _, err := os.Lstat(r.Path); !errors.Is(err, fs.ErrNotExist) {
		return out, alreadyThere(r.Path)
	}
	d.copying.Lock() // two backups to one name would write into one unfinished file
	defer d.copying.Unlock()
	fresh := r.Path + unfinished
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) { // of one that was cut off
		return out, fmt.Errorf("make room for the backup: %w", err)
	}
	plain := fresh
	if to != nil { // what is to be encrypted stays within the data folder
		dir, err := ledger.CopyFolder(d.Data)
		if err != nil {
			return out, fmt.Errorf("copy the ledger: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		plain = filepath.Join(dir, "ledger.db")
	}
	if err := d.Ledger.CopyTo(ctx, plain, r.Text); err != nil {
		return out, err
	}
	out = BackupResult{File: r.Path, Text: r.Text, Encrypted: to != nil}
	if err := d.readBack(ctx, plain, &out); err != nil {
		return out, errors.Join(fmt.Errorf("read the backup back: %w", err), os.Remove(plain))
	}
	if to != nil {
		if err := encryptFile(plain, fresh, to); err != nil {
			return out, err
		}
	}
	// The entry comes before the name: one about a backup that was cut off does no
	// harm, while a backup that the chain does not know of would.
	note := noteWithoutText
	if r.Text {
		note = noteWithText
	}
	if err := d.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		return d.enter(ctx, tx, "", audit.Entry{Actor: r.Actor, Action: audit.BackedUp, Note: note})
	}); err != nil {
		return out, errors.Join(err, os.Remove(fresh))
	}
	if err := finish(r.Path); err != nil {
		return out, err
	}
	st, err := os.Stat(r.Path)
	if err != nil {
		return out, fmt.Errorf("look at the backup: %w", err)
	}
	out.Bytes = st.Size()
	return out, nil
}

// recipient is to whom a backup is encrypted; nil: to nobody.
func recipient(r BackupRequest) (age.Recipient, error) {
	if r.To == "" && r.Text {
		return nil, refused("write a backup with the texts", "nobody is named who may read it",
			"A backup with texts leaves only encrypted: name the recipient's age public key with --to age1…. Without --with-text no recipient is needed.")
	}
	if r.To == "" {
		return nil, nil
	}
	to, err := age.ParseX25519Recipient(r.To)
	if err != nil { // the cause would repeat what may be a secret key by mistake
		return nil, invalid("encrypt a backup", "the recipient is not an age public key", "It begins with age1. `age-keygen` makes one, and prints it as the public key.")
	}
	return to, nil
}

// readBack checks a copy and counts what is in it.
func (d *Local) readBack(ctx context.Context, path string, out *BackupResult) (err error) {
	l, err := d.Ledger.OpenCopy(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	if err := l.Integrity(ctx); err != nil {
		return err
	}
	return l.View(ctx, func(tx *ledger.Tx) error {
		report, err := d.Chain.Verify(ctx, tx)
		if err != nil {
			return err
		}
		out.Entries, out.HeadN, out.Head = report.Entries, report.Head.N, hex.EncodeToString(report.Head.MAC)
		counts, err := tx.Counts(ctx)
		for _, n := range counts {
			out.Documents += n
		}
		return err
	})
}

// encryptFile encrypts a file into a new one, 0600, onto the disk.
func encryptFile(from, path string, to age.Recipient) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("encrypt the backup: %w", err)
	}
	defer func() { _ = in.Close() }()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return refused("write "+path, fileCause(err), "Choose a new name in a folder that Carryover's user may write to.")
	}
	defer func() {
		if err != nil {
			_ = os.Remove(path)
		}
	}()
	w, err := age.Encrypt(f, to)
	if err == nil {
		_, err = io.Copy(w, in)
	}
	if err == nil {
		err = w.Close()
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return &carryover.Problem{Op: "write " + path, Kind: carryover.ErrTransient, Err: err, Hint: "Check the disk, and that there is room on it; then try again."}
	}
	return nil
}

// fileCause says what the operating system said, without the file's name.
func fileCause(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return "it cannot be opened"
}
