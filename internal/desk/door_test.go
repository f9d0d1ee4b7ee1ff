package desk

import (
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"carryover"
)

// groupOfMine is the name of this process's own group.
func groupOfMine(t *testing.T) string {
	t.Helper()
	g, err := user.LookupGroupId(strconv.Itoa(os.Getgid()))
	if err != nil {
		t.Skipf("this user's group has no name: %v", err)
	}
	return g.Name
}

func modeOf(t *testing.T, path string) fs.FileMode {
	t.Helper()
	st, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return st.Mode().Perm()
}

func TestDoorElsewhere(t *testing.T) {
	for _, c := range []struct {
		name, group string
		want        fs.FileMode
	}{
		{"for nobody else", "", 0o600},
		{"for a group", groupOfMine(t), 0o660},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Door{Data: t.TempDir(), Socket: filepath.Join(t.TempDir(), "s"), Group: c.group}
			if err := os.WriteFile(d.Socket, nil, 0o600); err != nil { // a dead daemon's
				t.Fatal(err)
			}
			l, err := d.Listen()
			if err != nil {
				t.Fatal(err)
			}
			if got := modeOf(t, d.Socket); got != c.want {
				t.Errorf("the socket's mode is %04o, want %04o", got, c.want)
			}
			if _, err := d.Dial(); err != nil {
				t.Errorf("Dial = %v", err)
			}
			if _, err := Dial(d.Data); err != ErrNoDaemon { //nolint:errorlint // returned bare
				t.Errorf("Dial(the data folder) = %v, want ErrNoDaemon: the socket is elsewhere", err)
			}
			l.Close()
			if _, err := d.Dial(); err != ErrNoDaemon { //nolint:errorlint // returned bare
				t.Errorf("Dial(closed) = %v, want ErrNoDaemon", err)
			}
		})
	}
}

func TestDoorRefuses(t *testing.T) {
	open := t.TempDir()
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		door Door
		want string
	}{
		{"a folder that is not there", Door{Socket: filepath.Join(t.TempDir(), "gone", "s")}, "RuntimeDirectory="},
		{"a folder for everybody", Door{Socket: filepath.Join(open, "s")}, "only Carryover's user"},
		{"an unknown group", Door{Socket: filepath.Join(t.TempDir(), "s"), Group: "no-such-group-here"}, "addgroup --system no-such-group-here"},
		{"a long path", Door{Socket: filepath.Join(t.TempDir(), strings.Repeat("x", maxSocket))}, "shorter"},
	} {
		l, err := c.door.Listen()
		if err == nil {
			l.Close()
			t.Errorf("%s: Listen = nil, want a refusal", c.name)
			continue
		}
		if got := carryover.HintOf(err); !strings.Contains(got, c.want) {
			t.Errorf("%s: Listen = %v, hint %q, want %q in it", c.name, err, got, c.want)
		}
		if _, err := os.Lstat(c.door.Socket); err == nil {
			t.Errorf("%s: a socket is left behind", c.name)
		}
	}
}
