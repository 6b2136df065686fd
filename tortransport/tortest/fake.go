package tortest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Fake is a scripted Tor daemon inside the test process: a control port and a
// SOCKS5 port that answer as tor does (control-spec.txt, socks-extensions.txt,
// RFC 1928, RFC 1929) until a script tells them otherwise. It is for what real
// Tor cannot be told to do: a reply that never comes, a connection cut at byte
// N, an upload that fails. There is no Tor network behind it: a stream to a
// service reaches the target that ADD_ONION named, and nothing else is
// reachable.
//
// Every method may be called at any time from any goroutine, also from a hook.
// Only Close may not be called from a hook, since it waits for hooks to return.
type Fake struct {
	config  fakeConfig
	control net.Listener
	socks   net.Listener
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu          sync.Mutex
	links       map[net.Conn]context.CancelFunc // every open connection
	controls    map[*fakeControl]struct{}
	services    map[string]*fakeService
	credentials map[string]fakeCredential // by service ID
	cookie      []byte
	bootstrap   string
	uploads     FakeUploads
	onCommand   func(string) FakeReply
	onSocks     func(FakeRequest) FakeSocksReply
	commands    []string
	requests    []FakeRequest
}

const (
	// fakeMaxLinks bounds the open connections; later ones are closed at once.
	fakeMaxLinks = 4096
	// fakeMaxRecords bounds what Commands and Requests remember.
	fakeMaxRecords = 1 << 16
	// fakeLinger is how long a connection that the fake hangs up on may take to
	// read what was sent before.
	fakeLinger = 250 * time.Millisecond
)

type fakeConfig struct {
	dir        string
	version    string
	password   *string
	cookiePath string
}

// FakeOption configures a Fake when it is started.
type FakeOption func(*fakeConfig)

// FakeUnix makes both ports unix sockets in dir, which must exist and have a
// path short enough for a socket address (about 90 bytes). The default is
// 127.0.0.1 and a free port.
func FakeUnix(dir string) FakeOption { return func(c *fakeConfig) { c.dir = dir } }

// FakePassword makes the control port accept the password pw (HASHEDPASSWORD).
func FakePassword(pw string) FakeOption { return func(c *fakeConfig) { c.password = &pw } }

// FakeCookie makes the control port accept the cookie that it writes to path
// (COOKIE and SAFECOOKIE). Close removes the file.
func FakeCookie(path string) FakeOption { return func(c *fakeConfig) { c.cookiePath = path } }

// FakeVersion sets the version that the control port states.
func FakeVersion(version string) FakeOption { return func(c *fakeConfig) { c.version = version } }

// NewFake starts a fake Tor that ends with the test. Without FakePassword and
// FakeCookie its control port lets everybody in (NULL).
func NewFake(tb testing.TB, opts ...FakeOption) *Fake {
	tb.Helper()
	f, err := StartFake(opts...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(f.Close)
	return f
}

// StartFake is NewFake for callers without a test; they call Close.
func StartFake(opts ...FakeOption) (*Fake, error) {
	f := &Fake{
		config:   fakeConfig{version: "0.4.9.11"},
		links:    make(map[net.Conn]context.CancelFunc),
		controls: make(map[*fakeControl]struct{}),
	}
	for _, opt := range opts {
		opt(&f.config)
	}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	if err := f.listen(); err != nil {
		f.Close()
		return nil, fmt.Errorf("fake tor: %w", err)
	}
	f.running.Go(func() { f.accept(f.control, f.serveControl) })
	f.running.Go(func() { f.accept(f.socks, f.serveSocks) })
	return f, nil
}

func (f *Fake) listen() (err error) {
	if err := f.forget(); err != nil {
		return err
	}
	network, control, socks := "tcp", "127.0.0.1:0", "127.0.0.1:0"
	if f.config.dir != "" {
		network = "unix"
		control = filepath.Join(f.config.dir, "control.sock")
		socks = filepath.Join(f.config.dir, "socks.sock")
	}
	if f.control, err = net.Listen(network, control); err != nil {
		return err
	}
	f.socks, err = net.Listen(network, socks)
	return err
}

// ControlAddr is the address of the control port, HOST:PORT or unix:PATH.
func (f *Fake) ControlAddr() string { return fakeAddr(f.control) }

// SocksAddr is the address of the SOCKS port, HOST:PORT or unix:PATH.
func (f *Fake) SocksAddr() string { return fakeAddr(f.socks) }

func fakeAddr(l net.Listener) string {
	if l.Addr().Network() == "unix" {
		return "unix:" + l.Addr().String()
	}
	return l.Addr().String()
}

// Close ends every connection and waits until all goroutines of the fake are
// gone. Calling it again does nothing.
func (f *Fake) Close() {
	f.cancel()
	for _, l := range []net.Listener{f.control, f.socks} {
		if l != nil {
			l.Close()
		}
	}
	f.mu.Lock()
	f.dropLinks()
	f.mu.Unlock()
	f.running.Wait()
	if f.config.cookiePath != "" {
		os.Remove(f.config.cookiePath)
	}
}

// Restart does what a restart of tor would: every connection is closed, every
// service and client authorisation is forgotten, the cookie is a new one. The
// addresses, the hooks and the records stay.
func (f *Fake) Restart() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.forget()
	f.dropLinks()
	return err
}

// DropControl closes every control connection at once; the services that were
// added without Detach go with them.
func (f *Fake) DropControl() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.controls {
		f.removeControl(c)
		f.end(c.link.Conn)
	}
}

// forget brings all state to that of a daemon which has just started. The
// caller holds the lock.
func (f *Fake) forget() error {
	for c := range f.controls {
		f.removeControl(c)
	}
	f.services = make(map[string]*fakeService)
	f.credentials = make(map[string]fakeCredential)
	f.bootstrap = fakeBootstrapped
	if f.config.cookiePath == "" {
		return nil
	}
	f.cookie = make([]byte, 32)
	rand.Read(f.cookie)
	return os.WriteFile(f.config.cookiePath, f.cookie, 0o600)
}

func (f *Fake) accept(l net.Listener, serve func(*fakeLink)) {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			fakeSleep(f.ctx, 10*time.Millisecond) // out of descriptors: try again
			continue
		}
		link := f.open(conn)
		if link == nil {
			continue
		}
		f.running.Go(func() {
			defer link.Close()
			serve(link)
		})
	}
}
