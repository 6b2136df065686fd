package tortest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

const (
	// obfs4 is the transport whose parameters are found out.
	obfs4 = "obfs4"
	// obfs4File is where the program for obfs4 writes the line for clients, with
	// blanks for address and fingerprint.
	obfs4File = "obfs4_bridgeline.txt"
	// bridgePoll is how often the files of a bridge are looked at.
	bridgePoll = 50 * time.Millisecond
)

// BridgeConfig says what bridge is started. Its zero value is one without a
// pluggable transport.
type BridgeConfig struct {
	// Transport is the name of a pluggable transport, usually "obfs4". Only of that
	// are the parameters for clients known.
	Transport string
	// Path is the program for the transport; for obfs4 an empty one is looked up.
	Path string
}

// LookupObfs4 finds a program on PATH that speaks obfs4.
func LookupObfs4() (string, error) {
	for _, name := range []string{"obfs4proxy", "lyrebird"} { // the latter is its successor
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("tortest: neither obfs4proxy nor lyrebird is on PATH (Debian: apt install obfs4proxy)")
}

// Bridge is a relay of the network that is in no consensus: only who has its line
// can use it. Its methods may be called concurrently; its fields do not change.
type Bridge struct {
	// Line is what a client is configured with, without the word Bridge.
	Line string
	// Fingerprint names the bridge in hexadecimal, as tor does.
	Fingerprint string

	d       *daemon
	forward *forwarder // nil if links are not slow
	once    sync.Once
}

// StartBridge starts a bridge and returns when clients can use it. ctx bounds the
// start only. The network's Stop ends the bridge and removes its files.
func (n *Network) StartBridge(ctx context.Context, cfg BridgeConfig) (*Bridge, error) {
	if cfg.Transport == obfs4 && cfg.Path == "" {
		var err error
		if cfg.Path, err = LookupObfs4(); err != nil {
			return nil, err
		}
	}
	for try := 1; ; try++ {
		b, err := n.startBridge(ctx, cfg)
		if err == nil {
			return b, nil
		}
		if try == startTries || !errors.Is(err, errAddressInUse) {
			return nil, fmt.Errorf("tortest: starting a bridge: %w", err)
		}
	}
}

func (n *Network) startBridge(ctx context.Context, cfg BridgeConfig) (_ *Bridge, err error) {
	ports, err := freePorts(2)
	if err != nil {
		return nil, err
	}
	torrc, port := n.torrc+bridgeTorrc(ports[0]), ports[0]
	if cfg.Transport != "" {
		port = ports[1]
		torrc += transportTorrc(cfg, port)
	}
	b, dir, err := n.newBridge(torrc, port)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			b.Kill()
		}
	}()
	if err := b.d.wait(ctx, b.d.bootstrapped); err != nil {
		return nil, err
	}
	if b.Fingerprint, err = bridgeFingerprint(dir); err != nil {
		return nil, err
	}
	if b.forward != nil {
		port = b.forward.port()
	}
	b.Line = hostPort(port) + " " + b.Fingerprint
	if cfg.Transport != "" {
		params, err := b.d.awaitTransport(ctx, cfg.Transport, filepath.Join(dir, "pt_state"), ports[1])
		if err != nil {
			return nil, err
		}
		b.Line = strings.TrimSpace(cfg.Transport + " " + b.Line + " " + params)
	}
	return b, nil
}

// newBridge starts the process, with a forwarder before the port for clients if
// links are to be slow, and enters it into the network's list.
func (n *Network) newBridge(torrc string, port int) (_ *Bridge, dir string, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.stopped {
		return nil, "", ErrStopped
	}
	name := fmt.Sprintf("bridge%d", len(n.bridges)+1)
	dir = filepath.Join(n.dir.state, name)
	b := &Bridge{}
	if n.cfg.LinkDelay > 0 {
		if b.forward, err = newForwarder(hostPort(port), n.cfg.LinkDelay); err != nil {
			return nil, "", err
		}
	}
	if b.d, err = startDaemon(n.binary, name, dir, "Nickname "+name+"\n"+torrc, n.cfg.Log); err != nil {
		if b.forward != nil {
			b.forward.close()
		}
		return nil, "", err
	}
	n.bridges = append(n.bridges, b)
	return b, dir, nil
}

// Kill ends the bridge at once and waits until it is gone.
func (b *Bridge) Kill() {
	b.once.Do(func() {
		b.d.kill()
		if b.forward != nil {
			b.forward.close()
		}
	})
}

// bridgeTorrc is a bridge's own part.
func bridgeTorrc(port int) string {
	return fmt.Sprintf(`ContactInfo tortest
Address %s
ORPort %s IPv4Only
AssumeReachable 1
SocksPort 0
ExitRelay 0
BridgeRelay 1
BridgeDistribution none
PublishServerDescriptor 0
`, loopback, hostPort(port))
}

func transportTorrc(cfg BridgeConfig, port int) string {
	return fmt.Sprintf(`ExtORPort auto
ServerTransportPlugin %s exec %s
ServerTransportListenAddr %s %s
`, cfg.Transport, cfg.Path, cfg.Transport, hostPort(port))
}

// bridgeFingerprint reads what tor writes when it starts: the nickname and the
// fingerprint.
func bridgeFingerprint(dir string) (string, error) {
	content, err := os.ReadFile(filepath.Join(dir, "fingerprint"))
	if err != nil {
		return "", err
	}
	words := strings.Fields(string(content))
	if len(words) != 2 {
		return "", fmt.Errorf("malformed fingerprint file of %d words", len(words))
	}
	return words[1], nil
}

// obfs4Line is the last line of obfs4File.
var obfs4Line = regexp.MustCompile(`(?m)^Bridge obfs4 .*<FINGERPRINT> (.+)$`)

// awaitTransport waits until a pluggable transport takes connections, and returns
// its parameters for clients.
func (d *daemon) awaitTransport(ctx context.Context, transport, dir string, port int) (params string, err error) {
	tick := time.NewTicker(bridgePoll)
	defer tick.Stop()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", hostPort(port))
		if err == nil {
			conn.Close()
			if transport != obfs4 {
				return "", nil
			}
			content, err := os.ReadFile(filepath.Join(dir, obfs4File))
			if m := obfs4Line.FindSubmatch(content); err == nil && m != nil {
				return string(m[1]), nil
			}
		}
		select {
		case <-tick.C:
		case <-d.proc.Done():
			return "", d.ended()
		case <-ctx.Done():
			return "", fmt.Errorf("waiting for the transport %s, tor's last words: %s: %w",
				transport, strings.Join(d.proc.Tail(), " | "), context.Cause(ctx))
		}
	}
}
