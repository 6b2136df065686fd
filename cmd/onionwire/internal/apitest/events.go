package apitest

import (
	"context"
	"iter"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// signalsHeld is how many signals wait for a slow reader; more are left out, as by a node.
const signalsHeld = 64

// happen keeps an event. It is called with the lock.
func (f *Fake) happen(kind ledger.EventKind, e rpc.Event) {
	e.Kind, e.Happened, e.Cursor = rpc.EventKindName(kind), rpc.TimeOf(f.now), ledger.Cursor(len(f.events)+1)
	f.events = append(f.events, e)
	f.wake()
}

// SetBack has a contact know more of a conversation than the node.
func (f *Fake) SetBack(of ledger.ContactID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.happen(ledger.SetBack, rpc.Event{Contact: of, Conversation: f.contacts[of].Conversation})
}

func (f *Fake) wake() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// Signal tells an event that is not kept, such as rpc.TypingHint.
func (f *Fake) Signal(e rpc.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.signal(e)
}

func (f *Fake) signal(e rpc.Event) {
	e.Happened, e.Cursor = rpc.TimeOf(f.now), ledger.Cursor(len(f.events))
	for c := range f.signals {
		select {
		case c <- e:
		default:
		}
	}
}

// Events yields what happened after a cursor, and what happens.
func (f *Fake) Events(ctx context.Context, after ledger.Cursor) iter.Seq2[rpc.Event, error] {
	return func(yield func(rpc.Event, error) bool) {
		signals := make(chan rpc.Event, signalsHeld)
		f.mu.Lock()
		f.signals[signals] = true
		f.mu.Unlock()
		defer func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			delete(f.signals, signals)
		}()
		for {
			f.mu.Lock()
			kept := f.events[min(int(after), len(f.events)):]
			changed, over := f.changed, f.closed
			f.mu.Unlock()
			for _, e := range kept {
				if after = e.Cursor; !yield(e, nil) {
					return
				}
			}
			if over {
				yield(rpc.Event{}, rpc.ErrClosed)
				return
			}
			select {
			case <-changed:
			case e := <-signals:
				if !yield(e, nil) {
					return
				}
			case <-ctx.Done():
				yield(rpc.Event{}, ctx.Err())
				return
			}
		}
	}
}
