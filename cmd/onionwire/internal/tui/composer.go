package tui

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/console"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/wire"
)

// composerKey takes a key that is for the text that is being written.
func (m *Model) composerKey(r *room, action keys.Action, k tea.KeyPressMsg) tea.Cmd {
	if r.long != "" {
		m.longKey(r, action, k)
		return nil
	}
	e := &r.editor
	switch action {
	case keys.Send:
		return m.send(r)
	case keys.NewLine:
		m.write(r, "\n")
	case keys.HistoryBack:
		if !e.Up(m.method, m.screen.composer.w) {
			m.recall(r, 1)
		}
	case keys.HistoryOn:
		if !e.Down(m.method, m.screen.composer.w) {
			m.recall(r, -1)
		}
	case keys.Left:
		e.Left()
	case keys.Right:
		e.Right()
	case keys.WordLeft:
		e.WordLeft()
	case keys.WordRight:
		e.WordRight()
	case keys.LineStart:
		e.LineStart()
	case keys.LineEnd:
		e.LineEnd()
	case keys.Backspace:
		e.Backspace()
	case keys.Delete:
		e.Delete()
	case keys.DeleteWord:
		e.DeleteWord()
	case keys.DeleteToStart:
		e.DeleteToStart()
	case keys.Complete:
		return m.complete(r)
	case keys.Cancel:
		r.leave()
	case "":
		if k.Text != "" {
			m.write(r, k.Text)
		}
	}
	return nil
}

// complete goes on in the command line with a command that is in the composer.
func (m *Model) complete(r *room) tea.Cmd {
	text := r.editor.Text()
	if r.editing != 0 || !strings.HasPrefix(text, "/") || strings.HasPrefix(text, "//") ||
		strings.Contains(text, "\n") || len(text) > console.MaxLine {
		return nil
	}
	r.set("")
	return m.openConsoleFrom(r, text)
}

// write puts text into the composer.
func (m *Model) write(r *room, text string) {
	if len(r.editor.Text())+len(text) > wire.MaxText {
		m.say(warning, fmt.Sprintf("a message has %d KiB at most", wire.MaxText>>10))
		return
	}
	r.insert(text)
	m.typing(r)
}

// paste takes text from the terminal. What is too long for a message can be sent as a file.
func (m *Model) paste(text string) {
	r := m.room()
	switch {
	case m.stage != ready:
	case r == nil:
		m.nobody()
	default:
		r.selecting = false
		if !r.insert(text) {
			m.tooLong(r, text)
		}
	}
}

// send queues what was written, or changes the message that is edited.
func (m *Model) send(r *room) tea.Cmd {
	if r.long != "" {
		m.sendLong(r)
		return nil
	}
	text := strings.TrimRight(r.editor.Text(), " \n\t")
	if strings.TrimLeft(text, " \n\t") == "" {
		return nil
	}
	if r.editing != 0 {
		m.edit(r, text)
		return nil
	}
	if command, slash := strings.CutPrefix(text, "/"); slash {
		switch {
		case strings.HasPrefix(command, "/"):
			text = command // two slashes are one: a message can begin with it, too
		case strings.Contains(command, "\n") || len(text) > console.MaxLine:
			m.say(warning, "a command has one line; a message that begins with / is written with //")
			return nil
		default:
			r.editor.Clear()
			return m.command(command)
		}
	}
	api, id := m.api, r.id
	r.set(r.past.typed) // what was left for a message that was sent before
	r.past, r.back, r.anchor = past{}, "", anchor{follow: true}
	m.ask(m.state.End(id)...)
	if c := m.state.Conversation(id); c != nil && c.Timeline != nil {
		c.Timeline.NewAfter = 0
	}
	name := r.unsure.name
	if name == (rpc.MessageID{}) || r.unsure.text != text {
		_, _ = rand.Read(name[:]) // it never fails
	}
	r.unsure.name = rpc.MessageID{}
	m.act(func(ctx context.Context) tea.Msg {
		_, err := api.Send(ctx, id, text, rpc.SendOptions{ID: name})
		return sentMsg{id, "the message was not sent", text, name, err}
	})
	m.saveDraft(r)
	return nil
}

// sentMsg says what became of a message that was to be queued, or changed.
type sentMsg struct {
	id   ledger.ConversationID
	what string // that it was not, if it was not
	text string
	name rpc.MessageID
	err  error
}

// unsure is a message that may have been queued before the node was lost. If it is sent again,
// it goes under the same name, and arrives once.
type unsure struct {
	text string
	name rpc.MessageID
}

// sent gives a message back to the composer that was not queued.
func (m *Model) sent(msg sentMsg) {
	if msg.err == nil {
		m.ask(model.GetConversation{Conversation: msg.id})
		return
	}
	says := sentence(failedMsg{msg.what, msg.err})
	if msg.id != m.active {
		says += "; it is kept as a draft"
	}
	m.say(failed, says)
	r := m.furnish(msg.id)
	r.unsure = unsure{msg.text, msg.name}
	r.giveBack(msg.text)
}

// edit changes a message that has not left.
func (m *Model) edit(r *room, text string) {
	api, id, number := m.api, r.id, r.editing
	r.leave()
	m.act(func(ctx context.Context) tea.Msg {
		return sentMsg{id: id, what: "the message was not changed", text: text, err: api.Edit(ctx, number, text)}
	})
}

// sentence is an error for people: what was tried, and why it was not done.
func sentence(f failedMsg) string { return f.what + ": " + reason(f.err) }
