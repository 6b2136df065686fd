package tortransport

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/net/proxy"

	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

const (
	// DialTimeout bounds one dial: finding the service, building circuits to it,
	// and negotiating. Tor's own limit for the first two is two minutes, and
	// most dials that succeed at all do so within half a minute.
	//
	// libp2p has a limit of its own of 15 seconds, too short for Tor. Raise it
	// to this one with libp2p.WithDialTimeout.
	DialTimeout = 90 * time.Second
	// MaxDialTimeout is the longest that WithDialTimeout takes.
	MaxDialTimeout = 10 * time.Minute
	// AcceptTimeout bounds the negotiation of an inbound connection: three
	// round trips or four, of which each may take seconds.
	AcceptTimeout = 60 * time.Second
)

// Option configures a Transport.
type Option func(*Transport) error

// WithDaemon says which Tor daemon to dial and listen through. The transport
// does not own it: close it after the host. Without a daemon nothing can be
// listened on, and dialling needs WithDialer.
func WithDaemon(d *tor.Daemon) Option {
	return func(t *Transport) error {
		if d == nil {
			return errors.New("option WithDaemon: no daemon")
		}
		t.daemon = d
		return nil
	}
}

// WithOnionKey makes an onion address one that can be listened on. It can be
// given several times.
func WithOnionKey(keys ...onion.Key) Option {
	return func(t *Transport) error {
		for _, k := range keys {
			if k.IsZero() {
				return errors.New("option WithOnionKey: empty key")
			}
			if err := t.claim("WithOnionKey", k.Address()); err != nil {
				return err
			}
			t.services[k.Address()] = Service{Key: k}
		}
		return nil
	}
}

// WithDialer dials through d instead of the daemon's SOCKS port, for programs
// that have a proxy of their own. It must lead to Tor and is asked for
// HOST.onion:PORT over "tcp". Whether different peers get different circuits is
// then up to d.
//
// What d says is believed. A SOCKS port with ExtendedErrors answers some streams
// that Tor has connected with the error of an earlier try, 0xF0 or 0xF3. The
// transport's own dialler can tell and goes on; to a plain SOCKS client these are
// failures, and to dial again is the remedy.
func WithDialer(d proxy.ContextDialer) Option {
	return func(t *Transport) error {
		if d == nil {
			return errors.New("option WithDialer: no dialer")
		}
		t.dialer = d
		return nil
	}
}

// WithDialTimeout bounds a dial instead of DialTimeout, by MaxDialTimeout at most.
// A host that is not made by onionhost or its preset needs libp2p.WithDialTimeout
// beside it, or keeps libp2p's own limit.
func WithDialTimeout(d time.Duration) Option {
	return func(t *Transport) error {
		if d > MaxDialTimeout {
			return fmt.Errorf("option WithDialTimeout: %s is more than %s", d, MaxDialTimeout)
		}
		t.dialTimeout = d
		return positive("WithDialTimeout", d)
	}
}

// WithAcceptTimeout bounds the negotiation of an inbound connection instead of
// AcceptTimeout.
func WithAcceptTimeout(d time.Duration) Option {
	return func(t *Transport) error {
		t.acceptTimeout = d
		return positive("WithAcceptTimeout", d)
	}
}

// WithIsolationPerConnection gives every connection circuits of its own, instead of
// every peer. It keeps a peer's connections from being linked by a relay on the
// way, and costs a new circuit, some round trips, for each. A service knows its
// peers anyway.
func WithIsolationPerConnection() Option {
	return func(t *Transport) error {
		t.isolation.perConnection = true
		return nil
	}
}

// WithoutEarlyData waits for every answer before the next word is said, as stock
// libp2p does: a dial then takes three round trips instead of one. It is for
// finding out whether early data is what a peer, or a SOCKS port, stumbles over.
func WithoutEarlyData() Option {
	return func(t *Transport) error {
		t.patient = true
		return nil
	}
}

// WithClearnet dials TCP addresses, too: /ip4, /ip6, /dns, /dns4 and /dns6 followed
// by /tcp, through Tor's exits, which resolve the names. It is meant for bootstrap
// peers. The exit sees whom is connected to, though not by whom. A managed daemon
// needs tor.Config.AllowExits for it.
//
// No other transport for TCP can be used beside it: libp2p refuses. What Tor cannot
// dial, such as /dnsaddr, and /dns4 with /wss or /quic-v1 behind it, a stock host
// looks up by itself before it finds that out: onionhost and its preset do not, and
// another host must have libp2p.MultiaddrResolver(onionhost.Resolver{}).
func WithClearnet() Option {
	return func(t *Transport) error {
		t.clearnet = true
		return nil
	}
}

// WithLogger says where to log; the default is slog's.
func WithLogger(log *slog.Logger) Option {
	return func(t *Transport) error {
		if log == nil {
			return errors.New("option WithLogger: no logger")
		}
		t.log = log
		return nil
	}
}

func positive(option string, d time.Duration) error {
	if d <= 0 {
		return fmt.Errorf("option %s: %s is not a positive duration", option, d)
	}
	return nil
}
