package sim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"net"
	"regexp"
	"slices"
	"sync"
	"syscall"
	"time"
)

// grid is the distance at which arrivals are placed. Whatever chance a client
// adds to a wait that is much shorter is gone with the next arrival.
const grid = 4 * time.Millisecond

// farthest is how many places of the grid an arrival is away at most.
const farthest = 10

// A Network carries bytes between daemons and simulators, in memory. What is
// written arrives some milliseconds later, at an instant of its own that is a
// hash of what was written and how often that was.
type Network struct {
	dice      Dice
	mu        sync.Mutex // guards what follows
	listeners map[string]*listener
	written   map[string]int
}

// NewNetwork returns a network without listeners.
func NewNetwork(d Dice) *Network {
	return &Network{dice: d, listeners: map[string]*listener{}, written: map[string]int{}}
}

// Listen answers to an address from now on.
func (n *Network) Listen(address string) net.Listener {
	n.mu.Lock()
	defer n.mu.Unlock()
	l := &listener{address: address, arrived: make(chan net.Conn, 64), closed: make(chan struct{})}
	n.listeners[address] = l
	return l
}

// arrival returns when something that is written now arrives. It is known by
// its key.
func (n *Network) arrival(key string) time.Time {
	n.mu.Lock()
	n.written[key]++
	nth := n.written[key]
	n.mu.Unlock()
	hops := time.Duration(1 + n.dice.Pick(farthest, "latency", key, nth))
	return time.Now().Truncate(grid).Add(hops*grid + n.dice.Between(0, grid/2, "place", key, nth))
}

var keyPattern = regexp.MustCompile(`\r\nAuthorization: [^\r]*`)

// keyOf names a request: its first line, key and body. The letters of the first
// line count in no order: a client may ask for the same ids in another one.
func keyOf(request []byte) string {
	head, body, _ := bytes.Cut(request, []byte("\r\n\r\n"))
	line, _, _ := bytes.Cut(head, []byte("\r\n"))
	line = bytes.Clone(line)
	slices.Sort(line)
	sum := sha256.Sum256(bytes.Join([][]byte{line, keyPattern.Find(head), body}, []byte{0}))
	return string(sum[:16])
}

// A link is one daemon's way into the network. Cutting it is what a crash of
// the machine looks like from the other side.
type link struct {
	network *Network
	mu      sync.Mutex // guards what follows
	conns   []*conn    // in the order in which they were opened
	down    bool
}

func (n *Network) newLink() *link { return &link{network: n} }

// dial opens a connection; it is the daemon's Dial.
func (l *link) dial(ctx context.Context, _, address string) (net.Conn, error) {
	l.network.mu.Lock()
	at := l.network.listeners[address]
	l.network.mu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if at == nil || l.down || ctx.Err() != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	there, back := newStream(), newStream()
	near := &conn{network: l.network, in: back, out: there, to: addr(address), link: l}
	far := &conn{network: l.network, in: there, out: back, to: "client", peer: near}
	if err := at.deliver(far); err != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
	}
	l.conns = append(l.conns, near)
	return near, nil
}

// cut ends all connections and lets none begin. Requests that are on the wire
// reach the other side or are lost, as the dice say; no answer comes back.
func (l *link) cut() {
	l.mu.Lock()
	l.down = true
	conns := l.conns
	l.conns = nil
	l.mu.Unlock()
	for _, c := range conns {
		c.in.cut()
		if l.network.dice.Chance(0.5, "arrives", c.last(), 0) {
			c.closed.Do(c.finish)
		} else {
			c.out.cut()
		}
	}
}

// A conn is one end of a connection.
type conn struct {
	network *Network
	in, out *stream
	to      addr
	link    *link // nil at the server's end
	peer    *conn // the client's end, at the server's
	closed  sync.Once
	mu      sync.Mutex
	sent    string // the key of the last request; mu guards it
}

// last returns the key of the last request. Which of several idle connections
// carries it is net/http's affair and must not matter.
func (c *conn) last() string {
	if c.peer != nil {
		c = c.peer
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sent
}

// Read implements net.Conn.
func (c *conn) Read(b []byte) (int, error) { return c.in.read(b) }

// Write implements net.Conn.
func (c *conn) Write(b []byte) (int, error) {
	if c.peer != nil {
		return c.out.write(b, c.network.arrival(c.last()+" answer"))
	}
	key := keyOf(b)
	c.mu.Lock()
	c.sent = key
	c.mu.Unlock()
	return c.out.write(b, c.network.arrival(key))
}

// finish lets the other side see the end.
func (c *conn) finish() {
	whose := " end"
	if c.peer != nil {
		whose = " answer's end"
	}
	c.out.end(c.network.arrival(c.last() + whose))
}

// Close implements net.Conn: what was written still arrives.
func (c *conn) Close() error {
	c.in.cut()
	c.closed.Do(c.finish) // net/http closes twice, and each end has one arrival
	if c.link != nil {
		c.link.mu.Lock()
		c.link.conns = slices.DeleteFunc(c.link.conns, func(o *conn) bool { return o == c })
		c.link.mu.Unlock()
	}
	return nil
}

// LocalAddr implements net.Conn.
func (c *conn) LocalAddr() net.Addr { return addr("sim") }

// RemoteAddr implements net.Conn.
func (c *conn) RemoteAddr() net.Addr { return c.to }

// SetDeadline implements net.Conn. Writing never waits.
func (c *conn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// SetReadDeadline implements net.Conn.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.in.setDeadline(t)
	return nil
}

// SetWriteDeadline implements net.Conn.
func (c *conn) SetWriteDeadline(time.Time) error { return nil }

// An addr is a host and port.
type addr string

// Network implements net.Addr.
func (addr) Network() string { return "tcp" }

// String implements net.Addr.
func (a addr) String() string { return string(a) }

// A listener is one simulator's address.
type listener struct {
	address string
	arrived chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func (l *listener) deliver(c net.Conn) error {
	select {
	case <-l.closed:
		return syscall.ECONNREFUSED
	case l.arrived <- c:
		return nil
	default:
		return errors.New("backlog is full")
	}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.arrived:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr implements net.Listener.
func (l *listener) Addr() net.Addr { return addr(l.address) }
