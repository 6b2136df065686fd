package store

import (
	"strings"

	"github.com/ncruces/go-sqlite3"
)

var settingValue = column{"settings", "value"}

const (
	// maxSettingName bounds the name of a setting, in bytes.
	maxSettingName = 128
	// ownSettings is how the names of those begin that are the store's own.
	ownSettings = "store."
)

// Setting returns the value of a setting, or ErrNotFound.
func (v *View) Setting(name string) (value []byte, err error) {
	err = v.one("SELECT value FROM settings WHERE name = ?", func(stmt *sqlite3.Stmt) (err error) {
		value, err = v.s.sealer.open(settingValue, []byte(name), stmt.ColumnRawBlob(0))
		return err
	}, name)
	return value, err
}

func (u *Update) putSetting(name string, value []byte) error {
	if name == "" || len(name) > maxSettingName || strings.HasPrefix(name, ownSettings) {
		return ErrInvalid
	}
	return u.setSetting(name, value)
}

// setSetting is putSetting for the store's own as well.
func (u *Update) setSetting(name string, value []byte) error {
	sealed, err := u.s.sealer.seal(settingValue, []byte(name), value)
	if err != nil {
		return err
	}
	return u.run("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
		nil, name, sealed)
}

func (u *Update) dropSetting(name string) error {
	if strings.HasPrefix(name, ownSettings) {
		return ErrNotFound
	}
	return u.change("DELETE FROM settings WHERE name = ?", name)
}
