package tor

import (
	"context"

	"github.com/onionwire/onionwire/tortransport/onion"
)

const MaxClients = maxClients

// ParseBridge returns a bridge line as it is put into a torrc.
func ParseBridge(line string) (string, error) {
	b, err := parseBridge(line)
	return b.String(), err
}

// ScrubBridges returns lines of a tor that has these bridges as they are logged.
func ScrubBridges(bridges []string, lines ...string) (scrubbed []string) {
	parsed, err := parseBridges(bridges)
	if err != nil {
		return nil
	}
	scrub := detour{bridges: parsed}.scrubber()
	for _, line := range lines {
		scrubbed = append(scrubbed, scrub(line))
	}
	return scrubbed
}

// Ask sends a command over the control connection of a daemon.
func (d *Daemon) Ask(ctx context.Context, line string) ([]string, error) {
	s, err := d.await(ctx)
	if err != nil {
		return nil, err
	}
	return s.control.request(ctx, line)
}

// RendezvousCircuits reads the answer to GETINFO circuit-status.
func RendezvousCircuits(lines []string, addr onion.Address) []string {
	return rendezvousCircuits(lines, addr)
}

// CountCircuits reads the answer to GETINFO circuit-status.
func CountCircuits(lines []string) map[CircuitKind]int { return countCircuits(lines) }
