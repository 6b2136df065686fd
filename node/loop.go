package node

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/store"
)

const (
	// maxInputs is how many inputs wait for the loop. Whoever has another one waits.
	maxInputs = 256
	// maxBatch is how many inputs share a transaction.
	maxBatch = 256
	// keptEvents is how many events are kept for those who are not listening now, at
	// most, and keptFor is how long.
	keptEvents = 100_000
	keptFor    = 90 * 24 * time.Hour
	// sweepPause is how often is done what need not be done at once; movePause is the
	// same while there is an address to be given up.
	sweepPause = 10 * time.Minute
	movePause  = 15 * time.Second
	// idleWait bounds a wait of the loop, so that a clock that was set is noticed.
	idleWait = 5 * time.Minute
)

// input is something that the loop does.
type input struct {
	do    func(e *engine.Engine, now time.Time) error
	done  chan error   // gets what do returned, once that is on the disk
	taken *atomic.Bool // by the loop, or by who does not wait any longer
	err   error
}

func newInput(f func(e *engine.Engine, now time.Time) error) input {
	return input{do: f, done: make(chan error, 1), taken: new(atomic.Bool)}
}

// take makes sure that either the loop does it, or nobody.
func (in input) take() bool { return in.taken.CompareAndSwap(false, true) }

// reply says what has become of it, the first time.
func (in input) reply(err error) {
	select {
	case in.done <- err:
	default:
	}
}

// do has the loop do something with the engine, and waits until that is on the disk.
// It returns the error of f, ErrClosed, or what the store has failed with; that of ctx
// means that it was not done, and f is not called any more.
func (n *Node) do(ctx context.Context, f func(e *engine.Engine, now time.Time) error) error {
	in := newInput(f)
	select {
	case n.inputs <- in:
	case <-ctx.Done():
		return ctx.Err()
	case <-n.done:
		return n.failed
	}
	select {
	case err := <-in.done:
		return err
	case <-ctx.Done():
		if in.take() {
			return ctx.Err()
		}
	case <-n.done:
		if in.take() {
			return n.failed
		}
	}
	return <-in.done // the loop is at it
}

// run is the loop: it has the engine, and all that is decided goes through it.
func (n *Node) run() {
	defer n.farewell()
	var sweep time.Time // long ago
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		var batch []input
		select {
		case in := <-n.inputs:
			batch = n.gather(in)
		case <-timer.C:
		case <-n.ctx.Done():
			return
		}
		now := n.cfg.clock()
		due := now.Sub(sweep).Abs() >= n.pause()
		if due {
			sweep = now
			batch = append(batch, newInput(n.catchUp))
		}
		err := n.step(batch, now)
		if err == nil && due {
			err = n.store.Update(context.WithoutCancel(n.ctx), func(tx *store.Update) error {
				return errors.Join(tx.DropEvents(keptEvents), tx.DropEventsBefore(now.Add(-keptFor)))
			})
		}
		if err != nil {
			err = redact.Path(err)
			n.log.Error("the store has failed, and the node ends", "error", err)
			n.end(fmt.Errorf("the node has ended: %w", err))
			for _, in := range batch {
				in.reply(n.failed)
			}
			return
		}
		timer.Reset(n.wait(n.cfg.clock()))
	}
}

// gather takes what else waits, for one transaction.
func (n *Node) gather(first input) []input {
	batch := []input{first}
	for len(batch) < maxBatch {
		select {
		case in := <-n.inputs:
			batch = append(batch, in)
		default:
			return batch
		}
	}
	return batch
}

// pause is how long to wait between two looks at what is to be done now and then.
func (n *Node) pause() time.Duration {
	if len(n.profile.OnionKeys()) > 1 {
		return movePause
	}
	return sweepPause
}

// wait returns how long nothing is due.
func (n *Node) wait(now time.Time) time.Duration {
	wait := min(idleWait, n.pause())
	for _, at := range []time.Time{n.engine.Next(), n.expiry} {
		if !at.IsZero() {
			wait = min(wait, at.Sub(now))
		}
	}
	return max(wait, 0)
}

// step gives the engine a batch, keeps what has come of it and then lets that happen.
// It fails if the store does: nothing has happened then.
func (n *Node) step(batch []input, now time.Time) error {
	n.engine.Tick(now)
	if err := n.disappear(now); err != nil {
		return err
	}
	for i := range batch {
		if !batch[i].take() {
			continue
		}
		batch[i].err = batch[i].do(n.engine, now)
		if errors.Is(batch[i].err, errStore) {
			return batch[i].err
		}
	}
	for more := true; more; {
		if err := n.provide(now); err != nil {
			return err
		}
		out, err := n.engine.Flush(now)
		if err != nil {
			return err
		}
		if err := n.commit(out.Changes); err != nil {
			return err
		}
		n.release(out)
		more = out.More
	}
	for _, in := range batch {
		in.reply(in.err)
	}
	return nil
}

// provide gives the engine what it needs from the disk to go on.
func (n *Node) provide(now time.Time) error {
	needs := n.engine.Needs(now)
	if len(needs) == 0 {
		return nil
	}
	return n.view(n.ctx, func(tx *store.View) error {
		for _, id := range needs {
			content, err := tx.ItemContent(id)
			if err != nil {
				return fmt.Errorf("item of the queue: %w", err)
			}
			n.engine.Provide(id, content)
		}
		return nil
	})
}

// errStore marks errors of the store that an input has met: they end the node.
var errStore = errors.New("store")

// view reads, whatever becomes of the node meanwhile.
func (n *Node) view(ctx context.Context, f func(tx *store.View) error) error {
	if err := n.store.ViewFirst(context.WithoutCancel(ctx), f); err != nil {
		return fmt.Errorf("%w: %w", errStore, err)
	}
	return nil
}

// commit keeps changes, all or none.
func (n *Node) commit(changes []ledger.Change) error {
	if len(changes) == 0 {
		return nil
	}
	return n.store.Update(context.WithoutCancel(n.ctx), func(tx *store.Update) error {
		return tx.Apply(changes...)
	})
}

// release lets happen what is on the disk.
func (n *Node) release(out engine.Output) {
	timers, told := false, false
	for _, change := range out.Changes {
		switch c := change.(type) {
		case ledger.ExpireMessage, ledger.ExpireRead:
			timers = true
		case ledger.AddEvent:
			told = true
			if c.Event.Kind == ledger.SetBack {
				n.log.Warn("a contact knows of us what we do not: this is an older copy of the profile, or another copy of it runs")
			}
		case ledger.AddMessage, ledger.ReadDelivery:
			told = true
		case ledger.PutContact:
			n.gate.put(c.Contact)
			if c.Contact.State == ledger.Blocked {
				n.hangUp(peer.ID(c.Contact.Peer))
			}
		case ledger.PutFile:
			if left(c.File) {
				n.moves.discard(n, c.File)
			}
		case ledger.DropMessage, ledger.DropConversation:
			n.erased()
		case ledger.PutDraft:
			if c.Text == "" {
				n.erased()
			}
		case ledger.DropContact:
			n.erased()
			n.gate.drop(c.Contact)
			n.feed.forget(c.Contact)
		}
	}
	if timers {
		n.expiry = n.cfg.clock() // look when exactly
	}
	for _, cell := range out.Cells {
		n.links.write(cell.Link, cell.Cell)
	}
	for _, c := range out.Close {
		n.links.close(c.Link, c.Orderly)
	}
	for _, d := range out.Dial {
		n.order(d)
	}
	for _, s := range out.Signals {
		n.signal(s)
	}
	if told {
		n.feed.wake()
	}
	if told || len(out.Signals) > 0 {
		n.moves.look(n, n.engine.Fetches())
	}
}

// disappear deletes messages whose time has come, and finds out when that is next.
func (n *Node) disappear(now time.Time) error {
	if n.expiry.IsZero() || now.Before(n.expiry) {
		return nil
	}
	var due []ledger.Message
	err := n.view(n.ctx, func(tx *store.View) (err error) {
		if due, err = tx.Expired(now, maxBatch); err != nil {
			return err
		}
		n.expiry, err = tx.NextExpiry()
		return err
	})
	if err != nil {
		return err
	}
	if len(due) == 0 {
		return nil
	}
	n.expiry = now // there may be more
	return n.engine.Expire(now, due)
}
