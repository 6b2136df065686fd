package rpc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/node/rpc/token"
)

// Config is what a server is made of.
type Config struct {
	// Path is that of the socket, of 103 bytes at most. Its folder is made if it is
	// not there, and must be open to nobody else.
	Path string
	// API is what clients use.
	API API
	// Tokens keeps those of other programs.
	Tokens token.Store
	// Version is that of the program, for clients to know.
	Version string
	// Logger is told what happens, or nobody is. It gets no token, no text and no
	// parameters.
	Logger *slog.Logger
}

// TokenPath returns where the token with all rights is, for a socket at path.
func TokenPath(path string) string { return path + ".token" }

// Server answers on a socket.
type Server struct {
	cfg    Config
	log    *slog.Logger
	socket *socket
	owner  token.Record // the token of the file

	ctx    context.Context //nolint:containedctx // the life of the server
	cancel context.CancelFunc
	wg     sync.WaitGroup

	closing sync.Once

	tokens sync.Mutex // held while a token is added

	mu    sync.Mutex
	conns map[*conn]token.ID // the token that each has shown, if any
}

// Start takes the socket, makes the token with all rights if there is none, and
// answers until Close. ctx is for the start.
//
// It fails with ErrInUse, ErrPath, ErrPermissions, ErrReadOnly, ErrFull or
// token.ErrMalformed, and leaves the socket of a live process alone.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.API == nil || cfg.Tokens == nil {
		return nil, errors.New("rpc: a server needs an API and a store of tokens")
	}
	sock, err := takeSocket(ctx, cfg.Path)
	if err != nil {
		return nil, err
	}
	secret, err := token.LoadOrCreate(TokenPath(sock.path))
	if err != nil {
		sock.close()
		return nil, err
	}
	s := &Server{
		cfg: cfg, log: cfg.Logger, socket: sock,
		owner: token.Record{ID: secret.ID(), Hash: secret.Hash(), Scope: token.Full},
		conns: make(map[*conn]token.ID),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	s.wg.Go(s.accept)
	return s, nil
}

// Close cuts all connections, cancels what is being answered, and returns when
// nothing of it is left. The socket is removed. Closing twice is harmless.
func (s *Server) Close() error {
	s.cancel()
	s.closing.Do(s.socket.close)
	s.wg.Wait()
	return nil
}

func (s *Server) accept() {
	for {
		c, err := s.socket.AcceptUnix()
		switch {
		case s.ctx.Err() != nil:
			if err == nil {
				_ = c.Close()
			}
			return
		case err != nil: // no file descriptors, most likely
			s.log.Warn("cannot accept a connection", "err", redact.Path(err))
			select {
			case <-s.ctx.Done():
			case <-time.After(acceptPause):
			}
		default:
			s.admit(c)
		}
	}
}

// admit begins to answer on a connection, unless it is one too many.
func (s *Server) admit(nc *net.UnixConn) {
	if err := checkPeer(nc); err != nil {
		s.log.Warn("connection refused", "err", err)
		_ = nc.Close()
		return
	}
	c := newConn(s, nc)
	s.mu.Lock()
	full := len(s.conns) >= MaxConnections
	if !full {
		s.conns[c] = ""
	}
	s.mu.Unlock()
	if full {
		s.log.Debug("connection refused", "err", ErrLimit)
		// What is written first has room in the socket's buffer.
		_ = nc.SetWriteDeadline(time.Now().Add(time.Second))
		c.fail(null, failureOf(ErrLimit, fmt.Sprintf("there are %d connections", MaxConnections)))
		c.cancel()
		_ = nc.Close()
		return
	}
	s.wg.Go(func() {
		c.serve()
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
	})
}

// cut ends the connections that have shown a token, that of the call by last when
// its reply is written.
func (s *Server) cut(id token.ID, by *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c, shown := range s.conns {
		switch {
		case shown != id:
		case c == by.conn:
			by.then = append(by.then, c.cancel)
		default:
			c.cancel()
		}
	}
}

// grant returns what a token allows c, or ErrToken. From then on, dropping the token
// cuts c: c is in the list before the store is asked, so that there is no moment in
// between.
func (s *Server) grant(ctx context.Context, c *conn, shown token.Secret) (token.Record, error) {
	s.mu.Lock()
	s.conns[c] = shown.ID()
	s.mu.Unlock()
	r, err := s.owner, error(nil)
	if !r.Is(shown) {
		r, err = s.cfg.Tokens.Get(ctx, shown.ID())
	}
	if err == nil && (!r.Is(shown) || r.Ended(time.Now()) || r.Scope.Check() != nil) {
		err = token.ErrUnknown
	}
	if err != nil {
		s.mu.Lock()
		s.conns[c] = ""
		s.mu.Unlock()
	}
	if errors.Is(err, token.ErrUnknown) {
		err = ErrToken
	}
	return r, err
}
