package node_test

import (
	"crypto/ed25519"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// raw is a libp2p host that speaks the chat protocol by hand, and as a test wants it.
type raw struct {
	host.Host
	key     ed25519.PrivateKey
	service onion.Key
	streams chan network.Stream // that others have opened

	mu       sync.Mutex
	sessions e2ee.Sessions
	out      uint64 // our stream of items
	next     uint64 // the number of our next item
	in       wire.Ack
	conceal  bool // confirms nothing
}

// newRaw makes a host on a fake Tor, with a daemon of its own, that can be reached.
func newRaw(t testing.TB, fake *tortest.Fake) *raw {
	t.Helper()
	r := newRawOn(t, attach(t, fake.ControlAddr(), fake.SocksAddr()), true)
	if err := tortransport.Ready(testContext(t), r.Network()); err != nil {
		t.Fatal(err)
	}
	return r
}

// newRawOn makes a host on a daemon that it may share. Who does not listen costs less.
func newRawOn(t testing.TB, d *tor.Daemon, listens bool) *raw {
	t.Helper()
	r := &raw{streams: make(chan network.Stream, 64), out: 1}
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	r.key = private
	key, err := crypto.UnmarshalEd25519PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	if r.service, err = onion.GenerateKey(); err != nil {
		t.Fatal(err)
	}
	cfg := onionhost.Config{
		Key: key, Ping: true,
		Transport: []tortransport.Option{tortransport.WithDaemon(d), tortransport.WithLogger(slog.New(slog.DiscardHandler))},
	}
	if listens {
		at, err := r.service.Address().Multiaddr(profile.Port)
		if err != nil {
			t.Fatal(err)
		}
		cfg.ListenAddrs = []ma.Multiaddr{at}
		cfg.Transport = append(cfg.Transport, tortransport.WithOnionKey(r.service))
	}
	if r.Host, err = onionhost.New(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	r.SetStreamHandler(wire.ProtocolID, func(s network.Stream) {
		select {
		case r.streams <- s:
		default:
			_ = s.Reset()
		}
	})
	return r
}

// link is the contact link of the host.
func (r *raw) link() contactlink.Link {
	return contactlink.Link{Onion: r.service.Address(), Port: profile.Port, Peer: r.ID()}
}

func (r *raw) addresses() wire.Addresses {
	return wire.Addresses{{Onion: [32]byte(r.service.Address().PublicKey()), Port: profile.Port}}
}

// dial connects to a node.
func (r *raw) dial(t testing.TB, to *party) error {
	t.Helper()
	link, err := to.Link(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	at, err := link.Onion.Multiaddr(link.Port)
	if err != nil {
		t.Fatal(err)
	}
	return onionhost.Connect(testContext(t), r, peer.AddrInfo{ID: link.Peer, Addrs: []ma.Multiaddr{at}})
}

// open opens a chat stream to a node.
func (r *raw) open(t testing.TB, to *party) network.Stream {
	t.Helper()
	if err := r.dial(t, to); err != nil {
		t.Fatal(err)
	}
	return r.openOn(t, to)
}

// openOn does that over the connection that there is.
func (r *raw) openOn(t testing.TB, to *party) network.Stream {
	t.Helper()
	link, err := to.Link(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	s, err := tortransport.OpenStream(network.WithNoDial(testContext(t), "connected"), r.Network(), link.Peer, wire.ProtocolID)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Reset() })
	return s
}

// opened waits for a stream that a node opens.
func (r *raw) opened(t testing.TB) network.Stream {
	t.Helper()
	select {
	case s := <-r.streams:
		t.Cleanup(func() { _ = s.Reset() })
		return s
	case <-time.After(testTimeout):
		t.Fatal("nobody opens a stream")
		return nil
	}
}

// handshake is our side of one with whoever is at the other end of a stream.
func (r *raw) handshake(t testing.TB, with peer.ID, opener bool) *e2ee.Handshake {
	t.Helper()
	h, err := r.handshakeAs(r.key, with, opener)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (r *raw) handshakeAs(key ed25519.PrivateKey, with peer.ID, opener bool) (*e2ee.Handshake, error) {
	identity, err := e2ee.NewIdentity(key)
	if err != nil {
		return nil, err
	}
	remote, err := contactlink.IdentityKey(with)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	generation := r.sessions.Generation()
	r.mu.Unlock()
	cfg := e2ee.HandshakeConfig{
		Identity: identity, LocalID: []byte(r.ID()), RemoteID: []byte(with), RemoteKey: remote,
		KnowsRemote: true, Generation: generation,
	}
	if opener {
		return e2ee.NewInitiator(cfg)
	}
	return e2ee.NewResponder(cfg)
}

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
	m, err := l.conn.Read(wire.Handshake)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Read(m); err != nil {
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
	m, err := l.conn.Read(wire.Handshake)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Read(m); err != nil {
		t.Fatal(err)
	}
	if err := l.write(h); err != nil {
		t.Fatal(err)
	}
	if m, err = l.conn.Read(wire.Handshake); err != nil {
		t.Fatal(err)
	}
	if err := h.Read(m); err != nil {
		t.Fatal(err)
	}
	l.enlist(t, h)
	return l
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

// contactOf returns the contact with a peer ID.
func contactOf(t testing.TB, p *party, id peer.ID) node.Contact {
	t.Helper()
	c, ok := findContact(t, p, id)
	if !ok {
		t.Fatal("there is no such contact")
	}
	return c
}

func findContact(t testing.TB, p *party, id peer.ID) (node.Contact, bool) {
	t.Helper()
	all, err := p.Contacts(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if c.Peer == id.String() {
			return c, true
		}
	}
	return node.Contact{}, false
}

func text(id byte, s string) wire.Text { return wire.Text{ID: wire.MessageID{id}, Text: s} }

// textsOf returns the texts of a conversation, in their order.
func textsOf(t testing.TB, p *party, id ledger.ConversationID) (texts []string) {
	t.Helper()
	all, err := p.Messages(testContext(t), id, 0, 2000)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(all) - 1; i >= 0; i-- {
		texts = append(texts, all[i].Text)
	}
	return texts
}
