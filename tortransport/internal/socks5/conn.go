package socks5

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/onionwire/onionwire/tortransport/internal/holdback"
)

// closeTime is how long the SOCKS port may take to close a stream that it has
// refused. Tor closes it right behind the reply.
const closeTime = 250 * time.Millisecond

// Conn is a connection through the SOCKS port whose request may not have been
// sent, or not have been answered. The request leaves together with what is
// written first, so that tor carries both along at once; the answer is read and
// checked by the first Read. A refusal is the error of that Read, and of every
// Read after it: it matches *ReplyError or ErrProtocol.
//
// Like any net.Conn it may be used by several goroutines at once.
type Conn struct {
	net.Conn

	out *holdback.Writer // has the request until it is sent

	reading  sync.Mutex
	answer   []byte // what has come of it, until it is whole
	answered bool
	refused  error         // sticky
	ahead    []byte        // read already, and the service's
	onReply  func(error)   // nil, or called once
	once     sync.Once     // of onReply
	deadline deadlineMutex // what the user wants of reads
}

type deadlineMutex struct {
	sync.Mutex
	at time.Time
}

// Write sends b, behind the request if that is still to be sent. If the
// connection breaks because the request was refused, the error is the refusal.
func (c *Conn) Write(b []byte) (int, error) {
	n, err := c.out.Write(b)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) && c.reading.TryLock() {
		defer c.reading.Unlock()
		// What tor has said before it hung up can still be read.
		if refused := c.readAnswer(); refused != nil {
			err = refused
		}
	}
	return n, err
}

// Read reads what the service says. The first Read sends the request, if nothing
// has been written, and waits for the answer.
func (c *Conn) Read(b []byte) (int, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	if err := c.readAnswer(); err != nil {
		return 0, err
	}
	if len(c.ahead) > 0 {
		n := copy(b, c.ahead)
		c.ahead = c.ahead[n:]
		return n, nil
	}
	return c.Conn.Read(b)
}

// Close closes the connection. Whoever waits for the answer no longer does.
func (c *Conn) Close() error {
	err := c.Conn.Close()
	c.tell(net.ErrClosed)
	return err
}

// SetDeadline and SetReadDeadline keep what they set: the wait for the end of a
// refused stream has a deadline of its own in between.
func (c *Conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline is described at SetDeadline.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.deadline.Lock()
	defer c.deadline.Unlock()
	c.deadline.at = t
	return c.Conn.SetReadDeadline(t)
}

// wait sends the request and waits for the answer.
func (c *Conn) wait() error {
	c.reading.Lock()
	defer c.reading.Unlock()
	return c.readAnswer()
}

// tell reports the answer to who wants to know; the first one counts.
func (c *Conn) tell(err error) {
	c.once.Do(func() {
		if c.onReply != nil {
			c.onReply(err)
		}
	})
}

// readAnswer is called with the lock on reading. After a deadline it can be
// called again and goes on where it stopped.
func (c *Conn) readAnswer() error {
	if c.answered {
		return c.refused
	}
	if err := c.out.Flush(); err != nil {
		return fmt.Errorf("sending the SOCKS request: %w", err)
	}
	err := c.parseAnswer()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	if c.isStale(err) {
		err = nil
	}
	c.answered, c.refused, c.answer = true, err, nil
	c.tell(err)
	return err
}

// need reads until n bytes of the answer are there, and not one more:
// application data follows it.
func (c *Conn) need(n int) error {
	for len(c.answer) < n {
		rest := make([]byte, n-len(c.answer))
		got, err := io.ReadFull(c.Conn, rest)
		c.answer = append(c.answer, rest[:got]...)
		if err != nil {
			return readError(err)
		}
	}
	return nil
}

// parseAnswer reads the answer to the request (RFC 1928, section 6). The address
// in it means nothing with Tor.
func (c *Conn) parseAnswer() error {
	if err := c.need(4); err != nil {
		return err
	}
	if c.answer[0] != version {
		return fmt.Errorf("%w: version %d", ErrProtocol, c.answer[0])
	}
	if code := c.answer[1]; code != 0 {
		// Some servers leave the address out of a refusal.
		return &ReplyError{Code: code}
	}
	switch c.answer[3] {
	case addrIPv4:
		return c.need(4 + net.IPv4len + 2)
	case addrIPv6:
		return c.need(4 + net.IPv6len + 2)
	case addrDomain:
		if err := c.need(5); err != nil {
			return err
		}
		return c.need(5 + int(c.answer[4]) + 2)
	default:
		return fmt.Errorf("%w: address type %d", ErrProtocol, c.answer[3])
	}
}

// isStale reports whether a refusal is in truth a success. Tor notes 0xF0 when
// one directory lacks the descriptor, and 0xF3 when one circuit to the rendezvous
// point fails; if its next try succeeds, it still sends that code, in place of
// success (seen in 0.4.9.11, in connection_ap_handshake_socks_reply).
//
// What gives it away is that the stream stays open behind the reply, or that the
// service speaks.
func (c *Conn) isStale(err error) bool {
	var reply *ReplyError
	if !errors.As(err, &reply) || reply.Code != 0xf0 && reply.Code != 0xf3 {
		return false
	}
	var rest int
	switch c.answer[3] {
	case addrIPv4:
		rest = net.IPv4len + 2
	case addrIPv6:
		rest = net.IPv6len + 2
	default:
		return false // tor sends no names
	}
	began := time.Now()
	if err := c.Conn.SetReadDeadline(began.Add(closeTime)); err != nil {
		return false
	}
	defer func() {
		c.deadline.Lock()
		defer c.deadline.Unlock()
		_ = c.Conn.SetReadDeadline(c.deadline.at) // a closed connection shows in Read
	}()
	if err := c.need(4 + rest); err != nil {
		return false
	}
	first := make([]byte, 1)
	n, err := c.Conn.Read(first)
	c.ahead = first[:n]
	// The user may have set a deadline meanwhile, which says nothing about tor.
	return err == nil || errors.Is(err, os.ErrDeadlineExceeded) && time.Since(began) >= closeTime
}
