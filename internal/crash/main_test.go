package crash

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"carryover/internal/cli"
)

// asCommand makes the test binary behave as the carryover command; telling, as
// one that tells its parent of every commit and waits for its word.
const (
	asCommand = "CARRYOVER_TEST_AS_COMMAND"
	telling   = "CARRYOVER_TEST_TELLS_COMMITS"
)

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		if os.Getenv(telling) != "" {
			tellCommits()
		}
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		os.Exit(cli.Main(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
	}
	os.Exit(m.Run())
}

var (
	seed  = flag.Uint64("seed", 1, "seed of the clinics and of what is random")
	long  = flag.Bool("long", false, "the long form: every point, every second kill, many random ones")
	kills = flag.Int("kills", 416, "how many random kills the long form plans; few days are over before their last one")
	lanes = flag.Int("lanes", 8, "how many children run side by side")
	at    = flag.String("at", "", "one kill to repeat: what a failure printed")
)
