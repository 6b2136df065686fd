package tor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	controlSocket = "control"
	socksSocket   = "socks"
)

// torrc is the configuration of a managed tor.
func (f *folder) torrc(cfg Config) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("DataDirectory %s", quote(f.data))
	line("Log notice stdout")
	line("AvoidDiskWrites 1")
	line("ClientOnly 1")
	line("CookieAuthentication 1")
	line("CookieAuthFile %s", quote(f.cookie()))
	// A tor that was idle for a day goes to sleep, and the next one with its data
	// folder would begin asleep and wait for a connection to be made.
	line("DormantCanceledByStartup 1")
	line("__OwningControllerProcess %d", os.Getpid())
	control, socks := "auto", "auto"
	if f.sockets != "" {
		control = Addr{"unix", filepath.Join(f.sockets, controlSocket)}.String()
		socks = f.socksAddr().String()
	} else {
		line("ControlPortWriteToFile %s", quote(f.portFile()))
	}
	line("ControlPort %s", control)
	// Extended errors say why an onion service cannot be reached; streams with
	// different credentials never share a circuit.
	flags := "ExtendedErrors IsolateSOCKSAuth"
	if !cfg.AllowExits {
		flags += " OnionTrafficOnly"
	}
	line("SocksPort %s %s", socks, flags)
	b.WriteString(cfg.detour.torrc())
	b.WriteString(cfg.Torrc)
	b.WriteByte('\n')
	return b.String()
}

// socksAddr is where the SOCKS port is, if there are unix sockets.
func (f *folder) socksAddr() Addr { return Addr{"unix", filepath.Join(f.sockets, socksSocket)} }

func (f *folder) cookie() string { return filepath.Join(f.data, "control_auth_cookie") }

// portFile is where a tor without unix sockets writes its control port.
func (f *folder) portFile() string { return filepath.Join(f.data, "control_port") }

// controlAddr says where the control port is, once it is open.
func (f *folder) controlAddr(ctx context.Context) (Addr, bool) {
	if f.sockets != "" {
		addr := Addr{"unix", filepath.Join(f.sockets, controlSocket)}
		// The socket file is there a moment before it is listened on.
		conn, err := (&net.Dialer{}).DialContext(ctx, addr.Network, addr.Address)
		if err != nil {
			return Addr{}, false
		}
		conn.Close()
		return addr, true
	}
	content, err := os.ReadFile(f.portFile())
	if err != nil {
		return Addr{}, false
	}
	// Ports that Config.Torrc adds follow in lines of their own.
	port, _, complete := strings.Cut(string(content), "\n")
	port, ok := strings.CutPrefix(port, "PORT=")
	if !complete || !ok {
		return Addr{}, false
	}
	addr, err := ParseAddr(strings.TrimSpace(port))
	return addr, err == nil
}

// quote writes a path as a value of its own: as it is, a "#" in it would begin a
// comment, and a line break another option.
func quote(path string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace(path) + `"`
}

// firstListener picks the first address from the answer to GETINFO
// net/listeners/socks: quoted strings, such as "127.0.0.1:9050". A port on all
// addresses is reached where the control port is.
func firstListener(r reply, control Addr) (Addr, error) {
	list, _ := strings.CutPrefix(r[0], "net/listeners/socks=")
	words, _, err := keywords(list)
	if err != nil {
		return Addr{}, fmt.Errorf("malformed list of SOCKS ports: %w", err)
	}
	for _, w := range words {
		addr, err := ParseAddr(w)
		if err != nil {
			continue
		}
		listener, _ := netip.ParseAddrPort(addr.Address) // else it is a socket or a name
		if !listener.IsValid() || !listener.Addr().IsUnspecified() {
			return addr, nil
		}
		host := "127.0.0.1"
		if listener.Addr().Is6() {
			host = "::1"
		}
		if control.Network == "tcp" {
			host, _, _ = net.SplitHostPort(control.Address) // ParseAddr has checked it
		}
		return Addr{"tcp", net.JoinHostPort(host, strconv.Itoa(int(listener.Port())))}, nil
	}
	return Addr{}, errors.New("the tor daemon has no SOCKS port")
}
