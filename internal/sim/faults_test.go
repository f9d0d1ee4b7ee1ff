package sim

import (
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// Faults say what goes wrong in a world, and when.
type Faults struct {
	From    time.Time     // the first day; zero: firstDay
	Plan    *sandbox.Plan // of the simulators; nil: they behave
	Heidi   heidisim.Switches
	Cliniko clinikosim.Switches

	over bool
}

func (w *World) troubles() {}

func (w *World) mend() {}

func (w *World) met(clinikosim.Event) {}
