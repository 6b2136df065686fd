package tor_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/internal/socks5"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// client is a tor of its own with a key of its own.
type client struct {
	*tor.Daemon
	key onion.ClientKey
}

func newClient(t testing.TB) client {
	t.Helper()
	d := start(t, tor.Config{Torrc: privateNetwork(t).Torrc()})
	return client{d, newClientKey(t)}
}

func newClientKey(t testing.TB) onion.ClientKey {
	t.Helper()
	k, err := onion.GenerateClientKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func publicKeys(clients ...client) (keys []onion.ClientPublicKey) {
	for _, c := range clients {
		keys = append(keys, c.key.Public())
	}
	return keys
}

// wantLetIn waits until a client reaches a service, and returns a connection that
// has been used.
func wantLetIn(t testing.TB, c client, who string, a onion.Address) net.Conn {
	t.Helper()
	ctx := within(t, manyDials)
	for {
		conn, err := dialOnce(ctx, c.Daemon, a)
		if err == nil {
			t.Cleanup(func() { conn.Close() })
			echoOnce(t, conn)
			return conn
		}
		if ctx.Err() != nil {
			t.Fatalf("%s does not get in: %v", who, err)
		}
		t.Logf("%s does not get in yet: %v", who, err)
		time.Sleep(time.Second)
	}
}

// wantKeptOut dials until tor has refused it several times, the descriptor being as
// old or new as it may.
func wantKeptOut(t testing.TB, c client, who string, a onion.Address) {
	t.Helper()
	ctx := within(t, manyDials)
	for refusals := 0; refusals < 3; {
		conn, err := dialOnce(ctx, c.Daemon, a)
		if err == nil {
			conn.Close()
			t.Fatalf("%s got in", who)
		}
		var refused *socks5.ReplyError
		if errors.As(err, &refused) {
			refusals++
		} else if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("%s: %v, want an answer of tor's", who, err)
		}
		t.Logf("%s is kept out: %v", who, err)
	}
}

func echoOnce(t testing.TB, conn net.Conn) {
	t.Helper()
	if err := conn.SetDeadline(time.Now().Add(testTimeout)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "ping"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
}

func killProcess(pid int) error {
	p, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return p.Kill()
}

// cutTimeout bounds how long a connection of somebody who was thrown out may last.
const cutTimeout = 15 * time.Second

// wantCut waits for the end of a connection.
func wantCut(t testing.TB, conn net.Conn, what string) {
	t.Helper()
	if err := conn.SetDeadline(time.Now().Add(cutTimeout)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%s goes on: %v", what, err)
	}
}

// TestSetClients shows that a key that is added gets in, that one that is removed
// does not any more, not even over a circuit that it has, and that others do.
func TestSetClients(t *testing.T) {
	t.Parallel()
	service, _ := pair(t)
	alice, bob, carol := newClient(t), newClient(t), newClient(t)
	key := newKey(t)
	a := key.Address()
	for _, c := range []client{alice, bob, carol} {
		if err := c.WaitReady(testContext(t)); err != nil {
			t.Fatal(err)
		}
		if err := c.SetClientKey(testContext(t), a, c.key); err != nil {
			t.Fatal(err)
		}
	}
	awaitQuietTime(t)
	l, err := service.ListenTarget()
	if err != nil {
		t.Fatal(err)
	}
	echo(t, l)
	s, err := service.Publish(tor.ServiceConfig{Key: key, Port: virtualPort, Target: l.Addr(), Clients: publicKeys(alice, bob)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	set := func(clients ...client) {
		t.Helper()
		begin := time.Now()
		if err := s.SetClients(testContext(t), publicKeys(clients...)); err != nil {
			t.Fatal(err)
		}
		in := time.Since(begin)
		if err := s.Ready(testContext(t)); err != nil {
			t.Fatal(err)
		}
		t.Logf("in force after %s, reachable after %s", in, time.Since(begin))
	}

	if err := s.Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
	conns := map[string]net.Conn{"alice": wantLetIn(t, alice, "alice", a), "bob": wantLetIn(t, bob, "bob", a)}
	wantKeptOut(t, carol, "carol, who is not on the list yet,", a)

	set(alice, bob, carol)
	for _, conn := range conns {
		echoOnce(t, conn) // nobody was thrown out
	}
	conns["carol"] = wantLetIn(t, carol, "carol", a)

	set(alice, carol)
	for who, conn := range conns {
		wantCut(t, conn, "the connection of "+who)
	}
	wantKeptOut(t, bob, "bob, who was removed,", a)
	wantLetIn(t, alice, "alice", a)
	wantLetIn(t, carol, "carol", a)

	set()
	wantKeptOut(t, alice, "alice, when nobody is on the list,", a)
}

// Without the key one learns nothing, with a wrong one neither, and each is told.
func TestClientKeyErrors(t *testing.T) {
	t.Parallel()
	const missing, bad = 0xf4, 0xf5
	service, _ := pair(t)
	c := newClient(t)
	if err := c.WaitReady(testContext(t)); err != nil {
		t.Fatal(err)
	}
	awaitQuietTime(t)
	key := newKey(t)
	a := key.Address()
	l, err := service.ListenTarget()
	if err != nil {
		t.Fatal(err)
	}
	echo(t, l)
	s, err := service.Publish(tor.ServiceConfig{Key: key, Port: virtualPort, Target: l.Addr(), Clients: publicKeys(c)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
	_, err = dial(testContext(t), c.Daemon, a.String(), virtualPort)
	wantReply(t, err, missing)
	if err := c.SetClientKey(testContext(t), a, newClientKey(t)); err != nil {
		t.Fatal(err)
	}
	_, err = dial(testContext(t), c.Daemon, a.String(), virtualPort)
	wantReply(t, err, bad)
	if err := c.SetClientKey(testContext(t), a, c.key); err != nil { // it replaces the other
		t.Fatal(err)
	}
	wantLetIn(t, c, "the client with its key", a).Close()

	// The tor that comes after this one has the key as well.
	child := c.Child()
	before := c.Reconnects()
	if err := killProcess(child); err != nil {
		t.Fatal(err)
	}
	for ctx := testContext(t); c.Reconnects() == before && ctx.Err() == nil; {
		time.Sleep(10 * time.Millisecond)
	}
	if err := c.WaitReady(testContext(t)); err != nil {
		t.Fatal(err)
	}
	wantLetIn(t, c, "the client with another tor", a).Close()
	for range 2 { // the second time there is nothing to remove
		if err := c.RemoveClientKey(testContext(t), a); err != nil {
			t.Error(err)
		}
	}
}

func TestImpossibleClients(t *testing.T) {
	d := start(t, tor.Config{Torrc: isolated})
	cfg := tor.ServiceConfig{Key: newKey(t), Port: 1, Target: listenLoopback(t).Addr()}
	many := make([]onion.ClientPublicKey, tor.MaxClients+1)
	for i := range many {
		many[i] = newClientKey(t).Public()
	}
	cfg.Clients = many
	_, err := d.Publish(cfg)
	wantErr(t, err, tor.ErrTooManyClients)
	cfg.Clients = []onion.ClientPublicKey{{}}
	if _, err := d.Publish(cfg); err == nil {
		t.Error("a client without a key is taken")
	}
	cfg.Clients = append(many[1:], many[1:]...) // each twice
	s, err := d.Publish(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	wantErr(t, s.SetClients(testContext(t), many), tor.ErrTooManyClients)
	if err := s.SetClients(testContext(t), many[1:]); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wantErr(t, s.SetClients(testContext(t), nil), tor.ErrClosed)
	if err := d.SetClientKey(testContext(t), onion.Address{}, newClientKey(t)); err == nil {
		t.Error("a key for no address is taken")
	}
	err = d.SetClientKey(testContext(t), newKey(t).Address(), onion.ClientKey{})
	if err == nil || strings.Contains(err.Error(), ".onion") {
		t.Errorf("SetClientKey without a key: %v", err)
	}
}
