package tor

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"
)

// Addr is where a control port, a SOCKS port or the target of an onion service
// listens.
type Addr struct {
	// Network is "tcp" or "unix".
	Network string
	// Address is HOST:PORT or the path of a socket.
	Address string
}

// ParseAddr reads HOST:PORT or unix:PATH, the two forms that tor's own
// options and every flag of ours take. The path must be absolute.
func ParseAddr(s string) (Addr, error) {
	if path, ok := strings.CutPrefix(s, "unix:"); ok {
		if n := len(path); n >= 2 && path[0] == '"' && path[n-1] == '"' {
			path = path[1 : n-1]
		}
		if !filepath.IsAbs(path) {
			return Addr{}, fmt.Errorf("malformed address %q: the path of a socket must be absolute", s)
		}
		return Addr{"unix", filepath.Clean(path)}, nil
	}
	host, port, err := net.SplitHostPort(s)
	if err == nil && host == "" {
		err = errors.New("no host")
	}
	if err == nil {
		var n uint64
		if n, err = strconv.ParseUint(port, 10, 16); err == nil && n == 0 {
			err = errors.New("port 0")
		}
	}
	if err != nil {
		return Addr{}, fmt.Errorf("malformed address %q, expected HOST:PORT or unix:PATH: %w", s, err)
	}
	return Addr{"tcp", net.JoinHostPort(host, port)}, nil
}

// String gives the form that ParseAddr reads.
func (a Addr) String() string {
	if a.Network == "unix" {
		return "unix:" + a.Address
	}
	return a.Address
}

// IsZero reports whether a is the zero Addr, which stands for "not given".
func (a Addr) IsZero() bool { return a == Addr{} }
