package store

import (
	"time"

	"github.com/ncruces/go-sqlite3"
)

// DeliveryState is what became of a message of ours on its way to one contact.
type DeliveryState int

// States of a delivery.
const (
	// Queued means that it waits to be sent.
	Queued DeliveryState = iota + 1
	// Sent means that it has left, and is not confirmed.
	Sent
	// Delivered means that the contact has it.
	Delivered
	// Read means that somebody has read it there.
	Read
	// Failed means that it cannot be delivered.
	Failed
	// Cancelled means that it was called back before it left.
	Cancelled
	// Expired means that its time was over before it was delivered.
	Expired
)

// Delivery is how far a message has come.
type Delivery struct {
	Message MessageNumber
	Contact ContactID
	State   DeliveryState
	Changed time.Time
}

// Deliveries returns how far a message has come to each contact.
func (v *View) Deliveries(number MessageNumber) (all []Delivery, err error) {
	err = v.run("SELECT contact, state, changed FROM deliveries WHERE message = ? ORDER BY contact",
		func(stmt *sqlite3.Stmt) error {
			all = append(all, Delivery{
				Message: number,
				Contact: ContactID(stmt.ColumnInt64(0)),
				State:   DeliveryState(stmt.ColumnInt(1)),
				Changed: moment(stmt, 2),
			})
			return nil
		}, int64(number))
	return all, err
}

// SetDelivery sets how far a message has come. Which state may follow which is for
// the caller to know. It fails with ErrNotFound if there is no such message or
// contact.
func (u *Update) SetDelivery(d Delivery) error {
	return u.run(`INSERT INTO deliveries (message, contact, state, changed) VALUES (?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET state = excluded.state, changed = excluded.changed`,
		nil, int64(d.Message), int64(d.Contact), int(d.State), d.Changed)
}
