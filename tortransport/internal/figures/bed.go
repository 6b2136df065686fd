package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"

	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// The virtual ports of the onion service that everything is measured against.
const (
	rawPort   = 7    // a raw echo service that knows nothing of libp2p
	stockPort = 4001 // an unmodified go-libp2p host
	ownPort   = 4002 // a host of package onionhost
)

// startTimeout bounds the start of the bed, which takes half a minute.
const startTimeout = 5 * time.Minute

// bed is what is measured on: a private network, in it a tor with one onion service
// and a tor that connects to it. The latter keeps no streams apart, so that all
// that is compared goes over one and the same circuit.
type bed struct {
	net    *tortest.Network
	dir    string
	server *tor.Daemon
	theirs *tortest.Client // the client's tor
	client *tor.Daemon     // attached to it
	addr   onion.Address   // of the onion service
	socket string          // the target of ownPort

	stock, own peer.AddrInfo // the hosts behind the service

	end []func() // what is to be undone, last first
}

func makeBed(ctx context.Context) (_ *bed, err error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	b := new(bed)
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	if b.net, err = tortest.Start(ctx, tortest.Config{LinkDelay: linkDelay, Progress: func(s string) { progress("%s", s) }}); err != nil {
		return nil, err
	}
	b.defers(func() { _ = b.net.Stop() })
	if b.dir, err = os.MkdirTemp("", "figures-"); err != nil {
		return nil, err
	}
	b.defers(func() { os.RemoveAll(b.dir) })
	if err := b.startTors(ctx); err != nil {
		return nil, err
	}
	if err := b.serve(ctx); err != nil {
		return nil, fmt.Errorf("the onion service: %w", err)
	}
	raw, err := b.rawStream(ctx) // keeps the circuit in use
	if err != nil {
		return nil, err
	}
	b.defers(func() { raw.Close() })
	return b, nil
}

// defers has something done when the bed is closed.
func (b *bed) defers(f func()) { b.end = append(b.end, f) }

func (b *bed) close() {
	for i := len(b.end) - 1; i >= 0; i-- {
		b.end[i]()
	}
}

func (b *bed) startTors(ctx context.Context) (err error) {
	progress("starting the service's tor and the client's")
	if b.server, err = b.startManaged(ctx, "server"); err != nil {
		return err
	}
	b.theirs, err = b.net.StartClient(ctx, tortest.ClientConfig{Unix: true, SocksFlags: "NoIsolateSOCKSAuth"})
	if err != nil {
		return err
	}
	control, err := tor.ParseAddr(b.theirs.Control)
	if err != nil {
		return err
	}
	if b.client, err = tor.Attach(ctx, tor.AttachConfig{Control: control}); err != nil {
		return err
	}
	b.defers(func() { b.client.Close() })
	return errors.Join(b.server.WaitReady(ctx), b.client.WaitReady(ctx))
}

// startManaged starts a managed daemon with a data folder of that name.
func (b *bed) startManaged(ctx context.Context, name string) (*tor.Daemon, error) {
	d, err := tor.Start(ctx, tor.Config{DataDir: filepath.Join(b.dir, name), Torrc: b.net.Torrc()})
	if err == nil {
		b.defers(func() { d.Close() })
	}
	return d, err
}

// managedControl connects to the control port of a managed daemon.
func (b *bed) managedControl(ctx context.Context, name string) (*control, error) {
	dir := filepath.Join(b.dir, name)
	return dialControl(ctx, "unix:"+filepath.Join(dir, "sockets", "control"), filepath.Join(dir, "control_auth_cookie"))
}

// serve makes the onion service with all that is behind it.
func (b *bed) serve(ctx context.Context) error {
	key, err := onion.GenerateKey()
	if err != nil {
		return err
	}
	b.addr, b.socket = key.Address(), filepath.Join(b.dir, "own")
	raw, err := b.startEcho()
	if err != nil {
		return err
	}
	stock, err := b.startStock()
	if err != nil {
		return err
	}
	if err := b.startOwn(); err != nil {
		return err
	}
	c, err := b.managedControl(ctx, "server")
	if err != nil {
		return err
	}
	b.defers(c.close) // the service goes with it
	err = c.addOnion(ctx, key, map[uint16]tor.Addr{
		rawPort: raw, stockPort: stock, ownPort: {Network: "unix", Address: b.socket},
	})
	return err
}

// startStock starts the unmodified host and returns where it listens.
func (b *bed) startStock() (tor.Addr, error) {
	h, err := libp2p.New(libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0"))
	if err != nil {
		return tor.Addr{}, err
	}
	b.defers(func() { h.Close() })
	h.SetStreamHandler(echoProtocol, echoStream)
	if b.stock, err = b.infoOf(h, stockPort); err != nil {
		return tor.Addr{}, err
	}
	for _, addr := range h.Network().ListenAddresses() { // relays are among them
		if at, err := manet.ToNetAddr(addr); err == nil {
			return tor.Addr{Network: at.Network(), Address: at.String()}, nil
		}
	}
	return tor.Addr{}, errors.New("the stock host listens nowhere")
}

// infoOf says how a host behind the service is reached.
func (b *bed) infoOf(h host.Host, port uint16) (peer.AddrInfo, error) {
	addr, err := b.addr.Multiaddr(port)
	if err != nil {
		return peer.AddrInfo{}, err
	}
	return peer.AddrInfo{ID: h.ID(), Addrs: []ma.Multiaddr{addr}}, nil
}

// startEcho starts the raw echo service and returns where it listens.
func (b *bed) startEcho() (tor.Addr, error) {
	path := filepath.Join(b.dir, "raw")
	l, err := net.Listen("unix", path)
	if err != nil {
		return tor.Addr{}, err
	}
	var tasks sync.WaitGroup
	tasks.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			tasks.Go(func() { echoConn(c) })
		}
	})
	// The connections end with the network, which is stopped later: nobody waits
	// for them.
	b.defers(func() { l.Close() })
	return tor.Addr{Network: "unix", Address: path}, nil
}

// path names the circuits over which the client reaches the service: one, and the
// same all the time, or what was measured cannot be compared.
func (b *bed) path(ctx context.Context) (string, error) {
	c, err := dialControl(ctx, b.theirs.Control, b.theirs.CookieFile)
	if err != nil {
		return "", err
	}
	defer c.close()
	lines, err := c.ask(ctx, "GETINFO circuit-status")
	var ids []string
	for _, line := range lines {
		if strings.Contains(line, "HS_STATE=HSCR_JOINED") {
			id, _, _ := strings.Cut(line, " ")
			ids = append(ids, id)
		}
	}
	return strings.Join(ids, " "), err
}
