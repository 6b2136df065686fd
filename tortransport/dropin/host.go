package dropin

import (
	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost/preset"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// virtualPort is the port of the onion services. Each has its own address, so
// that it may be the same for all.
const virtualPort = 4001

// NewHost makes a libp2p host that dials and listens on onion addresses only: the
// service of key, at daemon, is its one listen address. It takes the options of
// libp2p.New that an existing program has; one that would give the host away is
// an error that matches preset.ErrLeak. Close the host before the daemon.
func NewHost(daemon *tor.Daemon, key onion.Key, opts ...libp2p.Option) (host.Host, error) {
	addr, err := key.Address().Multiaddr(virtualPort)
	if err != nil {
		return nil, err
	}
	return libp2p.New(append(opts,
		preset.Onion(tortransport.WithDaemon(daemon), tortransport.WithOnionKey(key)),
		libp2p.ListenAddrs(addr),
	)...)
}
