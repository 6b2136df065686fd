package tui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/node/rpc"
)

// outcome is a message that knows what it means, whatever dialog is open by then.
type outcome func(m *Model) tea.Cmd

// meet shows the conversation with a contact, who may be so new that the screen does not
// know either.
func (m *Model) meet(c rpc.Contact) tea.Cmd {
	if m.state.Conversation(c.Conversation) != nil {
		m.enter(c.Conversation)
		return nil
	}
	api := m.api
	m.act(func(ctx context.Context) tea.Msg {
		contact := model.Answer{Request: model.GetContact{Contact: c.ID}}
		contact.Contact, contact.Err = api.Contact(ctx, c.ID)
		id := contact.Contact.Conversation
		if contact.Err != nil || id == 0 {
			return nil // gone again, or nothing to be said to yet
		}
		talk := model.Answer{Request: model.GetConversation{Conversation: id}}
		if talk.Conversation, talk.Err = api.Conversation(ctx, id); errors.Is(talk.Err, rpc.ErrNotFound) {
			return nil
		}
		return outcome(func(m *Model) tea.Cmd {
			m.ask(m.state.Take(contact, m.now())...)
			m.ask(m.state.Take(talk, m.now())...)
			m.enter(id)
			return nil
		})
	})
	return nil
}
