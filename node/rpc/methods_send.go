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
	define("cancel", owner, "", func(ctx context.Context, c *call, p messageParam) (nothing, error) {
		return nothing{}, c.api().Cancel(ctx, p.Message)
	}),
	define("edit", owner, "", func(ctx context.Context, c *call, p editParams) (nothing, error) {
		return nothing{}, c.api().Edit(ctx, p.Message, p.Text)
	}),
	define("retry_message", owner, "", func(ctx context.Context, c *call, p messageParam) (nothing, error) {
		return nothing{}, c.api().RetryMessage(ctx, p.Message)
	}),
	define("mark_read", both, "", func(ctx context.Context, c *call, p markReadParams) (nothing, error) {
		return nothing{}, c.api().MarkRead(ctx, p.Conversation, p.Message)
	}),
	define("typing", sender, "", func(ctx context.Context, c *call, p conversationParam) (nothing, error) {
		return nothing{}, c.api().Typing(ctx, p.Conversation)
	}),
	define("update_conversation", owner, "", func(ctx context.Context, c *call, p updateConversationParams) (Conversation, error) {
		return c.api().UpdateConversation(ctx, p.Conversation, p.ConversationUpdate)
	}),
	define("set_timer", owner, "", func(ctx context.Context, c *call, p setTimerParams) (nothing, error) {
		return nothing{}, c.api().SetTimer(ctx, p.Conversation, p.Timer)
	}),
	define("delete_message", owner, "", func(ctx context.Context, c *call, p messageParam) (nothing, error) {
		return nothing{}, c.api().DeleteMessage(ctx, p.Message)
	}),
}
