package tor

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// maxClients is how many clients the descriptor of an onion service has room for:
// with three introduction points it was 368, more than that tor never uploads, and
// more or longer ones leave less room.
const maxClients = 256

// ErrTooManyClients means that a list of clients does not fit into the descriptor
// of an onion service.
var ErrTooManyClients = errors.New("too many clients of an onion service")

// restrict returns the configuration with the service closed to everybody but
// clients.
func (cfg ServiceConfig) restrict(clients []onion.ClientPublicKey) (ServiceConfig, error) {
	cfg.Restricted, cfg.Clients = true, nil
	cfg.nobody = onion.ClientPublicKey{}
	for _, c := range clients {
		if c.IsZero() {
			return cfg, errors.New("a client of an onion service without a key")
		}
		if !slices.Contains(cfg.Clients, c) {
			cfg.Clients = append(cfg.Clients, c)
		}
	}
	if n := len(cfg.Clients); n > maxClients {
		return cfg, fmt.Errorf("%w: %d, %d are possible", ErrTooManyClients, n, maxClients)
	}
	if len(cfg.Clients) > 0 {
		return cfg, nil
	}
	// Tor takes no empty list. Nobody has the private half of this key.
	nobody, err := onion.GenerateClientKey()
	if err != nil {
		return cfg, err
	}
	cfg.nobody = nobody.Public()
	return cfg, nil
}

// letsIn reports whether everybody whom other lets in may connect.
func (cfg ServiceConfig) letsIn(other ServiceConfig) bool {
	if !cfg.Restricted || !other.Restricted {
		return !cfg.Restricted
	}
	for _, c := range other.Clients {
		if !slices.Contains(cfg.Clients, c) {
			return false
		}
	}
	return true
}

// SetClients makes the service one that only these clients can find and connect
// to, or nobody, if there are none; it never opens a service to everybody. Tor has
// no command for that: the service is taken away and added anew, and the clients
// that stay find it again when it is Reachable.
//
// If somebody is let in no longer, every connection through the service is cut,
// because tor does not tell whose a connection is, and whoever has one could go on
// to make others over the same circuit.
//
// When SetClients returns nil the list is in force. On an error it is not, and is
// tried again until it is: the service is not offered with the old list meanwhile.
// There are three exceptions in which nothing changes at all: a list that is not
// possible (see ErrTooManyClients), a service that is gone, and a control port
// that refuses to take services away or connections to be cut (ErrRefused).
func (s *Service) SetClients(ctx context.Context, clients []onion.ClientPublicKey) error {
	now, revision := s.wanted()
	next, err := now.restrict(clients)
	if err != nil {
		return err
	}
	if !next.letsIn(now) {
		if err := s.daemon.canEvict(ctx); err != nil {
			return fmt.Errorf("clients cannot be thrown out: %w", err)
		}
	} else if o, _ := s.applied.get(); now.letsIn(next) && o == (outcome{revision: revision}) {
		return nil
	}
	return s.reconfigure(ctx, func(cfg *ServiceConfig) {
		if !next.letsIn(*cfg) {
			s.evict = evictOrFail
		}
		cfg.Restricted, cfg.Clients, cfg.nobody = true, next.Clients, next.nobody
	})
}
