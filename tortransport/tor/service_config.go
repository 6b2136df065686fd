package tor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/onionwire/onionwire/tortransport/onion"
)

const (
	// maxStreams is the highest limit of streams that tor takes.
	maxStreams = 65535
	// defaultQueueRate and defaultQueueBurst are tor's.
	defaultQueueRate, defaultQueueBurst = 250, 2500
)

// ServiceConfig describes an onion service.
type ServiceConfig struct {
	// Key is the service's key; its address follows from it.
	Key onion.Key
	// Port is the virtual port that clients connect to.
	Port uint16
	// Target is where connections arrive: see [Daemon.ListenTarget].
	Target net.Addr

	// Clients, if there are any, are the only ones who can find the service and
	// connect to it; [Service.SetClients] changes them. Without them everybody can
	// who knows the address, unless the service is Restricted.
	Clients []onion.ClientPublicKey
	// Restricted closes the service to everybody but Clients, which may be none.
	Restricted bool
	nobody     onion.ClientPublicKey // for tor, if Clients are none
	// PoW, if it is not nil, makes clients work for their connections when the
	// service is under attack. See [ProofOfWork] for which daemons can do that.
	PoW *PoWConfig
	// MaxStreams is how many connections a client may have at once over one
	// circuit, up to 65535; 0 means as many as it likes. What is more is refused.
	MaxStreams int
	// CloseCircuit punishes a client that exceeds MaxStreams by the loss of its
	// circuit, and so of all its connections.
	CloseCircuit bool

	// Required are the features that the service must not be without. Of the
	// others, those that the daemon cannot do are left out, and told in
	// [ServiceStatus].
	Required []Feature
}

// PoWConfig is the defence of an onion service by proof of work (tor manual,
// HiddenServicePoWDefensesEnabled). The zero PoWConfig has tor's own rates.
//
// A tor can be built without its pow module (see "tor --list-modules"). Then it
// takes these settings and does nothing. Of a managed daemon that is found out, of
// one that is attached to it cannot be.
type PoWConfig struct {
	// QueueRate is how many new clients are let in per second, those with the most
	// work first; 0 stands for 250.
	QueueRate uint32
	// QueueBurst is how many are let in at once after a quiet time, at least as
	// many as QueueRate; 0 stands for 2500.
	QueueBurst uint32
}

// check returns why no tor could take the service.
func (cfg ServiceConfig) check() error {
	switch {
	case cfg.Key.IsZero() || cfg.Port == 0 || cfg.Target == nil:
		return errors.New("an onion service needs a key, a port and a target")
	case strings.ContainsAny(target(cfg.Target), " \t\r\n\""):
		return errors.New("tor cannot reach the target of an onion service whose address has spaces or quotes")
	case cfg.MaxStreams < 0 || cfg.MaxStreams > maxStreams:
		return fmt.Errorf("a limit of %d streams per circuit is not possible, 0 to %d is", cfg.MaxStreams, maxStreams)
	case cfg.CloseCircuit && cfg.MaxStreams == 0:
		return errors.New("circuits with too many streams cannot be closed without a limit of streams")
	case cfg.PoW != nil && cfg.PoW.burst() < cfg.PoW.rate():
		return fmt.Errorf("proof-of-work queue: a burst of %d is less than the rate of %d", cfg.PoW.burst(), cfg.PoW.rate())
	}
	return nil
}

func (p PoWConfig) rate() uint32 {
	if p.QueueRate == 0 {
		return defaultQueueRate
	}
	return p.QueueRate
}

func (p PoWConfig) burst() uint32 {
	if p.QueueBurst == 0 {
		return defaultQueueBurst
	}
	return p.QueueBurst
}

// prepare returns the configuration as it is kept: checked, and with a list of
// clients of its own.
func (cfg ServiceConfig) prepare() (ServiceConfig, error) {
	if err := cfg.check(); err != nil {
		return cfg, err
	}
	cfg.Required = slices.Clone(cfg.Required)
	if cfg.PoW != nil {
		pow := *cfg.PoW
		cfg.PoW = &pow
	}
	if !cfg.Restricted && len(cfg.Clients) == 0 {
		return cfg, nil
	}
	return cfg.restrict(cfg.Clients)
}

// asked lists the features that the service is to have.
func (cfg ServiceConfig) asked() (asked []Feature) {
	if cfg.Restricted {
		asked = append(asked, ClientAuth)
	}
	if cfg.PoW != nil {
		asked = append(asked, ProofOfWork)
	}
	if cfg.MaxStreams > 0 {
		asked = append(asked, StreamLimit)
	}
	return asked
}

// command is the ADD_ONION command for a service with some of the features
// (control-spec section 3.27).
func (cfg ServiceConfig) command(features []Feature) string {
	flags := []string{"DiscardPK"} // the key need not travel back
	var args strings.Builder
	for _, f := range features {
		switch f {
		case ClientAuth:
			flags = append(flags, "V3Auth")
			clients := cfg.Clients
			if len(clients) == 0 {
				clients = []onion.ClientPublicKey{cfg.nobody}
			}
			for _, c := range clients {
				fmt.Fprintf(&args, " ClientAuthV3=%s", c)
			}
		case ProofOfWork:
			fmt.Fprintf(&args, " PoWDefensesEnabled=1 PoWQueueRate=%d PoWQueueBurst=%d", cfg.PoW.rate(), cfg.PoW.burst())
		case StreamLimit:
			fmt.Fprintf(&args, " MaxStreams=%d", cfg.MaxStreams)
			if cfg.CloseCircuit {
				flags = append(flags, "MaxStreamsCloseCircuit")
			}
		}
	}
	return fmt.Sprintf("ADD_ONION %s Flags=%s Port=%d,%s%s", cfg.Key.ControlString(), strings.Join(flags, ","),
		cfg.Port, target(cfg.Target), args.String())
}

// addOnion adds a service to the tor of version v at the other end of conn, of
// which it is known that it lacks some features, and returns what the service was
// added without because that tor cannot do it. Errors are those of a request, or
// match ErrUnsupported; they match ErrCollision too where that applies.
func addOnion(ctx context.Context, conn *controlConn, cfg ServiceConfig, v Version, lacks []Feature) (missing []Feature, err error) {
	// What a version can do is not looked up: distributions add to it and take
	// away, and to ask costs one local round trip.
	features := cfg.asked()
	leaveOut := func(lacking []Feature, reason error) error {
		for _, f := range lacking {
			if f == ClientAuth || slices.Contains(cfg.Required, f) {
				return fmt.Errorf("%w: no %s in tor %s: %w", ErrUnsupported, f, v, reason)
			}
			features = slices.DeleteFunc(slices.Clone(features), func(g Feature) bool { return g == f })
			missing = append(missing, f)
		}
		return nil
	}
	known := slices.DeleteFunc(slices.Clone(lacks), func(f Feature) bool { return !slices.Contains(features, f) })
	if err := leaveOut(known, errors.New("it was built without")); err != nil {
		return nil, err
	}
	for {
		_, err := conn.request(ctx, cfg.command(features))
		if err == nil {
			return missing, nil
		}
		var refused *RefusedError
		if errors.As(err, &refused) && strings.Contains(strings.ToLower(refused.Text), "collision") {
			return nil, fmt.Errorf("%w: %w", ErrCollision, err)
		}
		lacking := unsupported(refused, features, cfg.Required)
		if len(lacking) == 0 {
			return nil, err
		}
		if err := leaveOut(lacking, err); err != nil {
			return nil, err
		}
	}
}

// target is a listener's address as ADD_ONION takes it.
func target(a net.Addr) string {
	return Addr{a.Network(), a.String()}.String()
}
