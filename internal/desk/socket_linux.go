package desk

import (
	"context"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// maxSocket is the longest path of a socket: sun_path without its final zero.
const maxSocket = 107

// bindPrivate binds a socket that is born 0600: on Linux the file takes the mode
// that its descriptor has.
func bindPrivate(path string) (net.Listener, error) {
	c := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) (err error) {
		if e := raw.Control(func(fd uintptr) { err = unix.Fchmod(int(fd), 0o600) }); e != nil {
			return e
		}
		return err
	}}
	return c.Listen(context.Background(), "unix", path)
}

// userAt returns the user at the other end of a connection.
func userAt(fd uintptr) (uid int, ok bool) {
	cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return 0, false
	}
	return int(cred.Uid), true
}
