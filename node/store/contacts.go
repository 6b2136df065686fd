package store

import (
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/ledger"
)

var (
	contactInvite = column{"contacts", "invite"}
	addressKey    = column{"addresses", "client_key"}
)

const contactColumns = `SELECT id, peer, name, alias, introduction, invite, state, changed, verified, muted, keep_connected,
	forgotten, expiry, silent, added FROM contacts `

const addressColumns = "SELECT contact, onion, port, client_key FROM addresses "

// Contacts returns all contacts, with their addresses, in the order of their numbers.
func (v *View) Contacts() ([]ledger.Contact, error) {
	return v.contacts(contactColumns+"ORDER BY id", addressColumns+"ORDER BY contact, position")
}

// Contact returns a contact by its number, or ErrNotFound.
func (v *View) Contact(id ledger.ContactID) (ledger.Contact, error) {
	all, err := v.contacts(contactColumns+"WHERE id = ?", addressColumns+"WHERE contact = ? ORDER BY position", int64(id))
	if err != nil || len(all) == 0 {
		return ledger.Contact{}, orNotFound(err)
	}
	return all[0], nil
}

// contacts returns contacts and their addresses, both of which are chosen by args.
func (v *View) contacts(contacts, addresses string, args ...any) (all []ledger.Contact, err error) {
	places := make(map[ledger.ContactID]int)
	err = v.run(contacts, func(stmt *sqlite3.Stmt) error {
		c, err := v.scanContact(stmt)
		places[c.ID] = len(all)
		all = append(all, c)
		return err
	}, args...)
	if err != nil {
		return nil, err
	}
	err = v.run(addresses, func(stmt *sqlite3.Stmt) (err error) {
		contact := &all[places[ledger.ContactID(stmt.ColumnInt64(0))]]
		a := ledger.Address{Port: uint16(stmt.ColumnInt(2))}
		copy(a.Onion[:], stmt.ColumnRawBlob(1))
		a.ClientKey, err = v.openColumn(stmt, 3, addressKey, addressRow(contact.ID, a))
		contact.Addresses = append(contact.Addresses, a)
		return err
	}, args...)
	return all, err
}

func (v *View) scanContact(stmt *sqlite3.Stmt) (c ledger.Contact, err error) {
	c = ledger.Contact{
		ID:            ledger.ContactID(stmt.ColumnInt64(0)),
		Peer:          blob(stmt, 1),
		Name:          stmt.ColumnText(2),
		Alias:         stmt.ColumnText(3),
		Introduction:  stmt.ColumnText(4),
		State:         ledger.ContactState(stmt.ColumnInt(6)),
		Changed:       moment(stmt, 7),
		Verified:      stmt.ColumnBool(8),
		Muted:         stmt.ColumnBool(9),
		KeepConnected: stmt.ColumnBool(10),
		Forgotten:     stmt.ColumnBool(11),
		Expiry:        time.Duration(stmt.ColumnInt64(12)),
		Silent:        stmt.ColumnBool(13),
		Added:         moment(stmt, 14),
	}
	c.Invite, err = v.openColumn(stmt, 5, contactInvite, rowKey(int64(c.ID)))
	return c, err
}

func (u *Update) putContact(c ledger.Contact) error {
	invite, err := u.sealColumn(contactInvite, rowKey(int64(c.ID)), c.Invite)
	if err != nil {
		return err
	}
	err = u.run(`INSERT INTO contacts (id, peer, name, alias, introduction, invite, state, changed, verified, muted,
			keep_connected, forgotten, expiry, silent, added) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET peer = excluded.peer, name = excluded.name, alias = excluded.alias,
			introduction = excluded.introduction, invite = excluded.invite, state = excluded.state,
			changed = excluded.changed, verified = excluded.verified, muted = excluded.muted,
			keep_connected = excluded.keep_connected, forgotten = excluded.forgotten, expiry = excluded.expiry,
			silent = excluded.silent, added = excluded.added`,
		nil, int64(c.ID), c.Peer, c.Name, c.Alias, c.Introduction, invite, int(c.State), c.Changed, c.Verified, c.Muted,
		c.KeepConnected, c.Forgotten, int64(c.Expiry), c.Silent, c.Added)
	if err != nil {
		return err
	}
	return u.putAddresses(c.ID, c.Addresses)
}

// putAddresses replaces the addresses of a contact.
func (u *Update) putAddresses(contact ledger.ContactID, all []ledger.Address) error {
	if err := u.run("DELETE FROM addresses WHERE contact = ?", nil, int64(contact)); err != nil {
		return err
	}
	for i, a := range all {
		key, err := u.sealColumn(addressKey, addressRow(contact, a), a.ClientKey)
		if err != nil {
			return err
		}
		if err := u.run("INSERT INTO addresses (contact, position, onion, port, client_key) VALUES (?, ?, ?, ?, ?)",
			nil, int64(contact), i, a.Onion[:], int(a.Port), key); err != nil {
			return err
		}
	}
	return nil
}

// addressRow is the key of the row of an address.
func addressRow(contact ledger.ContactID, a ledger.Address) []byte {
	return append(rowKey(int64(contact), a.Onion[:]...), byte(a.Port>>8), byte(a.Port))
}

func (u *Update) dropContact(id ledger.ContactID, history bool) error {
	steps := []string{
		"UPDATE files SET key = NULL WHERE contact = ?",
		"DELETE FROM addresses WHERE contact = ?",
		"DELETE FROM streams WHERE contact = ?",
		"DELETE FROM sessions WHERE contact = ?",
		"DELETE FROM items WHERE contact = ?",
		"DELETE FROM cells WHERE contact = ?",
	}
	if !history {
		steps = append([]string{
			`DELETE FROM conversations WHERE kind = 1 AND id IN (SELECT conversation FROM members WHERE contact = ?)`,
			"DELETE FROM files WHERE contact = ?",
		}, steps...)
	}
	for _, sql := range steps {
		if err := u.run(sql, nil, int64(id)); err != nil {
			return err
		}
	}
	if !history {
		// Gone entirely if nothing refers to it any more; messages are of members.
		if err := u.run(`DELETE FROM contacts WHERE id = ?1
			AND NOT EXISTS (SELECT 1 FROM members WHERE contact = ?1)
			AND NOT EXISTS (SELECT 1 FROM deliveries WHERE contact = ?1)`, nil, int64(id)); err != nil {
			return err
		}
		if u.s.conn.Changes() > 0 {
			return nil
		}
	}
	return u.change(`UPDATE contacts SET state = ?, introduction = '', invite = NULL, verified = 0, muted = 0,
		keep_connected = 0, forgotten = 0, expiry = 0, silent = 0 WHERE id = ?`, int(ledger.Deleted), int64(id))
}
