package tor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"
)

// DefaultControl is where a tor daemon of the system usually has its control
// port.
var DefaultControl = Addr{"tcp", "127.0.0.1:9051"}

// AttachConfig says how to reach a daemon that somebody else runs.
type AttachConfig struct {
	// Control is the control port; zero means DefaultControl.
	Control Addr
	// SOCKS is the SOCKS port; zero means to ask the daemon.
	SOCKS Addr
	// Password is for a daemon with HashedControlPassword. If it is empty, or
	// the daemon has no password, the cookie is used.
	Password string
	// CookieFile is needed only where the daemon's own name for its cookie
	// means nothing here, as in a container.
	CookieFile string
	// Log gets what happens; nil discards it.
	Log *slog.Logger

	heartbeat time.Duration // zero means heartbeatInterval
}

// Attach connects to a running daemon and returns once its control port let us
// in. The onion services that are published through it go when the Daemon is
// closed.
//
// When the connection is lost later, the control port is called until it answers
// again, and asked anew for all that cfg does not say: how to authenticate, the
// cookie, the SOCKS port.
//
// Errors match ErrAuth or ErrOldVersion where they apply.
func Attach(ctx context.Context, cfg AttachConfig) (*Daemon, error) {
	if cfg.Control.IsZero() {
		cfg.Control = DefaultControl
	}
	d := newDaemon(cfg.Log, cfg.heartbeat)
	d.open = func(ctx context.Context) (*session, error) {
		ctx, cancel := context.WithTimeout(ctx, openTimeout)
		defer cancel()
		conn, err := (&net.Dialer{}).DialContext(ctx, cfg.Control.Network, cfg.Control.Address)
		if err != nil {
			return nil, fmt.Errorf("cannot reach the control port: %w", err)
		}
		return d.attach(ctx, conn, cfg)
	}
	if err := d.begin(ctx); err != nil {
		return nil, err
	}
	return d, nil
}

// attach begins a session over a connection to the control port.
func (d *Daemon) attach(ctx context.Context, conn net.Conn, cfg AttachConfig) (*session, error) {
	s, err := d.greet(ctx, conn, credentials{cfg.Password, cfg.CookieFile}, nil)
	if err != nil {
		return nil, err
	}
	if s.socks = cfg.SOCKS; !s.socks.IsZero() {
		return s, nil
	}
	r, err := s.control.request(ctx, "GETINFO net/listeners/socks")
	if err == nil {
		s.socks, err = firstListener(r, cfg.Control)
	}
	if err != nil {
		s.end()
		return nil, fmt.Errorf("the SOCKS port was not given and cannot be found out: %w", err)
	}
	return s, nil
}

// AttachConfigFromEnvironment reads the variables by which Tor Browser, Tails
// and Whonix tell programs where their tor is:
//
//	TOR_CONTROL_IPC_PATH, or TOR_CONTROL_HOST and TOR_CONTROL_PORT
//	TOR_SOCKS_IPC_PATH, or TOR_SOCKS_HOST and TOR_SOCKS_PORT
//	TOR_CONTROL_PASSWD, TOR_CONTROL_COOKIE_AUTH_FILE
//
// A port variable may also hold HOST:PORT or unix:PATH. The result is false if
// no control port is named.
func AttachConfigFromEnvironment() (AttachConfig, bool, error) {
	control, err1 := addrFromEnvironment("TOR_CONTROL")
	socks, err2 := addrFromEnvironment("TOR_SOCKS")
	if err := errors.Join(err1, err2); err != nil {
		return AttachConfig{}, false, err
	}
	return AttachConfig{
		Control:    control,
		SOCKS:      socks,
		Password:   passwordFromEnvironment(),
		CookieFile: os.Getenv("TOR_CONTROL_COOKIE_AUTH_FILE"),
	}, !control.IsZero(), nil
}

// passwordFromEnvironment takes the quotes off that Tor Browser's start script
// puts around the password.
func passwordFromEnvironment() string {
	s := os.Getenv("TOR_CONTROL_PASSWD")
	if strings.HasPrefix(s, `"`) {
		if password, rest, err := unquote(s); err == nil && rest == "" {
			return password
		}
	}
	return s
}

func addrFromEnvironment(prefix string) (Addr, error) {
	if path := os.Getenv(prefix + "_IPC_PATH"); path != "" {
		return wrapEnv(prefix+"_IPC_PATH", "unix:"+path)
	}
	port := os.Getenv(prefix + "_PORT")
	if port == "" {
		return Addr{}, nil
	}
	if _, err := ParseAddr(port); err == nil {
		return wrapEnv(prefix+"_PORT", port)
	}
	host := os.Getenv(prefix + "_HOST")
	if host == "" {
		host = "127.0.0.1"
	}
	return wrapEnv(prefix+"_PORT", net.JoinHostPort(host, port))
}

func wrapEnv(name, value string) (Addr, error) {
	addr, err := ParseAddr(value)
	if err != nil {
		return Addr{}, fmt.Errorf("environment variable %s: %w", name, err)
	}
	return addr, nil
}
