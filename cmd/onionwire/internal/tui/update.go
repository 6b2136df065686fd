package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/theme"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// beat is how often status and presence are asked for, and what has an end is looked at.
const beat = time.Second

// refreshEvery is after how many beats status and presence are asked for.
const refreshEvery = 5

type tickMsg struct{ n int }

func (m *Model) tick() tea.Cmd { return m.tickAfter(0) }

func (m *Model) tickAfter(n int) tea.Cmd {
	return m.run(func(ctx context.Context) tea.Msg {
		t := time.NewTimer(beat)
		defer t.Stop()
		select {
		case <-t.C:
			return tickMsg{n + 1}
		case <-ctx.Done():
			return nil
		}
	})
}

// Update takes what has happened: a key, an answer, an event.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.update(msg)
	m.arrange()
	return m, tea.Batch(cmd, m.next(m.asks), m.next(m.acts))
}

func (m *Model) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.ModeReportMsg:
		// The renderer counts like this from now on, too.
		if msg.Mode == ansi.ModeUnicodeCore && msg.Value != ansi.ModeNotRecognized && msg.Value != ansi.ModePermanentlyReset {
			m.method = safe.ByGrapheme
		}
	case tea.BackgroundColorMsg:
		m.darkness = msg.IsDark()
		m.theme = theme.Choose(m.o.Theme, m.o.Getenv, m.darkness)
	case tea.FocusMsg:
		m.focused = true
	case tea.BlurMsg:
		m.focused = false
	case tea.KeyPressMsg:
		m.touched()
		return m.key(msg)
	case tea.PasteMsg:
		m.touched()
		if o := m.top(); o != nil {
			return o.update(m, msg)
		}
		if m.stage != ready {
			return m.early(msg)
		}
		m.paste(msg.Content)
	case tea.MouseMsg:
		m.touched()
		return m.pointed(msg)
	case tickMsg:
		return m.ticked(msg)
	case tea.ResumeMsg:
		return m.resumed()
	case missingMsg:
		return m.prepared(msg)
	case openedMsg:
		return m.opened(msg)
	case laneMsg:
		return m.finished(msg)
	case eventsMsg:
		return m.happened(msg)
	default:
		return m.result(msg)
	}
	return nil
}

// touched notes that somebody is there, whatever the terminal has said. Who types a
// passphrase may have gone when there is something to be seen.
func (m *Model) touched() {
	m.desk.touched = m.now()
	m.focused = m.focused || m.stage == ready
}

// result takes what an action of the user has led to.
func (m *Model) result(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	switch msg := msg.(type) {
	case nil:
		return nil
	case tea.QuitMsg:
		return tea.Quit
	case outcome:
		if m.stage != ready {
			return nil // of a node that was locked away
		}
		return msg(m)
	case failedMsg:
		m.say(failed, sentence(msg))
	case sentMsg:
		m.sent(msg)
	case draftMsg:
		m.drafted(msg)
	case keptMsg:
		m.kept(msg)
	case writtenMsg:
		m.written(msg)
	case pastMsg:
		m.remembered(msg)
	case addedMsg:
		if msg.err == nil && m.unasked == msg.to.typed() {
			m.unasked = unasked{}
		}
	case reopenMsg:
		m.reopens(msg)
	case reclaimedMsg:
		m.reclaimed(msg)
	case offeredMsg:
		m.offered(msg)
	}
	return tea.Batch(append(cmds, m.tell(msg))...)
}

// finished takes the results of a lane, which goes on.
func (m *Model) finished(msg laneMsg) tea.Cmd {
	msg.lane.busy, msg.lane.untold = false, nil
	var cmds []tea.Cmd
	for _, r := range msg.results {
		a, isAnswer := r.(model.Answer)
		if !isAnswer {
			cmds = append(cmds, m.result(r))
			continue
		}
		m.lost(a.Err)
		m.ask(m.state.Take(a, m.now())...)
		if _, first := a.Request.(model.GetStatus); first && a.Err == nil && m.feed == nil && m.stage == ready {
			m.feed = follow(m.ctx, m.api, a.Status.Cursor)
			m.ask(m.state.Start()...)
			cmds = append(cmds, m.happenings(), m.lookBack(a.Status.Cursor))
		}
		cmds = append(cmds, m.tell(a))
	}
	return tea.Batch(cmds...)
}

// lost finds out whether an error means that the node is gone, and not only what was asked
// for.
func (m *Model) lost(err error) {
	switch {
	case errors.Is(err, rpc.ErrClosed), errors.Is(err, rpc.ErrNotRunning), errors.Is(err, rpc.ErrLost),
		errors.Is(err, context.DeadlineExceeded):
		m.state.Lost()
	}
}

func (m *Model) happened(msg eventsMsg) tea.Cmd {
	if msg.feed != m.feed {
		return nil
	}
	now := m.now()
	for _, e := range msg.events {
		m.noticed(e)
		m.taken(e)
		switch e.Kind {
		case rpc.Disconnected:
			m.state.Lost()
		case rpc.Reconnected:
			clear(m.wanted)
			m.ask(m.state.Refresh(m.seen(), now)...)
		default:
			m.ask(m.state.Happened(e, now)...)
		}
	}
	cmds := []tea.Cmd{m.tell(msg), m.ring()}
	if msg.err != nil {
		m.state.Lost()
		if m.ctx.Err() == nil {
			m.say(failed, "the node has ended; what you write is kept as a draft")
		}
		return tea.Batch(cmds...)
	}
	return tea.Batch(append(cmds, m.happenings())...)
}

// ticked does what is done every second.
func (m *Model) ticked(msg tickMsg) tea.Cmd {
	now := m.now()
	if now.After(m.notice.until) {
		m.notice = notice{}
	}
	if m.stage == ready && m.feed != nil && msg.n%refreshEvery == 0 {
		clear(m.wanted)
		m.ask(m.state.Refresh(m.seen(), now)...)
	}
	m.saveDrafts()
	m.savePlaces()
	return tea.Batch(m.tell(msg), m.ring(), m.resumed(), m.reach(), m.tickAfter(msg.n))
}

// seen are the contacts whose presence is on the screen.
func (m *Model) seen() (all []ledger.ContactID) {
	for _, id := range m.screen.shown {
		if c := m.state.Conversation(id); c != nil && c.Contact() != 0 {
			all = append(all, c.Contact())
		}
	}
	return all
}

// key takes a key: the topmost dialog does, or the conversation.
func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	if c, ok := m.top().(capturing); ok && c.captures() {
		return m.top().update(m, k)
	}
	where := keys.Composer
	switch room := m.room(); {
	case m.top() != nil:
		where = keys.Dialog
	case room != nil && room.selecting:
		where = keys.Selection
	}
	pressed := k.String()
	if m.pressed != "" {
		pressed = m.pressed + " " + pressed
	}
	action, more := m.keys.Find(where, pressed)
	m.pressed = ""
	if more {
		m.pressed = pressed
		return nil
	}
	if cmd, done := m.always(action); done {
		return cmd
	}
	switch where {
	case keys.Dialog:
		if action == "" && k.Text == "?" && m.stage == ready && !m.keys.Has("?") && !m.writes(m.top()) {
			return m.show(keys.Help)
		}
		return m.top().update(m, k)
	case keys.Selection:
		if other, _ := m.keys.Find(keys.Composer, pressed); action == "" && elsewhere(other) {
			m.room().selecting = false
			return m.mainKey(other, k)
		}
		return m.selectionKey(action)
	}
	if m.stage != ready {
		return m.early(k)
	}
	return m.mainKey(action, k)
}
