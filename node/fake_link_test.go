package node_test

import (
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
)

// rawLink is a link of a raw host.
type rawLink struct {
	network.Stream
	conn *wire.Conn
	raw  *raw
}

// call opens a link with a handshake.
func (r *raw) call(t testing.TB, to *party) *rawLink {
	t.Helper()
	l, h := r.greet(t, to)
	l.finish(t, h)
	return l
}

// greet opens a link, and does the handshake up to its last message.
func (r *raw) greet(t testing.TB, to *party) (*rawLink, *e2ee.Handshake) {
	t.Helper()
	s := r.open(t, to)
	l := &rawLink{s, wire.NewConn(s), r}
	h := r.handshake(t, s.Conn().RemotePeer(), true)
	if err := l.write(h); err != nil {
		t.Fatal(err)
	}
	if err := l.expect(h); err != nil {
		t.Fatal(err)
	}
	return l, h
}

// finish sends the last message of the handshake.
func (l *rawLink) finish(t testing.TB, h *e2ee.Handshake) {
	t.Helper()
	if err := l.write(h); err != nil {
		t.Fatal(err)
	}
	l.enlist(t, h)
}

func (l *rawLink) write(h *e2ee.Handshake) error {
	m, err := h.Write()
	if err != nil {
		return err
	}
	return l.conn.Write(wire.Handshake, m)
}

// enlist keeps the session of a handshake.
func (l *rawLink) enlist(t testing.TB, h *e2ee.Handshake) {
	t.Helper()
	session, err := h.Session()
	if err != nil {
		t.Fatal(err)
	}
	l.raw.mu.Lock()
	defer l.raw.mu.Unlock()
	if _, err := l.raw.sessions.Add(session, time.Now()); err != nil {
		t.Fatal(err)
	}
}

// answer takes a link that a node has opened with a handshake.
func (r *raw) answer(t testing.TB, s network.Stream) *rawLink {
	t.Helper()
	l := &rawLink{s, wire.NewConn(s), r}
	h := r.handshake(t, s.Conn().RemotePeer(), false)
	if err := l.respond(h); err != nil {
		t.Fatal(err)
	}
	l.enlist(t, h)
	return l
}

// respond does the handshake with who has opened the stream.
func (l *rawLink) respond(h *e2ee.Handshake) error {
	if err := l.expect(h); err != nil {
		return err
	}
	if err := l.write(h); err != nil {
		return err
	}
	return l.expect(h)
}

// expect reads a message of the handshake.
func (l *rawLink) expect(h *e2ee.Handshake) error {
	m, err := l.conn.Read(wire.Handshake)
	if err != nil {
		return err
	}
	return h.Read(m)
}

// seal makes a cell of a content.
func (r *raw) seal(c wire.Content) ([]byte, error) {
	b, err := c.Encode()
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	sealed, err := r.sessions.Seal(b, time.Now())
	if err != nil {
		return nil, err
	}
	return sealed.Cell, nil
}

// content is the next one of ours with some items.
func (r *raw) content(t testing.TB, bodies ...wire.Body) wire.Content {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	c := wire.Content{Stream: r.out, Base: r.next, First: r.next}
	if !r.conceal {
		c.Ack = r.in
	}
	for _, body := range bodies {
		b, err := wire.EncodeItem(wire.Item{Body: body})
		if err != nil {
			t.Fatal(err)
		}
		c.Items = append(c.Items, b)
	}
	r.next += uint64(len(bodies))
	return c
}

// say sends items, and confirms what has come.
func (l *rawLink) say(t testing.TB, bodies ...wire.Body) {
	t.Helper()
	l.send(t, l.raw.content(t, bodies...))
}

func (l *rawLink) send(t testing.TB, c wire.Content) {
	t.Helper()
	cell, err := l.raw.seal(c)
	if err == nil {
		err = l.conn.Write(wire.Cell, cell)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// hear reads a cell, and returns what is in it.
func (l *rawLink) hear(t testing.TB) (wire.Content, []wire.Body) {
	t.Helper()
	c, bodies, err := l.read()
	if err != nil {
		t.Fatal(err)
	}
	return c, bodies
}

func (l *rawLink) read() (c wire.Content, bodies []wire.Body, err error) {
	if err := l.SetReadDeadline(time.Now().Add(testTimeout)); err != nil {
		return c, nil, err
	}
	cell, err := l.conn.Read(wire.Cell)
	if err != nil {
		return c, nil, err
	}
	l.raw.mu.Lock()
	defer l.raw.mu.Unlock()
	opened, err := l.raw.sessions.Open(cell, time.Now())
	if err != nil {
		return c, nil, err
	}
	if c, err = wire.DecodeContent(opened.Content); err != nil {
		return c, nil, err
	}
	if l.raw.in.Stream != c.Stream {
		l.raw.in = wire.Ack{Stream: c.Stream, Next: c.Base}
	}
	for i, b := range c.Items {
		if c.First+uint64(i) != l.raw.in.Next {
			continue
		}
		l.raw.in.Next++
		it, err := wire.DecodeItem(b)
		if err != nil {
			return c, nil, err
		}
		bodies = append(bodies, it.Body)
	}
	return c, bodies, nil
}

// hearOf reads until an item of a kind has come.
func hearOf[T wire.Body](t testing.TB, l *rawLink) T {
	t.Helper()
	for {
		_, bodies := l.hear(t)
		for _, b := range bodies {
			if body, ok := b.(T); ok {
				return body
			}
		}
	}
}

// wantEnd fails the test unless the other side ends a stream without a word more.
func wantEnd(t testing.TB, s network.Stream) {
	t.Helper()
	if err := s.SetReadDeadline(time.Now().Add(testTimeout)); err != nil {
		return // it has ended already
	}
	var b [1]byte
	if n, err := s.Read(b[:]); n > 0 || err == nil {
		t.Fatal("something has come where the end was expected")
	} else if e, ok := err.(interface{ Timeout() bool }); ok && e.Timeout() {
		t.Fatal("the stream goes on")
	}
}

// join makes a raw host a contact of a node, by an invite, and returns the link that
// it asked on, the contact and the conversation.
func (r *raw) join(t testing.TB, to *party) (*rawLink, node.Contact) {
	t.Helper()
	invited, err := to.NewInvite(testContext(t), node.InviteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	l := r.call(t, to)
	l.say(t, wire.Request{Name: "raw", Addresses: r.addresses(), Invite: invited.Invite[:]})
	hearOf[wire.Accept](t, l)
	return l, contactOf(t, to, r.ID())
}

func text(id byte, s string) wire.Text { return wire.Text{ID: wire.MessageID{id}, Text: s} }
