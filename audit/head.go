package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"carryover"
	"carryover/internal/disk"
)

// ReadHead reads the head that WriteHead left at path. A file that is not there
// is an error that fits fs.ErrNotExist: a first start has none yet.
func ReadHead(path string) (Head, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Head{}, fmt.Errorf("read the audit head: %w", err)
	}
	var h Head
	if err := json.Unmarshal(b, &h); err != nil || h.N < 0 || (h.N > 0 && len(h.MAC) == 0) {
		return Head{}, fmt.Errorf("read the audit head: file is not as it was written: %w", carryover.ErrInvalid)
	}
	return h, nil
}

// halfHead is what a head is called while it is written.
const halfHead = ".head-*"

// RemoveLeftovers removes what a crash within WriteHead left beside path. Nobody
// may be writing a head there meanwhile.
func RemoveLeftovers(path string) {
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), halfHead))
	for _, f := range left {
		_ = os.Remove(f) // tried again at the next start
	}
}

// WriteHead keeps h at path, readable by its owner alone. A crash leaves the
// file before or the file after, never half of one. Write it after the
// transaction that it names has committed: a head that is behind proves a little
// less, while one that is ahead would report entries as cut off.
func WriteHead(path string, h Head) (err error) {
	b, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("write the audit head: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), halfHead) // born 0600
	if err != nil {
		return fmt.Errorf("write the audit head: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
			err = fmt.Errorf("write the audit head: %w", err)
		}
	}()
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return disk.SyncFolder(filepath.Dir(path))
}
