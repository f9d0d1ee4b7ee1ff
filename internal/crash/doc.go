// Package crash holds the harness that kills Carryover for real: its tests run
// the command in a process of its own against simulators in the test's, and end
// it with SIGKILL again and again. It has no code of its own.
package crash
