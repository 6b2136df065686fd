package store

import (
	"errors"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/ledger"
)

// Deliveries returns how far a message has come to each contact.
func (v *View) Deliveries(number ledger.MessageNumber) (all []ledger.Delivery, err error) {
	err = v.run("SELECT contact, state, changed FROM deliveries WHERE message = ? ORDER BY contact",
		func(stmt *sqlite3.Stmt) error {
			all = append(all, ledger.Delivery{
				Message: number,
				Contact: ledger.ContactID(stmt.ColumnInt64(0)),
				State:   ledger.DeliveryState(stmt.ColumnInt(1)),
				Changed: moment(stmt, 2),
			})
			return nil
		}, int64(number))
	return all, err
}

// DeliveriesOf returns how far messages have come to each contact, in the order in
// which they are named.
func (v *View) DeliveriesOf(numbers []ledger.MessageNumber) (all []ledger.Delivery, err error) {
	for _, number := range numbers {
		some, err := v.Deliveries(number)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func (u *Update) putDelivery(d ledger.Delivery) error {
	return u.run(`INSERT INTO deliveries (message, contact, state, changed) VALUES (?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET state = excluded.state, changed = excluded.changed`,
		nil, int64(d.Message), int64(d.Contact), int(d.State), d.Changed)
}

func (u *Update) readDelivery(r ledger.ReadDelivery) error {
	last, err := u.MessageByID(r.Conversation, 0, r.ID)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	// The states are written out as in the index.
	err = u.run(`UPDATE deliveries SET state = 4, changed = ? WHERE contact = ? AND message <= ? AND state IN (2, 3)
		AND (SELECT conversation FROM messages WHERE number = deliveries.message) = ?`,
		nil, r.Changed, int64(r.Contact), int64(last.Number), int64(r.Conversation))
	if err != nil || u.s.conn.Changes() == 0 {
		return err
	}
	return u.addEvent(r.Event)
}
