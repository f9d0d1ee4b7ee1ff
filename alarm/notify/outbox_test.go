package notify_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/alarm"
	"carryover/alarm/notify"
	"carryover/internal/seal"
	"carryover/ledger"
)

// A box is a channel that keeps what it is sent. While broken it keeps it and
// says that it did not, as a network does that loses an answer.
type box struct {
	name string

	mu     sync.Mutex
	got    []notify.Message
	broken bool
	tries  int
}

func (b *box) Name() string { return b.name }

func (b *box) Send(_ context.Context, m notify.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tries++
	if b.broken {
		return errors.New("no")
	}
	b.got = append(b.got, m)
	return nil
}

// matters counts what the channel was told, by what became of which kind.
func (b *box) matters() map[string]int {
	n := map[string]int{}
	for _, m := range b.got {
		for _, one := range m.Matters {
			n[fmt.Sprintf("%s %s", one.About, one.Kind)]++
		}
		if m.Digest != nil {
			n["digest"]++
		}
	}
	return n
}

// A desk is a ledger with a sender on it.
type desk struct {
	*notify.Sender
	t *testing.T
	l *ledger.Ledger
}

func openLedger(t *testing.T, path string, key seal.MasterKey) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), ledger.Config{Path: path, MasterKey: key})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func newDesk(t *testing.T, channels ...notify.Channel) *desk {
	t.Helper()
	d := &desk{t: t, l: openLedger(t, filepath.Join(t.TempDir(), "ledger.db"), seal.NewMasterKey())}
	d.restart(channels...)
	return d
}

// restart is a new process on the same ledger.
func (d *desk) restart(channels ...notify.Channel) {
	d.Sender = &notify.Sender{Ledger: d.l, Channels: channels, Raise: d.raise, Clear: d.clear, Log: slog.New(slog.DiscardHandler)}
}

func (d *desk) raise(ctx context.Context, k alarm.Kind, subject string) error {
	return d.l.Update(ctx, func(tx *ledger.Tx) error {
		_, err := alarm.Raise(ctx, tx, k, subject, time.Now())
		return err
	})
}

func (d *desk) clear(ctx context.Context, k alarm.Kind, subject string) error {
	return d.l.Update(ctx, func(tx *ledger.Tx) error {
		_, err := alarm.Clear(ctx, tx, k, subject, time.Now())
		return err
	})
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) round() { d.t.Helper(); d.must(d.Round(d.t.Context())) }

func (d *desk) open(k alarm.Kind) (n int) {
	d.t.Helper()
	d.must(d.l.View(d.t.Context(), func(tx *ledger.Tx) error {
		all, err := alarm.Open(d.t.Context(), tx)
		for _, a := range all {
			if a.Kind == k {
				n++
			}
		}
		return err
	}))
	return n
}

// outboxed are the kinds that go through the outbox.
func outboxed() []alarm.Kind {
	return slices.DeleteFunc(slices.Clone(alarm.Kinds), func(k alarm.Kind) bool { return k == alarm.DiskFull })
}

// TestEachAlarmOnce raises every kind twice and clears it twice, with a restart
// in between: each channel hears of each exactly twice in all.
func TestEachAlarmOnce(t *testing.T) {
	t.Parallel()
	mail, push := &box{name: "mail"}, &box{name: "ntfy"}
	d := newDesk(t, mail, push)
	defer d.l.Close()
	want := map[string]int{}
	for _, tell := range []struct {
		about notify.About
		do    func(context.Context, alarm.Kind, string) error
	}{{notify.Raised, d.raise}, {notify.Cleared, d.clear}} {
		for range 2 {
			for _, k := range outboxed() {
				d.must(tell.do(t.Context(), k, "41"))
				want[fmt.Sprintf("%s %s", tell.about, k)] = 1
			}
			d.round()
			d.restart(mail, push)
			d.round()
		}
		for _, b := range []*box{mail, push} {
			if diff := cmp.Diff(want, b.matters()); diff != "" {
				t.Errorf("after %s, what %s was told (-want +got):\n%s", tell.about, b.name, diff)
			}
		}
	}
	if len(mail.got) > 4 {
		t.Errorf("%d mails, want what came together in one", len(mail.got))
	}
}

// TestOverBeforeAnybodyLooked: nobody is told of what came and went.
func TestOverBeforeAnybodyLooked(t *testing.T) {
	t.Parallel()
	mail := &box{name: "mail"}
	d := newDesk(t, mail)
	defer d.l.Close()
	d.must(d.raise(t.Context(), alarm.PollSilent, "41"))
	d.must(d.clear(t.Context(), alarm.PollSilent, "41"))
	d.round()
	if mail.tries != 0 {
		t.Errorf("told %v", mail.matters())
	}
}

// TestBrokenChannel: a message is tried for most of a day, not for ever; people
// are told where they look, and by the other channel, once; a channel that works
// again clears it.
func TestBrokenChannel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mail, push := &box{name: "mail", broken: true}, &box{name: "ntfy"}
		d := newDesk(t, mail, push)
		defer d.l.Close()
		d.must(d.raise(t.Context(), alarm.KeyRefused, "41"))
		told := -1
		for i := range 3 * 24 * 60 {
			d.round()
			if told < 0 && d.open(alarm.MessagesUnsent) > 0 {
				told = i
			}
			time.Sleep(time.Minute)
		}
		if mail.tries < 5 || mail.tries > 10 {
			t.Errorf("%d attempts in three days, want several and then none", mail.tries)
		}
		if told < 1 || told > 30 {
			t.Errorf("told after %d minutes, want after a few attempts", told)
		}
		if diff := cmp.Diff(map[string]int{"raised key_refused": 1, "raised messages_unsent": 1}, push.matters()); diff != "" {
			t.Errorf("what the other channel was told (-want +got):\n%s", diff)
		}
		mail.broken = false
		d.must(d.raise(t.Context(), alarm.HeldLong, "v1"))
		d.round()
		d.round()
		if diff := cmp.Diff(map[string]int{"raised held_long": 1}, mail.matters()); diff != "" {
			t.Errorf("what was mailed in the end (-want +got):\n%s", diff)
		}
		if n := push.matters()["cleared messages_unsent"]; n != 1 || d.open(alarm.MessagesUnsent) != 0 {
			t.Errorf("%d times well again, %d open, want 1 and 0", n, d.open(alarm.MessagesUnsent))
		}
	})
}

// TestRestartHastens: what waits for hours is tried at once by a new process.
func TestRestartHastens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mail := &box{name: "mail", broken: true}
		d := newDesk(t, mail)
		defer d.l.Close()
		d.must(d.raise(t.Context(), alarm.LinkGone, "41"))
		for range 60 {
			d.round()
			time.Sleep(time.Minute)
		}
		mail.broken = false
		d.round()
		if len(mail.got) != 0 {
			t.Fatal("sent before it was due: the test proves nothing")
		}
		d.restart(mail)
		d.round()
		if diff := cmp.Diff(map[string]int{"raised link_gone": 1}, mail.matters()); diff != "" {
			t.Errorf("after a restart (-want +got):\n%s", diff)
		}
	})
}

// closes is a channel in whose moment the process ends: the message is out and
// the outbox does not know.
type closes struct {
	*box

	l *ledger.Ledger
}

func (c closes) Send(ctx context.Context, m notify.Message) error {
	return errors.Join(c.box.Send(ctx, m), c.l.Close())
}

// TestCrashWhileSending: the message is sent once more, under the same id, and
// not a third time.
func TestCrashWhileSending(t *testing.T) {
	t.Parallel()
	path, key, mail := filepath.Join(t.TempDir(), "ledger.db"), seal.NewMasterKey(), &box{name: "mail"}
	d := &desk{t: t, l: openLedger(t, path, key)}
	d.restart(closes{mail, d.l})
	d.must(d.raise(t.Context(), alarm.NotProven, "d1"))
	if err := d.Round(t.Context()); err == nil {
		t.Fatal("Round on a closed ledger = nil")
	}
	d.l = openLedger(t, path, key)
	defer d.l.Close()
	d.restart(mail)
	d.round()
	d.round()
	if len(mail.got) != 2 || mail.got[0].ID != mail.got[1].ID {
		t.Errorf("sent %d times, want twice under one id: %+v", len(mail.got), mail.got)
	}
}

// TestDirectly: the message about a full disk needs no ledger, and is tried again.
func TestDirectly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mail := &box{name: "mail", broken: true}
		d := newDesk(t, mail)
		d.must(d.l.Close())
		d.Directly(notify.Matter{About: notify.Raised, Kind: alarm.DiskFull, At: time.Now()})
		for i := range 20 {
			_ = d.Round(t.Context()) // the ledger is closed
			mail.broken = i < 2
			time.Sleep(time.Minute)
		}
		if diff := cmp.Diff(map[string]int{"raised disk_full": 1}, mail.matters()); diff != "" {
			t.Errorf("what was mailed (-want +got):\n%s", diff)
		}
	})
}
