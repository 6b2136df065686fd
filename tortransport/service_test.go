package tortransport_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

func newClientKey(t *testing.T) onion.ClientKey {
	t.Helper()
	k, err := onion.GenerateClientKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestClientAuthorisation on real tor: who has no key, or a wrong one, is refused
// with a reason; an added key gets in; a removed one is cut off and stays out.
func TestClientAuthorisation(t *testing.T) {
	t.Parallel()
	a, _ := sharedTors(t)
	k, ann, bob := newKey(t), newClientKey(t), newClientKey(t)
	server := partyConfig{}.new(t, tortransport.WithDaemon(a),
		tortransport.WithService(tortransport.Service{Key: k, Clients: []onion.ClientPublicKey{ann.Public()}}))
	addr := server.serve(t, k)

	d := startTor(t)
	ctx := testContext(t)
	client := newParty(t, d)
	if err := client.dialFails(t, ctx, addr, server.id); !errors.Is(err, tortransport.ErrAuthMissing) {
		t.Errorf("without a key: %v", err)
	}
	if err := d.SetClientKey(ctx, k.Address(), bob); err != nil {
		t.Fatal(err)
	}
	if err := client.dialFails(t, ctx, addr, server.id); !errors.Is(err, tortransport.ErrAuthBad) {
		t.Errorf("with a wrong key: %v", err)
	}
	if err := server.SetClients(ctx, addr, []onion.ClientPublicKey{ann.Public(), bob.Public()}); err != nil {
		t.Fatal(err)
	}
	if err := server.Ready(ctx, addr); err != nil {
		t.Fatal(err)
	}
	c := client.mustDialSoon(t, addr, server.id)
	mustEcho(t, c)
	if err := server.SetClients(ctx, addr, []onion.ClientPublicKey{ann.Public()}); err != nil {
		t.Fatal(err)
	}
	if _, err := echo(c, []byte("still there?")); err == nil {
		t.Error("a connection of a client who was removed still works")
	}
	c.Close()
	if err := server.Ready(ctx, addr); err != nil {
		t.Fatal(err)
	}
	if c, err := client.Dial(ctx, addr, server.id); err == nil {
		c.Close()
		t.Error("a client who was removed can connect")
	}
	if err := d.SetClientKey(ctx, k.Address(), ann); err != nil {
		t.Fatal(err)
	}
	c = client.mustDialSoon(t, addr, server.id)
	mustEcho(t, c)
	c.Close()
}

// TestTargets: where Tor brings the connections is the caller's choice.
func TestTargets(t *testing.T) {
	f, d := fakeTor(t)
	socket := filepath.Join(t.TempDir(), "s")
	// What a crash leaves.
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	for _, target := range []tor.Addr{{}, {Network: "tcp", Address: "127.0.0.1:0"}, {Network: "unix", Address: socket}} {
		k := newKey(t)
		server := partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithService(tortransport.Service{Key: k, Target: target}))
		mustReach(t, d, server.serve(t, k), server)
		commands := f.Commands()
		if got := strings.Contains(commands[len(commands)-1], "unix:"); got != (target.Network == "unix") {
			t.Errorf("%v: the command is %t about a unix socket", target, got)
		}
	}
	k := newKey(t)
	busy := partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithService(tortransport.Service{Key: k, Target: tor.Addr{Network: "unix", Address: socket}}))
	if _, err := busy.Listen(onionAddr(t, k)); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a target that is in use: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	k = newKey(t)
	wrong := partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithService(tortransport.Service{Key: k, Target: tor.Addr{Network: "unix", Address: file}}))
	if _, err := wrong.Listen(onionAddr(t, k)); err == nil {
		t.Error("a target that is a file was taken")
	}
	if b, _ := os.ReadFile(file); string(b) != "precious" {
		t.Error("the file is gone")
	}
}

// TestServiceOptions: what a service is asked for with reaches Tor.
func TestServiceOptions(t *testing.T) {
	f, d := fakeTor(t)
	k := newKey(t)
	server := partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithService(tortransport.Service{
		Key: k, PoW: &tor.PoWConfig{QueueRate: 7, QueueBurst: 70}, MaxStreams: 5, CloseCircuit: true,
	}))
	server.serve(t, k)
	var command string
	for _, c := range f.Commands() {
		if strings.HasPrefix(c, "ADD_ONION") {
			command = c
		}
	}
	for _, word := range []string{"PoWDefensesEnabled=1", "PoWQueueRate=7", "PoWQueueBurst=70", "MaxStreams=5", "MaxStreamsCloseCircuit"} {
		if !strings.Contains(command, word) {
			t.Errorf("the command lacks %s", word)
		}
	}
}

// TestSeveralServices has two addresses on one transport.
func TestSeveralServices(t *testing.T) {
	_, d := fakeTor(t)
	k1, k2 := newKey(t), newKey(t)
	server := newParty(t, d, k1, k2)
	addr1, addr2 := server.serve(t, k1), server.serve(t, k2)
	mustReach(t, d, addr1, server)
	mustReach(t, d, addr2, server)
	l, err := server.Status(testContext(t), addr1)
	if err != nil {
		t.Fatal(err)
	}
	for st := range l {
		if st.Phase != tor.Reachable {
			t.Errorf("the phase is %s", st.Phase)
		}
		break
	}
	if _, err := server.Status(testContext(t), onionAddr(t, newKey(t))); err == nil {
		t.Error("an address that is not listened on has a status")
	}
}

// administrator has a tor with an onion service in its torrc, whose ports from 4001
// on lead to the sockets.
func administrator(t *testing.T, sockets ...string) onion.Address {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "service")
	torrc := "HiddenServiceDir " + dir
	for i, socket := range sockets {
		torrc += fmt.Sprintf("\nHiddenServicePort %d unix:%s", 4001+i, socket)
	}
	c, err := privateNetwork(t).StartClient(testContext(t), tortest.ClientConfig{Torrc: torrc})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Kill)
	if err := c.Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
	name, err := os.ReadFile(filepath.Join(dir, "hostname"))
	if err != nil {
		t.Fatal(err)
	}
	addr, err := onion.Parse(strings.TrimSpace(string(name)))
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

// TestConfiguredService has a service that an administrator wrote into a torrc.
func TestConfiguredService(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "target")
	onionName := administrator(t, socket)
	addr, err := onionName.Multiaddr(4001)
	if err != nil {
		t.Fatal(err)
	}
	_, b := sharedTors(t)
	// No daemon: nothing is asked of the administrator's tor.
	server := partyConfig{}.new(t, tortransport.WithDialer(&countingDialer{}),
		tortransport.WithConfiguredService(onionName, tor.Addr{Network: "unix", Address: socket}))
	l, err := server.Listen(addr)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Ready(testContext(t), addr); !errors.Is(err, tor.ErrReadinessUnknown) {
		t.Errorf("Ready gave %v", err)
	}
	status, err := server.Status(testContext(t), addr)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		if c, err := l.Accept(); err == nil {
			echoStreams(c)
		}
	}()
	conn := newParty(t, b).mustDialSoon(t, addr, server.id)
	mustEcho(t, conn)
	conn.Close()
	<-served
	var phases []tor.Phase
	for st := range status {
		phases = append(phases, st.Phase)
		l.Close()
	}
	if len(phases) != 2 || phases[0] != tor.Uploading || phases[1] != tor.Gone {
		t.Errorf("the phases were %v", phases)
	}
	if err := server.SetClients(testContext(t), addr, nil); err == nil {
		t.Error("the clients of a service that is not there were changed")
	}
}

// TestOpenTargets: a target that others can connect to past Tor is refused, unless
// that is asked for.
func TestOpenTargets(t *testing.T) {
	_, d := fakeTor(t)
	for address, open := range map[string]bool{
		"127.0.0.1:0": false, "127.8.9.10:0": false, "[::1]:0": false, "localhost:0": false,
		"0.0.0.0:0": true, "[::]:0": true, "192.0.2.1:0": true, "somewhere.example:0": true, "[::ffff:192.0.2.1]:0": true,
	} {
		target := tor.Addr{Network: "tcp", Address: address}
		k := newKey(t)
		for name, option := range map[string]tortransport.Option{
			"WithService":           tortransport.WithService(tortransport.Service{Key: k, Target: target}),
			"WithConfiguredService": tortransport.WithConfiguredService(k.Address(), target),
		} {
			_, err := tortransport.New(nil, nil, option, tortransport.WithDaemon(d))
			if got := errors.Is(err, tortransport.ErrOpenTarget); got != open || !open && err != nil {
				t.Errorf("%s, %s: %v", name, address, err)
			}
			if err != nil && !strings.Contains(err.Error(), name) {
				t.Errorf("%q does not name the option %s", err, name)
			}
			if _, err := tortransport.New(nil, nil, option, tortransport.WithDaemon(d), tortransport.WithOpenTargets()); err != nil {
				t.Errorf("%s, %s, permitted: %v", name, address, err)
			}
		}
	}
}

// TestOneOptionPerAddress: the second would take away what the first one asks for.
func TestOneOptionPerAddress(t *testing.T) {
	_, d := fakeTor(t)
	k := newKey(t)
	all := map[string]tortransport.Option{
		"WithOnionKey":          tortransport.WithOnionKey(k),
		"WithService":           tortransport.WithService(tortransport.Service{Key: k, Restricted: true}),
		"WithConfiguredService": tortransport.WithConfiguredService(k.Address(), tor.Addr{Network: "tcp", Address: "127.0.0.1:0"}),
	}
	for _, first := range all {
		for name, second := range all {
			_, err := tortransport.New(nil, nil, tortransport.WithDaemon(d), first, second)
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("a second option %s: %v", name, err)
			}
		}
	}
}

// TestReadyOfAll: a service of which nothing is known does not hide the others.
func TestReadyOfAll(t *testing.T) {
	_, d := fakeTor(t)
	known, unknown := newKey(t), newKey(t)
	h := ownHostWith(t, d, []tortransport.Option{
		tortransport.WithConfiguredService(unknown.Address(), tor.Addr{Network: "tcp", Address: "127.0.0.1:0"}),
	}, known)
	if err := h.Network().Listen(onionAddr(t, unknown)); err != nil {
		t.Fatal(err)
	}
	if err := tortransport.Ready(testContext(t), h.Network()); !errors.Is(err, tor.ErrReadinessUnknown) {
		t.Errorf("Ready gave %v", err)
	}
}
