package tortransport_test

import (
	"sync"
	"testing"

	"github.com/libp2p/go-libp2p/core/transport"
	ttransport "github.com/libp2p/go-libp2p/p2p/transport/testsuite"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// manyAddresses lets libp2p's conformance suite do what it does with port 0 of
// TCP: listen several times at once on one address, and dial at once. Every
// listener gets an onion address of its own and is waited for.
type manyAddresses struct {
	party
	t    *testing.T
	next chan onion.Key
}

func (m manyAddresses) Listen(ma.Multiaddr) (transport.Listener, error) {
	k := <-m.next
	l, err := m.party.Listen(onionAddr(m.t, k))
	if err != nil {
		return nil, err
	}
	if err := m.Ready(testContext(m.t), l.Multiaddr()); err != nil {
		l.Close()
		return nil, err
	}
	return &onceListener{Listener: l, closed: func() { m.next <- k }}, nil
}

// onceListener returns its key when it is closed.
type onceListener struct {
	transport.Listener
	once   sync.Once
	closed func()
}

func (l *onceListener) Close() error {
	err := l.Listener.Close()
	l.once.Do(l.closed)
	return err
}

// conform runs parts of the suite with a listener at one daemon and a dialler at
// the other, which has further options. keys is how many listeners there may be at
// once.
func conform(t *testing.T, listen, dial *tor.Daemon, keys int, tests []ttransport.TransportSubTestFn, opts ...tortransport.Option) {
	t.Helper()
	pool := make(chan onion.Key, keys)
	listens := []tortransport.Option{tortransport.WithDaemon(listen)}
	var first onion.Key
	for range keys {
		k := newKey(t)
		listens = append(listens, tortransport.WithOnionKey(k))
		pool <- k
		first = k
	}
	a := partyConfig{}.new(t, listens...)
	b := partyConfig{}.new(t, append(opts, tortransport.WithDaemon(dial))...)
	ttransport.SubtestTransportWithFs(t, manyAddresses{a, t, pool}, b, onionAddr(t, first).String(), a.id, tests)
}

// TestConformance runs all of the suite, again and again, in every way of dialling.
// Nothing there waits for more than loopback does. The tests of whole hosts that
// libp2p has besides cannot be imported; dropin/libp2psuite runs them.
func TestConformance(t *testing.T) {
	const times = 2
	ways := []struct {
		name    string
		options []tortransport.Option
	}{
		{"EarlyData", nil},
		{"WithoutEarlyData", []tortransport.Option{tortransport.WithoutEarlyData()}},
		{"IsolationPerConnection", []tortransport.Option{tortransport.WithIsolationPerConnection()}},
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			for range times {
				_, d := fakeTor(t)
				conform(t, d, d, 50, ttransport.Subtests, way.options...)
			}
		})
	}
}

// TestConformanceTor runs on real Tor what its timing allows. Left out are
//
//   - StreamReset, which gives a reset 50 ms to arrive: less than Tor takes;
//   - StressManyConn10Stream50Msg, which publishes fifty onion services at once;
//   - the other stress tests, of which each sends 20 MiB or more through
//     circuits that all share this machine, and finds no more than those that
//     are here.
func TestConformanceTor(t *testing.T) {
	t.Parallel()
	a, b := sharedTors(t)
	conform(t, a, b, 10, []ttransport.TransportSubTestFn{
		ttransport.SubtestProtocols,
		ttransport.SubtestBasic,
		ttransport.SubtestCancel,
		ttransport.SubtestPingPong,
		ttransport.SubtestStress1Conn1Stream1Msg,
		ttransport.SubtestStress1Conn1Stream100Msg,
		ttransport.SubtestStreamOpenStress,
	})
}
