package tor

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

const (
	// defaultBridgePort is tor's.
	defaultBridgePort = 443
	// maxBridgeLine bounds a bridge line, in bytes. Those with parameters have a few
	// hundred.
	maxBridgeLine = 4096
	// fingerprintSize is the length of a relay's fingerprint, in characters.
	fingerprintSize = 40
)

// ErrBridge means that a line does not describe a bridge.
var ErrBridge = errors.New("malformed bridge line")

// transportName is how a pluggable transport may be called: a C identifier
// (pt-spec, "Pluggable Transport naming").
var transportName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// bridge is a relay that is listed nowhere: who uses it does so because others are
// blocked, and whoever learns its address can block it too.
type bridge struct {
	transport   string // empty without a pluggable transport
	addr        netip.AddrPort
	fingerprint string // upper case, or empty
	params      []string
}

// CheckBridge reports what is wrong with a line for Config.Bridges, if anything. The error
// matches ErrBridge and does not quote the line.
func CheckBridge(line string) error {
	_, err := parseBridge(line)
	return err
}

// parseBridge reads a line as people get it and as tor's option Bridge takes it,
// with or without that word: a pluggable transport, an address, a fingerprint and
// parameters, of which only the address is always there. Its errors match ErrBridge
// and do not quote the line.
func parseBridge(line string) (bridge, error) {
	bad := func(reason string) (bridge, error) { return bridge{}, fmt.Errorf("%w: %s", ErrBridge, reason) }
	line = strings.TrimSpace(line)
	if len(line) > maxBridgeLine {
		return bad("too long")
	}
	if i := strings.IndexFunc(line, notInTorrc); i >= 0 {
		return bad("it has line breaks, quotes or other characters that no such line has")
	}
	words := strings.Fields(line)
	if len(words) > 0 && strings.EqualFold(words[0], "bridge") {
		words = words[1:]
	}
	var b bridge
	if len(words) > 0 && transportName.MatchString(words[0]) {
		b.transport, words = words[0], words[1:]
	}
	if len(words) == 0 {
		return bad("it has no address")
	}
	addr, err := parseBridgeAddr(words[0])
	if err != nil {
		return bad("its address is not IP:PORT")
	}
	b.addr, words = addr, words[1:]
	if len(words) > 0 && len(words[0]) == fingerprintSize {
		if _, err := hex.DecodeString(words[0]); err == nil {
			b.fingerprint, words = strings.ToUpper(words[0]), words[1:]
		}
	}
	for _, w := range words {
		if key, _, ok := strings.Cut(w, "="); !ok || key == "" {
			return bad("what follows the address is neither a fingerprint of 40 hexadecimal digits nor NAME=VALUE")
		}
	}
	if len(words) > 0 && b.transport == "" {
		return bad("it has parameters, but names no pluggable transport")
	}
	b.params = words
	return b, nil
}

func parseBridgeAddr(s string) (netip.AddrPort, error) {
	ap, err := netip.ParseAddrPort(s)
	if err != nil {
		var ip netip.Addr
		if ip, err = netip.ParseAddr(strings.Trim(s, "[]")); err != nil {
			return netip.AddrPort{}, err
		}
		ap = netip.AddrPortFrom(ip, defaultBridgePort)
	}
	if ap.Port() == 0 || ap.Addr().Zone() != "" || ap.Addr().IsUnspecified() {
		return netip.AddrPort{}, errors.New("no address that can be connected to")
	}
	return ap, nil
}

// notInTorrc tells the characters that would end an option of a torrc, begin a
// comment, or that mean something else within quotes.
func notInTorrc(r rune) bool {
	return r != ' ' && r != '\t' && (r <= ' ' || r > '~' || strings.ContainsRune(`#"\`, r))
}

// String is the bridge as the option Bridge takes it.
func (b bridge) String() string {
	words := []string{b.addr.String()}
	if b.transport != "" {
		words = []string{b.transport, b.addr.String()}
	}
	if b.fingerprint != "" {
		words = append(words, b.fingerprint)
	}
	return strings.Join(append(words, b.params...), " ")
}

// parseBridges reads several lines. An error says which of them it is about.
func parseBridges(lines []string) ([]bridge, error) {
	bridges := make([]bridge, len(lines))
	for i, line := range lines {
		var err error
		if bridges[i], err = parseBridge(line); err != nil {
			return nil, fmt.Errorf("bridge %d of %d: %w", i+1, len(lines), err)
		}
	}
	return bridges, nil
}
