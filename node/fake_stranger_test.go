package node_test

import (
	"io"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/transfer"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestStrangersWhoSayNothing: links with strangers are bounded in number, the oldest
// goes, and a contact is not kept out.
func TestStrangersWhoSayNothing(t *testing.T) {
	t.Parallel()
	const many, most = 40, 32
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	friend := newRaw(t, fake)
	friend.join(t, alice)
	shared := attach(t, fake.ControlAddr(), fake.SocksAddr())
	var all []*rawLink
	for range many {
		all = append(all, newRawOn(t, shared, false).call(t, alice))
	}
	for _, l := range all[:many-most] {
		wantEnd(t, l)
	}
	eventually(t, "the end of the oldest", func() bool { return alice.LinkCount() <= most+1 })
	friend.call(t, alice).say(t, text(1, secret))
	alice.awaitKind(t, "message_received")
	newest := all[many-1]
	newest.say(t, wire.Request{Addresses: newest.raw.addresses()})
	alice.awaitKind(t, "request_received")
}

// TestStrangerAsksFirst: the first thing that a stranger says is a request, or the
// last.
func TestStrangerAsksFirst(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	shared := attach(t, fake.ControlAddr(), fake.SocksAddr())
	for name, say := range map[string]func(*raw, *rawLink){
		"a text":      func(_ *raw, l *rawLink) { l.say(t, text(1, secret)) },
		"nothing":     func(_ *raw, l *rawLink) { l.say(t) },
		"an offer":    func(_ *raw, l *rawLink) { l.say(t, wire.FileOffer{Name: "x"}) },
		"an accept":   func(r *raw, l *rawLink) { l.say(t, wire.Accept{Addresses: r.addresses()}) },
		"a text next": func(r *raw, l *rawLink) { l.say(t, wire.Request{Addresses: r.addresses()}, text(1, secret)) },
		"typing":      func(r *raw, l *rawLink) { c := r.content(t); c.Typing = true; l.send(t, c) },
		"a later item": func(r *raw, l *rawLink) {
			r.next = 5
			c := r.content(t, wire.Request{Addresses: r.addresses()})
			c.Base = 0
			l.send(t, c)
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRawOn(t, shared, false)
			l := r.call(t, alice)
			say(r, l)
			wantEnd(t, l)
		})
	}
	if alice.count("message_received")+alice.count("file_offered") > 0 {
		t.Error("something was taken from a stranger")
	}
}

// TestVisitors: connections of people who are no contacts are bounded in number, and
// those that nobody uses are closed after a while.
func TestVisitors(t *testing.T) {
	t.Parallel()
	const many, most = 140, 128
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, func(c *node.Config) { c.Hurry(node.Impatience{Unused: 5 * time.Second}) })
	friend := newRaw(t, fake)
	friend.join(t, alice)
	shared := attach(t, fake.ControlAddr(), fake.SocksAddr())
	highest := 0
	for range many {
		if err := newRawOn(t, shared, false).dial(t, alice); err != nil {
			t.Fatal(err)
		}
		highest = max(highest, alice.ConnectionCount())
	}
	if highest > most+8 { // one more is there until it is closed
		t.Errorf("there were %d connections at once, want %d", highest, most)
	}
	eventually(t, "the end of all but the one in use", func() bool { return alice.ConnectionCount() == 1 })
	friend.call(t, alice).say(t, text(1, secret))
	alice.awaitKind(t, "message_received")
}

// TestFileStreams: strangers get no stream for files at all, and a contact so many that
// others get theirs.
func TestFileStreams(t *testing.T) {
	t.Parallel()
	const many, most = 40, 8
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	friend, stranger := newRaw(t, fake), newRaw(t, fake)
	friend.join(t, alice)
	if err := stranger.dial(t, alice); err != nil {
		t.Fatal(err)
	}
	link, err := alice.Link(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	open := func(r *raw) network.Stream {
		s, err := tortransport.OpenStream(network.WithNoDial(testContext(t), "connected"), r.Network(), link.Peer, transfer.ProtocolID)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Reset() })
		_, _ = s.Write([]byte("half an id"))
		return s
	}
	ended := make(chan struct{}, many+1)
	watch := func(s network.Stream) {
		go func() {
			_, _ = io.Copy(io.Discard, s)
			ended <- struct{}{}
		}()
	}
	watch(open(stranger))
	<-ended
	for range many {
		watch(open(friend))
	}
	for range many - most {
		<-ended
	}
	if n := alice.Serving(); n != most {
		t.Errorf("%d streams of one contact are served, want %d", n, most)
	}
}
