package ledger

import (
	"context"
	"errors"
	"time"

	"carryover"
	"carryover/internal/seal"
)

// OpenWithKeyFile is Open with the master key in a file. Where a change of the
// key was cut off just after it took effect, it opens the ledger with the new
// key and finishes the change.
func OpenWithKeyFile(ctx context.Context, c Config, file string) (*Ledger, error) {
	var err error
	if c.MasterKey, err = ReadKeyFile(file); err != nil {
		return nil, err
	}
	l, err := Open(ctx, c)
	if !errors.Is(err, seal.ErrWrongKey) {
		return l, err
	}
	next, e := seal.ReadMasterKey(seal.NextFile(file))
	if e != nil {
		return nil, err
	}
	c.MasterKey = next
	if l, e = Open(ctx, c); e != nil {
		return nil, err // the first answer says more
	}
	if _, e = seal.AdoptNext(file, time.Now()); e != nil {
		return nil, errors.Join(&carryover.Problem{
			Op: "finish a change of the master key", Kind: carryover.ErrRefused, Err: e,
			Hint: "The ledger's key is in " + seal.NextFile(file) + ". Let this user write to that folder, or name that file in the configuration.",
		}, l.Close())
	}
	return l, nil
}

// ReadKeyFile reads a master key; its errors are problems with a hint.
func ReadKeyFile(file string) (seal.MasterKey, error) {
	k, err := seal.ReadMasterKey(file)
	if err != nil {
		return nil, &carryover.Problem{
			Op: "read master key", Kind: carryover.ErrInvalid, Err: err,
			Hint: "Put the practice's master key back where master_key_file says, readable by its owner alone (chmod 600).",
		}
	}
	return k, nil
}
