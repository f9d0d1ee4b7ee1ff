package config

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// A secret may be a credential that the service manager hands to the service:
// credential:NAME instead of a path. systemd puts each into a file of a folder
// that it names in the environment, in memory, which nobody but the service can
// read (systemd.exec(5), LoadCredential=).
const credentialPrefix = "credential:"

// credentials is the environment variable that names the folder.
const credentials = "CREDENTIALS_DIRECTORY"

// credentialName is what systemd takes as a name.
var credentialName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)

// private reads the name of a file that may hold a secret: a path, relative to
// the configuration file, or a credential.
func (r *reader) private(n ast.Node, at string, into *string) bool {
	s, ok := r.text(n, at)
	if !ok {
		return false
	}
	name, is := strings.CutPrefix(s, credentialPrefix)
	if !is {
		return r.path(n, at, into)
	}
	folder := os.Getenv(credentials)
	switch {
	case !credentialName.MatchString(name) || name == "." || name == "..":
		r.wrong(n, at, "that is not the name of a credential", "Write credential: and the name that LoadCredential= gives it, without blanks or slashes: credential:key_master.")
		return false
	case folder == "" && r.outline:
		*into = s // the daemon knows where it is
		return true
	case folder == "":
		r.wrong(n, at, "the credential "+name+" is there for the service alone",
			"Start the service, then commands ask it: sudo systemctl start carryover. A command that works by itself runs as the service does: sudo carryover-as-service COMMAND (docs/install.md).")
		return false
	}
	*into = filepath.Join(folder, name)
	return true
}

// isCredential says that a file is a credential of this process.
func isCredential(path string) bool {
	folder := os.Getenv(credentials)
	return folder != "" && filepath.Dir(path) == filepath.Clean(folder)
}
