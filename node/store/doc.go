// Package store keeps what a profile must not forget, in the nouns of package ledger:
// contacts, conversations, messages, sessions, what waits to be sent, and what
// happened. It is the only package that knows SQL.
//
// [Create] makes the store of a new profile, [Open] opens it later. Everything is
// read in [Store.View] and written in [Store.Update], whose functions are whole
// transactions:
//
//	err := s.Update(ctx, func(tx *store.Update) error {
//		return tx.Apply(out.Changes...)
//	})
//
// When Update returns nil, all of it is on the disk and stays there through a power
// cut; if the function returns an error, nothing of it is.
//
// # Secrecy
//
// The file and its write-ahead log are encrypted with Adiantum under a random key;
// neither holds a byte in the clear. That does not authenticate anything, so
// secrets (sessions, keys of addresses and files, invites, what waits to be sent,
// settings) are sealed once more, row by row, bound to their table, column and key.
// Deleted content is overwritten.
//
// # Wrong keys
//
// SQLite given a wrong key sees an empty log and deletes it, and with it rows that
// were acknowledged before a crash. So the key is tried on the files, without
// SQLite, before it opens anything (probe.go), and a log that was there when a
// store was opened survives every failure to open it.
//
// A Store is safe for concurrent use. Transactions follow one another: there is one
// connection, which is how SQLite needs no file for shared memory. The formats are
// in docs/storage.md.
package store
