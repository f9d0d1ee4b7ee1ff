//go:build !linux

package ledger

import "io/fs"

// networkFileSystem knows nothing outside Linux, where Carryover is developed
// on but not run.
func networkFileSystem(string) (string, error) { return "", nil }

// ownerOf knows nothing outside Linux.
func ownerOf(fs.FileInfo) int { return -1 }
