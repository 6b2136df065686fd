package node

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/store"
)

const (
	// eventPage is how many events are read at once.
	eventPage = 256
	// maxSignals is how many signals wait for somebody who listens. They are true for
	// a moment only: the oldest go first.
	maxSignals = 64
)

// feed tells those who listen that something has happened.
type feed struct {
	mu        sync.Mutex
	changed   chan struct{} // closed and replaced whenever there is something new
	listeners map[*listener]struct{}
	present   map[ledger.ContactID]Presence
}

// listener is somebody who listens.
type listener struct{ signals []Event }

func (f *feed) init() {
	f.changed = make(chan struct{})
	f.listeners = make(map[*listener]struct{})
	f.present = make(map[ledger.ContactID]Presence)
}

// wake says that there are new events in the store.
func (f *feed) wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wakeLocked()
}

func (f *feed) wakeLocked() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// put gives a signal to all who listen.
func (f *feed) put(e Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e.Presence != nil {
		f.present[e.Contact] = *e.Presence
	}
	for l := range f.listeners {
		if e.Kind == rpc.StatusChanged && slices.ContainsFunc(l.signals, func(s Event) bool { return s.Kind == e.Kind }) {
			continue // one is enough, and takes no place from others
		}
		if len(l.signals) >= maxSignals {
			l.signals = l.signals[1:]
		}
		l.signals = append(l.signals, e)
	}
	f.wakeLocked()
}

// take returns what a listener has been given, and what is closed when there is more.
func (f *feed) take(l *listener) ([]Event, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	signals := l.signals
	l.signals = nil
	return signals, f.changed
}

func (f *feed) join(l *listener) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listeners[l] = struct{}{}
}

func (f *feed) leave(l *listener) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.listeners, l)
}

func (f *feed) presence(id ledger.ContactID) Presence {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p, ok := f.present[id]; ok {
		return p
	}
	return Presence{State: rpc.Offline}
}

// forget forgets a contact that was deleted.
func (f *feed) forget(id ledger.ContactID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.present, id)
}

// connected counts the contacts that are there.
func (f *feed) connected() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.present {
		if p.State == rpc.Online {
			n++
		}
	}
	return n
}

// signal tells what the engine says for the moment. It is called by the loop.
func (n *Node) signal(s engine.Signal) {
	now := time.Now()
	e := Event{Happened: rpc.TimeOf(now)}
	switch s := s.(type) {
	case engine.Presence:
		p := Presence{State: rpc.Offline, Heard: n.heardOf(s.Contact)}
		if s.Online {
			p = Presence{State: rpc.Online, Heard: rpc.TimeOf(now)}
		}
		e.Kind, e.Contact, e.Presence = rpc.PresenceChanged, s.Contact, &p
	case engine.Typing:
		e.Kind, e.Contact, e.Conversation = rpc.TypingHint, s.Contact, s.Conversation
	case engine.AutoAccept:
		n.tasks.Go(func() {
			if err := n.acceptFile(n.ctx, s.File, "", unaskedFree); err != nil {
				n.log.Warn("a file cannot be accepted without asking", "error", redact.Path(err))
			}
		})
		return
	}
	n.feed.put(e)
}

// Events yields what happened after a cursor, then what happens, until ctx is done or
// the node ends: that is its last pair, an error with the zero Event. Signals
// (presence, typing, progress of files) are not kept; they come with the cursor of the
// last event before them.
//
// The loop may stop in its body for as long as it likes: no event is left out, signals
// are. If events after the cursor are not kept any more, the error matches ErrCursor:
// what there is has to be read anew then, from Status's cursor on.
func (n *Node) Events(ctx context.Context, after ledger.Cursor) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		l := new(listener)
		n.feed.join(l)
		defer n.feed.leave(l)
		for {
			// First, or what happens between the two would not be noticed.
			signals, changed := n.feed.take(l)
			rows, err := n.eventsAfter(ctx, after)
			if err != nil {
				yield(Event{}, err)
				return
			}
			for _, row := range rows {
				after = row.Cursor
				if !yield(rpc.EventOf(row), nil) {
					return
				}
			}
			for _, s := range signals {
				s.Cursor = after
				if !yield(s, nil) {
					return
				}
			}
			if len(rows) > 0 {
				continue
			}
			select {
			case <-changed:
			case <-ctx.Done():
				yield(Event{}, ctx.Err())
				return
			case <-n.done:
				yield(Event{}, n.failed)
				return
			}
		}
	}
}

func (n *Node) eventsAfter(ctx context.Context, after ledger.Cursor) (rows []ledger.Event, err error) {
	err = n.read(ctx, func(tx *store.View) (err error) {
		rows, err = tx.Events(after, eventPage)
		return err
	})
	return rows, err
}
