//go:build libp2psuite

// Package transport_integration has go-libp2p's own tests of hosts with its
// transports, run with Tor in place of those: run.sh puts the files of
// p2p/test/transport next to this one.
package transport_integration

import (
	"context"
	"sync"
	"testing"

	"github.com/libp2p/go-libp2p"
	_ "github.com/libp2p/go-libp2p-testing/race" // the other files need it
	"github.com/libp2p/go-libp2p/core/connmgr"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	ma "github.com/multiformats/go-multiaddr"
	_ "github.com/stretchr/testify/require" // the other files need it
	_ "go.uber.org/mock/gomock"             // the other files need it

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost/preset"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

func init() {
	transportsToTest = []TransportTestCase{
		{Name: "Tor", HostGenerator: func(t *testing.T, opts TransportTestCaseOpts) host.Host {
			return newHost(t, opts, stock)
		}},
		{Name: "Tor with the preset and without early data", HostGenerator: func(t *testing.T, opts TransportTestCaseOpts) host.Host {
			return newHost(t, opts, preset.Onion, tortransport.WithoutEarlyData())
		}},
	}
}

// stock adds the transport to a host of libp2p's own making.
func stock(opts ...tortransport.Option) libp2p.Option {
	args := make([]any, len(opts))
	for i, opt := range opts {
		args[i] = opt
	}
	return libp2p.ChainOptions(
		libp2p.NoTransports,
		libp2p.Transport(tortransport.New, args...),
		libp2p.WithDialTimeout(tortransport.DialTimeout),
		libp2p.DisableRelay(),
	)
}

// newHost makes a host, which can be reached if it listens.
func newHost(t *testing.T, opts TransportTestCaseOpts, onTor func(...tortransport.Option) libp2p.Option, more ...tortransport.Option) host.Host {
	t.Helper()
	d, err := daemon()
	if err != nil {
		t.Fatal(err)
	}
	key, err := onion.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	addr, err := key.Address().Multiaddr(4001)
	if err != nil {
		t.Fatal(err)
	}
	if opts.ResourceManager != nil {
		opts.ResourceManager = &resources{ResourceManager: opts.ResourceManager}
	}
	if opts.ConnGater != nil {
		opts.ConnGater = &gater{ConnectionGater: opts.ConnGater}
	}
	listen := libp2p.NoListenAddrs
	if !opts.NoListen {
		listen, listening = libp2p.ListenAddrs(addr), addr
	}
	transport := onTor(append(more, tortransport.WithDaemon(d), tortransport.WithOnionKey(key))...)
	h, err := libp2p.New(append(transformOpts(opts), transport, listen)...)
	if err != nil {
		t.Fatal(err)
	}
	if !opts.NoListen {
		if err := tortransport.Ready(t.Context(), h.Network()); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// daemon attaches to a fake Tor that all hosts share. It ends with the process.
var daemon = sync.OnceValues(func() (*tor.Daemon, error) {
	f, err := tortest.StartFake()
	if err != nil {
		return nil, err
	}
	control, err := tor.ParseAddr(f.ControlAddr())
	if err != nil {
		return nil, err
	}
	return tor.Attach(context.Background(), tor.AttachConfig{Control: control})
})

// listening is the address of the host that has begun to listen last.
var listening ma.Multiaddr

// resources asks a resource manager as libp2p's transports do, of which Tor's
// differs in two ways. It does not tell where a dial goes, because libp2p's
// manager would put all onion addresses into one bucket. And it dials twice if the
// listener hangs up without a word, because that may be what early data did.
type resources struct {
	network.ResourceManager
	refusal error // of the first inbound connection
}

func (r *resources) OpenConnection(dir network.Direction, fd bool, endpoint ma.Multiaddr) (network.ConnManagementScope, error) {
	if dir == network.DirOutbound {
		return r.ResourceManager.OpenConnection(dir, fd, listening)
	}
	if r.refusal != nil {
		return nil, r.refusal
	}
	scope, err := r.ResourceManager.OpenConnection(dir, fd, endpoint)
	r.refusal = err
	return scope, err
}

// gater asks a gater once, too.
type gater struct {
	connmgr.ConnectionGater
	refuses bool
}

func (g *gater) InterceptAccept(c network.ConnMultiaddrs) bool {
	if !g.refuses {
		g.refuses = !g.ConnectionGater.InterceptAccept(c)
	}
	return !g.refuses
}
