package check

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"carryover/internal/config"
	"carryover/internal/disk"
	"carryover/internal/seal"
	"carryover/ledger"
)

// secrets looks at the files that hold keys. That others cannot read them is a
// condition of reading the configuration at all; here it is whose they are, and
// who could replace them.
func secrets(c *config.Config) []Finding {
	files := []string{c.MasterKeyFile}
	if c.Heidi != nil {
		files = append(files, c.Heidi.KeyFile)
	}
	for _, p := range c.Practitioners {
		files = append(files, p.KeyFile)
	}
	var out []Finding
	for _, file := range files {
		if f, wrong := secretFile(file); wrong {
			out = append(out, f)
		}
	}
	if len(out) == 0 {
		out = append(out, ok(SecretFiles, fmt.Sprintf("%s are closed to everybody else.", counted(len(files), "secret file"))))
	}
	return append(out, masterKey(c))
}

func secretFile(path string) (Finding, bool) {
	st, err := os.Stat(path)
	if err != nil {
		return failed(SecretFiles, "The file "+path+" cannot be looked at.", err), true
	}
	if disk.OpenToOthers(st) {
		return broken(SecretFiles, fmt.Sprintf("Others can read %s (mode %04o).", path, st.Mode().Perm()), "Close it: chmod 600 "+path), true
	}
	if owner := disk.OwnerOf(st); owner > 0 && owner != os.Geteuid() { // root can read it anyway, and hands credentials over
		return attention(SecretFiles, path+" is another user's.", fmt.Sprintf("Give it to the user that runs Carryover: chown %d %s", os.Geteuid(), path)), true
	}
	dir, err := os.Stat(filepath.Dir(path))
	if err == nil && dir.Mode().Perm()&0o002 != 0 && dir.Mode()&fs.ModeSticky == 0 {
		return broken(SecretFiles, "Anybody on this machine may replace "+path+".", "Close its folder: chmod 700 "+filepath.Dir(path)), true
	}
	return Finding{}, false
}

// masterKey looks whether the master key is one, and not kept with what it opens.
func masterKey(c *config.Config) Finding {
	if _, err := seal.ReadMasterKey(c.MasterKeyFile); err != nil {
		return failed(MasterKey, "The master key cannot be read, so no text that was sealed can.", err)
	}
	if rel, err := filepath.Rel(c.Data, c.MasterKeyFile); err == nil && !strings.HasPrefix(rel, "..") {
		return attention(MasterKey, "The master key is kept in the data folder, so whoever copies the folder has both.", "Move it to another folder, and name that in master_key_file.")
	}
	return ok(MasterKey, "The master key can be read. Keep a copy in a safe place away from this machine.")
}

// How much room the data folder needs: a year of a practice is some hundred
// megabytes, and a ledger that cannot grow files nothing.
const (
	littleRoom = 1 << 30
	noRoom     = 64 << 20
)

// folder looks at where the ledger is.
func folder(c *config.Config) []Finding {
	st, err := os.Stat(c.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []Finding{ok(DataFolder, c.Data+" is not there yet; it is made at the first start.")}
	case err != nil:
		return []Finding{failed(DataFolder, c.Data+" cannot be looked at.", err)}
	case !st.IsDir():
		return []Finding{broken(DataFolder, c.Data+" is not a folder.", "Name a folder with data in the configuration.")}
	}
	if err := ledger.CheckFolder(c.Data); err != nil {
		return []Finding{failed(DataFolder, c.Data+" cannot hold a ledger.", err)}
	}
	if owner := disk.OwnerOf(st); owner >= 0 && owner != os.Geteuid() {
		return []Finding{broken(DataFolder, c.Data+" is another user's.", fmt.Sprintf("Run Carryover as that user (number %d), or give the folder to this one with chown.", owner))}
	}
	if disk.OpenToOthers(st) {
		return []Finding{attention(DataFolder, fmt.Sprintf("Others may look into %s (mode %04o).", c.Data, st.Mode().Perm()), "Close it: chmod 700 "+c.Data), room(c.Data)}
	}
	return []Finding{ok(DataFolder, c.Data+" is this user's alone, on this machine's own disk."), room(c.Data)}
}

// room looks at the space that is left.
func room(dir string) Finding {
	left, err := disk.Free(dir)
	if err != nil {
		return failed(DataFolder, "How much room is left cannot be found out.", err)
	}
	return roomLeft(left)
}

func roomLeft(left uint64) Finding {
	says := fmt.Sprintf("%d MB are free on its disk.", left>>20)
	switch {
	case left < noRoom:
		return broken(DataFolder, says+" Nothing can be recorded, so nothing is filed.", "Make room on the disk.")
	case left < littleRoom:
		return attention(DataFolder, says, "Make room on the disk before it is full.")
	}
	return ok(DataFolder, says)
}
