package tui

import (
	"context"
	"sync"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// feedHolds is how many events wait for the interface before the node has to.
const feedHolds = 512

// feed has the events of a node. One goroutine reads them, until stop.
type feed struct {
	events chan rpc.Event
	err    error // after events is closed
	cancel context.CancelFunc
	reader sync.WaitGroup
}

// follow reads events after a cursor.
func follow(ctx context.Context, api rpc.API, after ledger.Cursor) *feed {
	ctx, cancel := context.WithCancel(ctx)
	f := &feed{events: make(chan rpc.Event, feedHolds), cancel: cancel}
	f.reader.Go(func() {
		defer close(f.events)
		for e, err := range api.Events(ctx, after) {
			if err != nil {
				f.err = err
				return
			}
			select {
			case f.events <- e:
			case <-ctx.Done():
				f.err = ctx.Err()
				return
			}
		}
	})
	return f
}

func (f *feed) stop() {
	f.cancel()
	f.reader.Wait()
}

// lookedBack is how many events before the interface has begun are looked through for what is
// to be known still.
const lookedBack = 2000

// lookBack returns the command that looks for what has happened up to a cursor and was not
// seen, because no interface was there. What is not kept any more is not known.
func (m *Model) lookBack(upTo ledger.Cursor) tea.Cmd {
	api := m.api
	return m.run(func(ctx context.Context) tea.Msg {
		if upTo == 0 {
			return nil
		}
		ctx, cancel := context.WithTimeout(ctx, callLasts)
		defer cancel()
		var found []rpc.Event
		for e, err := range api.Events(ctx, max(upTo, lookedBack)-lookedBack) {
			if err == nil && e.Kind == rpc.SetBack {
				found = append(found, e)
			}
			if err != nil || e.Cursor >= upTo {
				break
			}
		}
		return outcome(func(m *Model) tea.Cmd {
			for _, e := range found {
				m.state.Noted(e)
			}
			return nil
		})
	})
}

// eventsMsg are events, or why there are no more.
type eventsMsg struct {
	feed   *feed
	events []rpc.Event
	err    error
}

// happenings returns the command that waits for an event, and takes as many as there are.
func (m *Model) happenings() tea.Cmd {
	f := m.feed
	return m.run(func(context.Context) tea.Msg {
		msg := eventsMsg{feed: f}
		e, more := <-f.events
		for more {
			msg.events = append(msg.events, e)
			if len(msg.events) == feedHolds || len(f.events) == 0 {
				return msg
			}
			e, more = <-f.events
		}
		msg.err = f.err
		return msg
	})
}
