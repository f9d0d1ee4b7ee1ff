package web_test

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"testing"
)

// stay keeps the practice and its pages open, to look at them with a browser
// (go test ./web -run TestStay -stay).
var stay = flag.Bool("stay", false, "keep the pages open until interrupted")

func TestStay(t *testing.T) {
	if !*stay {
		t.Skip("only with -stay: it keeps the pages open for somebody to look at")
	}
	at := site(t, demoDay(t))
	fmt.Fprintf(os.Stderr, "the pages are at %s; the cookie as=reviewer or as=admin comes in\n", at)
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	<-c
}
