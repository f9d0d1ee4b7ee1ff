package crash

import (
	"bufio"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"carryover/sandbox/clinic"
)

// A lane is one clinic with simulators of its own, the folder of the Carryover
// that works for it, and that Carryover's lives, one process after the other.
type lane struct {
	*clinic.Clinic
	t    *testing.T
	dir  string
	late sync.WaitGroup // requests of the dead that are still to take effect

	errands []errand // what people do when the day has come to rest, in order

	// meanwhile is what somebody does while a request is on its way; nil: nothing.
	// It is called before each request has any effect.
	meanwhile func(*http.Request)
	also      func() // what is looked at after each death and at the end; nil: nothing

	mu      sync.Mutex // guards what follows
	script  []kill     // how each life ends; later lives end by themselves
	lives   int        // begun so far
	child   *exec.Cmd
	ended   chan struct{} // closed when the child has ended
	dying   bool          // it was killed
	leaving bool          // it was told to stop, and may end before it is killed
	inLife  int           // points that this life has reached
	reached map[string]int
	points  []point // in order, of all lives
	began   time.Time
	resumed time.Duration // from the start of this life to its first request; 0: none yet
	slowest time.Duration // of all lives after a kill
	next    chan struct{} // closed when the next life begins
	tooLate bool          // a request took effect after the grace period: the machine was too slow
}

// plenty is a limit of requests that no run reaches.
const plenty = 6000

// newLane opens a clinic whose Carryover will be killed by script.
func newLane(t *testing.T, o clinic.Options, script []kill) *lane {
	t.Helper()
	o.RateLimit = plenty
	c, err := clinic.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	l := &lane{Clinic: c, t: t, dir: t.TempDir(), script: script, reached: map[string]int{}, next: make(chan struct{})}
	t.Cleanup(l.late.Wait)
	if err := c.WriteFiles(l.dir); err != nil {
		t.Fatal(err)
	}
	l.rewrite(
		c.HeidiURL, newGate(t, l, "heidi", c.HeidiURL),
		c.ClinikoURL, newGate(t, l, "cliniko", c.ClinikoURL),
		"requests_per_minute: 190 ", "requests_per_minute: 195 ",
	)
	return l
}

// rewrite replaces parts of the configuration.
func (l *lane) rewrite(parts ...string) {
	l.t.Helper()
	text, err := os.ReadFile(l.file())
	if err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(l.file(), []byte(strings.NewReplacer(parts...).Replace(string(text))), 0o600); err != nil {
		l.t.Fatal(err)
	}
}

// grace is the configured grace period.
func (l *lane) grace() time.Duration {
	text, _ := os.ReadFile(l.file())
	m := regexp.MustCompile(`grace: (\S+)`).FindSubmatch(text)
	if m == nil {
		l.t.Fatal("the configuration has no grace period")
	}
	d, err := time.ParseDuration(string(m[1]))
	if err != nil {
		l.t.Fatal(err)
	}
	return d
}

func (l *lane) file() string { return filepath.Join(l.dir, "carryover.yaml") }
func (l *lane) data() string { return filepath.Join(l.dir, "data") }

// reach is called at each point; dead says that the child was killed there, late
// after how long the request that it leaves behind is to take effect.
func (l *lane) reach(name string) (dead bool, late time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reached[name]++
	p := point{name, l.reached[name]}
	l.points = append(l.points, p)
	if l.inLife++; l.resumed == 0 && !strings.HasPrefix(name, "commit ") {
		l.resumed = time.Since(l.began)
		if l.lives > 1 {
			l.slowest = max(l.slowest, l.resumed)
		}
	}
	if l.dying || l.lives == 0 || l.lives > len(l.script) || !l.script[l.lives-1].now(p, l.inLife) {
		return l.dying, 0
	}
	k := l.script[l.lives-1]
	if k.stop {
		l.leaving = true
		_ = l.child.Process.Signal(syscall.SIGTERM)
	}
	if k.later > 0 {
		child := l.child
		time.AfterFunc(k.later, func() { l.strike(child) })
		return false, 0
	}
	l.dying = true
	_ = l.child.Process.Kill()
	return true, k.effect
}

// strike kills a child, if it is still the one that lives.
func (l *lane) strike(child *exec.Cmd) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.child == child {
		l.dying = true
		_ = child.Process.Kill()
	}
}

// start begins a life: `carryover run`, or another command, as a process that
// tells its commits.
func (l *lane) start(args ...string) {
	l.t.Helper()
	tells, tell := l.pipe()
	word, words := l.pipe()
	cmd := l.command(args...)
	cmd.Env = append(cmd.Env, telling+"=1")
	cmd.ExtraFiles = []*os.File{tell, word}
	log, err := os.OpenFile(l.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		l.t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	l.mu.Lock()
	l.lives++
	l.child, l.dying, l.leaving, l.inLife, l.resumed, l.began = cmd, false, false, 0, 0, time.Now()
	ended := make(chan struct{})
	l.ended = ended
	err = cmd.Start()
	close(l.next)
	l.next = make(chan struct{})
	l.mu.Unlock()
	_, _, _ = tell.Close(), word.Close(), log.Close()
	if err != nil {
		l.t.Fatal(err)
	}
	answered := make(chan struct{})
	go func() { // each commit asks; the dead get no answer
		defer close(answered)
		for names := bufio.NewScanner(tells); names.Scan(); {
			if dead, _ := l.reach(names.Text()); !dead {
				_, _ = words.Write([]byte{1})
			}
		}
	}()
	go func() {
		_ = cmd.Wait() // the exit code is in its state
		<-answered
		_, _ = tells.Close(), words.Close()
		close(ended)
	}()
	l.t.Cleanup(func() { // after a test that failed half-way
		_ = cmd.Process.Kill()
		<-ended
	})
}

func (l *lane) pipe() (r, w *os.File) {
	l.t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		l.t.Fatal(err)
	}
	return r, w
}

func (l *lane) log() string { return filepath.Join(l.dir, "run.log") }

// command is a command of Carryover's as a process.
func (l *lane) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(l.t.Context(), os.Args[0], append(args, "--config", l.file())...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	return cmd
}

// stop ends the last life cleanly.
func (l *lane) stop() {
	l.t.Helper()
	_ = l.child.Process.Signal(syscall.SIGTERM)
	l.wait(time.Minute, "a clean stop", func() bool { return l.over() })
	if code := l.child.ProcessState.ExitCode(); code != 0 {
		l.t.Errorf("a clean stop exits with %d, want 0%s", code, l.tail())
	}
}

// over says that the child has ended.
func (l *lane) over() bool {
	select {
	case <-l.ended:
		return true
	default:
		return false
	}
}

// wait looks again and again until done; a wait in vain fails the test.
func (l *lane) wait(most time.Duration, what string, done func() bool) {
	l.t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for limit := time.After(most); !done(); {
		select {
		case <-look.C:
		case <-limit:
			l.t.Fatalf("waited %v in vain for %s%s", most, what, l.tail())
		}
	}
}

// tail is the end of the child's log, which holds no names.
func (l *lane) tail() string {
	log, _ := os.ReadFile(l.log())
	return "; its log ends:\n" + string(log[max(0, len(log)-3000):])
}
