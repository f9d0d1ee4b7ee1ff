// Command carryover carries a practice's documents from Heidi to Cliniko. This
// file holds signals and the exit code; package cli holds the commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"carryover/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal asks for a clean stop. From then on signals do what they
	// do by default: the second one ends the process at once, which the ledger
	// makes safe.
	context.AfterFunc(ctx, stop)
	os.Exit(cli.Main(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
