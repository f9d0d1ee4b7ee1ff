package daemon

import (
	"runtime"

	"carryover"
	"carryover/internal/config"
	machine "carryover/internal/disk"
)

// fitHere is fit for the system that this is.
func fitHere(c *config.Config) error { return fit(machine.Lacks(), runtime.GOOS, c) }

// fit refuses to carry a practice's documents on a system that lacks what they
// need. The sandbox's are invented: demo and sandbox run everywhere.
func fit(lacks, system string, c *config.Config) error {
	if lacks == "" || invented(c) {
		return nil
	}
	return &carryover.Problem{
		Op: "carry documents on " + system + ": " + lacks, Kind: carryover.ErrRefused,
		Hint: "Run Carryover for the practice on a Linux machine. Here, carryover demo and carryover sandbox show what it does.",
	}
}

// invented says that both sides are the sandbox's.
func invented(c *config.Config) bool {
	return c.Cliniko.BaseURL != "" && (c.Heidi == nil || c.Heidi.BaseURL != "")
}
