package memory

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
)

func keyOf(m ledger.Message) messageKey { return messageKey{m.Conversation, m.Sender, m.ID} }

func (l *Ledger) addMessage(m ledger.Message, e ledger.Event) error {
	if l.ids.has(keyOf(m)) || l.gone.has(keyOf(m)) {
		return nil
	}
	if m.Number <= 0 || m.Timer < 0 {
		return ledger.ErrInvalid
	}
	if l.messages.has(m.Number) {
		return ledger.ErrExists
	}
	c, err := l.conversations.get(m.Conversation)
	if err != nil {
		return err
	}
	if m.Sender != 0 && !slices.Contains(c.Members, m.Sender) {
		return ledger.ErrNotFound
	}
	m.Written, m.Stored, m.Expires = millis(m.Written), millis(m.Stored), millis(m.Expires)
	m.Timer = m.Timer.Truncate(time.Second)
	l.messages.put(m.Number, m)
	l.ids.put(keyOf(m), m.Number)
	l.count(ledger.Counters{Message: m.Number})
	return l.addEvent(e)
}

func (l *Ledger) dropMessage(number ledger.MessageNumber) error {
	m, err := l.messages.get(number)
	if err != nil {
		return err
	}
	_ = l.messages.drop(number)
	_ = l.ids.drop(keyOf(m))
	if m.Sender != 0 {
		l.remember(keyOf(m))
	}
	l.deliveries.dropAll(func(key deliveryKey, _ ledger.Delivery) bool { return key.message == number })
	for _, item := range l.items.find(func(i ledger.Item) bool { return i.Message == number }, itemOrder) {
		item.Message = 0
		l.items.put(item.ID, item)
	}
	return nil
}

// remember keeps that a message was there, and forgets the one that was deleted first if
// there are too many.
func (l *Ledger) remember(key messageKey) {
	var places []int
	for other, place := range l.gone.rows {
		if other.conversation == key.conversation {
			places = append(places, place)
		}
	}
	slices.Sort(places)
	next := 1
	if n := len(places); n > 0 {
		next = places[n-1] + 1
	}
	l.gone.put(key, next)
	if len(places) == ledger.MaxGone {
		l.gone.dropAll(func(other messageKey, place int) bool {
			return other.conversation == key.conversation && place == places[0]
		})
	}
}

// begin begins the timer of a message, if it has one that has not begun.
func begin(m *ledger.Message, now time.Time) {
	if m.Timer > 0 && m.Expires.IsZero() {
		m.Expires = millis(now).Add(m.Timer)
	}
}

// hold takes that back.
func hold(m *ledger.Message) {
	if m.Timer > 0 {
		m.Expires = time.Time{}
	}
}

func (l *Ledger) expireRead(e ledger.ExpireRead) error {
	if !l.conversations.has(e.Conversation) {
		return ledger.ErrNotFound
	}
	for number, m := range l.messages.rows {
		if m.Conversation == e.Conversation && m.Sender != 0 && number <= e.UpTo {
			begin(&m, e.Now)
			l.messages.put(number, m)
		}
	}
	return nil
}

func (l *Ledger) putDelivery(d ledger.Delivery) error {
	if d.State < ledger.Queued || d.State > ledger.Expired {
		return ledger.ErrInvalid
	}
	if !l.messages.has(d.Message) || !l.contacts.has(d.Contact) {
		return ledger.ErrNotFound
	}
	d.Changed = millis(d.Changed)
	l.deliveries.put(deliveryKey{d.Message, d.Contact}, d)
	return nil
}

func (l *Ledger) readDelivery(r ledger.ReadDelivery) error {
	last, ok := l.ids.rows[messageKey{conversation: r.Conversation, id: r.ID}]
	if !ok {
		return nil
	}
	upto, ok := l.deliveries.rows[deliveryKey{last, r.Contact}]
	if !ok {
		return nil
	}
	changed := false
	for key, d := range l.deliveries.rows {
		before := cmp.Or(cmp.Compare(d.Item, upto.Item), cmp.Compare(d.Message, upto.Message)) <= 0
		if key.contact == r.Contact && before && d.State == ledger.Delivered &&
			l.messages.rows[key.message].Conversation == r.Conversation {
			d.State, d.Changed = ledger.Read, millis(r.Changed)
			l.deliveries.put(key, d)
			changed = true
		}
	}
	if !changed {
		return nil
	}
	return l.addEvent(r.Event)
}

// Message returns a message by its number, or ErrNotFound.
func (l *Ledger) Message(number ledger.MessageNumber) (ledger.Message, error) {
	return l.messages.get(number)
}

// MessageByID returns the message of a sender (0 is ourselves), or ErrNotFound.
func (l *Ledger) MessageByID(c ledger.ConversationID, sender ledger.ContactID, id ledger.MessageID) (ledger.Message, error) {
	number, err := l.ids.get(messageKey{c, sender, id})
	if err != nil {
		return ledger.Message{}, err
	}
	return l.messages.get(number)
}

// Messages returns up to limit messages of a conversation before a number, or the
// last ones if it is 0. The newest comes first.
func (l *Ledger) Messages(c ledger.ConversationID, before ledger.MessageNumber, limit int) ([]ledger.Message, error) {
	all := l.messages.find(func(m ledger.Message) bool {
		return m.Conversation == c && (before == 0 || m.Number < before)
	}, func(a, b ledger.Message) int { return cmp.Compare(b.Number, a.Number) })
	return first(all, limit), nil
}

// Expired returns up to limit messages that are to be deleted by that time, those
// first that should have been first.
func (l *Ledger) Expired(now time.Time, limit int) ([]ledger.Message, error) {
	all := l.messages.find(func(m ledger.Message) bool {
		return !m.Expires.IsZero() && !m.Expires.After(millis(now))
	}, func(a, b ledger.Message) int {
		return cmp.Or(a.Expires.Compare(b.Expires), cmp.Compare(a.Number, b.Number))
	})
	return first(all, limit), nil
}

// NextExpiry returns when the next message is to be deleted, or zero if none is.
func (l *Ledger) NextExpiry() (next time.Time, err error) {
	for _, m := range l.messages.rows {
		if !m.Expires.IsZero() && (next.IsZero() || m.Expires.Before(next)) {
			next = m.Expires
		}
	}
	return next, nil
}

// Deliveries returns how far a message has come to each contact.
func (l *Ledger) Deliveries(number ledger.MessageNumber) ([]ledger.Delivery, error) {
	return l.DeliveriesOf([]ledger.MessageNumber{number})
}

// DeliveriesOf returns how far messages have come to each contact, in the order of
// the numbers of messages and contacts.
func (l *Ledger) DeliveriesOf(numbers []ledger.MessageNumber) ([]ledger.Delivery, error) {
	var all []ledger.Delivery
	for _, number := range slices.Compact(slices.Sorted(slices.Values(numbers))) {
		for _, contact := range slices.Sorted(maps.Keys(l.contacts.rows)) {
			if d, err := l.deliveries.get(deliveryKey{number, contact}); err == nil {
				all = append(all, d)
			}
		}
	}
	return all, nil
}
