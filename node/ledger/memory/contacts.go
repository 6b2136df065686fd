package memory

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/onionwire/onionwire/node/ledger"
)

const (
	maxPeer   = 128
	keyLength = 32
)

func (l *Ledger) putContact(c ledger.Contact) error {
	if c.ID <= 0 || len(c.Peer) == 0 || len(c.Peer) > maxPeer || c.State < ledger.Requested || c.State > ledger.Deleted {
		return ledger.ErrInvalid
	}
	if l.contacts.some(func(o ledger.Contact) bool { return o.ID != c.ID && bytes.Equal(o.Peer, c.Peer) }) {
		return ledger.ErrExists
	}
	for i, a := range c.Addresses {
		if a.Port == 0 || len(a.ClientKey) != 0 && len(a.ClientKey) != keyLength {
			return ledger.ErrInvalid
		}
		if slices.ContainsFunc(c.Addresses[:i], func(o ledger.Address) bool { return o.Onion == a.Onion && o.Port == a.Port }) {
			return ledger.ErrExists
		}
	}
	l.contacts.put(c.ID, copyContact(c))
	l.count(ledger.Counters{Contact: c.ID})
	return nil
}

func copyContact(c ledger.Contact) ledger.Contact {
	c.Peer, c.Invite = copied(c.Peer), copied(c.Invite)
	c.Changed, c.Added = millis(c.Changed), millis(c.Added)
	addresses := c.Addresses
	c.Addresses = nil
	for _, a := range addresses {
		a.ClientKey = copied(a.ClientKey)
		c.Addresses = append(c.Addresses, a)
	}
	return c
}

func (l *Ledger) dropContact(id ledger.ContactID, history bool) error {
	c, err := l.contacts.get(id)
	if err != nil {
		return err
	}
	if !history {
		for _, conversation := range l.conversations.find(every, conversationOrder) {
			if conversation.Kind == ledger.Direct && slices.Contains(conversation.Members, id) {
				_ = l.dropConversation(conversation.ID) // it is there
			}
		}
		l.files.dropAll(func(_ ledger.FileNumber, f ledger.File) bool { return f.Contact == id })
	}
	for _, f := range l.files.find(func(f ledger.File) bool { return f.Contact == id }, fileOrder) {
		f.Key = nil
		l.files.put(f.Number, f)
	}
	l.streams.dropAll(func(of ledger.ContactID, _ ledger.Streams) bool { return of == id })
	l.sessions.dropAll(func(key sessionKey, _ session) bool { return key.contact == id })
	l.items.dropAll(func(_ ledger.ItemID, i ledger.Item) bool { return i.Contact == id })
	l.cells.dropAll(func(key cellKey, _ ledger.Cell) bool { return key.contact == id })
	if !history && !l.mentioned(id) {
		return l.contacts.drop(id)
	}
	l.contacts.put(id, ledger.Contact{
		ID: id, Peer: c.Peer, Name: c.Name, Alias: c.Alias, State: ledger.Deleted, Changed: c.Changed, Added: c.Added,
	})
	return nil
}

// mentioned reports whether what stays refers to a contact.
func (l *Ledger) mentioned(id ledger.ContactID) bool {
	return l.conversations.some(func(c ledger.Conversation) bool { return slices.Contains(c.Members, id) }) ||
		l.deliveries.some(func(d ledger.Delivery) bool { return d.Contact == id })
}

func (l *Ledger) putStreams(contact ledger.ContactID, s ledger.Streams) error {
	if !l.contacts.has(contact) {
		return ledger.ErrNotFound
	}
	l.streams.put(contact, copyStreams(s))
	return nil
}

func copyStreams(s ledger.Streams) ledger.Streams {
	s.Retired = append([]uint64(nil), s.Retired...)
	return s
}

func (l *Ledger) putSession(contact ledger.ContactID, s ledger.Session) error {
	if !l.contacts.has(contact) {
		return ledger.ErrNotFound
	}
	key := sessionKey{contact, s.ID}
	row, ok := l.sessions.rows[key]
	if !ok {
		for _, other := range l.sessions.rows {
			row.place = max(row.place, other.place+1)
		}
	}
	row.contact, row.ID, row.Saved = contact, s.ID, copied(s.Saved)
	l.sessions.put(key, row)
	return nil
}

func (l *Ledger) putInvite(i ledger.Invite) error {
	if l.invites.has(i.Token) {
		return ledger.ErrExists
	}
	i.Added, i.Expires = millis(i.Added), millis(i.Expires)
	l.invites.put(i.Token, i)
	return nil
}

// Contacts returns all contacts in the order of their numbers.
func (l *Ledger) Contacts() ([]ledger.Contact, error) {
	all := l.contacts.find(every, func(a, b ledger.Contact) int { return cmp.Compare(a.ID, b.ID) })
	for i := range all {
		all[i] = copyContact(all[i])
	}
	return all, nil
}

// Streams returns how far the items to and from all contacts have come, as far as
// that was ever said.
func (l *Ledger) Streams() (map[ledger.ContactID]ledger.Streams, error) {
	all := make(map[ledger.ContactID]ledger.Streams)
	for contact, s := range l.streams.rows {
		all[contact] = copyStreams(s)
	}
	return all, nil
}

// Sessions returns the sessions with a contact, the one that was added last at the
// end.
func (l *Ledger) Sessions(contact ledger.ContactID) (all []ledger.Session, err error) {
	rows := l.sessions.find(func(s session) bool { return s.contact == contact },
		func(a, b session) int { return cmp.Compare(a.place, b.place) })
	for _, s := range rows {
		all = append(all, ledger.Session{ID: s.ID, Saved: copied(s.Saved)})
	}
	return all, nil
}

// Invites returns all invites in the order in which they were added, by their times.
func (l *Ledger) Invites() ([]ledger.Invite, error) {
	return l.invites.find(every, func(a, b ledger.Invite) int {
		return cmp.Or(a.Added.Compare(b.Added), bytes.Compare(a.Token[:], b.Token[:]))
	}), nil
}
