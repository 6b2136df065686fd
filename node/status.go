package node

import (
	"context"

	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// torOff is what Status says of the Tor daemon of a node without.
const torOff = "off"

// Status returns how the node is doing.
func (n *Node) Status(ctx context.Context) (Status, error) {
	s := Status{
		Peer: n.profile.Peer().String(), Started: rpc.TimeOf(n.started), Connected: n.feed.connected(),
	}
	err := n.read(ctx, func(tx *store.View) error {
		counters, err := tx.Counters()
		if err != nil {
			return err
		}
		s.Cursor = counters.Cursor
		if s.Waiting, err = tx.WaitingMessages(); err != nil {
			return err
		}
		s.Unread, err = tx.UnreadTotal()
		return err
	})
	s.DiskFull = n.room.scarce()
	if err != nil {
		return s, err
	}
	if n.cfg.Offline {
		s.Tor = torOff
		return s, nil
	}
	n.torStatus(ctx, &s)
	return s, nil
}

// torStatus adds what Tor says.
func (n *Node) torStatus(ctx context.Context, s *Status) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d := n.daemonStatus(ctx)
	s.Tor, s.TorError, s.NetworkError = d.State.String(), text(d.Err), text(d.Network)
	s.Bootstrap, s.BootstrapPhase, s.BootstrapWarning = d.Progress.Percent, d.Progress.Summary, d.Progress.Warning
	services, err := n.ServiceStatus(ctx)
	if err != nil {
		return
	}
	for service := range services {
		s.Service, s.Reachable = service.Phase.String(), service.Phase == tor.Reachable
		s.Uploads, s.Uploaded, s.ServiceError = service.Uploads, service.Uploaded, text(service.Err)
		break
	}
}
