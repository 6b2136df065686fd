package rpc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"syscall"

	"github.com/onionwire/onionwire/node/rpc/token"
)

var (
	// ErrNotRunning means that nobody answers on a socket.
	ErrNotRunning = errors.New("no node answers on the socket")
	// ErrLost means that the connection was lost before the reply came: what was
	// asked for may have been done.
	ErrLost = errors.New("connection to the node lost")
	// ErrProtocol means that the other side does not keep to JSON-RPC 2.0.
	ErrProtocol = errors.New("the other side does not speak JSON-RPC 2.0")
)

// Client uses a node. Its methods may be called concurrently.
//
// If the connection is lost, the calls on it fail with ErrLost, and the next call
// makes another. No call is sent twice.
type Client struct {
	path   string
	secret token.Secret

	// making is held by whoever connects, as a semaphore so that others can give
	// up waiting.
	making chan struct{}

	mu     sync.Mutex
	line   *pipe // nil before the first and after Close
	closed bool
	old    sync.WaitGroup
}

// Dial connects to the socket at path, and shows a token. It fails with
// ErrNotRunning, ErrToken, or as the system says.
func Dial(ctx context.Context, path string, secret token.Secret) (*Client, error) {
	c := &Client{path: path, secret: secret, making: make(chan struct{}, 1)}
	if _, err := c.connected(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// Call calls a method. params is a struct or a map, or nil if there are none, result
// points to where the result goes, or is nil. An error of the node is an *Error.
func (c *Client) Call(ctx context.Context, method string, params, result any) error {
	if err := c.call(ctx, method, params, result); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}

// call is Call with errors that do not name the method.
func (c *Client) call(ctx context.Context, method string, params, result any) error {
	p, err := c.connected(ctx)
	if err != nil {
		return err
	}
	raw, err := p.call(ctx, method, params)
	if err != nil || result == nil {
		return err
	}
	if err := json.Unmarshal(raw, result); err != nil {
		return fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	return nil
}

// Close ends the connection, and the calls on it with ErrLost. Loops over events end
// by their contexts.
func (c *Client) Close() error {
	c.mu.Lock()
	p := c.line
	c.closed, c.line = true, nil
	c.mu.Unlock()
	if p != nil {
		p.close(ErrLost)
	}
	c.old.Wait()
	return nil
}

// connected returns the connection, or makes one.
func (c *Client) connected(ctx context.Context) (*pipe, error) {
	select {
	case c.making <- struct{}{}:
		defer func() { <-c.making }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c.mu.Lock()
	p, closed := c.line, c.closed
	c.mu.Unlock()
	switch {
	case closed:
		return nil, ErrLost
	case p != nil && p.alive():
		return p, nil
	}
	p, err := open(ctx, c.path, c.secret)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		p.close(ErrLost)
		return nil, ErrLost
	}
	c.line = p
	c.old.Go(p.read)
	return p, nil
}

// explainDial names what the system says if nobody listens.
func explainDial(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	return err
}
