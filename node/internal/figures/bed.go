package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/net/proxy"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// rawPort is the virtual port of the raw services.
const rawPort = 7

// startTimeout bounds the start of the bed, and of a person in it.
const startTimeout = 5 * time.Minute

// bed is what is measured on: a private network with two people, each with a tor of
// their own. Beside Bob's onion service, on the same tor, there are raw ones.
type bed struct {
	net        *tortest.Network
	dir        string
	alice, bob *person
	ofAlice    ledger.ConversationID // the conversation with Bob
	echo, sink onion.Address

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
	b.net, err = tortest.Start(ctx, tortest.Config{LinkDelay: linkDelay, Progress: func(s string) { progress("%s", s) }})
	if err != nil {
		return nil, err
	}
	b.defers(func() { _ = b.net.Stop() })
	if b.dir, err = os.MkdirTemp("", "figures-"); err != nil {
		return nil, err
	}
	b.defers(func() { os.RemoveAll(b.dir) })
	b.alice, b.bob = &person{bed: b, name: "alice"}, &person{bed: b, name: "bob"}
	for _, p := range []*person{b.alice, b.bob} {
		progress("starting %s's tor and node", p.name)
		b.defers(p.quit)
		if err := p.make(ctx); err != nil {
			return nil, err
		}
		if err := errors.Join(p.startTor(ctx), p.come(ctx)); err != nil {
			return nil, err
		}
	}
	if b.ofAlice, err = befriend(ctx, b.alice, b.bob); err != nil {
		return nil, err
	}
	if b.echo, err = b.serve(ctx, echo); err != nil {
		return nil, err
	}
	b.sink, err = b.serve(ctx, swallow)
	return b, err
}

// defers has something done when the bed is closed.
func (b *bed) defers(f func()) { b.end = append(b.end, f) }

func (b *bed) close() {
	for i := len(b.end) - 1; i >= 0; i-- {
		b.end[i]()
	}
}

// echo answers with what it gets.
func echo(c net.Conn) { _, _ = io.Copy(c, c) }

// swallow says one byte after a length, sent before as a line, of bytes has come.
func swallow(c net.Conn) {
	for {
		var n int64
		if _, err := fmt.Fscanln(c, &n); err != nil {
			return
		}
		if _, err := io.CopyN(io.Discard, c, n); err != nil {
			return
		}
		if _, err := c.Write([]byte{1}); err != nil {
			return
		}
	}
}

// serve runs a raw onion service on Bob's tor, and waits until it can be reached.
func (b *bed) serve(ctx context.Context, handle func(net.Conn)) (onion.Address, error) {
	key, err := onion.GenerateKey()
	if err != nil {
		return onion.Address{}, err
	}
	l, err := b.bob.daemon.ListenTarget()
	if err != nil {
		return onion.Address{}, err
	}
	b.defers(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				handle(c)
			}()
		}
	}()
	service, err := b.bob.daemon.Publish(tor.ServiceConfig{Key: key, Port: rawPort, Target: l.Addr()})
	if err != nil {
		return onion.Address{}, err
	}
	return key.Address(), service.Ready(ctx)
}

// dialRaw opens a raw stream through a tor.
func dialRaw(ctx context.Context, d *tor.Daemon, to onion.Address) (net.Conn, error) {
	socks := d.SOCKS()
	dialer, err := proxy.SOCKS5(socks.Network, socks.Address, nil, proxy.Direct)
	if err != nil {
		return nil, err
	}
	return dialer.(proxy.ContextDialer).DialContext(ctx, "tcp", net.JoinHostPort(to.String(), strconv.Itoa(rawPort)))
}

// roundTrip measures one byte there and back.
func roundTrip(rw io.ReadWriter) (time.Duration, error) {
	b := []byte{1}
	began := time.Now()
	if _, err := rw.Write(b); err != nil {
		return 0, err
	}
	_, err := io.ReadFull(rw, b)
	return time.Since(began), err
}

// push measures how long so many bytes take to a sink, with its answer.
func push(rw io.ReadWriter, n int64) (time.Duration, error) {
	began := time.Now()
	if _, err := fmt.Fprintf(rw, "%d\n", n); err != nil {
		return 0, err
	}
	if _, err := io.CopyN(rw, zeros{}, n); err != nil {
		return 0, err
	}
	_, err := io.ReadFull(rw, make([]byte, 1))
	return time.Since(began), err
}

// zeros is an endless file.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// folder returns a folder of the bed.
func (b *bed) folder(name string) string { return filepath.Join(b.dir, name) }
