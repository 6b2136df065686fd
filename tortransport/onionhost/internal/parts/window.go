package parts

import (
	"net"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
)

const (
	// streamWindow is how much a peer may send on a stream before it is read. Half
	// of that is what may be under way, since yamux grants more by the half; a
	// circuit holds 300 KiB and more, and as much again waits in sockets and queues
	// on the way back, before the word that grants more. Yamux widens its windows
	// by itself, but stops at four of the round trips that it measured before the
	// circuit was full.
	streamWindow = 2 << 20
	// accountedWindow is what yamux reserves for the window of a stream, however
	// wide that is.
	accountedWindow = 256 << 10
	// messageSize bounds one message of a stream. Yamux queues 64 of them for a
	// connection, and the word that lets the peer go on waits behind: with the
	// usual 64 KiB that takes seconds at the rate of a circuit.
	messageSize = 4 << 10
)

// muxer is yamux with windows that fit Tor, for the whole of which memory is
// reserved.
type muxer struct{ *yamux.Transport }

var _ network.Multiplexer = muxer{}

// NewConn is described at network.Multiplexer.
func (m muxer) NewConn(conn net.Conn, isServer bool, scope network.PeerScope) (network.MuxedConn, error) {
	if scope != nil {
		scope = windowScope{scope}
	}
	return m.Transport.NewConn(conn, isServer, scope)
}

// windowScope begins a span for each stream.
type windowScope struct{ network.PeerScope }

// BeginSpan is described at network.ResourceScope.
func (s windowScope) BeginSpan() (network.ResourceScopeSpan, error) {
	span, err := s.PeerScope.BeginSpan()
	if err != nil {
		return nil, err
	}
	return &windowSpan{ResourceScopeSpan: span}, nil
}

// windowSpan reserves the whole window where yamux means to reserve the first part
// of it. It belongs to one stream, for which yamux reserves one thing at a time.
type windowSpan struct {
	network.ResourceScopeSpan
	begun bool
}

// ReserveMemory is described at network.ResourceScope. The window is reserved at a
// priority at which streams are refused before memory is so short that nothing else
// could go on.
func (s *windowSpan) ReserveMemory(size int, prio uint8) error {
	if s.begun {
		return s.ResourceScopeSpan.ReserveMemory(size, prio)
	}
	s.begun = true
	return s.ResourceScopeSpan.ReserveMemory(size+streamWindow-accountedWindow, network.ReservationPriorityHigh)
}
