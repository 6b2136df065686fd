package store

import (
	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/ledger"
)

var draftBody = column{"drafts", "body"}

// Draft returns what is being written in a conversation, or nothing. It fails with
// ErrNotFound if there is no such conversation.
func (v *View) Draft(id ledger.ConversationID) (text string, err error) {
	err = v.one("SELECT d.body FROM conversations c LEFT JOIN drafts d ON d.conversation = c.id WHERE c.id = ?",
		func(stmt *sqlite3.Stmt) error {
			body, err := v.openColumn(stmt, 0, draftBody, rowKey(int64(id)))
			text = string(body)
			return err
		}, int64(id))
	return text, err
}

func (u *Update) putDraft(id ledger.ConversationID, text string) error {
	switch {
	case len(text) > ledger.MaxDraft:
		return ErrInvalid
	case text == "":
		err := u.run("DELETE FROM drafts WHERE conversation = ?", nil, int64(id))
		u.deleted = u.deleted || err == nil && u.s.conn.Changes() > 0
		return err
	}
	sealed, err := u.s.sealer.seal(draftBody, rowKey(int64(id)), []byte(text))
	if err != nil {
		return err
	}
	return u.run(`INSERT INTO drafts (conversation, body) SELECT id, ? FROM conversations WHERE id = ?
		ON CONFLICT DO UPDATE SET body = excluded.body`, nil, sealed, int64(id))
}
