//go:build race

package daemon_test

// The race detector makes a day of work take several times as long, so days are
// longer and fewer of them pass side by side.
const (
	slowness   = 2
	daysAtOnce = "2"
)
