package cli

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"carryover/internal/config"
)

// printed runs one command in this process and returns what it prints.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := Main(t.Context(), args, Streams{Out: &out, Err: &errs}); code != exitDone || errs.Len() > 0 {
		t.Fatalf("carryover %s: exit code %d, %s", strings.Join(args, " "), code, errs.String())
	}
	return out.String()
}

// TestManPage: every command, argument and option is on it, nothing in it is read
// as a request of roff that is none of ours, and man has no complaint.
func TestManPage(t *testing.T) {
	page := printed(t, "man")
	_, verbs, err := model()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verbs {
		if !strings.Contains(page, `.SS "carryover `+escaped(v.words)) {
			t.Errorf("the page has nothing about carryover %s", v.words)
		}
		for _, f := range flagsOf(v.node) {
			if !strings.Contains(page, `\-\-`+escaped(f.Name)+`\fR`) {
				t.Errorf("the page has nothing about --%s of carryover %s", f.Name, v.words)
			}
		}
	}
	ours := []string{".TH", ".SH", ".SS", ".TP", ".PP", ".nf", ".fi", ".RS", ".RE"}
	for line := range strings.Lines(page) {
		if word, _, _ := strings.Cut(strings.TrimSpace(line), " "); strings.HasPrefix(line, ".") && !slices.Contains(ours, word) || strings.HasPrefix(line, "'") {
			t.Errorf("roff would read this as a request: %q", line)
		}
	}
	if _, err := exec.LookPath("groff"); err != nil {
		t.Skip("groff is not installed: the page is not formatted")
	}
	format := exec.CommandContext(t.Context(), "groff", "-man", "-ww", "-z", "-Tutf8", "-K", "utf8")
	format.Stdin = strings.NewReader(page)
	if said, err := format.CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("groff: %v, %s", err, said)
	}
}

func TestEscaped(t *testing.T) {
	for in, want := range map[string]string{
		"a-b":          `a\-b`,
		".TH off":      `\&.TH off`,
		"'so /etc/x":   `\(aqso /etc/x`,
		`C:\data`:      `C:\edata`,
		"`run` ~ ^":    `\(garun\(ga \(ti \(ha`,
		"ends with it": "ends with it",
	} {
		if got := escaped(in); got != want {
			t.Errorf("escaped(%q) = %q, want %q", in, got, want)
		}
	}
}

// offered is what bash would offer after these words, the last of which is being
// typed.
func offered(t *testing.T, script string, words ...string) []string {
	t.Helper()
	var quoted strings.Builder
	for _, w := range words {
		quoted.WriteString(" '" + w + "'")
	}
	ask := script + "\nCOMP_WORDS=(carryover" + quoted.String() + "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _carryover_words; printf '%s\\n' \"${COMPREPLY[@]}\"\n"
	run := exec.CommandContext(t.Context(), "bash", "--norc", "-c", ask)
	run.Dir = t.TempDir()
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("bash: %v, %s", err, out)
	}
	return strings.Fields(string(out))
}

func TestBashCompletion(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not installed")
	}
	script := printed(t, "completion", "bash")
	for _, c := range []struct {
		typed []string
		want  string // in what is offered
		never string
	}{
		{[]string{"rel"}, "release", "retry"},
		{[]string{"routes", ""}, "test", "demo"},
		{[]string{"routes", "test", "--"}, "--document", "--born"},
		{[]string{"--json", "release", "--p"}, "--patient", "--practitioner=x"},
		{[]string{"dismiss", "HD-1", "--reason", "not"}, "not_for_cliniko", "test"},
		{[]string{"run", "--log-level", ""}, "warn", "--json"},
		{[]string{"completion", ""}, "fish", "demo"},
		{[]string{"held", "--j"}, "--json", "--names"},
	} {
		got := offered(t, script, c.typed...)
		if !slices.Contains(got, c.want) || slices.Contains(got, c.never) {
			t.Errorf("after carryover %s bash offers %v, want %s and not %s", strings.Join(c.typed, " "), got, c.want, c.never)
		}
	}
}

// TestCompletions: each shell's script knows every command, and the shell, where
// it is there, can read it.
func TestCompletions(t *testing.T) {
	_, verbs, err := model()
	if err != nil {
		t.Fatal(err)
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		script := printed(t, "completion", shell)
		for _, v := range verbs {
			last := v.words[strings.LastIndex(v.words, " ")+1:]
			if !strings.Contains(script, last) {
				t.Errorf("the completion for %s knows no %s", shell, v.words)
			}
		}
		if _, err := exec.LookPath(shell); err != nil {
			t.Logf("%s is not installed: its script is not read", shell)
			continue
		}
		read := exec.CommandContext(t.Context(), shell, "-n", "/dev/stdin")
		read.Stdin = strings.NewReader(script)
		if said, err := read.CombinedOutput(); err != nil || len(said) > 0 {
			t.Errorf("%s -n: %v, %s", shell, err, said)
		}
	}
}

func TestPrintsSchema(t *testing.T) {
	if got := printed(t, "schema"); got != config.Schema {
		t.Errorf("carryover schema prints %d bytes, want the %d of the schema", len(got), len(config.Schema))
	}
	if got := printed(t, "schema", "--json"); strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, `{"$schema":`) {
		t.Errorf("carryover schema --json prints %.80q, want one line", got)
	}
}
