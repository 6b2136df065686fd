package tor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// ServiceConfig describes an onion service.
type ServiceConfig struct {
	// Key is the service's key; its address follows from it.
	Key onion.Key
	// Port is the virtual port that clients connect to.
	Port uint16
	// Target is where connections arrive: see [Daemon.ListenTarget].
	Target net.Addr
}

// check returns why no tor could take the service.
func (cfg ServiceConfig) check() error {
	if cfg.Key.IsZero() || cfg.Port == 0 || cfg.Target == nil {
		return errors.New("an onion service needs a key, a port and a target")
	}
	if strings.ContainsAny(target(cfg.Target), " \t\r\n\"") {
		return errors.New("tor cannot reach the target of an onion service whose address has spaces or quotes")
	}
	return nil
}

// command is the ADD_ONION command for a tor of a version, and the names of what
// was left out because that tor is too old for it (control-spec section 3.27).
func (cfg ServiceConfig) command(Version) (line string, missing []string) {
	// DiscardPK: the key need not travel back.
	return fmt.Sprintf("ADD_ONION %s Flags=DiscardPK Port=%d,%s", cfg.Key.ControlString(), cfg.Port, target(cfg.Target)), nil
}

// addOnion adds a service to the tor at the other end of conn, and returns the
// names of what it was added without, because that tor is too old for it. Errors
// are those of a request; a collision matches ErrCollision too.
func addOnion(ctx context.Context, conn *controlConn, cfg ServiceConfig, v Version) (missing []string, err error) {
	line, missing := cfg.command(v)
	_, err = conn.request(ctx, line)
	var refused *RefusedError
	if errors.As(err, &refused) && strings.Contains(strings.ToLower(refused.Text), "collision") {
		err = fmt.Errorf("%w: %w", ErrCollision, err)
	}
	return missing, err
}

// target is a listener's address as ADD_ONION takes it.
func target(a net.Addr) string {
	return Addr{a.Network(), a.String()}.String()
}
