package rpc

import (
	"context"
	"reflect"
	"slices"

	"github.com/onionwire/onionwire/node/ledger"
)

// within checks, for a token that is for one conversation, that all that parameters
// refer to belongs to it: whatever has the type of a reference is one. A conversation
// that is left out becomes that of the token. What is elsewhere is not found, as if
// there were no such thing.
func (c *call) within(ctx context.Context, params reflect.Value) error {
	if c.grant.Conversation == 0 {
		return nil
	}
	for _, f := range fields(params.Type()) {
		v := params.FieldByIndex(f.Index)
		belongs, err := true, error(nil)
		switch id := v.Interface().(type) {
		case ledger.ConversationID:
			if id == 0 {
				v.Set(reflect.ValueOf(c.grant.Conversation))
			} else {
				belongs = id == c.grant.Conversation
			}
		case ledger.MessageNumber:
			var m Message
			m, err = c.api().Message(ctx, id)
			belongs = m.Conversation == c.grant.Conversation
		case ledger.FileNumber:
			var file File
			file, err = c.api().File(ctx, id)
			belongs = file.Conversation == c.grant.Conversation
		case ledger.ContactID:
			belongs, err = c.member(ctx, id)
		}
		if err != nil {
			return err
		}
		if !belongs {
			return ErrNotFound
		}
	}
	return nil
}

// member reports whether a token shows a contact.
func (c *call) member(ctx context.Context, id ledger.ContactID) (bool, error) {
	if c.grant.Conversation == 0 {
		return true, nil
	}
	conversation, err := c.api().Conversation(ctx, c.grant.Conversation)
	return err == nil && slices.Contains(conversation.Members, id), err
}

// showsEvent reports whether a token shows an event: those of its conversation, and
// those that are about a member and no conversation.
func (c *call) showsEvent(ctx context.Context, e Event) (bool, error) {
	switch {
	case c.grant.Conversation == 0 || e.Conversation == c.grant.Conversation:
		return true, nil
	case e.Conversation != 0 || e.Contact == 0 || e.Message != 0 || e.File != 0:
		return false, nil
	}
	return c.member(ctx, e.Contact)
}

// shown is what a token shows of a file: where it is on the disk is nothing for
// others.
func (c *call) shown(f File) File {
	if c.grant.Conversation != 0 {
		f.Path = ""
	}
	return f
}
