package tui

import (
	"context"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/node/rpc"
)

// answer makes a request of the model to the API.
func answer(ctx context.Context, api rpc.API, request model.Request) model.Answer {
	a := model.Answer{Request: request}
	switch r := request.(type) {
	case model.GetSettings:
		a.Settings, a.Err = api.Settings(ctx)
	case model.GetStatus:
		a.Status, a.Err = api.Status(ctx)
	case model.GetContacts:
		a.Contacts, a.Err = api.Contacts(ctx)
	case model.GetContact:
		a.Contact, a.Err = api.Contact(ctx, r.Contact)
	case model.GetPresence:
		a.Presence, a.Err = api.Presence(ctx, r.Contact)
	case model.GetConversations:
		a.Conversations, a.Err = api.Conversations(ctx, r.After, r.Limit())
	case model.GetConversation:
		a.Conversation, a.Err = api.Conversation(ctx, r.Conversation)
	case model.GetMessages:
		a.Messages, a.Err = api.Messages(ctx, r.Conversation, r.Before, model.Page)
	case model.GetMessagesAfter:
		a.Messages, a.Err = api.MessagesAfter(ctx, r.Conversation, r.After, model.Page)
	case model.GetMessage:
		var one rpc.Message
		if one, a.Err = api.Message(ctx, r.Number); a.Err == nil {
			a.Messages = []rpc.Message{one}
		}
	case model.GetFiles:
		a.Files, a.Err = api.Files(ctx, r.Conversation, r.Before, model.Page)
	case model.GetFile:
		a.File, a.Err = api.File(ctx, r.Number)
	case model.MarkRead:
		a.Err = api.MarkRead(ctx, r.Conversation, r.UpTo)
	}
	return a
}
