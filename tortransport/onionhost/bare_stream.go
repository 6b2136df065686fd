package onionhost

import (
	"context"
	"fmt"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/multiformats/go-multistream"

	"github.com/onionwire/onionwire/tortransport/onionhost/internal/parts"
)

// serve finds the handler for a stream that a peer has opened.
func (h *bareHost) serve(s network.Stream) {
	if s.SetDeadline(time.Now().Add(parts.NegotiationTimeout)) != nil {
		_ = s.Reset()
		return
	}
	id, take, err := h.mux.Negotiate(s)
	if err != nil {
		_ = s.ResetWithError(network.StreamProtocolNegotiationFailed)
		return
	}
	if s.SetDeadline(time.Time{}) != nil {
		_ = s.Reset()
		return
	}
	if s.SetProtocol(id) != nil {
		_ = s.ResetWithError(network.StreamResourceLimitExceeded)
		return
	}
	_ = take(id, s)
}

// NewStream opens a stream of the first of the protocols that the peer has. If that is
// known, nothing is waited for: the choice is sent with the first bytes.
func (h *bareHost) NewStream(ctx context.Context, to peer.ID, ids ...protocol.ID) (network.Stream, error) {
	if _, limited := ctx.Deadline(); !limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, parts.NegotiationTimeout)
		defer cancel()
	}
	if noDial, _ := network.GetNoDial(ctx); !noDial {
		if err := h.Connect(ctx, peer.AddrInfo{ID: to}); err != nil {
			return nil, err
		}
	}
	s, err := h.network.NewStream(network.WithNoDial(ctx, "already dialed"), to)
	if err != nil {
		return nil, fmt.Errorf("failed to open stream: %w", err)
	}
	chosen, err := h.choose(ctx, s, ids)
	if err != nil {
		_ = s.ResetWithError(network.StreamProtocolNegotiationFailed)
		return nil, err
	}
	return chosen, nil
}

// choose agrees with the peer on a protocol.
func (h *bareHost) choose(ctx context.Context, s network.Stream, ids []protocol.ID) (network.Stream, error) {
	if err := h.identified(ctx, s.Conn()); err != nil {
		return nil, err
	}
	to := s.Conn().RemotePeer()
	known, err := h.Peerstore().SupportsProtocols(to, ids...)
	if err != nil {
		return nil, err
	}
	if len(known) > 0 {
		if err := s.SetProtocol(known[0]); err != nil {
			return nil, err
		}
		return &lazyStream{Stream: s, choice: multistream.NewMSSelect(s, known[0])}, nil
	}
	undo := context.AfterFunc(ctx, func() { _ = s.ResetWithError(network.StreamProtocolNegotiationFailed) })
	id, err := multistream.SelectOneOf(ids, s)
	if !undo() {
		err = ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("failed to negotiate protocol: %w", err)
	}
	if err := s.SetProtocol(id); err != nil {
		return nil, err
	}
	_ = h.Peerstore().AddProtocols(to, id) // it would only save a round trip the next time
	return s, nil
}

// lazyStream is a stream whose protocol is agreed on while it is used.
type lazyStream struct {
	network.Stream
	choice multistream.LazyConn
}

// Read reads, behind the answer to the choice.
func (s *lazyStream) Read(b []byte) (int, error) { return s.choice.Read(b) }

// Write writes, behind the choice.
func (s *lazyStream) Write(b []byte) (int, error) { return s.choice.Write(b) }

// Close waits for the answer to the choice, if nobody has, for as long as one may take.
func (s *lazyStream) Close() error {
	_ = s.SetReadDeadline(time.Now().Add(parts.NegotiationTimeout))
	return s.choice.Close()
}

// CloseWrite sends the choice, if nothing was written. That the peer has stopped reading
// is nothing to fail for: what it has to say comes when it is read.
func (s *lazyStream) CloseWrite() error {
	_ = s.choice.Flush()
	return s.Stream.CloseWrite()
}
