package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"

	"github.com/onionwire/onionwire/tortransport/onionhost"
)

// streamAge is how long one stream is used: stock hosts end a ping stream after
// thirty seconds, or after ten without a ping.
const streamAge = 8 * time.Second

var errMismatch = errors.New("the answer is not what was sent")

// pinger measures round trips with libp2p's ping protocol: 32 random bytes come
// back as they are. libp2p's own client sends without a pause.
type pinger struct {
	host    host.Host
	to      peer.AddrInfo
	timeout time.Duration

	stream network.Stream
	opened time.Time
}

// ping measures one round trip. Opening a stream, where that is needed, does not
// count.
func (p *pinger) ping(ctx context.Context) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	if err := p.open(ctx); err != nil {
		return 0, fmt.Errorf("opening a stream: %w", err)
	}
	s := p.stream
	stop := context.AfterFunc(ctx, func() { _ = s.Reset() })
	rtt, err := exchange(s)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("no answer: %w", ctx.Err())
		}
		p.close()
		return 0, err
	}
	return rtt, nil
}

// open makes sure that there is a fresh stream whose protocol is negotiated: the
// first exchange on a stream carries that along, and would take twice as long.
func (p *pinger) open(ctx context.Context) error {
	if p.stream != nil && time.Since(p.opened) < streamAge {
		return nil
	}
	p.close()
	// Connecting, if the connection is lost, is not left to NewStream: its error
	// has addresses in full.
	if err := onionhost.Connect(ctx, p.host, p.to); err != nil {
		return err
	}
	s, err := p.host.NewStream(network.WithNoDial(ctx, "connected"), p.to.ID, ping.ID)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = s.Reset() })
	defer stop()
	if _, err := exchange(s); err != nil {
		_ = s.Reset()
		return err
	}
	p.stream, p.opened = s, time.Now()
	return nil
}

func (p *pinger) close() {
	if p.stream != nil {
		_ = p.stream.Reset() // there is nothing under way that matters
		p.stream = nil
	}
}

func exchange(s io.ReadWriter) (time.Duration, error) {
	sent := make([]byte, ping.PingSize)
	rand.Read(sent) // never fails
	began := time.Now()
	if _, err := s.Write(sent); err != nil {
		return 0, err
	}
	got := make([]byte, ping.PingSize)
	if _, err := io.ReadFull(s, got); err != nil {
		return 0, err
	}
	rtt := time.Since(began)
	if !bytes.Equal(sent, got) {
		return 0, errMismatch
	}
	return rtt, nil
}
