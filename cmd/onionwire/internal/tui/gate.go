package tui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/node/rpc"
)

// openedMsg says what became of opening the node.
type openedMsg struct {
	api       rpc.API
	protected bool // whether a passphrase is needed
	err       error
}

// begin opens the node, or finds out that it needs a passphrase.
func (m *Model) begin() tea.Cmd {
	m.stage = opening
	needed := m.o.Backend.Protected
	if m.o.Locked {
		needed = m.o.Backend.Lockable
	}
	return m.run(func(ctx context.Context) tea.Msg {
		protected, err := needed(ctx)
		if err != nil || protected {
			return openedMsg{protected: protected, err: err}
		}
		api, err := m.o.Backend.Open(ctx, nil)
		return openedMsg{api: api, err: err}
	})
}

// unlock opens the node with a passphrase, which is wiped.
func (m *Model) unlock(passphrase []byte) tea.Cmd {
	m.stage = opening
	return m.run(func(ctx context.Context) tea.Msg {
		defer clear(passphrase)
		api, err := m.o.Backend.Open(ctx, passphrase)
		return openedMsg{api: api, err: err, protected: errors.Is(err, rpc.ErrPassphrase)}
	})
}

func (m *Model) opened(msg openedMsg) tea.Cmd {
	if msg.protected {
		m.stage, m.failure = locked, msg.err
		return m.askPassphrase()
	}
	m.gate.close(m)
	if msg.err != nil {
		m.stage, m.failure = broken, msg.err
		return nil
	}
	m.stage, m.failure, m.api = ready, nil, msg.api
	m.ask(model.GetStatus{})
	m.reclaim()
	m.reopen()
	if m.torTrouble() != "" {
		m.say(warning, "Tor could not be started; "+m.keys.Key(keys.Status)+" says why, and what to do")
	}
	return nil
}

// early takes a key or pasted text before there is a node. It is for the passphrase, if one
// is asked for in a moment, and for nothing else.
func (m *Model) early(msg tea.Msg) tea.Cmd {
	if m.stage != opening {
		return nil
	}
	return m.gate.update(m, msg)
}

// always does what a key does wherever it is pressed.
func (m *Model) always(action keys.Action) (tea.Cmd, bool) {
	switch action {
	case keys.Quit:
		return m.quit(), true
	case keys.Redraw:
		return tea.ClearScreen, true
	case keys.Interrupt:
		return m.interrupt(), true
	case keys.Suspend:
		return m.suspend(), true
	case keys.Lock, keys.Help:
		return m.show(action), true
	}
	return nil, false
}

// interruptWithin is how soon a second Ctrl+C means the program.
const interruptWithin = noticeLasts

// interrupt leaves what is open. If nothing is, it asks to be told twice.
func (m *Model) interrupt() tea.Cmd {
	now := m.now()
	if room := m.room(); m.top() != nil && m.stage == ready {
		m.closeOverlay(m.top())
		return nil
	} else if room != nil && room.leave() {
		return nil
	}
	if m.stage != ready || now.Before(m.leaving) {
		return m.quit()
	}
	m.leaving = now.Add(interruptWithin)
	m.say(info, "press "+m.keys.Key(keys.Interrupt)+" again to quit")
	return nil
}

// quit saves drafts, and ends the program. Asked for once more, it waits for nothing. What
// would be lost with it has to be known first.
func (m *Model) quit() tea.Cmd {
	if m.quitting {
		return tea.Quit
	}
	if now := m.now(); m.unsaved() && !now.Before(m.losing) {
		m.losing = now.Add(interruptWithin)
		m.say(failed, m.keys.Key(keys.Quit)+" again loses what you wrote: it could not be kept; start onionwire once more, elsewhere, to keep it")
		return nil
	}
	m.quitting = true
	m.saveDrafts()
	m.savePlaces()
	if m.stage != ready || len(m.acts.waiting) == 0 && !m.acts.busy {
		return tea.Quit
	}
	m.act(func(context.Context) tea.Msg { return tea.QuitMsg{} })
	return nil
}
