package preset_test

import (
	"bufio"
	"io"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	basichost "github.com/libp2p/go-libp2p/p2p/host/basic"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// TestSlowNegotiation opens streams whose other end needs longer to choose a
// protocol than libp2p waits, for which libp2p's limit is lowered here. The hosts
// have one of their own.
func TestSlowNegotiation(t *testing.T) {
	const hello = "\x13/multistream/1.0.0\n"
	before := basichost.DefaultNegotiationTimeout
	basichost.DefaultNegotiationTimeout = 100 * time.Millisecond
	defer func() { basichost.DefaultNegotiationTimeout = before }()
	d := fakeTor(t)
	slow := newRecorder(t, d)
	for _, kind := range append(kinds[:len(kinds):len(kinds)], struct {
		name string
		make func(*testing.T, *tor.Daemon) host.Host
	}{"stock", func(t *testing.T, d *tor.Daemon) host.Host {
		t.Helper()
		return newRecorder(t, d)
	}}) {
		t.Run(kind.name, func(t *testing.T) {
			patient := kind.make(t, d)
			if err := slow.Connect(testContext(t), infoOf(patient)); err != nil {
				t.Fatal(err)
			}
			s, err := slow.Network().NewStream(testContext(t), patient.ID())
			if err != nil {
				t.Fatal(err)
			}
			defer s.Reset()
			// The other side hears of the stream by its first byte.
			_, err = io.WriteString(s, hello[:1])
			time.Sleep(10 * basichost.DefaultNegotiationTimeout)
			if err == nil {
				_, err = io.WriteString(s, hello[1:])
			}
			if err == nil {
				_ = s.SetReadDeadline(time.Now().Add(testTimeout))
				_, err = bufio.NewReader(s).ReadString('\n')
			}
			if (err != nil) != (kind.name == "stock") {
				t.Errorf("the slow negotiation ends with %v", err)
			}
		})
	}
}
