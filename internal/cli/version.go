package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

// versionCmd says which build this is.
type versionCmd struct{}

// Help is kong's long help.
func (versionCmd) Help() string {
	return "Example:\n\n  carryover version --json"
}

// A build is what the binary knows about itself.
type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Time     string `json:"time,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func thisBuild() build {
	b := build{Version: "(development)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	known, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := known.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	for _, s := range known.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// Run implements the command.
func (versionCmd) Run(a *app) error {
	b := thisBuild()
	return a.answer(b, func(w io.Writer) {
		fmt.Fprintf(w, "carryover %s\n", b.Version)
		if b.Commit != "" {
			fmt.Fprintf(w, "commit %s of %s", b.Commit, b.Time)
			if b.Modified {
				fmt.Fprint(w, ", with changes")
			}
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s, %s\n", b.Go, b.Platform)
	})
}
