package store

import (
	"math"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/ledger"
)

var itemContent = column{"items", "content"}

// Waiting returns all items in the order of their numbers, without their content.
func (v *View) Waiting() (all []ledger.Waiting, err error) {
	err = v.run("SELECT id, contact, ifnull(message, 0), kind, deadline, length(content) FROM items ORDER BY id",
		func(stmt *sqlite3.Stmt) error {
			all = append(all, ledger.Waiting{
				Item: ledger.Item{
					ID:       ledger.ItemID(stmt.ColumnInt64(0)),
					Contact:  ledger.ContactID(stmt.ColumnInt64(1)),
					Message:  ledger.MessageNumber(stmt.ColumnInt64(2)),
					Kind:     ledger.ItemKind(stmt.ColumnInt(3)),
					Deadline: moment(stmt, 4),
				},
				Size: stmt.ColumnInt(5) - sealOverhead,
			})
			return nil
		})
	return all, err
}

// WaitingMessages returns how many items carry a message.
func (v *View) WaitingMessages() (n int, err error) {
	err = v.one("SELECT count(*) FROM items WHERE message IS NOT NULL", func(stmt *sqlite3.Stmt) error {
		n = stmt.ColumnInt(0)
		return nil
	})
	return n, err
}

// ItemContent returns the content of an item, or ErrNotFound.
func (v *View) ItemContent(id ledger.ItemID) (content []byte, err error) {
	err = v.one("SELECT content FROM items WHERE id = ?", func(stmt *sqlite3.Stmt) (err error) {
		content, err = v.openColumn(stmt, 0, itemContent, rowKey(int64(id)))
		return err
	}, int64(id))
	return content, err
}

// ItemOf returns the first item that carries a message, or ErrNotFound.
func (v *View) ItemOf(number ledger.MessageNumber) (id ledger.ItemID, err error) {
	err = v.one("SELECT id FROM items WHERE message = ? ORDER BY id LIMIT 1", func(stmt *sqlite3.Stmt) error {
		id = ledger.ItemID(stmt.ColumnInt64(0))
		return nil
	}, int64(number))
	return id, err
}

func (u *Update) putItem(i ledger.Item) error {
	sealed, err := u.s.sealer.seal(itemContent, rowKey(int64(i.ID)), i.Content)
	if err != nil {
		return err
	}
	return u.run(`INSERT INTO items (id, contact, message, kind, content, deadline) VALUES (?, ?, nullif(?, 0), ?, ?, ?)
		ON CONFLICT DO UPDATE SET contact = excluded.contact, message = excluded.message, kind = excluded.kind,
			content = excluded.content, deadline = excluded.deadline`,
		nil, int64(i.ID), int64(i.Contact), int64(i.Message), int(i.Kind), sealed, i.Deadline)
}

// Cells returns the cells to a contact in the order of their sequence numbers.
func (v *View) Cells(contact ledger.ContactID) (all []ledger.Cell, err error) {
	err = v.run("SELECT contact, first, count, session, cell FROM cells WHERE contact = ? ORDER BY first",
		func(stmt *sqlite3.Stmt) error {
			c := scanCell(stmt)
			c.Cell = blob(stmt, 4)
			all = append(all, c)
			return nil
		}, int64(contact))
	return all, err
}

// AllCells returns the cells to all contacts, by contact and sequence number,
// without their bytes.
func (v *View) AllCells() (all []ledger.Cell, err error) {
	err = v.run("SELECT contact, first, count, session FROM cells ORDER BY contact, first", func(stmt *sqlite3.Stmt) error {
		all = append(all, scanCell(stmt))
		return nil
	})
	return all, err
}

func scanCell(stmt *sqlite3.Stmt) ledger.Cell {
	return ledger.Cell{
		Contact: ledger.ContactID(stmt.ColumnInt64(0)),
		First:   unsigned(stmt, 1),
		Count:   stmt.ColumnInt(2),
		Session: ledger.SessionID(stmt.ColumnRawBlob(3)),
	}
}

func (u *Update) putCell(c ledger.Cell) error {
	return u.run(`INSERT INTO cells (contact, first, count, session, cell) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET count = excluded.count, session = excluded.session, cell = excluded.cell`,
		nil, int64(c.Contact), c.First, c.Count, c.Session[:], c.Cell)
}

func (u *Update) dropCells(contact ledger.ContactID, below uint64) error {
	return u.run("DELETE FROM cells WHERE contact = ?1 AND first < ?2 AND count <= ?2 - first",
		nil, int64(contact), min(below, math.MaxInt64))
}
