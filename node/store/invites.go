package store

import (
	"crypto/sha256"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/ledger"
)

var inviteToken = column{"invites", "token"}

// Invites returns all invites, the one that was added first before the others.
func (v *View) Invites() (all []ledger.Invite, err error) {
	err = v.run("SELECT name, token, note, added, expires FROM invites ORDER BY added", func(stmt *sqlite3.Stmt) error {
		token, err := v.openColumn(stmt, 1, inviteToken, stmt.ColumnRawBlob(0))
		if err != nil {
			return err
		}
		i := ledger.Invite{Note: stmt.ColumnText(2), Added: moment(stmt, 3), Expires: moment(stmt, 4)}
		copy(i.Token[:], token)
		all = append(all, i)
		return nil
	})
	return all, err
}

func (u *Update) putInvite(i ledger.Invite) error {
	name := sha256.Sum256(i.Token[:])
	sealed, err := u.s.sealer.seal(inviteToken, name[:], i.Token[:])
	if err != nil {
		return err
	}
	return u.run("INSERT INTO invites (name, token, note, added, expires) VALUES (?, ?, ?, ?, ?)",
		nil, name[:], sealed, i.Note, i.Added, i.Expires)
}

func (u *Update) dropInvite(token [16]byte) error {
	name := sha256.Sum256(token[:])
	return u.change("DELETE FROM invites WHERE name = ?", name[:])
}
