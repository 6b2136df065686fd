package node

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// torAnswer bounds how long tor may take to tell of its circuits: who asks wants to know
// about a tor that may be in trouble.
const torAnswer = 5 * time.Second

// TorInfo returns what Tor is doing. It fails with ErrClosed.
func (n *Node) TorInfo(ctx context.Context) (TorInfo, error) {
	if err := n.Err(); err != nil {
		return TorInfo{}, err
	}
	info := TorInfo{State: torOff, Circuits: []rpc.CircuitCount{}, Services: []rpc.ServiceInfo{}}
	if n.cfg.Offline {
		return info, nil
	}
	d := n.daemonStatus(ctx)
	info.State, info.Version, info.Managed = d.State.String(), n.daemon.Version().String(), n.daemon.Managed()
	info.Restarts = int(n.daemon.Reconnects())
	info.Bootstrap, info.BootstrapPhase, info.BootstrapWarning = d.Progress.Percent, d.Progress.Summary, d.Progress.Warning
	info.NetworkError = text(d.Network)
	for _, k := range n.profile.OnionKeys() {
		for s := range n.serviceStatuses(ctx, k) {
			info.Services = append(info.Services, rpc.ServiceInfo{
				Phase: s.Phase.String(), Error: text(s.Err), Uploads: s.Uploads, Uploaded: s.Uploaded,
			})
			break
		}
	}
	if err := n.addCircuits(ctx, &info); err != nil {
		info.CircuitsError = err.Error()
	}
	info.LastError, info.LastErrorAt = n.mishap.last()
	return info, ctx.Err()
}

// addCircuits asks tor for its circuits.
func (n *Node) addCircuits(ctx context.Context, info *TorInfo) error {
	ctx, cancel := context.WithTimeout(ctx, torAnswer)
	defer cancel()
	counts, err := n.daemon.Circuits(ctx)
	for kind, count := range counts {
		info.Circuits = append(info.Circuits, rpc.CircuitCount{Purpose: kind.Purpose, State: kind.Status, Count: count})
	}
	slices.SortFunc(info.Circuits, func(a, b rpc.CircuitCount) int {
		return cmp.Or(cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.State, b.State))
	})
	return err
}

// daemonStatus is how the daemon is doing now.
func (n *Node) daemonStatus(ctx context.Context) (now tor.DaemonStatus) {
	for now = range n.daemon.Status(ctx) {
		break
	}
	return now
}

// serviceStatuses yields how an onion service is doing, now and after every change, until
// it is gone or ctx is done. There is none if it could not be listened on.
func (n *Node) serviceStatuses(ctx context.Context, k onion.Key) iter.Seq[tor.ServiceStatus] {
	none := func(func(tor.ServiceStatus) bool) {}
	t, ok := tortransport.From(n.host.Network())
	if !ok {
		return none
	}
	places, err := listenAddresses([]onion.Key{k})
	if err != nil {
		return none
	}
	all, err := t.Status(ctx, places[0])
	if err != nil {
		return none
	}
	return all
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// mishap is what was wrong with Tor the last time that something was.
type mishap struct {
	mu   sync.Mutex
	what string
	at   time.Time
}

func (m *mishap) note(what string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.what, m.at = what, time.Now()
}

func (m *mishap) last() (what string, at rpc.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.what, rpc.TimeOf(m.at)
}

// watchTor tells whoever listens when the daemon is doing otherwise, and remembers what
// was wrong. It is a task.
func (n *Node) watchTor() {
	var before string
	for s := range n.daemon.Status(n.ctx) {
		wrong := cmp.Or(text(s.Err), text(s.Network), s.Progress.Warning)
		n.statusChanged(wrong, &before)
	}
}

// watchService does so for an onion service, until that is gone.
func (n *Node) watchService(k onion.Key) {
	var before string
	for s := range n.serviceStatuses(n.ctx, k) {
		wrong := ""
		// What begins is not there yet, and what was closed is gone.
		if s.Phase != tor.Starting && !errors.Is(s.Err, tor.ErrClosed) && !errors.Is(s.Err, tor.ErrReadinessUnknown) {
			wrong = text(s.Err)
		}
		n.statusChanged(wrong, &before)
	}
}

// statusChanged tells it, and remembers what is wrong unless that was so before.
func (n *Node) statusChanged(wrong string, before *string) {
	if wrong != "" && wrong != *before {
		n.mishap.note(wrong)
	}
	*before = wrong
	n.feed.put(Event{Happened: rpc.TimeOf(time.Now()), Kind: rpc.StatusChanged})
}
