package store

import (
	"encoding/binary"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/ledger"
)

// Streams returns how far the items to and from all contacts have come, as far as
// that was ever said.
func (v *View) Streams() (map[ledger.ContactID]ledger.Streams, error) {
	all := make(map[ledger.ContactID]ledger.Streams)
	err := v.run(`SELECT contact, out, base, sent, "in", next, retired FROM streams`, func(stmt *sqlite3.Stmt) error {
		s := ledger.Streams{
			Out: unsigned(stmt, 1), Base: unsigned(stmt, 2), Sent: unsigned(stmt, 3),
			In: unsigned(stmt, 4), Next: unsigned(stmt, 5),
		}
		for names := stmt.ColumnRawBlob(6); len(names) >= 8; names = names[8:] {
			s.Retired = append(s.Retired, binary.BigEndian.Uint64(names))
		}
		all[ledger.ContactID(stmt.ColumnInt64(0))] = s
		return nil
	})
	return all, err
}

func (u *Update) putStreams(contact ledger.ContactID, s ledger.Streams) error {
	retired := make([]byte, 0, 8*len(s.Retired))
	for _, name := range s.Retired {
		retired = binary.BigEndian.AppendUint64(retired, name)
	}
	return u.run(`INSERT INTO streams (contact, out, base, sent, "in", next, retired) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET out = excluded.out, base = excluded.base, sent = excluded.sent,
			"in" = excluded."in", next = excluded.next, retired = excluded.retired`,
		nil, int64(contact), s.Out, s.Base, s.Sent, s.In, s.Next, retired)
}
