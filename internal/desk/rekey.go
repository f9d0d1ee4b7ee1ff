package desk

import (
	"context"
	"crypto/subtle"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/internal/seal"
	"carryover/ledger"
)

// A RekeyRequest changes the master key.
type RekeyRequest struct {
	// NewKey is the file of the new key, made when it is not there; the
	// configuration must name it from then on. Empty: a fresh key takes the place
	// of the old one in its file.
	NewKey string `json:"new_key,omitempty"` // absolute
	Actor  string `json:"actor,omitempty"`
}

// A RekeyResult says what was wrapped anew and where the keys are.
type RekeyResult struct {
	Items   int    `json:"items"`
	Damaged int    `json:"damaged,omitzero"` // did not open before, and do not now
	KeyFile string `json:"key_file"`         // opens the ledger now
	OldKey  string `json:"old_key"`          // opens backups of before, and nothing else
	Rename  bool   `json:"rename,omitempty"` // the configuration is to name KeyFile
}

// Rekey implements Desk. The new key is on the disk before the ledger needs it,
// and the old one stays there until it does not: see seal.NextKey.
func (d *Local) Rekey(ctx context.Context, r RekeyRequest) (RekeyResult, error) {
	if d.KeyFile == "" {
		return RekeyResult{}, refused("change the master key", "its file is not known here", "Use a configuration that names master_key_file.")
	}
	d.rekeying.Lock()
	defer d.rekeying.Unlock()
	old, err := ledger.ReadKeyFile(d.KeyFile)
	if err != nil && r.NewKey == "" {
		return RekeyResult{}, err
	}
	next, err := nextKey(d.KeyFile, r.NewKey)
	if err != nil {
		return RekeyResult{}, err
	}
	if subtle.ConstantTimeCompare(old, next) == 1 {
		return RekeyResult{}, refused("change the master key", "the new key is the one in use", "Name a file that is not there yet: it is made.")
	}
	done, err := d.Ledger.Rekey(ctx, next, func(tx *ledger.Tx) error {
		return d.enter(ctx, tx, "", audit.Entry{Actor: r.Actor, Action: audit.KeyChanged})
	})
	out := RekeyResult{Items: done.Items, Damaged: done.Damaged, KeyFile: r.NewKey, OldKey: d.KeyFile, Rename: true}
	if err != nil || r.NewKey != "" {
		return out, err
	}
	out.KeyFile, out.Rename = d.KeyFile, false
	if out.OldKey, err = seal.AdoptNext(d.KeyFile, time.Now()); err != nil {
		return out, &carryover.Problem{
			Op: "put the new master key in its place", Kind: carryover.ErrRefused, Err: err,
			Hint: "The ledger is under the new key, which is in " + seal.NextFile(d.KeyFile) + ": keep that file. The next start finishes the change.",
		}
	}
	return out, nil
}

// nextKey returns the new key, which is in a file by then.
func nextKey(current, named string) (seal.MasterKey, error) {
	if named == "" {
		k, err := seal.NextKey(current)
		if err != nil {
			return nil, &carryover.Problem{
				Op: "write the new master key beside the old one", Kind: carryover.ErrRefused, Err: err,
				Hint: "Carryover's user must be able to write to the key's folder. Or name a file elsewhere with --new-key, and then in the configuration.",
			}
		}
		return k, nil
	}
	if !filepath.IsAbs(named) {
		return nil, invalid("read the new master key", "the path is not absolute", "Name the file with its whole path.")
	}
	k, err := seal.ReadMasterKey(named)
	if errors.Is(err, fs.ErrNotExist) {
		if err = seal.WriteMasterKey(named); err == nil {
			k, err = seal.ReadMasterKey(named)
		}
	}
	if err != nil {
		return nil, &carryover.Problem{
			Op: "read the new master key", Kind: carryover.ErrInvalid, Err: err,
			Hint: "Name a file that holds base64 of 32 random bytes, readable by its owner alone; or one that is not there yet, and it is made.",
		}
	}
	return k, nil
}
