// Package metrics tells Prometheus how a node is doing, over HTTP on a loopback address
// or a unix socket. What it tells are numbers: how many contacts there are, and not who.
package metrics

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/onionwire/onionwire/node/rpc"
)

// ErrAddress means that figures cannot be told at an address, because others than this
// machine could ask there.
var ErrAddress = errors.New("metrics are told on a loopback address, such as 127.0.0.1:9464, or on unix:PATH only")

const (
	// maxConns is how many connections are answered at a time. Others wait.
	maxConns = 16
	// acceptPause is how long it takes until connections are accepted again when the
	// system refuses to.
	acceptPause = time.Second
)

// Server tells figures until Close.
type Server struct {
	listener net.Listener
	handler  handler
	cancel   context.CancelFunc
	work     sync.WaitGroup
}

// Start tells figures of a node at address, HOST:PORT with a loopback address or unix:
// and the path of a socket, which gets mode 0600. It fails with ErrAddress, or as the
// system says. The caller closes the server before the node.
func Start(ctx context.Context, address string, api rpc.API) (*Server, error) {
	l, err := listen(ctx, address)
	if err != nil {
		return nil, err
	}
	c := newCollector(api)
	registry := prometheus.NewRegistry()
	registry.MustRegister(c, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &Server{listener: l, cancel: cancel, handler: handler{figures: registry, anyHost: l.Addr().Network() == "unix"}}
	s.work.Go(func() { _ = c.count(ctx) })
	s.work.Go(func() { s.serve(ctx) })
	return s, nil
}

// Addr is where the server listens, with the port that it has got if 0 was asked for.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Close ends the server, its connections, and its socket.
func (s *Server) Close() error {
	s.cancel()
	err := s.listener.Close()
	s.work.Wait()
	return err
}

// serve answers connections, maxConns at a time, until the listener is closed.
func (s *Server) serve(ctx context.Context) {
	free := make(chan struct{}, maxConns)
	for {
		conn, err := s.listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // there are too many files open, which passes
			select {
			case <-ctx.Done():
			case <-time.After(acceptPause):
			}
			continue
		}
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			_ = conn.Close()
			continue
		}
		s.work.Go(func() {
			defer func() { <-free }()
			defer conn.Close()
			defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
			s.handler.answer(conn)
		})
	}
}

// listen refuses everything that others than this machine can connect to.
func listen(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		if err := removeStale(ctx, path); err != nil {
			return nil, err
		}
		l, err := config.Listen(ctx, "unix", path)
		if err != nil {
			return nil, err
		}
		if err := os.Chmod(path, 0o600); err != nil {
			return nil, errors.Join(err, l.Close())
		}
		return l, nil
	}
	if err := Check(address); err != nil {
		return nil, err
	}
	return config.Listen(ctx, "tcp", address)
}

// Check fails with ErrAddress if figures cannot be told at an address, for who wants to
// know before there is a node.
func Check(address string) error {
	if strings.HasPrefix(address, "unix:") {
		return nil
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAddress, err)
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return ErrAddress
	}
	return nil
}

// removeStale removes a socket on which nobody listens any more.
func removeStale(ctx context.Context, path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%s is there already, and is no socket", path)
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
	if err == nil {
		return errors.Join(fmt.Errorf("%s is in use by another program", path), conn.Close())
	}
	return os.Remove(path)
}
