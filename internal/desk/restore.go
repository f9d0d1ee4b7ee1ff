package desk

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"

	"carryover"
	"carryover/audit"
	"carryover/internal/seal"
	"carryover/ledger"
)

// A RestoreRequest puts a backup in the place of a ledger. No daemon may run.
type RestoreRequest struct {
	File     string // what Backup wrote
	Ledger   string // the ledger's path
	KeyFile  string // its master key
	Identity string // the file of an age identity, for a backup that is encrypted
	Replace  bool   // keep the ledger that is there under another name
	Actor    string
}

// A RestoreResult says what is in place now.
type RestoreResult struct {
	Ledger    string `json:"ledger"`
	Kept      string `json:"kept,omitempty"` // the ledger that was there
	Documents int    `json:"documents"`
	Open      int    `json:"open"`         // sessions that are read from Heidi again
	Without   int    `json:"without_text"` // open documents whose text is not here until then
	Entries   int64  `json:"entries"`
	Head      string `json:"head"`
	HeadN     int64  `json:"head_n"`
	// KnownUntil is the newest moment that the backup knows of: what people decided
	// after it is lost.
	KnownUntil time.Time `json:"known_until"`
	// AskAgain are the references of filings that were to be taken back, or moved,
	// and of which a person must decide again.
	AskAgain []string `json:"ask_again,omitempty"`
	// Paused are the practitioners whose writes stay stopped; PausedAll: everybody's.
	Paused    []string `json:"paused,omitempty"`
	PausedAll bool     `json:"paused_all,omitempty"`
}

// Restore checks a backup whole, has the chain say that it was restored, and
// puts it in its place. From the next start on, the daemon sends nothing for one
// grace period and reads again what is open, so that what a later ledger had
// filed is found in Cliniko before anything is sent.
func Restore(ctx context.Context, r RestoreRequest) (out RestoreResult, err error) {
	data := filepath.Dir(r.Ledger)
	if _, err := Dial(data); !errors.Is(err, ErrNoDaemon) {
		return out, refused("restore "+r.File, "a daemon is running on this ledger", "Stop `carryover run` first.")
	}
	master, err := ledger.ReadKeyFile(r.KeyFile)
	if err != nil {
		return out, err
	}
	if st, err := os.Stat(r.File); err == nil && !st.Mode().IsRegular() { // a pipe would be waited for
		return out, invalid("read "+r.File, "it is not a plain file", "Name the file that `carryover backup` wrote.")
	}
	f, err := os.Open(r.File)
	if err != nil {
		return out, invalid("read "+r.File, fileCause(err), "Check the file's name, and that this user may read it.")
	}
	defer func() { _ = f.Close() }()
	from, err := plainOf(f, r.Identity)
	if err != nil {
		return out, err
	}
	now := time.Now().UTC()
	var head audit.Head
	out.Ledger = r.Ledger
	out.Kept, err = ledger.Restore(ctx, ledger.Restoring{
		From: from, To: ledger.Config{Path: r.Ledger, MasterKey: master}, Replace: r.Replace, Now: now,
		Look: func(l *ledger.Ledger) error {
			head, err = markRestored(ctx, l, r.Actor, now, &out)
			return err
		},
		// The old head goes first: a crash in between leaves a ledger without a head,
		// which proves a little less, and never one that its head says was cut short.
		Before: func(kept string) error { return setHeadAside(data, kept, now) },
		After:  func() error { return audit.WriteHead(filepath.Join(data, headName), head) },
	})
	if errors.Is(err, seal.ErrWrongKey) {
		return RestoreResult{}, &carryover.Problem{
			Op: "open the backup", Kind: carryover.ErrUnauthorized, Err: seal.ErrWrongKey,
			Hint: "It was made under another master key. Name that one in master_key_file (rekey kept it as FILE.old-TIME), restore, and rekey. Nothing was changed.",
		}
	}
	if err != nil {
		return RestoreResult{}, err
	}
	out.HeadN, out.Head = head.N, hex.EncodeToString(head.MAC)
	return out, nil
}

// markRestored verifies the chain of a copy and writes into it that it was
// restored.
func markRestored(ctx context.Context, l *ledger.Ledger, who string, now time.Time, out *RestoreResult) (head audit.Head, err error) {
	chain := audit.Log{Keys: l.Keys()}
	d := &Local{Ledger: l, Chain: chain}
	err = l.Update(ctx, func(tx *ledger.Tx) error {
		report, err := chain.Verify(ctx, tx)
		if err != nil {
			return err
		}
		if err := d.decisionsLost(ctx, tx, who, now, out); err != nil {
			return err
		}
		if err := tx.SetSetting(ctx, ledger.SettingRestored, now.Format(time.RFC3339)); err != nil {
			return err
		}
		if err := tx.SignEverybodyOut(ctx); err != nil {
			return err
		}
		if err := tx.RevokeAllTokens(ctx, now); err != nil {
			return err
		}
		if err := chain.Append(ctx, tx, audit.Entry{
			At: now, Actor: who, Action: audit.Restored, Note: "entries:" + strconv.FormatInt(report.Entries, 10),
		}); err != nil {
			return err
		}
		if head, err = chain.Head(ctx, tx); err != nil {
			return err
		}
		out.Entries = head.N
		return countRestored(ctx, tx, out)
	})
	return head, err
}

func countRestored(ctx context.Context, tx *ledger.Tx, out *RestoreResult) error {
	counts, err := tx.Counts(ctx)
	if err != nil {
		return err
	}
	for _, n := range counts {
		out.Documents += n
	}
	sessions, err := tx.OpenSessions(ctx)
	if err != nil {
		return err
	}
	wordless, err := tx.WithoutText(ctx)
	out.Open, out.Without = len(sessions), len(wordless)
	return err
}

// setHeadAside keeps the head of the chain that was there under a name like that
// of the ledger it belongs to, or of this moment where that ledger is lost.
func setHeadAside(data, keptLedger string, now time.Time) error {
	when := now.Format("20060102T150405Z")
	if keptLedger != "" {
		_, when, _ = strings.Cut(strings.TrimSuffix(filepath.Base(keptLedger), ".db"), "-")
	}
	err := os.Rename(filepath.Join(data, headName), filepath.Join(data, "audit-"+when+".head"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("keep the head of the audit chain: %w", err)
	}
	return nil
}

// How an age file begins, plain or in armour.
const ageIntro = "age-encryption.org/"

// plainOf returns what a backup holds, decrypted where it is encrypted.
func plainOf(f io.Reader, identity string) (io.Reader, error) {
	in := bufio.NewReader(f)
	start, _ := in.Peek(len(armor.Header)) // a file shorter than that is no backup, and is told so later
	var sealed io.Reader
	switch {
	case strings.HasPrefix(string(start), ageIntro):
		sealed = in
	case string(start) == armor.Header:
		sealed = armor.NewReader(in)
	default:
		return in, nil
	}
	if identity == "" {
		return nil, invalid("read the backup", "it is encrypted", "Name the file of the age identity it was encrypted to: --identity FILE.")
	}
	ids, err := identities(identity)
	if err != nil {
		return nil, err
	}
	plain, err := age.Decrypt(sealed, ids...)
	if err != nil {
		return nil, &carryover.Problem{
			Op: "decrypt the backup", Kind: carryover.ErrUnauthorized, Err: errors.New("this identity does not open it, or it is damaged"),
			Hint: "Use the identity whose public key was named when the backup was made.",
		}
	}
	return brokenSeal{plain}, nil
}

// identities reads the secret keys of a file. Errors repeat nothing of it.
func identities(path string) ([]age.Identity, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, invalid("read "+path, fileCause(err), "Check the file's name, and that this user may read it.")
	}
	defer func() { _ = f.Close() }()
	ids, err := age.ParseIdentities(f)
	if err != nil {
		return nil, invalid("read "+path, "it holds no age identity", "Name the file that age-keygen wrote: a line of it begins with AGE-SECRET-KEY-1.")
	}
	return ids, nil
}

// brokenSeal says in a sentence that an encrypted file is not as it was written.
type brokenSeal struct{ io.Reader }

// Read implements io.Reader.
func (b brokenSeal) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = invalid("decrypt the backup", "it is damaged", "Nothing was changed. Choose another backup.")
	}
	return n, err
}
