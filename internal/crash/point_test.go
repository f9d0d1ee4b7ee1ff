package crash

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A point is one moment at which the child may be killed: a name, and which time
// in the whole run it is reached.
type point struct {
	name string
	nth  int
}

func (p point) String() string { return fmt.Sprintf("%s #%d", p.name, p.nth) }

// A kill says when one life of the child ends: at a point, or, where it has no
// name, some points after its start; or a little later than that.
type kill struct {
	point
	after  int           // points of this life
	later  time.Duration // after that point: in the midst of something
	effect time.Duration // the request that the kill leaves behind takes effect so much later; 0: it is lost
	stop   bool          // at the point it is told to stop cleanly, and killed while it does
}

func (k kill) String() string {
	switch {
	case k.name == "" && k.stop:
		return fmt.Sprintf("%d points, a stop +%v", k.after, k.later)
	case k.name == "":
		return fmt.Sprintf("%d points +%v", k.after, k.later)
	case k.effect > 0:
		return fmt.Sprintf("%v late %v", k.point, k.effect)
	case k.later > 0:
		return fmt.Sprintf("%v +%v", k.point, k.later)
	}
	return k.point.String()
}

// now says that a life ends at p, its nth point.
func (k kill) now(p point, nth int) bool {
	if k.name == "" {
		return nth == k.after
	}
	return k.point == p
}

// line is how a script of kills, one for each life, is written for -at.
func line(script []kill) string {
	var all []string
	for _, k := range script {
		all = append(all, k.String())
	}
	return strings.Join(all, " then ")
}

// parse reads what line wrote.
func parse(text string) (script []kill, err error) {
	for one := range strings.SplitSeq(text, " then ") {
		var k kill
		k.stop = strings.Contains(one, ", a stop")
		one = strings.Replace(one, ", a stop", "", 1)
		if n, later, ok := strings.Cut(one, " points +"); ok {
			if k.after, err = strconv.Atoi(n); err == nil {
				k.later, err = time.ParseDuration(later)
			}
		} else {
			name, rest, _ := strings.Cut(one, " #")
			nth, late, isLate := strings.Cut(rest, " late ")
			nth, later, isLater := strings.Cut(nth, " +")
			k.name = name
			if k.nth, err = strconv.Atoi(nth); err == nil && isLate {
				k.effect, err = time.ParseDuration(late)
			}
			if err == nil && isLater {
				k.later, err = time.ParseDuration(later)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%q is no kill: %w", one, err)
		}
		script = append(script, k)
	}
	return script, nil
}

func TestScriptIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	script := []kill{
		{point: point{"cliniko POST /patient_attachments/{id} took effect", 12}},
		{point: point{"commit pipeline.intend", 1}, effect: time.Second},
		{point: point{"commit ledger.Rekey", 1}, later: 1234567},
		{after: 30, later: 1234567},
		{after: 4, later: time.Millisecond, stop: true},
	}
	got, err := parse(line(script))
	if err != nil || !slices.Equal(got, script) {
		t.Errorf("parse(%q) = %+v, %v, want %+v", line(script), got, err, script)
	}
	for _, text := range []string{"", "commit", "commit pipeline.intend #x", "x points +1s", "1 points +x"} {
		if got, err := parse(text); err == nil {
			t.Errorf("parse(%q) = %+v, want an error", text, got)
		}
	}
}
