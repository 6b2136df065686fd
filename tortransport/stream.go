package tortransport

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	mss "github.com/multiformats/go-multistream"
)

// closeTimeout bounds how long closing a stream waits for the peer's word on the
// protocol, which nobody has read until then.
const closeTimeout = 10 * time.Second

// OpenStream opens a stream to p for one protocol, and connects to p first if need
// be. It takes the shortest way: it does not wait until identify has told what
// protocols the peer has, as a host's NewStream does, and the choice of the
// protocol travels with the first data. So the first answer arrives two round
// trips after a call that has to connect, and one round trip after a call that
// does not.
//
// That a peer does not have the protocol shows when the stream is read: the error
// then is a multistream.ErrNotSupported. The dial is urgent; see [Hurry].
func OpenStream(ctx context.Context, n network.Network, p peer.ID, id protocol.ID) (network.Stream, error) {
	defer Hurry(n, p)()
	if t, ok := From(n); ok {
		ctx = network.WithDialPeerTimeout(ctx, t.dialTimeout)
	}
	s, err := n.NewStream(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("opening a stream: %w", discreetError{err})
	}
	if err := s.SetProtocol(id); err != nil {
		_ = s.ResetWithError(network.StreamResourceLimitExceeded)
		return nil, fmt.Errorf("opening a stream: %w", err)
	}
	return &lazyStream{Stream: s, rw: mss.NewMSSelect(s, id)}, nil
}

// lazyStream is a stream whose protocol is negotiated by its first use.
type lazyStream struct {
	network.Stream
	rw mss.LazyConn
}

var _ network.Stream = (*lazyStream)(nil)

func (s *lazyStream) Read(b []byte) (int, error)  { return s.rw.Read(b) }
func (s *lazyStream) Write(b []byte) (int, error) { return s.rw.Write(b) }

// Close waits for the peer's word on the protocol, if nobody has read it yet.
func (s *lazyStream) Close() error {
	_ = s.SetReadDeadline(time.Now().Add(closeTimeout)) // a closed stream shows in Close
	return s.rw.Close()
}

// CloseWrite tells the peer at least which protocol was meant.
func (s *lazyStream) CloseWrite() error {
	if f, ok := s.rw.(interface{ Flush() error }); ok {
		_ = f.Flush() // what is wrong with the stream shows in Read
	}
	return s.Stream.CloseWrite()
}

var _ io.ReadWriteCloser = (*lazyStream)(nil)
