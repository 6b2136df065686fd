package store

import (
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/ledger"
)

// Expired returns up to limit messages that are to be deleted by that time, those
// first that should have been first.
func (v *View) Expired(now time.Time, limit int) ([]ledger.Message, error) {
	return v.messages(messageColumns+"WHERE m.expires <= ? ORDER BY m.expires, m.number LIMIT ?", now, max(limit, 0))
}

// NextExpiry returns when the next message is to be deleted, or zero if none is.
func (v *View) NextExpiry() (next time.Time, err error) {
	err = v.one("SELECT min(expires) FROM messages WHERE expires IS NOT NULL", func(stmt *sqlite3.Stmt) error {
		next = moment(stmt, 0)
		return nil
	})
	return next, err
}

func (u *Update) expireMessage(e ledger.ExpireMessage) error {
	return u.change(`UPDATE messages SET expires =
		CASE WHEN timer > 0 AND expires IS NULL THEN ? + timer * 1000 ELSE expires END WHERE number = ?`,
		e.Now.UnixMilli(), int64(e.Message))
}

func (u *Update) expireRead(e ledger.ExpireRead) error {
	err := u.one("SELECT 1 FROM conversations WHERE id = ?", func(*sqlite3.Stmt) error { return nil }, int64(e.Conversation))
	if err != nil {
		return err
	}
	return u.run(`UPDATE messages SET expires = ? + timer * 1000
		WHERE conversation = ? AND number <= ? AND sender IS NOT NULL AND timer > 0 AND expires IS NULL`,
		nil, e.Now.UnixMilli(), int64(e.Conversation), int64(e.UpTo))
}
