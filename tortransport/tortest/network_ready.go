package tortest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	// pollInterval is how often the authority is asked for a consensus, and
	// pollTimeout how long one answer may take.
	pollInterval = 100 * time.Millisecond
	pollTimeout  = 5 * time.Second
	// maxConsensus bounds what is read of a consensus, in bytes. A relay takes
	// about 350.
	maxConsensus = 1 << 20
)

// neededFlags are those without which clients would not use a relay for all
// that onion services need. (Fast is not among them: where there are many
// relays, the slowest eighth lacks it for good.)
var neededFlags = []string{"Exit", "Guard", "HSDir", "Running", "Stable", "V2Dir", "Valid"}

// waitReady waits until the authority has published a consensus in which every
// relay has its flags, and until every relay has fetched that consensus and the
// descriptors: only then can it hand them to clients.
func (n *Network) waitReady(ctx context.Context) error {
	n.cfg.Progress("waiting for the first consensus")
	if err := n.waitConsensus(ctx); err != nil {
		return err
	}
	n.cfg.Progress("waiting for the relays to learn it")
	for _, d := range n.daemons {
		if err := d.wait(ctx, d.bootstrapped); err != nil {
			return err
		}
	}
	n.cfg.Progress("the network is ready")
	return nil
}

func (n *Network) waitConsensus(ctx context.Context) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	state := "there is none"
	for {
		select {
		case <-tick.C:
		case <-n.done:
			return n.err
		case <-ctx.Done():
			return fmt.Errorf("waiting for a consensus (%s): %w", state, context.Cause(ctx))
		}
		relays, err := fetchConsensus(ctx, n.dirPort)
		if err != nil {
			continue // the answer is 404 until there is one
		}
		if state = missing(relays, n.daemons); state == "" {
			return nil
		}
	}
}

// missing says what is not yet as it must be.
func missing(relays map[string][]string, want []*daemon) string {
	for _, d := range want {
		flags, ok := relays[d.name]
		if !ok {
			return d.name + " is not in it"
		}
		for _, flag := range neededFlags {
			if !slices.Contains(flags, flag) {
				return d.name + " has no flag " + flag
			}
		}
	}
	return ""
}

// fetchConsensus returns the flags of each relay by its nickname. It does without the
// client of net/http, which would bring TLS and HTTP/2 into programs that start networks.
func fetchConsensus(ctx context.Context, dirPort int) (map[string][]string, error) {
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", hostPort(dirPort))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if _, err := io.WriteString(conn, "GET /tor/status-vote/current/consensus HTTP/1.0\r\n\r\n"); err != nil {
		return nil, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, maxConsensus)), nil)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("consensus: %s", resp.Status)
	}
	return parseConsensus(resp.Body)
}

// parseConsensus reads the "r" and "s" lines of dir-spec, "Consensus document".
func parseConsensus(r io.Reader) (map[string][]string, error) {
	relays := make(map[string][]string)
	name := ""
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) < 2:
		case words[0] == "r":
			name = words[1]
		case words[0] == "s" && name != "":
			relays[name] = words[1:]
		}
	}
	return relays, lines.Err()
}
