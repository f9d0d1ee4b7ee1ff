package desk

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"

	"carryover"
)

// A Door is where commands reach the daemon.
type Door struct {
	// Data is the data folder. The socket is in it, for the daemon's user alone,
	// unless Socket is named.
	Data string
	// Socket is the absolute path of a socket elsewhere, for a daemon whose data
	// folder nobody else can enter. Empty: in Data.
	Socket string
	// Group may ask and decide as well, through Socket. Empty: nobody but the
	// daemon's user and root.
	Group string
}

// Listen opens the door, as the function Listen does for a data folder: what is
// already there is a dead daemon's. A socket for a group is born closed and
// opened to the group once it belongs to it.
func (d Door) Listen() (net.Listener, error) {
	if d.Socket == "" {
		return Listen(d.Data)
	}
	if len(d.Socket) > maxSocket {
		return nil, d.cannotOpen(fmt.Errorf("its path is longer than %d bytes", maxSocket), "Choose a shorter path.")
	}
	st, err := os.Stat(filepath.Dir(d.Socket))
	if err != nil {
		return nil, d.cannotOpen(cause(err), "Its folder must be there; as a service, RuntimeDirectory= makes it.")
	}
	if st.Mode().Perm()&0o002 != 0 { // somebody could put a socket of their own there
		return nil, d.cannotOpen(errors.New("anybody may put files into its folder"), "Choose a folder that only Carryover's user can write to.")
	}
	if err := os.Remove(d.Socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, d.cannotOpen(cause(err), "Check that this user may write to its folder.")
	}
	l, err := listenPrivate(d.Socket)
	if err != nil {
		return nil, d.cannotOpen(err, "Check that this user may write to its folder.")
	}
	if err := d.admit(); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// admit opens the socket to the group. Nothing is given away when the socket is
// the group's already, as it is for a service with Group=: its filter of system
// calls may not let it give files to others at all.
func (d Door) admit() error {
	if d.Group == "" {
		return nil
	}
	const hint = "Make the group (addgroup --system %s), and run Carryover as a member of it."
	g, err := user.LookupGroup(d.Group)
	if err != nil {
		return d.cannotOpen(fmt.Errorf("there is no group %s", d.Group), fmt.Sprintf(hint, d.Group))
	}
	gid, err := strconv.Atoi(g.Gid)
	if err != nil {
		return d.cannotOpen(fmt.Errorf("group %s has no number", d.Group), fmt.Sprintf(hint, d.Group))
	}
	if has, ok := groupOf(d.Socket); !ok || has != gid {
		if err := os.Chown(d.Socket, -1, gid); err != nil {
			return d.cannotOpen(cause(err), fmt.Sprintf(hint, d.Group))
		}
	}
	if err := os.Chmod(d.Socket, 0o660); err != nil {
		return d.cannotOpen(cause(err), "Check that this user may write to its folder.")
	}
	return nil
}

// path is where the socket is.
func (d Door) path() string {
	if d.Socket != "" {
		return d.Socket
	}
	return socketPath(d.Data)
}

// whoMay tells somebody who may not ask the daemon who may.
func (d Door) whoMay() string {
	if d.Socket != "" && d.Group != "" {
		return fmt.Sprintf("Whoever is in the group %[1]s may: sudo adduser YOU %[1]s, then sign in anew. Or use sudo.", d.Group)
	}
	return "Run this command as the user that runs `carryover run`."
}

func (d Door) cannotOpen(err error, hint string) error {
	return &carryover.Problem{Op: "open the socket " + d.Socket, Kind: carryover.ErrRefused, Err: err, Hint: hint}
}

// cause is an error of a file without the file's name, which the operation has.
func cause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}
