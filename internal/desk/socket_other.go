//go:build !linux

package desk

import (
	"context"
	"net"
)

// maxSocket is the longest path of a socket: macOS has the shortest.
const maxSocket = 103

// bindPrivate binds a socket in a folder that is closed to others already.
func bindPrivate(path string) (net.Listener, error) {
	var c net.ListenConfig
	return c.Listen(context.Background(), "unix", path)
}

// userAt does not know who asks outside Linux, where only the sandbox is served
// (see disk.Lacks); the entry says cli:unknown.
func userAt(uintptr) (uid int, ok bool) { return 0, false }
