//go:build !race

package daemon_test

// slowness stretches every day. daysAtOnce is how many clinics may have their
// day side by side: it is mostly waiting, so more of them fit on a machine than
// it has processors.
const (
	slowness   = 1
	daysAtOnce = "6"
)
