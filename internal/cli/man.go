package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// manCmd writes the manual page.
type manCmd struct{}

// Help is kong's long help.
func (manCmd) Help() string {
	return `Prints carryover(1), with every command, for man.

Example:

  carryover man > carryover.1
  man ./carryover.1`
}

// Run implements the command.
func (manCmd) Run(a *app) error {
	page, err := manPage()
	if err != nil {
		return err
	}
	return a.answer(struct {
		Page string `json:"page"`
	}{page}, func(w io.Writer) { _, _ = io.WriteString(w, page) })
}

// manPage writes the page in the macros of man(7). It has no date, so that a
// build repeats itself.
func manPage() (string, error) {
	app, verbs, err := model()
	if err != nil {
		return "", err
	}
	m := &roff{}
	m.line(`.TH CARRYOVER 1 "" "carryover" "Carryover"`)
	m.line(".SH NAME")
	m.line(`carryover \- files Heidi's documents in Cliniko, once, in the right patient's record`)
	m.line(".SH SYNOPSIS")
	m.line(`\fBcarryover\fR \fICOMMAND\fR [\fIARGUMENT\fR...] [\fIOPTION\fR...]`)
	m.line(".SH DESCRIPTION")
	m.prose(app.Help)
	m.line(".SH OPTIONS")
	m.line(".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR")
	m.text("Help for the program, or after a command for the command.")
	for _, f := range flagsOf(app.Node) {
		m.flag(f)
	}
	m.line(".SH COMMANDS")
	for _, v := range verbs {
		m.command(v)
	}
	m.line(".SH FILES")
	m.item("/etc/carryover/carryover.yaml", "The configuration. carryover schema prints its form.")
	m.item("/etc/carryover/keys/", "Keys, one a file, that the Debian package's unit hands to the service.")
	m.item("/var/lib/carryover/", "The ledger. No package removes it.")
	m.line(".SH ENVIRONMENT")
	m.item("CARRYOVER_CONFIG", "The configuration file, when --config names none.")
	m.line(".SH EXIT STATUS")
	m.item("0", "Done.")
	m.item("1", "Failed, or refused.")
	m.item("2", "The command line makes no sense.")
	m.item("3", "Done, and something waits for a person.")
	return m.b.String(), nil
}

// roff is a page being written.
type roff struct{ b strings.Builder }

func (m *roff) line(s string) { m.b.WriteString(s + "\n") }

// text writes words as they are.
func (m *roff) text(s string) {
	for line := range strings.SplitSeq(s, "\n") {
		m.line(escaped(line))
	}
}

// escaped keeps words from being read as requests or escapes.
func escaped(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "`", `\(ga`, "'", `\(aq`, "^", `\(ha`, "~", `\(ti`).Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}

// prose writes paragraphs, and indented lines as they stand.
func (m *roff) prose(s string) {
	for i, par := range strings.Split(strings.TrimSpace(s), "\n\n") {
		if i > 0 {
			m.line(".PP")
		}
		if strings.HasPrefix(par, "  ") {
			m.line(".nf\n.RS 4")
			m.text(strings.ReplaceAll(strings.TrimPrefix(par, "  "), "\n  ", "\n"))
			m.line(".RE\n.fi")
			continue
		}
		m.text(par)
	}
}

func (m *roff) item(term, words string) {
	m.line(".TP\n\\fB" + escaped(term) + "\\fR")
	m.text(words)
}

func (m *roff) command(v verb) {
	m.line(".SS " + `"carryover ` + escaped(v.words) + arguments(v.node) + `"`)
	m.text(v.node.Help)
	if v.node.Detail != "" {
		m.line(".PP")
		m.prose(v.node.Detail)
	}
	for _, p := range v.node.Positional {
		m.line(".TP\n" + `\fI` + escaped(strings.ToUpper(p.Name)) + `\fR`)
		m.text(p.Help)
	}
	for _, f := range flagsOf(v.node) {
		m.flag(f)
	}
}

// arguments is how a command's arguments are written in its heading.
func arguments(n *kong.Node) string {
	var b strings.Builder
	for _, p := range n.Positional {
		name := escaped(strings.ToUpper(p.Name))
		if !p.Required {
			name = "[" + name + "]"
		}
		b.WriteString(" " + name)
	}
	return b.String()
}

func (m *roff) flag(f *kong.Flag) {
	m.line(".TP")
	name := `\fB\-\-` + escaped(f.Name) + `\fR`
	if f.Short != 0 {
		name = fmt.Sprintf(`\fB\-%c\fR, `, f.Short) + name
	}
	if takesValue(f) {
		name += `=\fI` + escaped(strings.Trim(f.FormatPlaceHolder(), `"`)) + `\fR`
	}
	m.line(name)
	m.text(f.Help)
}
