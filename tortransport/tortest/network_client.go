package tortest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// stopGrace is how long a client may take to end politely.
const stopGrace = 5 * time.Second

// ErrStopped is returned by what needs a network that is running.
var ErrStopped = errors.New("tortest: the network is stopped")

// ClientConfig says how a client is reached. Its zero value has a control and a
// SOCKS port on loopback TCP and cookie authentication.
type ClientConfig struct {
	// Unix puts control and SOCKS on unix sockets.
	Unix bool
	// SocksFlags follow the address of the SOCKS port, such as ExtendedErrors.
	SocksFlags string
	// Password is asked for on the control port instead of the cookie.
	Password string
	// Torrc holds further lines. They win over the client's own.
	Torrc string
}

// Client is a tor process in the network that belongs to somebody else: for
// tests of programs that attach to a daemon which they did not start. Its
// methods may be called concurrently; its fields do not change.
type Client struct {
	Control    string // HOST:PORT or unix:PATH
	Socks      string // HOST:PORT or unix:PATH
	CookieFile string // empty with a password
	Password   string // empty with a cookie

	n       *Network
	name    string
	dir     string
	sockets string // a folder of its own, since paths of sockets must be short
	torrc   string

	mu   sync.Mutex
	d    *daemon
	gone bool // the network is stopped
}

// StartClient starts a client and returns when its ports are open; Ready tells
// when it is bootstrapped. ctx bounds the start only. The network's Stop ends
// the client and removes its files.
func (n *Network) StartClient(ctx context.Context, cfg ClientConfig) (*Client, error) {
	for try := 1; ; try++ {
		c, err := n.newClient(cfg)
		if err != nil {
			return nil, err
		}
		err = c.Restart(ctx)
		if err == nil {
			return c, nil
		}
		c.Kill()
		if try == startTries || !errors.Is(err, errAddressInUse) {
			return nil, err
		}
	}
}

func (n *Network) newClient(cfg ClientConfig) (*Client, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.stopped {
		return nil, ErrStopped
	}
	name := fmt.Sprintf("client%d", len(n.clients)+1)
	c := &Client{n: n, name: name, dir: filepath.Join(n.dir.state, name)}
	if err := c.configure(cfg); err != nil {
		return nil, fmt.Errorf("tortest: %w", err)
	}
	n.clients = append(n.clients, c)
	return c, nil
}

func (c *Client) configure(cfg ClientConfig) error {
	control, socks := "", ""
	if cfg.Unix {
		var err error
		if c.sockets, err = os.MkdirTemp("", "tortest-"); err != nil {
			return err
		}
		control, socks = filepath.Join(c.sockets, "control"), filepath.Join(c.sockets, "socks")
		c.Control, c.Socks = "unix:"+control, "unix:"+socks
		control, socks = "unix:"+quote(control), "unix:"+quote(socks)
	} else {
		ports, err := freePorts(2)
		if err != nil {
			return err
		}
		control, socks = hostPort(ports[0]), hostPort(ports[1])
		c.Control, c.Socks = control, socks
	}
	c.torrc = c.n.torrc + "ControlPort " + control + "\nSocksPort " + socks + " " + cfg.SocksFlags + "\n"
	if cfg.Password == "" {
		c.CookieFile = filepath.Join(c.dir, "control_auth_cookie")
		c.torrc += "CookieAuthentication 1\nCookieAuthFile " + quote(c.CookieFile) + "\n"
	} else {
		c.Password = cfg.Password
		c.torrc += "HashedControlPassword " + hashPassword(cfg.Password) + "\n"
	}
	c.torrc += cfg.Torrc + "\n"
	return nil
}

// Restart ends the client, if it runs, and starts it again with the same ports
// and the same folder. It returns when the ports are open.
func (c *Client) Restart(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return ErrStopped
	}
	c.stop()
	d, err := startDaemon(c.n.binary, c.name, c.dir, c.torrc, c.n.cfg.Log)
	if err != nil {
		return fmt.Errorf("tortest: %w", err)
	}
	c.d = d
	if err := d.wait(ctx, d.listening); err != nil {
		return fmt.Errorf("tortest: %w", err)
	}
	return nil
}

// Ready waits until the client is bootstrapped. It fails when the client ends,
// and when it does not run.
func (c *Client) Ready(ctx context.Context) error {
	c.mu.Lock()
	d := c.d
	c.mu.Unlock()
	if err := d.wait(ctx, d.bootstrapped); err != nil {
		return fmt.Errorf("tortest: %w", err)
	}
	return nil
}

// Stop asks the client to end, as an operator would, and waits until it has.
// Its folder stays for a Restart.
func (c *Client) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stop()
}

func (c *Client) stop() {
	if c.d != nil {
		c.d.proc.Stop(stopGrace)
		c.d.kill()
	}
}

// Kill ends the client at once, as a crash would, and waits until it is gone.
// Its folder stays for a Restart.
func (c *Client) Kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.d != nil {
		c.d.kill()
	}
}

// discard ends the client for good.
func (c *Client) discard() error {
	c.Kill()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = true
	if c.sockets == "" {
		return nil
	}
	return os.RemoveAll(c.sockets)
}
