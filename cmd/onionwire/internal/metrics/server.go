// Package metrics tells Prometheus how a node is doing, over HTTP on a loopback address
// or a unix socket. What it tells are numbers: how many contacts there are, and not who.
package metrics

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/onionwire/onionwire/node/rpc"
)

// ErrAddress means that figures cannot be told at an address, because others than this
// machine could ask there.
var ErrAddress = errors.New("metrics are told on a loopback address, such as 127.0.0.1:9464, or on unix:PATH only")

const (
	// maxScrapes is how many are answered at a time.
	maxScrapes = 4
	// requestTimeout bounds everything about a request.
	requestTimeout = 15 * time.Second
	// maxHeader bounds the header of a request, in bytes.
	maxHeader = 16 << 10
)

// Server tells figures until Close.
type Server struct {
	server   *http.Server
	listener net.Listener
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
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		MaxRequestsInFlight: maxScrapes, Timeout: requestTimeout,
	}))
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &Server{listener: l, cancel: cancel, server: &http.Server{
		Handler:     local(mux, l.Addr().Network()),
		ReadTimeout: requestTimeout, WriteTimeout: 2 * requestTimeout, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: maxHeader,
	}}
	s.work.Go(func() { _ = c.count(ctx) })
	s.work.Go(func() { _ = s.server.Serve(l) }) // it ends by Close
	return s, nil
}

// Addr is where the server listens, with the port that it has got if 0 was asked for.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Close ends the server, and its socket.
func (s *Server) Close() error {
	s.cancel()
	err := s.server.Close()
	s.work.Wait()
	return err
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
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return nil, ErrAddress
	}
	return config.Listen(ctx, "tcp", address)
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

// local lets in only who has asked for this machine by name or address: a page in a
// browser cannot, whose own name was made to lead here.
func local(next http.Handler, network string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if network != "unix" && host != "localhost" && (err != nil || !ip.IsLoopback()) {
			http.Error(w, "ask for localhost", http.StatusMisdirectedRequest)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}
