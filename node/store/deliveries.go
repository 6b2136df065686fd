package store

import (
	"errors"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/ledger"
)

// Deliveries returns how far a message has come to each contact.
func (v *View) Deliveries(number ledger.MessageNumber) (all []ledger.Delivery, err error) {
	err = v.run("SELECT contact, item, state, changed FROM deliveries WHERE message = ? ORDER BY contact",
		func(stmt *sqlite3.Stmt) error {
			all = append(all, ledger.Delivery{
				Message: number,
				Contact: ledger.ContactID(stmt.ColumnInt64(0)),
				Item:    ledger.ItemID(stmt.ColumnInt64(1)),
				State:   ledger.DeliveryState(stmt.ColumnInt(2)),
				Changed: moment(stmt, 3),
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
	return u.run(`INSERT INTO deliveries (message, contact, item, state, changed) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET item = excluded.item, state = excluded.state, changed = excluded.changed`,
		nil, int64(d.Message), int64(d.Contact), int64(d.Item), int(d.State), d.Changed)
}

func (u *Update) readDelivery(r ledger.ReadDelivery) error {
	last, err := u.MessageByID(r.Conversation, 0, r.ID)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	// The state is written out as in the index.
	err = u.run(`UPDATE deliveries SET state = 4, changed = ?1 WHERE contact = ?2 AND state = 3
		AND (item, message) <= (SELECT item, message FROM deliveries WHERE message = ?3 AND contact = ?2)
		AND (SELECT conversation FROM messages WHERE number = deliveries.message) = ?4`,
		nil, r.Changed, int64(r.Contact), int64(last.Number), int64(r.Conversation))
	if err != nil || u.s.conn.Changes() == 0 {
		return err
	}
	return u.addEvent(r.Event)
}
