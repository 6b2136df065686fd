package tortransport_test

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// observedTor is a tor of somebody else's, with a second control connection for
// the test to look at its circuits.
type observedTor struct {
	*tor.Daemon
	control *bufio.ReadWriter
}

func startObserved(t *testing.T, in *tortest.Network) *observedTor {
	t.Helper()
	ctx := testContext(t)
	c, err := in.StartClient(ctx, tortest.ClientConfig{
		SocksFlags: "ExtendedErrors IsolateSOCKSAuth",
		Torrc:      exitTorrc,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Kill)
	d := attach(t, tor.AttachConfig{Control: parseAddr(t, c.Control), SOCKS: parseAddr(t, c.Socks)})
	if err := d.WaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", c.Control)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(testTimeout))
	o := &observedTor{d, bufio.NewReadWriter(bufio.NewReader(conn), bufio.NewWriter(conn))}
	cookie, err := os.ReadFile(c.CookieFile)
	if err != nil {
		t.Fatal(err)
	}
	o.ask(t, "AUTHENTICATE "+hex.EncodeToString(cookie))
	return o
}

// ask returns the lines of the answer, without status codes.
func (o *observedTor) ask(t *testing.T, command string) (lines []string) {
	t.Helper()
	fmt.Fprintf(o.control, "%s\r\n", command)
	if err := o.control.Flush(); err != nil {
		t.Fatal(err)
	}
	data := false
	for {
		line, err := o.control.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		line = strings.TrimRight(line, "\r\n")
		switch {
		case data && line == ".":
			data = false
		case data:
			lines = append(lines, line)
		case strings.HasPrefix(line, "250+"):
			data = true
		case strings.HasPrefix(line, "250-"):
			lines = append(lines, strings.TrimPrefix(line, "250-"))
		case strings.HasPrefix(line, "250 "):
			return lines
		default:
			t.Fatalf("%s: %s", strings.Fields(command)[0], line)
		}
	}
}

// circuits tells by its target which circuits each open stream is on (control-spec
// section 3.9, stream-status: ID, status, circuit, target).
func (o *observedTor) circuits(t *testing.T) map[string][]string {
	t.Helper()
	found := make(map[string][]string)
	for _, line := range o.ask(t, "GETINFO stream-status") {
		words := strings.Fields(strings.TrimPrefix(line, "stream-status="))
		if len(words) >= 4 && words[1] == "SUCCEEDED" {
			found[words[3]] = append(found[words[3]], words[2])
		}
	}
	return found
}

// wantSeparate checks that streams to different targets are on different circuits,
// and returns the circuits of each.
func wantSeparate(t *testing.T, circuits map[string][]string, targets []string) {
	t.Helper()
	owner := make(map[string]string)
	for _, target := range targets {
		if len(circuits[target]) == 0 {
			t.Fatalf("tor has no stream to one of the targets; it has %d", len(circuits))
		}
		for _, c := range circuits[target] {
			if other, taken := owner[c]; taken && other != target {
				t.Error("two peers share a circuit")
			}
			owner[c] = target
		}
	}
}

// TestCircuitsPerPeer asks Tor which circuits the connections to several peers are
// on.
func TestCircuitsPerPeer(t *testing.T) {
	a, _ := sharedTors(t)
	o := startObserved(t, privateNetwork(t))
	client := newParty(t, o.Daemon)
	var targets []string
	for range 3 {
		k := newKey(t)
		server := newParty(t, a, k)
		addr := server.serve(t, k)
		targets = append(targets, fmt.Sprintf("%s:%d", k.Address(), virtualPort))
		for range 2 {
			c := client.mustDialSoon(t, addr, server.id)
			defer c.Close()
		}
	}
	circuits := o.circuits(t)
	wantSeparate(t, circuits, targets)
	for _, target := range targets {
		if c := circuits[target]; len(c) != 2 || c[0] != c[1] {
			t.Errorf("two connections to a peer are on %d circuits or none", len(c))
		}
	}
}

// TestCircuitsPerPeerOfOneService has two peers behind one onion service. Its streams
// share a circuit, unless they are kept apart.
func TestCircuitsPerPeerOfOneService(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sockets := []string{filepath.Join(dir, "a"), filepath.Join(dir, "b")}
	service := administrator(t, sockets...)
	o := startObserved(t, privateNetwork(t))
	client := newParty(t, o.Daemon)
	var targets []string
	for i, socket := range sockets {
		port := uint16(4001 + i)
		addr, err := service.Multiaddr(port)
		if err != nil {
			t.Fatal(err)
		}
		server := partyConfig{}.new(t, tortransport.WithDialer(&countingDialer{}),
			tortransport.WithConfiguredService(service, tor.Addr{Network: "unix", Address: socket}))
		l, err := server.Listen(addr)
		if err != nil {
			t.Fatal(err)
		}
		var task sync.WaitGroup
		task.Go(func() {
			if c, err := l.Accept(); err == nil {
				echoStreams(c)
			}
		})
		t.Cleanup(func() { l.Close(); task.Wait() })
		c := client.mustDialSoon(t, addr, server.id)
		t.Cleanup(func() { c.Close() })
		mustEcho(t, c)
		targets = append(targets, fmt.Sprintf("%s:%d", service, port))
	}
	wantSeparate(t, o.circuits(t), targets)

	// Without a token they do share: this is what the tokens are for.
	for _, target := range targets {
		c, err := socksDialer(t, o.Daemon).DialContext(testContext(t), "tcp", target)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	circuits := o.circuits(t)
	if a, b := circuits[targets[0]], circuits[targets[1]]; !slices.ContainsFunc(a, func(id string) bool { return slices.Contains(b, id) }) {
		t.Errorf("streams that nobody keeps apart are on circuits %v and %v", a, b)
	}
}

// TestCircuitsPerConnection: with the option not even a peer's connections share.
func TestCircuitsPerConnection(t *testing.T) {
	a, _ := sharedTors(t)
	o := startObserved(t, privateNetwork(t))
	client := partyConfig{}.new(t, tortransport.WithDaemon(o.Daemon), tortransport.WithIsolationPerConnection())
	k := newKey(t)
	server := newParty(t, a, k)
	addr := server.serve(t, k)
	for range 2 {
		c := client.mustDialSoon(t, addr, server.id)
		defer c.Close()
	}
	if c := o.circuits(t)[fmt.Sprintf("%s:%d", k.Address(), virtualPort)]; len(c) != 2 || c[0] == c[1] {
		t.Errorf("two connections to a peer are on circuits %v", c)
	}
}
