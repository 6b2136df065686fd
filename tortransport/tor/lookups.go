package tor

import (
	"context"
	"strings"
)

// CloseLookups closes the circuits over which tor has asked directories for onion
// services, and which carry nothing any more. Tor makes one for each directory that
// it asks, five or six for a service that nobody knows, never uses it again, and
// keeps it for minutes: whoever dials many dead addresses fills tor with them.
//
// A control port that hides circuits or streams, for which the error matches
// ErrRefused, leaves them to tor.
func (d *Daemon) CloseLookups(ctx context.Context) error {
	s, err := d.await(ctx)
	if err != nil {
		return err
	}
	// In this order: a circuit that is built by now has its stream by then.
	circuits, err := s.control.request(ctx, circuitStatus)
	if err != nil {
		return err
	}
	streams, err := s.control.request(ctx, streamStatus)
	if err != nil {
		return err
	}
	return closeCircuits(ctx, s.control, idleLookups(circuits, streams))
}

// idleLookups picks circuits from the answers to GETINFO circuit-status and
// stream-status, which have a line for each as in the CIRC and STREAM events
// (control-spec sections 4.1.1 and 4.1.2).
func idleLookups(circuits, streams reply) (ids []string) {
	busy := make(map[string]bool)
	for words := range statusLines(streams, "stream-status=") {
		if len(words) > 2 {
			busy[words[2]] = true // stream, status, circuit
		}
	}
	for words, pairs := range statusLines(circuits, "circuit-status=") {
		if len(words) > 1 && words[1] == "BUILT" && pairs["PURPOSE"] == "HS_CLIENT_HSDIR" && !busy[words[0]] {
			ids = append(ids, words[0])
		}
	}
	return ids
}

// statusLines reads an answer that has a line for each thing.
func statusLines(r reply, key string) func(yield func([]string, map[string]string) bool) {
	return func(yield func([]string, map[string]string) bool) {
		for _, text := range r {
			for line := range strings.Lines(strings.TrimPrefix(text, key)) {
				words, pairs, err := keywords(strings.TrimSpace(line))
				if err == nil && !yield(words, pairs) {
					return
				}
			}
		}
	}
}
