// Package crash holds the harness that kills Carryover for real: its tests run
// the command in a process of its own against simulators in the test's, and end
// it with SIGKILL at numbered points and at random. It has no code of its own,
// and nothing in the shipped program knows of it.
//
// A crash point is a moment at which durable or outside state is about to
// change, or just has:
//
//   - "commit pipeline.intend": a ledger transaction is about to become durable.
//     The child learns of it from SQLite's commit hook and waits for the test's
//     word; the point is named for the function whose transaction it is.
//   - "cliniko POST /treatment_notes arrives": a request has left the process
//     and had no effect yet. A kill here loses it, or, late, lets it take effect
//     when the next process already runs.
//   - "cliniko POST /treatment_notes took effect": the simulator has done what it
//     was asked and nobody was told.
//
// There is no point after a commit, nor one before a request leaves or after its
// answer was read, because none is needed: between two points nothing changes
// that outlives the process, so a kill anywhere between them leaves the world as
// a kill at the second one does. After "commit pipeline.intend" comes "POST
// arrives"; after "took effect" comes "commit pipeline.recordFiled", whose
// transaction is then lost although the answer was read.
//
// Points are numbered in the order in which one run without a kill reaches them.
// Since a poll more or less moves the numbers, a point is repeated by its name
// and by which time it is reached ("commit pipeline.intend #2"); every failure
// prints that line.
//
// What people and operators do meanwhile (a decision, a backup, another master
// key) are the errands of errand_test.go: a command that is added there has its
// commits and requests among the points without a word in its code. Taking back
// and moving have a day of their own (takenback_test.go), in which people work on
// the notes meanwhile.
package crash
