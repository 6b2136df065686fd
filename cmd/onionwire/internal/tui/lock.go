package tui

import (
	"context"
	"errors"
	"runtime/debug"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/console"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// desk is what dialogs and commands keep between each other.
type desk struct {
	history console.History
	bell    bell
	touched time.Time // when there was a key last

	preferences []Preference // as they were read last
	read        bool         // whether they were
	unread      error        // why they could not be
}

// lock forgets all that is shown and all keys, and asks for the passphrase before it goes
// on. What was being written is kept as a draft, what was to be sent is queued.
//
// A profile without a passphrase is not locked; who has asked for it is told.
//
// Go cannot wipe strings: messages are gone from the memory of this process as soon as
// nothing refers to them and their pages were given back, which is asked for here.
func (m *Model) lock(asked bool) tea.Cmd {
	if m.stage != ready {
		return nil
	}
	backend := m.o.Backend
	return m.run(func(ctx context.Context) tea.Msg {
		can, err := backend.Lockable(ctx)
		return outcome(func(m *Model) tea.Cmd {
			switch {
			case err == nil && can && m.stage == ready:
				return m.seal()
			case err != nil:
				m.say(failed, "not locked: "+reason(err))
			case !can && asked:
				m.say(warning, "no lock: this profile has no passphrase; 'onionwire passphrase' sets one")
			}
			return nil
		})
	})
}

// seal empties the screen at once, and closes the node when what was begun is done.
func (m *Model) seal() tea.Cmd {
	feed, backend, finish := m.feed, m.o.Backend, m.remains()
	m.forget()
	return tea.Batch(tea.ClearScreen, m.run(func(ctx context.Context) tea.Msg {
		if feed != nil {
			feed.stop()
		}
		finish(context.WithoutCancel(ctx)) // who quits now does not lose what was sent
		err := backend.Close()
		debug.FreeOSMemory()
		return openedMsg{protected: true, err: err}
	}))
}

// remains takes away what the user has done that is not done yet. The function that it
// returns does it: it sends what was to be sent, and keeps what was written, and what
// could not be sent, as drafts.
func (m *Model) remains() func(ctx context.Context) {
	api, unsaved, acts := m.api, m.unsaved(), m.acts
	rest := acts.rest()
	return func(ctx context.Context) {
		select {
		case acts.running <- struct{}{}: // what is under way comes first
			defer func() { <-acts.running }()
		case <-ctx.Done():
		}
		for _, j := range rest {
			within(ctx, func(ctx context.Context) {
				if m, ok := j.do(ctx).(sentMsg); ok && m.err != nil {
					unsaved[m.id] = strings.TrimSpace(m.text + "\n" + unsaved[m.id])
				}
			})
		}
		for id, text := range unsaved {
			within(ctx, func(ctx context.Context) { _ = api.SetDraft(ctx, id, text) })
		}
	}
}

func within(ctx context.Context, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, callLasts)
	defer cancel()
	do(ctx)
}

// unsaved is what was written and is not kept yet.
func (m *Model) unsaved() map[ledger.ConversationID]string {
	all := make(map[ledger.ConversationID]string)
	for _, r := range m.rooms {
		text := r.editor.Text()
		if r.editing != 0 {
			text = r.stash
		}
		if text != r.draft {
			all[r.id] = text
		}
	}
	return all
}

// forget makes the interface what it was before a node was opened. What is still under
// way for the old one finds nobody who takes its result.
func (m *Model) forget() {
	m.stage, m.failure, m.api, m.feed = locking, nil, nil, nil
	m.asks, m.acts = newLanes()
	m.state = model.New()
	clear(m.rooms)
	clear(m.overlays)
	clear(m.wanted)
	m.tabs, m.active, m.sideTop, m.overlays = nil, 0, 0, nil
	m.wrapped, m.pressed, m.notice = wrapCache{}, "", notice{}
	m.desk.history.Clear()
	m.desk.bell = bell{}
}

// idle locks when there was no key for as long as the settings say.
func (m *Model) idle() tea.Cmd {
	if m.desk.touched.IsZero() {
		m.desk.touched = m.now()
	}
	if m.o.LockAfter <= 0 || m.stage != ready || m.now().Sub(m.desk.touched) < m.o.LockAfter {
		return nil
	}
	m.desk.touched = m.now() // a profile that cannot be locked is not asked every second
	return m.lock(false)
}

// refused reports whether a node was not opened because of the passphrase.
func refused(err error) bool { return errors.Is(err, rpc.ErrPassphrase) }
