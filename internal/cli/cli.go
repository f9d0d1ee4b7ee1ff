// Package cli is the carryover command: one subcommand a file. A command reads
// its arguments, asks the desk (the daemon's when one runs, else the ledger's),
// and prints the answer; it decides nothing itself.
//
// What is printed follows four rules. Answers go to standard output, everything
// else to standard error. With --json the answer is one line, the last of
// standard output. Names and clinical text appear only with --names or --text.
// An error is one sentence with the next step; its cause shows with --verbose.
package cli

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/alecthomas/kong"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2 // the command line makes no sense
	exitHeld   = 3 // done, and something waits for a person
)

// Streams are where a command reads and writes.
type Streams struct {
	In  io.Reader
	Out io.Writer // answers
	Err io.Writer // progress, logs, errors
}

// commands is the command line as a whole. Kong fills it in.
type commands struct {
	Config  string `short:"c" placeholder:"FILE" help:"Configuration file (default: $CARRYOVER_CONFIG, ./carryover.yaml, /etc/carryover/carryover.yaml)."`
	JSON    bool   `name:"json" help:"Print the answer as one line of JSON, the last of standard output."`
	Verbose bool   `short:"v" help:"Print the cause of an error too."`

	Demo    demoCmd    `cmd:"" group:"try" help:"Run a simulated clinic's day from Heidi to Cliniko, here and now."`
	Sandbox sandboxCmd `cmd:"" group:"try" help:"Simulate Heidi and Cliniko for another process."`

	Check checkCmd `cmd:"" group:"setup" help:"Look whether keys, links, clock, disk and rules are in order."`
	Link  linkCmd  `cmd:"" group:"setup" help:"Link a practitioner's Heidi account."`

	Run  runCmd  `cmd:"" group:"work" help:"Carry documents until stopped."`
	File fileCmd `cmd:"" group:"work" help:"File a copy of a document by hand."`
	Sync syncCmd `cmd:"" group:"work" help:"Read one session from Heidi now."`

	Backfill backfillCmd `cmd:"" group:"work" help:"Carry past sessions, beside the day's work."`

	Status  statusCmd  `cmd:"" group:"look" help:"Say how things stand."`
	Held    heldCmd    `cmd:"" group:"look" help:"List what waits for a person, and why."`
	Show    showCmd    `cmd:"" group:"look" help:"Show one document: state, evidence, deliveries, history."`
	Preview previewCmd `cmd:"" group:"look" help:"Show what would be filed; nothing is sent."`
	Routes  routesCmd  `cmd:"" group:"look" help:"Say where documents go, and which rule decides."`
	Audit   auditCmd   `cmd:"" group:"look" help:"Verify or export the chain of who did what."`

	Release releaseCmd `cmd:"" group:"decide" help:"Let a held document go to a patient's file."`
	Dismiss dismissCmd `cmd:"" group:"decide" help:"Leave a document out of Cliniko."`
	Retry   retryCmd   `cmd:"" group:"decide" help:"Send a document through the road again."`
	Undo    undoCmd    `cmd:"" group:"decide" help:"Take a filing back: out of the patient's record."`
	Move    moveCmd    `cmd:"" group:"decide" help:"Move a filing to another patient's record."`
	Pause   pauseCmd   `cmd:"" group:"decide" help:"Stop all writes to Cliniko."`
	Resume  resumeCmd  `cmd:"" group:"decide" help:"Let writes go on after a pause."`

	Backup  backupCmd  `cmd:"" group:"keep" help:"Copy the ledger, also while the daemon runs."`
	Restore restoreCmd `cmd:"" group:"keep" help:"Put a backup in the ledger's place."`
	Rekey   rekeyCmd   `cmd:"" group:"keep" help:"Change the master key."`

	SupportBundle supportCmd `cmd:"" name:"support-bundle" group:"look" help:"Pack what helps others to help, without anything of a patient."`

	Version versionCmd `cmd:"" group:"look" help:"Say which build this is."`

	Token      tokenCmd      `cmd:"" group:"work" help:"Tokens for programs that trigger or watch."`
	Man        manCmd        `cmd:"" group:"shell" help:"Print the manual page."`
	Completion completionCmd `cmd:"" group:"shell" help:"Print the completion for a shell."`
	Schema     schemaCmd     `cmd:"" group:"shell" help:"Print the form of the configuration, as a JSON Schema."`

	AdminLink adminLinkCmd `cmd:"" name:"admin-link" group:"work" help:"Let the first admin in to the review page, or back in."`
}

var groups = kong.Groups{
	"try":    "Try it, without an account",
	"setup":  "Set it up",
	"work":   "Carry documents",
	"look":   "Look",
	"decide": "Decide",
	"keep":   "Keep it safe",
	"shell":  "For this machine",
}

const description = `Carries every finished Heidi document to the right patient's file in Cliniko, once,
word for word, without leaving Australia. A person decides whenever there is doubt.

Exit codes: 0 done; 1 failed; 2 the command line makes no sense; 3 done, and
something waits for a person (status, held, sync, file, demo --once).`

// Main runs one command and returns the exit code. It stops cleanly when ctx
// ends. Nothing it calls ends the process.
func Main(ctx context.Context, args []string, s Streams) int {
	var c commands
	exited := -1
	parser, err := newParser(&c, s, func(code int) { exited = code })
	if err != nil {
		return tell(s, &c, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	chosen, err := parser.Parse(args)
	if exited >= 0 { // help was asked for and printed
		return exited
	}
	if err != nil {
		c.JSON = slices.Contains(args, "--json") // nothing was filled in
		return tell(s, &c, usage{err})
	}
	a := &app{ctx: ctx, Streams: s, flags: &c}
	if err := chosen.Run(a); err != nil {
		c.JSON = c.JSON && !a.told // an answer that was given stays the last line
		return tell(s, &c, err)
	}
	return a.code
}

// newParser returns the parser that fills in c; exit is called after help.
func newParser(c *commands, s Streams, exit func(code int)) (*kong.Kong, error) {
	return kong.New(c,
		kong.Name("carryover"), kong.Description(description), groups,
		kong.Writers(s.Out, s.Err), kong.Exit(exit),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 100}),
		kong.Bind(c))
}

// usage is an error of the command line.
type usage struct{ error }

// Unwrap returns the cause.
func (u usage) Unwrap() error { return u.error }

func badUsage(text string) error { return usage{errors.New(text)} }
