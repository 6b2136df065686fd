package store

import (
	"fmt"

	"github.com/onionwire/onionwire/node/ledger"
)

// Apply makes changes in their order, as package ledger says. If one fails, with
// ErrNotFound, ErrExists or ErrInvalid, none of the transaction is kept, even if its
// function returns nil.
func (u *Update) Apply(changes ...ledger.Change) error {
	if u.s == nil {
		return errOver
	}
	for _, change := range changes {
		if err := u.apply(change); err != nil {
			u.failed = fmt.Errorf("%T: %w", change, err)
			return u.failed
		}
	}
	return nil
}

func (u *Update) apply(change ledger.Change) error {
	u.deleted = u.deleted || deletes(change)
	switch c := change.(type) {
	case ledger.PutContact:
		return u.putContact(c.Contact)
	case ledger.DropContact:
		return u.dropContact(c.Contact, c.History)
	case ledger.PutStreams:
		return u.putStreams(c.Contact, c.Streams)
	case ledger.PutSession:
		return u.putSession(c.Contact, c.Session)
	case ledger.DropSession:
		return u.change("DELETE FROM sessions WHERE contact = ? AND id = ?", int64(c.Contact), c.ID[:])
	case ledger.PutInvite:
		return u.putInvite(c.Invite)
	case ledger.DropInvite:
		return u.dropInvite(c.Token)
	case ledger.PutConversation:
		return u.putConversation(c.Conversation)
	case ledger.DropConversation:
		return u.change("DELETE FROM conversations WHERE id = ?", int64(c.Conversation))
	case ledger.PutDraft:
		return u.putDraft(c.Conversation, c.Text)
	case ledger.PutItem:
		return u.putItem(c.Item)
	case ledger.DropItem:
		return u.change("DELETE FROM items WHERE id = ?", int64(c.Item))
	case ledger.PutCell:
		return u.putCell(c.Cell)
	case ledger.DropCells:
		return u.dropCells(c.Contact, c.Below)
	case ledger.PutFile:
		return u.putFile(c.File)
	case ledger.DropFile:
		return u.change("DELETE FROM files WHERE number = ?", int64(c.File))
	case ledger.PutSetting:
		return u.putSetting(c.Name, c.Value)
	case ledger.DropSetting:
		return u.dropSetting(c.Name)
	case ledger.AddEvent:
		return u.addEvent(c.Event)
	}
	return u.applyMessage(change)
}

// applyMessage is apply for what is about messages.
func (u *Update) applyMessage(change ledger.Change) error {
	switch c := change.(type) {
	case ledger.AddMessage:
		return u.addMessage(c.Message, c.Event)
	case ledger.EditMessage:
		return u.change("UPDATE messages SET body = ? WHERE number = ?", c.Body, int64(c.Message))
	case ledger.DropMessage:
		return u.dropMessage(c.Message)
	case ledger.ExpireMessage:
		return u.expireMessage(c)
	case ledger.ExpireRead:
		return u.expireRead(c)
	case ledger.HoldMessage:
		return u.change("UPDATE messages SET expires = iif(timer > 0, NULL, expires) WHERE number = ?", int64(c.Message))
	case ledger.PutDelivery:
		return u.putDelivery(c.Delivery)
	case ledger.ReadDelivery:
		return u.readDelivery(c)
	}
	return ErrInvalid // a change that this version does not know
}

// deletes reports whether a change takes away what is to be nowhere any more.
func deletes(change ledger.Change) bool {
	switch change.(type) {
	case ledger.DropContact, ledger.DropConversation, ledger.DropMessage, ledger.EditMessage, ledger.DropFile, ledger.DropInvite:
		return true
	}
	return false
}
