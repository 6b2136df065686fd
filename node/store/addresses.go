package store

import "github.com/ncruces/go-sqlite3"

var addressKey = column{"addresses", "client_key"}

// Address is a way to reach a contact.
type Address struct {
	// Address is up to 256 characters, in the form that its user chooses.
	Address string
	// ClientKey is the key of client authorisation, if there is one.
	ClientKey []byte
}

// Addresses returns the addresses of a contact in their order.
func (v *View) Addresses(contact ContactID) (all []Address, err error) {
	err = v.run("SELECT address, client_key FROM addresses WHERE contact = ? ORDER BY position",
		func(stmt *sqlite3.Stmt) error {
			a := Address{Address: stmt.ColumnText(0)}
			if stmt.ColumnType(1) != sqlite3.NULL {
				var err error
				a.ClientKey, err = v.s.sealer.open(addressKey, addressRow(contact, a.Address), stmt.ColumnRawBlob(1))
				if err != nil {
					return err
				}
			}
			all = append(all, a)
			return nil
		}, int64(contact))
	return all, err
}

// SetAddresses replaces the addresses of a contact. It fails with ErrExists if one
// is named twice, and ErrNotFound if there is no such contact.
func (u *Update) SetAddresses(contact ContactID, all []Address) error {
	if err := u.run("DELETE FROM addresses WHERE contact = ?", nil, int64(contact)); err != nil {
		return err
	}
	for i, a := range all {
		var sealed any // NULL if there is no key
		if len(a.ClientKey) > 0 {
			b, err := u.s.sealer.seal(addressKey, addressRow(contact, a.Address), a.ClientKey)
			if err != nil {
				return err
			}
			sealed = b
		}
		if err := u.run("INSERT INTO addresses (contact, position, address, client_key) VALUES (?, ?, ?, ?)",
			nil, int64(contact), i, a.Address, sealed); err != nil {
			return err
		}
	}
	return nil
}

func addressRow(contact ContactID, address string) []byte {
	return rowKey(int64(contact), []byte(address)...)
}
