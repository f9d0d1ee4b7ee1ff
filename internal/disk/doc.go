// Package disk knows what the machine's own files can promise: that nobody
// else reads them, and that a new name survives a power cut. Linux promises
// both. Where a system cannot, the package says so instead of pretending, so
// that the demo runs there and a practice's documents do not.
package disk
