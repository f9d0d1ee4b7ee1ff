package ledger_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"carryover"
	"carryover/ledger"
)

// TestPlaceProblem has a row for each thing that an operating system says about
// a folder, with what the practice reads.
func TestPlaceProblem(t *testing.T) {
	for _, c := range []struct {
		cause error
		kind  carryover.Kind
		hint  string
	}{
		{fs.ErrPermission, carryover.ErrRefused, "may not write"},
		{syscall.EROFS, carryover.ErrRefused, "may not write"},
		{syscall.ENOSPC, carryover.ErrTransient, "disk is full"},
		{syscall.EDQUOT, carryover.ErrTransient, "disk is full"},
		{syscall.ENOTDIR, carryover.ErrRefused, "how its path is written"},
		{fs.ErrNotExist, carryover.ErrRefused, "how its path is written"},
		{syscall.EIO, carryover.ErrRefused, "Check the disk"},
	} {
		err := ledger.PlaceProblem("look", &fs.PathError{Op: "open", Path: "/data", Err: c.cause})
		if !errors.Is(err, c.kind) || !errors.Is(err, c.cause) || !strings.Contains(carryover.HintOf(err), c.hint) {
			t.Errorf("PlaceProblem(%v) = %v, hint %q, want %q and %q", c.cause, err, carryover.HintOf(err), c.kind, c.hint)
		}
	}
}

// TestErrorsOfAnotherPackage: what audit and alarm meet in a transaction comes
// back as a kind too, and what is no error of the database comes back as it is.
func TestErrorsOfAnotherPackage(t *testing.T) {
	l, ctx := open(t), t.Context()
	err := l.Update(ctx, func(tx *ledger.Tx) error {
		for range 2 {
			if _, err := tx.ExecContext(ctx, "INSERT INTO setting VALUES ('twice', '')"); err != nil {
				return fmt.Errorf("append: %w", err)
			}
		}
		return nil
	})
	if !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("a row that is there already = %v, want %v", err, ledger.ErrConflict)
	}
	plain := errors.New("plain")
	if err := l.Update(ctx, func(*ledger.Tx) error { return plain }); err != plain {
		t.Errorf("Update = %v, want the error as it was", err)
	}
	err = l.Update(ctx, func(tx *ledger.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM nowhere")
		return err
	})
	if _, ok := errors.AsType[*carryover.Problem](err); err == nil || ok {
		t.Errorf("a statement that is wrong = %v, want an error that asks nothing of a person", err)
	}
}
