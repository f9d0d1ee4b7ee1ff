//go:build !linux

package ledger

import "io/fs"

// networkFileSystem knows nothing outside Linux, where Carryover is tried out
// and developed; see disk.Lacks.
func networkFileSystem(string) (string, error) { return "", nil }

// ownerOf knows nothing outside Linux.
func ownerOf(fs.FileInfo) int { return -1 }
