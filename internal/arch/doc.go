// Package arch holds the rules of the layout as tests: which package may import
// which, what the pure packages may not touch, how long a file may grow, and
// that the documents still say what the code does. It has no code of its own.
//
// The tests read the files themselves rather than asking the go command, whose
// answers go test would cache while the tree moves on.
package arch
