package tui

import (
	"cmp"
	"context"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/settings"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/wire"
)

// selectedItem is the message or file that is selected in a room.
func (m *Model) selectedItem(r *room) (model.Item, bool) {
	t := m.timeline(r)
	if t == nil || !r.selecting {
		return model.Item{}, false
	}
	i, there := t.Find(r.selected)
	if !there {
		return model.Item{}, false
	}
	return t.Items()[i], true
}

// selectionKey takes a key while a message is selected.
func (m *Model) selectionKey(action keys.Action) tea.Cmd {
	r := m.room()
	switch action {
	case keys.SelectUp:
		m.moveSelection(r, -1)
		return nil
	case keys.SelectDown:
		m.moveSelection(r, 1)
		return nil
	case keys.SelectEnd:
		r.selecting = false
		return nil
	case keys.PageUp, keys.PageDown:
		return m.roomKey(r, action, tea.KeyPressMsg{})
	}
	item, there := m.selectedItem(r)
	switch {
	case !there:
		r.selecting = false
	case !fits(item, action):
		if why := unfit(item, action); why != "" {
			m.say(warning, why)
		}
	case action == keys.CopyMessage:
		return m.copySelected(r, item)
	case item.File != nil:
		m.actOnFile(item.File, action)
	default:
		m.actOnMessage(r, *item.Message, action)
	}
	return nil
}

// copySelected copies the text of a message, or the path of a file.
func (m *Model) copySelected(r *room, item model.Item) tea.Cmd {
	r.selecting = false
	m.say(info, "copied, if the terminal allows it")
	if item.File != nil {
		return tea.SetClipboard(safe.Line(item.File.Path))
	}
	// What is pasted elsewhere is as harmless as what is shown.
	return tea.SetClipboard(safe.Text(item.Message.Text))
}

func (m *Model) actOnMessage(r *room, msg rpc.Message, action keys.Action) {
	api, number := m.api, msg.Number
	switch action {
	case keys.Reply:
		m.reply(r, msg.Text)
	case keys.CancelMessage:
		m.try("the message was not cancelled", func(ctx context.Context) error { return api.Cancel(ctx, number) })
	case keys.RetryMessage:
		m.try("the message was not queued again", func(ctx context.Context) error { return api.RetryMessage(ctx, number) })
	case keys.EditMessage:
		m.startEdit(r, msg)
	case keys.DeleteMessage:
		m.confirm(farewell(msg), func() {
			m.try("the message was not deleted", func(ctx context.Context) error { return api.DeleteMessage(ctx, number) })
			m.moveSelection(r, 1)
		})
	}
}

// reply puts a quote into the composer.
func (m *Model) reply(r *room, text string) {
	const most = 5 // lines that are quoted
	lines := strings.Split(text, "\n")
	if len(lines) > most {
		lines = append(lines[:most:most], "…")
	}
	r.selecting = false
	quote := "> " + strings.Join(lines, "\n> ") + "\n"
	if len(r.text())+len(quote) > wire.MaxText || !r.insert(quote) {
		m.say(warning, "there is no room for the quote beside what is written")
	}
}

// startEdit puts a message that waits into the composer.
func (m *Model) startEdit(r *room, msg rpc.Message) {
	if r.long != "" {
		m.tooLong(r, "")
		return
	}
	r.stash = r.unsent()
	r.selecting, r.editing, r.past = false, msg.Number, past{}
	r.editor.Set(msg.Text)
	r.original = r.editor.Text()
}

func (m *Model) actOnFile(f *model.File, action keys.Action) {
	api, number := m.api, f.Number
	switch action {
	case keys.SaveFile:
		m.try("the file was not accepted", m.accept(number))
	case keys.CancelMessage:
		if f.Incoming && f.State == rpc.OfferedFile {
			m.try("the file was not declined", func(ctx context.Context) error { return api.DeclineFile(ctx, number) })
			return
		}
		m.try("the transfer was not called off", func(ctx context.Context) error { return api.WithdrawFile(ctx, number) })
	case keys.RetryMessage:
		m.try("the transfer does not go on", func(ctx context.Context) error { return api.ResumeFile(ctx, number) })
	case keys.EditMessage:
		m.try("the transfer was not paused", func(ctx context.Context) error { return api.PauseFile(ctx, number) })
	}
}

// accept takes a file into the folder for files, which is made if it is missing.
func (m *Model) accept(n ledger.FileNumber) func(context.Context) error {
	api, folder := m.api, m.downloads()
	return func(ctx context.Context) error {
		if folder != "" {
			_ = os.MkdirAll(folder, 0o700) // if it cannot be made, the node says what is wrong
		}
		return api.AcceptFile(ctx, n, folder)
	}
}

// downloads is the folder for files: as the profile says, or else as the program does.
func (m *Model) downloads() string { return cmp.Or(m.state.Settings.Downloads, m.o.Downloads) }

// mute silences a conversation here, or undoes that.
func (m *Model) mute(id ledger.ConversationID) {
	c := m.state.Conversation(id)
	if c == nil {
		return
	}
	who, ok := m.state.Contact(c.Contact())
	if !ok {
		return
	}
	muted, api := !m.state.MutedHere(c), m.api
	m.try("the conversation was not changed", func(ctx context.Context) error { return settings.Mute(ctx, api, who.Contact, muted) })
}

// States of a delivery by the names of the API.
var (
	queued    = rpc.QueuedMessage
	sent      = rpc.SentMessage
	delivered = rpc.DeliveredMessage
	read      = rpc.ReadMessage
	undone    = rpc.FailedMessage
	cancelled = rpc.CancelledMessage
	expired   = rpc.ExpiredMessage
)

// progressOf orders the states of a delivery: the worse ones first.
var progressOf = map[rpc.DeliveryState]int{undone: 1, expired: 2, cancelled: 3, queued: 4, sent: 5, delivered: 6, read: 7}

// deliveryOf is how far a message of ours has come with the one who is behind most.
func deliveryOf(msg rpc.Message) rpc.DeliveryState {
	if len(msg.Deliveries) == 0 {
		return queued
	}
	state := msg.Deliveries[0].State
	for _, d := range msg.Deliveries[1:] {
		if progressOf[d.State] < progressOf[state] {
			state = d.State
		}
	}
	return state
}
