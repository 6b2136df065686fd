package node_test

import (
	"context"
	"encoding/base32"
	"io"
	"net"
	"sync"
	"testing"

	"golang.org/x/net/proxy"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// TestAddressChange changes an address while a contact is away, who comes back by the
// old one, which then is given up. Nobody but that contact can dial.
func TestAddressChange(t *testing.T) {
	t.Parallel()
	secret := startClient(t, "PublishHidServDescriptors 0")
	p := &pair{
		alice: newPartyOn(t, sharedTor(t, 0)),
		bob:   newHiddenParty(t, attach(t, secret.Control, secret.Socks)),
	}
	p.ofBob, p.ofAlice = befriend(t, p.bob, p.alice)
	old := p.alice.profile.OnionKeys()[0].Address()
	p.bob.leave(t)
	now, err := p.alice.ChangeAddress(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	link, err := p.alice.Link(testContext(t))
	if err != nil || link.Onion != now || now == old {
		t.Fatalf("the link is another one, %v", err)
	}
	p.alice.leave(t)
	p.alice.come(t)
	if got := len(p.alice.profile.OnionKeys()); got != 2 {
		t.Fatalf("%d addresses are in use before the contact knows", got)
	}
	p.bob.come(t)
	p.wantAddress(t, old)
	p.bob.awaitDelivery(t, p.bob.say(t, p.ofBob, "where are you?")[0])
	eventually(t, "the new address", func() bool { return p.addresses(t)[0] == now.String() })
	eventually(t, "the end of the old address", func() bool { return len(p.alice.profile.OnionKeys()) == 1 })
	p.bob.awaitDelivery(t, p.bob.say(t, p.ofBob, "are you there?")[0])
	eventually(t, "one address", func() bool { return len(p.addresses(t)) == 1 })
	p.wantAddress(t, now)
	if conn, err := dialOnion(t, sharedTor(t, 1), old); err == nil {
		conn.Close()
		t.Error("the old address is there")
	}

	p.bob.leave(t)
	p.bob.come(t)
	p.bob.awaitDelivery(t, p.bob.say(t, p.ofBob, "at the new address")[0])
	p.alice.awaitTexts(t, p.ofAlice, []string{"where are you?", "are you there?", "at the new address"})
}

// addresses returns where bob thinks that alice is.
func (p *pair) addresses(t testing.TB) (all []string) {
	t.Helper()
	contacts, err := p.bob.Contacts(testContext(t))
	if err != nil || len(contacts) != 1 {
		t.Fatalf("contacts are %+v, %v", contacts, err)
	}
	for _, a := range contacts[0].Addresses {
		all = append(all, a.Onion)
	}
	return all
}

func (p *pair) wantAddress(t testing.TB, want onion.Address) {
	t.Helper()
	if got := p.addresses(t); len(got) != 1 || got[0] != want.String() {
		t.Errorf("bob thinks that alice is at %q, not at %q", got, want.String())
	}
}

// TestClientAuthorisation adds a contact whose onion service nobody finds without the
// key that is in the link.
func TestClientAuthorisation(t *testing.T) {
	t.Parallel()
	alice, bob := newPartyOn(t, sharedTor(t, 0)), newPartyOn(t, sharedTor(t, 1))
	link, err := bob.Link(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	secret, err := onion.GenerateClientKey()
	if err != nil {
		t.Fatal(err)
	}
	hidden := hide(t, sharedTor(t, 1), link.Onion, secret.Public())
	if conn, err := dialOnion(t, sharedTor(t, 0), hidden); err == nil {
		conn.Close()
		t.Error("the service is open to everybody")
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret.Secret())
	if err != nil {
		t.Fatal(err)
	}
	link.Onion, link.ClientKey = hidden, [32]byte(raw)
	if _, err := alice.AddContact(testContext(t), link, node.AddOptions{}); err != nil {
		t.Fatal(err)
	}
	asked := bob.awaitKind(t, "request_received")
	if err := bob.AcceptContact(testContext(t), asked.Contact); err != nil {
		t.Fatal(err)
	}
	alice.await(t, "acceptance", func(e node.Event) bool {
		c, err := alice.Contact(testContext(t), e.Contact)
		return err == nil && c.State == "accepted"
	})
}

// hide makes an onion service for one client that leads to another onion service.
func hide(t testing.TB, d *tor.Daemon, to onion.Address, client onion.ClientPublicKey) onion.Address {
	t.Helper()
	key, err := onion.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	ln, err := d.ListenTarget()
	if err != nil {
		t.Fatal(err)
	}
	service, err := d.Publish(tor.ServiceConfig{
		Key: key, Port: profile.Port, Target: ln.Addr(), Clients: []onion.ClientPublicKey{client},
	})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	all.Go(func() {
		for {
			in, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() { forward(ctx, t, d, in, to) })
		}
	})
	t.Cleanup(func() {
		cancel()
		_ = service.Close()
		_ = ln.Close()
		all.Wait()
	})
	if err := service.Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
	return key.Address()
}

func forward(ctx context.Context, t testing.TB, d *tor.Daemon, in net.Conn, to onion.Address) {
	t.Helper()
	defer in.Close()
	out, err := dialOnion(t, d, to)
	if err != nil {
		t.Error(err)
		return
	}
	defer out.Close()
	stop := context.AfterFunc(ctx, func() { in.Close(); out.Close() })
	defer stop()
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(out, in); out.Close() })
	both.Go(func() { _, _ = io.Copy(in, out); in.Close() })
	both.Wait()
}

func dialOnion(t testing.TB, d *tor.Daemon, to onion.Address) (net.Conn, error) {
	t.Helper()
	socks := d.SOCKS()
	dialer, err := proxy.SOCKS5(socks.Network, socks.Address, nil, proxy.Direct)
	if err != nil {
		return nil, err
	}
	return dialer.(proxy.ContextDialer).DialContext(testContext(t), "tcp", net.JoinHostPort(to.String(), "4001"))
}
