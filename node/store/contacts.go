package store

import (
	"time"

	"github.com/ncruces/go-sqlite3"
)

// ContactID is the number of a contact in this store. It is never used again.
type ContactID int64

// ContactState is what we and a contact have agreed on.
type ContactState int

// States of a contact.
const (
	// Requested means that we have asked and wait.
	Requested ContactState = iota + 1
	// Asking means that the contact has asked, and waits for us.
	Asking
	// Accepted means that both have agreed.
	Accepted
	// Rejected means that we have said no.
	Rejected
	// Blocked means that nothing is taken from the contact.
	Blocked
	// Deleted means that only its name is left, beside what it has written.
	Deleted
)

// Contact is somebody with an identity of their own.
type Contact struct {
	ID ContactID
	// Peer is the peer ID in binary form. No two contacts have the same.
	Peer []byte
	// Name is what the contact calls itself, Alias what we call it.
	Name, Alias string
	// Introduction is the text of the request.
	Introduction  string
	State         ContactState
	Verified      bool
	Muted         bool
	KeepConnected bool
	Added         time.Time
}

const contactColumns = "SELECT id, peer, name, alias, introduction, state, verified, muted, keep_connected, added FROM contacts "

func scanContact(stmt *sqlite3.Stmt) Contact {
	return Contact{
		ID:            ContactID(stmt.ColumnInt64(0)),
		Peer:          blob(stmt, 1),
		Name:          stmt.ColumnText(2),
		Alias:         stmt.ColumnText(3),
		Introduction:  stmt.ColumnText(4),
		State:         ContactState(stmt.ColumnInt(5)),
		Verified:      stmt.ColumnBool(6),
		Muted:         stmt.ColumnBool(7),
		KeepConnected: stmt.ColumnBool(8),
		Added:         moment(stmt, 9),
	}
}

// Contact returns a contact, or ErrNotFound.
func (v *View) Contact(id ContactID) (c Contact, err error) {
	err = v.one(contactColumns+"WHERE id = ?", func(stmt *sqlite3.Stmt) error {
		c = scanContact(stmt)
		return nil
	}, int64(id))
	return c, err
}

// ContactByPeer returns the contact with a peer ID, or ErrNotFound.
func (v *View) ContactByPeer(peer []byte) (c Contact, err error) {
	err = v.one(contactColumns+"WHERE peer = ?", func(stmt *sqlite3.Stmt) error {
		c = scanContact(stmt)
		return nil
	}, peer)
	return c, err
}

// Contacts returns all contacts in the order in which they were added.
func (v *View) Contacts() (all []Contact, err error) {
	err = v.run(contactColumns+"ORDER BY id", func(stmt *sqlite3.Stmt) error {
		all = append(all, scanContact(stmt))
		return nil
	})
	return all, err
}

// AddContact adds a contact, whose ID it returns and does not look at. It fails with
// ErrExists if there is one with that peer ID.
func (u *Update) AddContact(c Contact) (ContactID, error) {
	id, err := u.insert(`INSERT INTO contacts
		(peer, name, alias, introduction, state, verified, muted, keep_connected, added)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.Peer, c.Name, c.Alias, c.Introduction, int(c.State), c.Verified, c.Muted, c.KeepConnected, c.Added)
	return ContactID(id), err
}

// SetContact changes everything about a contact but its peer ID and when it was
// added, or fails with ErrNotFound.
func (u *Update) SetContact(c Contact) error {
	return u.change(`UPDATE contacts SET name = ?, alias = ?, introduction = ?, state = ?,
		verified = ?, muted = ?, keep_connected = ? WHERE id = ?`,
		c.Name, c.Alias, c.Introduction, int(c.State), c.Verified, c.Muted, c.KeepConnected, int64(c.ID))
}

// DeleteContact removes the keys of a contact: sessions, addresses, and what waits
// to be sent to it. With history, the contact stays as Deleted, with what was
// written; otherwise everything goes, but for its part in conversations with
// others. It fails with ErrNotFound.
func (u *Update) DeleteContact(id ContactID, history bool) error {
	if !history {
		if err := u.run(`DELETE FROM conversations WHERE kind = ? AND id IN
			(SELECT conversation FROM members WHERE contact = ?)`, nil, int(Direct), int64(id)); err != nil {
			return err
		}
	}
	for _, sql := range []string{
		"DELETE FROM sessions WHERE contact = ?",
		"DELETE FROM addresses WHERE contact = ?",
		"DELETE FROM outbox WHERE contact = ?",
	} {
		if err := u.run(sql, nil, int64(id)); err != nil {
			return err
		}
	}
	if !history {
		// Gone entirely if nothing refers to it any more.
		if err := u.run(`DELETE FROM contacts WHERE id = ?1
			AND NOT EXISTS (SELECT 1 FROM members WHERE contact = ?1)
			AND NOT EXISTS (SELECT 1 FROM messages WHERE sender = ?1)
			AND NOT EXISTS (SELECT 1 FROM deliveries WHERE contact = ?1)`, nil, int64(id)); err != nil {
			return err
		}
		if u.s.conn.Changes() > 0 {
			return nil
		}
	}
	return u.change(`UPDATE contacts SET state = ?, introduction = '', verified = 0, keep_connected = 0
		WHERE id = ?`, int(Deleted), int64(id))
}
