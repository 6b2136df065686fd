package store

import "github.com/ncruces/go-sqlite3"

var settingValue = column{"settings", "value"}

// Setting returns the value of a setting, or ErrNotFound.
func (v *View) Setting(name string) (value []byte, err error) {
	err = v.one("SELECT value FROM settings WHERE name = ?", func(stmt *sqlite3.Stmt) (err error) {
		value, err = v.s.sealer.open(settingValue, []byte(name), stmt.ColumnRawBlob(0))
		return err
	}, name)
	return value, err
}

// SetSetting sets a setting, which is sealed: it may be a secret. Names have up to
// 128 characters; those that begin with "store." are the store's own.
func (u *Update) SetSetting(name string, value []byte) error {
	if u.s == nil {
		return errOver
	}
	sealed, err := u.s.sealer.seal(settingValue, []byte(name), value)
	if err != nil {
		return err
	}
	return u.run("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
		nil, name, sealed)
}

// DeleteSetting removes a setting, or fails with ErrNotFound.
func (u *Update) DeleteSetting(name string) error {
	return u.change("DELETE FROM settings WHERE name = ?", name)
}
