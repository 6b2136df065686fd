package settings

import (
	"context"

	"github.com/onionwire/onionwire/node/rpc"
)

// Mute has the user left alone about a contact, or not any more, in both places where that
// is kept: with the contact and with the conversation. What is muted in either is muted. It
// fails as rpc.API does.
func Mute(ctx context.Context, api rpc.API, c rpc.Contact, on bool) error {
	_, err := api.UpdateContact(ctx, c.ID, rpc.ContactUpdate{Muted: &on})
	if err == nil && c.Conversation != 0 {
		_, err = api.UpdateConversation(ctx, c.Conversation, rpc.ConversationUpdate{Muted: &on})
	}
	return err
}
