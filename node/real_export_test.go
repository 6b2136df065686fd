package node

import (
	"encoding/binary"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/node/transfer"
)

// CutConnections closes all connections, as if Tor had lost them.
func (n *Node) CutConnections() {
	for _, c := range n.host.Network().Conns() {
		_ = c.Close()
	}
}

// LinkCount returns how many links there are, each of which has read something or is
// yet to.
func (n *Node) LinkCount() int { return len(n.links.all()) }

// ConnectionCount returns how many connections there are.
func (n *Node) ConnectionCount() int { return len(n.host.Network().Conns()) }

// OnChunk calls a function before each chunk of a file that is sent.
func (n *Node) OnChunk(f func(index uint64)) {
	n.host.SetStreamHandler(transfer.ProtocolID, func(s network.Stream) { n.onFile(chunks{s, f}) })
}

// chunks is a stream that says which chunks are written on it.
type chunks struct {
	network.Stream
	sent func(index uint64)
}

// Write takes a frame: a byte, an index, and the chunk.
func (c chunks) Write(b []byte) (int, error) {
	if len(b) > 9 {
		c.sent(binary.BigEndian.Uint64(b[1:]))
	}
	return c.Stream.Write(b)
}
