package crash

import (
	"slices"
	"strings"
	"testing"
)

// takenBackPoints are the points of taking back and of filing again. What each
// poll reaches again is among them a few times.
func takenBackPoints(points []point) []point {
	begun := slices.IndexFunc(points, func(p point) bool { return strings.HasSuffix(p.name, "/archive arrives") })
	if begun < 0 {
		return nil
	}
	some := map[string]int{}
	return slices.DeleteFunc(slices.Clone(points[max(begun-10, 0):]), func(p point) bool {
		if strings.HasPrefix(p.name, "heidi ") {
			return true // nothing of it is Heidi's
		}
		poll := strings.Contains(p.name, " GET ") && !strings.Contains(p.name, "{id}") ||
			p.name == "commit pipeline.lookByHand" ||
			slices.ContainsFunc(repeats, func(c string) bool { return strings.HasPrefix(p.name, "commit "+c) })
		some[p.name]++
		return poll && some[p.name] > often
	})
}

// takenBackScripts are a kill at each of the points; where a request leaves, also
// one after which it takes effect later, and one with a second kill while the
// next life is at it.
func takenBackScripts(points []point) (all [][]kill) {
	for n, p := range points {
		all = append(all, []kill{{point: p}})
		if strings.Contains(p.name, " POST ") && strings.HasSuffix(p.name, " arrives") {
			all = append(all, []kill{{point: p, effect: smallLate}}, []kill{{point: p}, {after: 20 + n%20}})
		}
	}
	return all
}

// TestKilledWhileTakingBack: SIGKILL at each point of undoing and moving notes and
// files, while somebody works on one and has made another final. Each reversal
// resumes, no record has a document twice at any moment, what somebody touched
// is theirs, and what is moved ends proven in the right record.
func TestKilledWhileTakingBack(t *testing.T) {
	if testing.Short() {
		t.Skip("some small days take ten seconds")
	}
	t.Parallel()
	var c tally
	run := func(t *testing.T, script []kill) result {
		t.Helper()
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("to repeat: go test ./internal/crash -run 'TestKilledWhileTakingBack$' -count 1 -seed %d -at '%s'", *seed, line(script))
			}
		})
		r := newTakenBack(t, script).carryBack()
		c.add(r)
		return r
	}
	if *at != "" {
		script, err := parse(*at)
		if err != nil {
			t.Fatal(err)
		}
		run(t, script)
		return
	}
	all := fewBack
	if *long {
		points := takenBackPoints(run(t, nil).points)
		for n, p := range points {
			say(t, "point %3d: %v", n+1, p)
		}
		all = takenBackScripts(points)
	}
	sideBySide(t, len(all), func(t *testing.T, n int) { run(t, all[n]) }, func(n int) string { return line(all[n]) })
	say(t, "%v: %v", t.Name(), &c)
	if c.unmet*10 > len(all) {
		t.Errorf("%d of %d kills were not met: the points have changed their names or their order", c.unmet, len(all))
	}
}

// fewBack are the kills of the short form: a day in which lives end at the steps
// of taking a note and a file back, of moving one of each, and of bringing back
// what somebody worked on; and one in which a lost request to archive takes
// effect when the next life is at it, over somebody's work.
var fewBack = [][]kill{
	{
		{point: point{"commit pipeline.intendReversal", 1}},
		{point: point{"cliniko POST /patient_attachments/{id}/archive took effect", 1}},
		{point: point{"commit pipeline.secure", 1}},
		{point: point{"commit pipeline.gone", 3}},
		{point: point{"cliniko POST /patient_attachments took effect", 3}},
		{point: point{"cliniko POST /treatment_notes/{id}/unarchive took effect", 1}},
		{point: point{"commit pipeline.handsOff", 2}},
	},
	{{point: point{"cliniko POST /treatment_notes/{id}/archive arrives", 3}, effect: smallLate}},
}
