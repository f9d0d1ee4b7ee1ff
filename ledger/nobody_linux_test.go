package ledger_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"carryover"
	"carryover/internal/seal"
	"carryover/ledger"
)

func TestOpenWithoutPermission(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	asNobody(t, func() {
		_, err := ledger.Open(context.WithoutCancel(t.Context()), ledger.Config{Path: filepath.Join(dir, "data", "ledger.db"), MasterKey: seal.NewMasterKey()})
		if !errors.Is(err, carryover.ErrRefused) || !strings.Contains(carryover.HintOf(err), "may not write to its data folder") {
			t.Errorf("Open in a read-only folder = %v, hint %q, want %v", err, carryover.HintOf(err), carryover.ErrRefused)
		}
	})
}

// asNobody runs f with the file permissions of a user without rights, also
// where the tests run as root: file-system identities belong to the thread.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		f()
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const nobody = 65534
	if _, err := unix.SetfsuidRetUid(nobody); err != nil {
		t.Skipf("setfsuid: not allowed here: %v", err)
	}
	defer func() { _, _ = unix.SetfsuidRetUid(0) }()
	f()
}

// TestOpenAsRoot: what root writes into the folder of Carryover's user, that user
// cannot open.
func TestOpenAsRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can act for another user")
	}
	c := config(t)
	l := openAt(t, c)
	r := backupOf(t, l, c)
	l.Close()
	const nobody = 65534
	if err := os.Chown(filepath.Dir(c.Path), nobody, -1); err != nil {
		t.Skipf("chown: not allowed here: %v", err)
	}
	c.Lock = true
	_, opened := ledger.Open(t.Context(), c)
	_, restored := ledger.Restore(t.Context(), r)
	for _, err := range []error{opened, restored} {
		if !errors.Is(err, carryover.ErrRefused) || !strings.Contains(carryover.HintOf(err), "sudo -u '#65534'") {
			t.Errorf("root in another's data folder = %v, hint %q, want a refusal that names the user", err, carryover.HintOf(err))
		}
	}
}
