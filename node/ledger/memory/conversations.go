package memory

import (
	"cmp"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
)

func (l *Ledger) putConversation(c ledger.Conversation) error {
	if c.ID <= 0 || c.Timer < 0 {
		return ledger.ErrInvalid
	}
	c.Timer, c.Added = c.Timer.Truncate(time.Second), millis(c.Added)
	if old, ok := l.conversations.rows[c.ID]; ok {
		c.Kind, c.Members = old.Kind, old.Members
		l.conversations.put(c.ID, c)
		return nil
	}
	if c.Kind < ledger.Direct || c.Kind > ledger.Group || c.Kind == ledger.Direct && len(c.Members) != 1 {
		return ledger.ErrInvalid
	}
	for i, member := range c.Members {
		switch {
		case slices.Contains(c.Members[:i], member):
			return ledger.ErrExists
		case !l.contacts.has(member):
			return ledger.ErrNotFound
		}
	}
	c.Members = slices.Clone(c.Members)
	slices.Sort(c.Members)
	if c.Kind == ledger.Direct && l.conversations.some(func(o ledger.Conversation) bool {
		return o.Kind == ledger.Direct && o.Members[0] == c.Members[0]
	}) {
		return ledger.ErrExists
	}
	if len(c.Members) == 0 {
		c.Members = nil
	}
	l.conversations.put(c.ID, c)
	l.count(ledger.Counters{Conversation: c.ID})
	return nil
}

func (l *Ledger) dropConversation(id ledger.ConversationID) error {
	if err := l.conversations.drop(id); err != nil {
		return err
	}
	for number, m := range l.messages.rows {
		if m.Conversation == id {
			_ = l.dropMessage(number) // it is there
		}
	}
	l.gone.dropAll(func(key messageKey, _ int) bool { return key.conversation == id })
	l.files.dropAll(func(_ ledger.FileNumber, f ledger.File) bool { return f.Conversation == id })
	l.drafts.dropAll(func(of ledger.ConversationID, _ string) bool { return of == id })
	return nil
}

func (l *Ledger) putDraft(id ledger.ConversationID, text string) error {
	switch {
	case len(text) > ledger.MaxDraft:
		return ledger.ErrInvalid
	case !l.conversations.has(id):
	case text == "":
		_ = l.drafts.drop(id) // if there is one
	default:
		l.drafts.put(id, text)
	}
	return nil
}

// Draft returns what is being written in a conversation, or ErrNotFound if there is no
// such conversation.
func (l *Ledger) Draft(id ledger.ConversationID) (string, error) {
	if !l.conversations.has(id) {
		return "", ledger.ErrNotFound
	}
	return l.drafts.rows[id], nil
}

func conversationOrder(a, b ledger.Conversation) int { return cmp.Compare(a.ID, b.ID) }

// Conversations returns all conversations in the order of their numbers.
func (l *Ledger) Conversations() ([]ledger.Conversation, error) {
	all := l.conversations.find(every, conversationOrder)
	for i := range all {
		all[i].Members = slices.Clone(all[i].Members)
	}
	return all, nil
}

// Unread returns how many messages of others in a conversation were not read, or
// ledger.MaxUnread if there are more.
func (l *Ledger) Unread(c ledger.ConversationID) (n int, err error) {
	read := l.conversations.rows[c].Read
	for _, m := range l.messages.rows {
		if m.Conversation == c && m.Sender != 0 && m.Number > read {
			n++
		}
	}
	return min(n, ledger.MaxUnread), nil
}
