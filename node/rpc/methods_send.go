package rpc

import (
	"context"

	"github.com/onionwire/onionwire/node/ledger"
)

type (
	sendParams struct {
		Conversation ledger.ConversationID `json:"conversation"`
		Text         string                `json:"text"`
		SendOptions
	}
	editParams struct {
		Message ledger.MessageNumber `json:"message"`
		Text    string               `json:"text"`
	}
	markReadParams struct {
		Conversation ledger.ConversationID `json:"conversation"`
		Message      ledger.MessageNumber  `json:"message"`
	}
	updateConversationParams struct {
		Conversation ledger.ConversationID `json:"conversation"`
		ConversationUpdate
	}
	setTimerParams struct {
		Conversation ledger.ConversationID `json:"conversation"`
		Timer        Duration              `json:"timer"`
	}
)

var sendMethods = []method{
	define("send", sender, "", func(ctx context.Context, c *call, p sendParams) (Message, error) {
		return c.api().Send(ctx, p.Conversation, p.Text, p.SendOptions)
	}),
	order[messageParam]("cancel", owner, API.Cancel),
	define("edit", owner, "", func(ctx context.Context, c *call, p editParams) (nothing, error) {
		return nothing{}, c.api().Edit(ctx, p.Message, p.Text)
	}),
	order[messageParam]("retry_message", owner, API.RetryMessage),
	define("mark_read", both, "", func(ctx context.Context, c *call, p markReadParams) (nothing, error) {
		return nothing{}, c.api().MarkRead(ctx, p.Conversation, p.Message)
	}),
	order[conversationParam]("typing", sender, API.Typing),
	define("update_conversation", owner, "", func(ctx context.Context, c *call, p updateConversationParams) (Conversation, error) {
		return c.api().UpdateConversation(ctx, p.Conversation, p.ConversationUpdate)
	}),
	define("set_timer", owner, "", func(ctx context.Context, c *call, p setTimerParams) (nothing, error) {
		return nothing{}, c.api().SetTimer(ctx, p.Conversation, p.Timer)
	}),
	order[messageParam]("delete_message", owner, API.DeleteMessage),
}
