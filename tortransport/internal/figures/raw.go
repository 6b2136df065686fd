package main

import (
	"context"
	"crypto/rand"
	"io"
	"net"
	"strconv"
	"time"

	"golang.org/x/net/proxy"
)

// echoConn answers with what it gets.
func echoConn(c net.Conn) {
	defer c.Close()
	_, _ = io.Copy(c, c) // ends when the other side does
}

// socksDialer is a plain SOCKS client at the client's tor.
func (b *bed) socksDialer() (proxy.ContextDialer, error) {
	socks := b.client.SOCKS()
	d, err := proxy.SOCKS5(socks.Network, socks.Address, nil, proxy.Direct)
	if err != nil {
		return nil, err
	}
	return d.(proxy.ContextDialer), nil
}

// hostPort is how the service is asked for over SOCKS.
func (b *bed) hostPort(port int) string { return net.JoinHostPort(b.addr.String(), strconv.Itoa(port)) }

// rawStream is an open stream to the raw echo service.
func (b *bed) rawStream(ctx context.Context) (net.Conn, error) {
	d, err := b.socksDialer()
	if err != nil {
		return nil, err
	}
	c, err := d.DialContext(ctx, "tcp", b.hostPort(rawPort))
	if err != nil {
		return nil, err
	}
	if _, err := roundTrip(c); err != nil { // the first may take longer
		c.Close()
		return nil, err
	}
	return c, nil
}

// roundTrip measures one byte there and back.
func roundTrip(rw io.ReadWriter) (time.Duration, error) { return exchange(rw, 1) }

// exchange measures so many bytes there and back.
func exchange(rw io.ReadWriter, size int) (time.Duration, error) {
	b := make([]byte, size)
	rand.Read(b)
	began := time.Now()
	if _, err := rw.Write(b); err != nil {
		return 0, err
	}
	_, err := io.ReadFull(rw, b)
	return time.Since(began), err
}
