// Package eager saves the round trip in which two libp2p peers agree on a security
// protocol. The dialler's side of that negotiation (multistream-select 1.0) is two
// lines which the listener repeats if it agrees:
//
//	dialler                                   listener
//	/multistream/1.0.0, /noise          →
//	                                    ←     /multistream/1.0.0, /noise
//	first handshake message             →
//
// A [Conn] stands between the network and a libp2p upgrader that knows nothing of
// it. It tells the upgrader at once what the listener would say, sends the
// proposal together with the first handshake message, and holds the listener to
// its part when the answer comes:
//
//	/multistream/1.0.0, /noise, message →
//	                                    ←     /multistream/1.0.0, /noise, message
//
// The bytes on the wire are those of the stock protocol, only earlier. What the
// protocol is does not matter: the dialler's first proposal is taken.
package eager

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/onionwire/onionwire/tortransport/internal/holdback"
)

// What was sent behind a proposal that is not taken is lost, and to dial again
// without haste is the remedy.
var (
	// ErrDisagreed means that the listener does not take the proposal, or hung up
	// before it said whether it does.
	ErrDisagreed = errors.New("the listener does not take the first security protocol that is proposed")
	// ErrHungUp is the latter case. It matches ErrDisagreed too, and may be bad luck
	// with the connection instead.
	ErrHungUp = fmt.Errorf("%w: it hung up", ErrDisagreed)
)

// header begins every negotiation: a length in one byte, then the line.
const header = "\x13/multistream/1.0.0\n"

// maxProposal bounds the second line, in bytes. Names of security protocols have
// ten.
const maxProposal = 1024

// Conn is the dialler's end of a connection on which nothing has been sent yet.
// It may be used by several goroutines at once.
//
// If what is written first is not the beginning of a negotiation, the Conn steps
// aside: with a pre-shared key, libp2p encrypts it.
type Conn struct {
	net.Conn

	// made is closed when it is known whether there is a proposal. Then aside and
	// proposal do not change any more.
	made     chan struct{}
	aside    bool
	proposal []byte

	out       *holdback.Writer // has the proposal until something follows it
	proposing sync.Mutex
	said      []byte // until made is closed

	reading sync.Mutex
	told    int   // bytes of the answer that the upgrader has been told
	heard   int   // bytes of the answer that the listener has given
	err     error // of the answer, sticky

	agreed       atomic.Bool
	disagreement atomic.Pointer[error]

	closing sync.Once
	closed  chan struct{}
}

// New wraps conn.
func New(conn net.Conn) *Conn {
	return &Conn{Conn: conn, out: holdback.New(conn), made: make(chan struct{}), closed: make(chan struct{})}
}

// Disagreement is ErrDisagreed or ErrHungUp if the listener is known to have not
// taken the proposal, else nil.
func (c *Conn) Disagreement() error {
	if err := c.disagreement.Load(); err != nil {
		return *err
	}
	return nil
}

// Agreed reports whether the listener is known to have taken the proposal.
func (c *Conn) Agreed() bool { return c.agreed.Load() }

// Close closes the connection.
func (c *Conn) Close() error {
	c.closing.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

// Write sends b. A proposal is held back until something follows it, or somebody
// waits for the listener.
func (c *Conn) Write(b []byte) (int, error) {
	if c.propose(b) {
		return len(b), nil
	}
	return c.out.Write(b)
}

// propose reports whether b belongs to the proposal and to nothing else, and is held
// back.
func (c *Conn) propose(b []byte) bool {
	c.proposing.Lock()
	defer c.proposing.Unlock()
	select {
	case <-c.made:
		return false
	default:
	}
	c.said = append(c.said, b...)
	n, possible := proposalLen(c.said)
	hold := possible && (n == 0 || n == len(c.said)) // else something follows already
	if hold {
		c.out.Hold(b)
	}
	if possible && n == 0 {
		return true // the rest is still to come
	}
	c.aside, c.proposal, c.said = !possible, c.said[:n:n], nil
	close(c.made)
	return hold
}

// Read first tells what the listener will say, then waits until it has said it.
// The error matches ErrDisagreed if it says something else.
func (c *Conn) Read(b []byte) (int, error) {
	select {
	case <-c.made:
	case <-c.closed:
		return 0, net.ErrClosed
	}
	if c.aside {
		return c.Conn.Read(b)
	}
	c.reading.Lock()
	defer c.reading.Unlock()
	if c.told < len(c.proposal) {
		n := copy(b, c.proposal[c.told:])
		c.told += n
		return n, nil
	}
	if err := c.listen(); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

// listen reads the answer of the listener, and not a byte more. After a deadline
// it can be called again and goes on where it stopped.
func (c *Conn) listen() error {
	if c.err != nil || c.heard == len(c.proposal) {
		return c.err
	}
	if err := c.out.Flush(); err != nil {
		return err
	}
	answer := make([]byte, len(c.proposal))
	for c.heard < len(c.proposal) {
		n, err := c.Conn.Read(answer[c.heard:])
		if !bytes.Equal(answer[c.heard:c.heard+n], c.proposal[c.heard:c.heard+n]) {
			err = ErrDisagreed
		}
		c.heard += n
		switch {
		case err == nil:
			continue
		case errors.Is(err, os.ErrDeadlineExceeded):
			return err
		case err == io.EOF, errors.Is(err, syscall.ECONNRESET): //nolint:errorlint // an EOF inside another error is not the listener's
			err = ErrHungUp
		}
		c.err = err
		if errors.Is(err, ErrDisagreed) {
			c.disagreement.Store(&err)
		}
		return err
	}
	c.agreed.Store(true)
	return nil
}

// proposalLen is how many bytes of b are the two lines of a proposal: 0 while
// they are not whole. It reports false if b is none.
func proposalLen(b []byte) (n int, possible bool) {
	if len(b) < len(header) {
		return 0, bytes.HasPrefix([]byte(header), b)
	}
	if !bytes.HasPrefix(b, []byte(header)) {
		return 0, false
	}
	line, size := binary.Uvarint(b[len(header):])
	switch {
	case size < 0 || line > maxProposal:
		return 0, false
	case size == 0 || uint64(len(b)-len(header)-size) < line:
		return 0, true
	}
	return len(header) + size + int(line), true
}
