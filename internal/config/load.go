package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	_ "time/tzdata" // a clinic's small machine may lack the zone files

	"carryover"
)

// Places are where a configuration is looked for, in this order, when neither
// --config nor CARRYOVER_CONFIG names one.
var Places = []string{"carryover.yaml", "/etc/carryover/carryover.yaml"}

// Variable is the environment variable that names the configuration file.
const Variable = "CARRYOVER_CONFIG"

// Find returns the configuration file to read: named, when that is not empty,
// else what the environment names, else the first of Places that exists. The
// error is a *carryover.Problem of kind ErrGone.
func Find(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	if v := os.Getenv(Variable); v != "" {
		return v, nil
	}
	for _, p := range Places {
		if _, err := os.Stat(p); err == nil {
			return p, nil
		}
	}
	return "", &carryover.Problem{
		Op:   "find the configuration",
		Kind: carryover.ErrGone,
		Hint: "There is no carryover.yaml in this folder and none in /etc/carryover. Name one with --config, or try `carryover demo`, which needs none.",
	}
}

// maxFile bounds what is read; a practice's file has some kilobytes.
const maxFile = 1 << 20

// Load reads and checks the file at path and the secret files it names. The
// error is an *Error with every mistake, or a *carryover.Problem when the file
// itself cannot be read.
func Load(path string) (*Config, error) { return load(path, false) }

// LoadOutline is Load for a command that asks the daemon: the secret files are
// not opened, since whoever may ask need not be able to read them. Keys are
// empty in what it returns.
func LoadOutline(path string) (*Config, error) { return load(path, true) }

func load(path string, outline bool) (*Config, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	source, err := os.ReadFile(abs)
	if err != nil {
		return nil, unreadable(path, err)
	}
	if len(source) > maxFile {
		return nil, unreadable(path, errors.New("larger than 1 MiB"))
	}
	return parse(abs, source, outline)
}

// parse turns the source of the file at abs into a configuration.
func parse(abs string, source []byte, outline bool) (*Config, error) {
	c := defaults(abs)
	r := &reader{file: abs, source: source, folder: filepath.Dir(abs), at: map[string]place{}, outline: outline}
	r.document(c)
	if len(r.mistakes) == 0 { // what is below would only repeat a mistake in other words
		r.whole(c)
	}
	if len(r.mistakes) > 0 {
		return nil, newError(abs, source, r.mistakes)
	}
	return c, nil
}

func unreadable(path string, err error) error {
	hint := "Check the name, and that this user may read the file."
	if errors.Is(err, fs.ErrNotExist) {
		hint = "There is no such file. Check the name, or leave --config away to use ./carryover.yaml or /etc/carryover/carryover.yaml."
	}
	// The path is in Op already; *fs.PathError would repeat it.
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	return &carryover.Problem{Op: "read configuration " + path, Kind: carryover.ErrInvalid, Hint: hint, Err: err}
}
