package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"carryover"
)

// socketName is the socket's name in the data folder. Where the folder's path is
// too long for a socket (maxSocket), the socket is made in a private
// folder below the temporary one, and a file pointerName in the data folder
// holds its path.
const (
	socketName  = "carryover.sock"
	pointerName = "carryover.sock.path"
)

// Listen opens the desk's socket of a data folder, mode 0600. The caller holds
// the ledger's lock, so a socket that is already there is a dead daemon's and is
// replaced. Closing the listener removes the socket.
func Listen(data string) (net.Listener, error) {
	path := filepath.Join(data, socketName)
	if len(path) > maxSocket {
		short, err := shortPath(data)
		if err != nil {
			return nil, cannotListen(data, err)
		}
		path = short
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, cannotListen(data, err)
	}
	l, err := listenPrivate(path)
	if err != nil {
		return nil, cannotListen(data, err)
	}
	return l, nil
}

// listenPrivate binds the socket so that it is never open to others, whatever
// the umask, not even between bind and chmod.
func listenPrivate(path string) (net.Listener, error) {
	l, err := bindPrivate(path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil { // where the mode of the descriptor means nothing
		_ = l.Close()
		return nil, err
	}
	return l, nil
}

// shortPath makes the private folder for a socket whose own folder has too long
// a path, and the pointer to it.
func shortPath(data string) (string, error) {
	sum := sha256.Sum256([]byte(data))
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("carryover-%d-%s", os.Getuid(), hex.EncodeToString(sum[:6])))
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	if err := private(dir); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "s")
	if len(path) > maxSocket {
		return "", errors.New("the temporary folder's path is too long for a socket as well")
	}
	return path, os.WriteFile(filepath.Join(data, pointerName), []byte(path+"\n"), 0o600)
}

// socketPath returns where the desk's socket of a data folder is.
func socketPath(data string) string {
	path := filepath.Join(data, socketName)
	if len(path) <= maxSocket {
		return path
	}
	raw, err := os.ReadFile(filepath.Join(data, pointerName))
	if err != nil {
		return path // too long to dial: the error says that nothing is there
	}
	short := strings.TrimSpace(string(raw))
	if private(filepath.Dir(short)) != nil {
		return path
	}
	return short
}

// dial connects to a socket; the error is ErrNoDaemon when nobody listens.
func (d Door) dial(ctx context.Context) (net.Conn, error) {
	path := d.path()
	if len(path) > maxSocket {
		return nil, ErrNoDaemon
	}
	var n net.Dialer
	conn, err := n.DialContext(ctx, "unix", path)
	if err == nil {
		return conn, nil
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, ErrNoDaemon
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, &carryover.Problem{
			Op: "ask the daemon", Kind: carryover.ErrUnauthorized, Err: fs.ErrPermission,
			Hint: d.whoMay(),
		}
	}
	return nil, err
}

func cannotListen(data string, err error) error {
	return &carryover.Problem{
		Op: "open the socket in " + data, Kind: carryover.ErrRefused, Err: err,
		Hint: "Check that this user may write to the data folder and that it is on a local disk.",
	}
}
