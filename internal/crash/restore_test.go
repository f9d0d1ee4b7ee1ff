package crash

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestKilledWhileRestoring: SIGKILL at each commit of `carryover restore`, and at
// random after them, when files change their names. Whatever is in the ledger's
// place is whole each time; restored at last, it files nothing twice, although
// the backup is older than what people decided.
func TestKilledWhileRestoring(t *testing.T) {
	if testing.Short() {
		t.Skip("a small day and a restored one take ten seconds")
	}
	t.Parallel()
	o := dayOf(t, nil, []paper{
		{name: "A note before the backup"},
		{name: "A certificate before the backup", file: true},
		{name: released, nobody: true}, // after the backup, and again after the restore
		{name: dismissed, nobody: true, expect: "held", why: "nobody is named, and a person leaves it out"},
	})
	l := newLane(t, o, nil)
	l.rewrite("grace: 2.5s", smallGrace)
	l.errands = append(l.chores()[:1], decisions(t, o.Practice)...)
	l.carry()
	if t.Failed() {
		return
	}
	random := rand.New(rand.NewPCG(*seed, 13))
	each := 8
	if *long {
		each = 60
	}
	killed := 0
	for i := range each {
		k := kill{after: 1 + i%restoreCommits}
		if i >= restoreCommits {
			k = kill{after: restoreCommits, later: 1 + time.Duration(random.Int64N(int64(8*time.Millisecond)))}
		}
		if l.restore(k) {
			killed++
		}
		if t.Failed() {
			t.Fatalf("after kill %d, %v, of a restore; to repeat: -seed %d -long=%t", i+1, k, *seed, *long)
		}
	}
	if l.restore(kill{}) {
		t.Fatal("a restore that nobody killed was killed")
	}
	l.errands, l.script = decisions(t, o.Practice), nil
	r := l.carry()
	say(t, "%v: %d of %d restores killed; at rest %v after the start", t.Name(), killed, each, r.rested.Round(100*time.Millisecond))
	if killed < restoreCommits {
		t.Errorf("%d restores were killed before they were done, want one at each of the %d commits at least", killed, restoreCommits)
	}
}

// restoreCommits is how many transactions a restore has, all in a copy: one that
// opens it and one that writes into it that it was restored. After the last of
// them the copy takes the ledger's place.
const restoreCommits = 2

// restore runs the command until it is done or killed, and looks at what it has
// left. The zero kill lets it be.
func (l *lane) restore(k kill) (killed bool) {
	l.t.Helper()
	l.mu.Lock()
	l.script = append(make([]kill, l.lives), k) // a zero kill for each life so far: they are over
	l.mu.Unlock()
	l.start("restore", l.backup(), "--replace")
	l.wait(time.Minute, "the restore to end", l.over)
	how := l.child.ProcessState
	if how.Exited() && !how.Success() {
		l.t.Errorf("restore exits with %d, want 0%s", how.ExitCode(), l.tail())
	}
	l.dead(false)
	return !how.Exited()
}
