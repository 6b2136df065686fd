package node

import (
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node/transfer"
	"github.com/onionwire/onionwire/node/wire"
)

// maxVisitors is how many connections there are with people who are no contacts.
// Another one displaces the oldest. To hold connections open costs nothing, and libp2p
// has room for some hundreds: without a bound of their own strangers could take it all.
const maxVisitors = 128

// onConnection is called by libp2p for every new connection.
func (n *Node) onConnection(_ network.Network, _ network.Conn) {
	var visitors []network.Conn
	for _, c := range n.host.Network().Conns() {
		if c.Stat().Direction == network.DirInbound && !n.gate.accepts(string(c.RemotePeer())) {
			visitors = append(visitors, c)
		}
	}
	if len(visitors) <= maxVisitors {
		return
	}
	oldest := slices.MinFunc(visitors, func(a, b network.Conn) int { return a.Stat().Opened.Compare(b.Stat().Opened) })
	n.task(func() { _ = oldest.Close() })
}

// hangUp closes the connections with somebody who was blocked: the gate only knows
// new ones.
func (n *Node) hangUp(id peer.ID) {
	if n.cfg.Offline {
		return
	}
	n.task(func() { _ = n.host.Network().ClosePeer(id) })
}

// task does something that libp2p may take its time for, unless the node is closing,
// which closes every connection.
func (n *Node) task(f func()) {
	if n.enter() {
		go func() {
			defer n.tasks.Done()
			f()
		}()
	}
}

// closeUnused closes the connections that have carried nothing for a while: those of
// links that have ended, and those of strangers who want nothing.
func (n *Node) closeUnused() {
	ticker := time.NewTicker(n.cfg.patience.unused / 2)
	defer ticker.Stop()
	since := make(map[string]time.Time)
	for {
		select {
		case <-n.ctx.Done():
			return
		case <-ticker.C:
		}
		now, before := time.Now(), since
		since = make(map[string]time.Time)
		for _, c := range n.host.Network().Conns() {
			if used(c) {
				continue
			}
			began, ok := before[c.ID()]
			switch {
			case !ok:
				since[c.ID()] = now
			case now.Sub(began) < n.cfg.patience.unused:
				since[c.ID()] = began
			default:
				n.task(func() { _ = c.Close() })
			}
		}
	}
}

// used reports whether a connection carries a link or a file.
func used(c network.Conn) bool {
	return slices.ContainsFunc(c.GetStreams(), func(s network.Stream) bool {
		return s.Protocol() == wire.ProtocolID || s.Protocol() == transfer.ProtocolID
	})
}
