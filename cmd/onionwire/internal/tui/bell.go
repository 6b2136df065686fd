package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/notify"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// What Options.Notifications can be.
const (
	notifyOff     = "off"
	notifyBell    = "bell"
	notifyDesktop = "desktop"
	notifyText    = "text"
)

// bell tells somebody who looks elsewhere what has come.
type bell struct {
	news    notify.News
	message ledger.MessageNumber // the latest one
	pace    notify.Pace
	silent  bool // whether the desktop was found not to be there
}

// notifyLasts bounds how long a desktop is waited for.
const notifyLasts = 5 * time.Second

// noticed counts what has come and nobody has seen.
func (m *Model) noticed(e rpc.Event) {
	switch e.Kind {
	case rpc.RequestReceived:
		m.desk.bell.news.Requests++
	case rpc.SetBack:
		m.say(warning, "something is missing in the conversation with "+m.state.Label(e.Contact)+"; there it says what and why")
	case rpc.MessageReceived:
		c := m.state.Conversation(e.Conversation)
		seen := m.focused && m.active == e.Conversation
		if seen || c != nil && m.state.MutedHere(c) {
			return
		}
		m.desk.bell.news.Messages++
		m.desk.bell.message = e.Message
		m.desk.bell.news.From = m.state.Label(e.Contact)
	}
}

// ring tells what was counted, not too often.
func (m *Model) ring() tea.Cmd {
	b := &m.desk.bell
	if b.news.Messages+b.news.Requests == 0 || !b.pace.Allow(m.now()) {
		return nil
	}
	news, number, how, api := b.news, b.message, m.o.Notifications, m.api
	b.news = notify.News{}
	if how == notifyOff || how == "" {
		return nil
	}
	rings := tea.Raw(notify.Bell)
	if how == notifyBell || b.silent || m.o.Notify == nil {
		return rings
	}
	show := m.o.Notify
	return tea.Batch(rings, m.run(func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, notifyLasts)
		defer cancel()
		if how == notifyText && news.Messages == 1 {
			if msg, err := api.Message(ctx, number); err == nil {
				news.Text = safe.Line(msg.Text)
			}
		}
		if err := show(ctx, notify.About(news, how == notifyText)); errors.Is(err, notify.ErrUnavailable) {
			return outcome(func(m *Model) tea.Cmd { m.desk.bell.silent = true; return nil })
		}
		return nil
	}))
}
