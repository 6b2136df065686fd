package store

import (
	"context"

	"github.com/ncruces/go-sqlite3"
)

// indexBatch is how many messages are without a place in the index before they get
// one, together: that costs a tenth of giving each its own, and a search looks
// through so many one by one in no time.
const indexBatch = 128

// rebuildBatch is how many messages get a new place in one transaction.
const rebuildBatch = 10_000

// unlistBatch is how many messages that are gone leave the index with a transaction:
// to look for all of a long conversation would take many seconds.
const unlistBatch = 8

// unlist takes messages that are gone out of the index, up to limit, and reports
// whether there were any.
func (u *Update) unlist(limit int) (some bool, err error) {
	err = u.run("SELECT 1 FROM unlisted LIMIT 1", func(*sqlite3.Stmt) error {
		some = true
		return nil
	})
	if err != nil || !some {
		return false, err
	}
	err = u.run(`INSERT INTO search (search, rowid, words)
		SELECT 'delete', number, words FROM unlisted ORDER BY number LIMIT ?`, nil, limit)
	if err != nil {
		return false, err
	}
	return true, u.run("DELETE FROM unlisted WHERE number IN (SELECT number FROM unlisted ORDER BY number LIMIT ?)", nil, limit)
}

// index gives messages that have none their place in the index, up to limit.
func (u *Update) index(limit int) error {
	err := u.run(`INSERT INTO search (rowid, words) SELECT number, words(number, conversation, body) FROM messages
		WHERE number > (SELECT upto FROM indexed) ORDER BY number LIMIT ?`, nil, limit)
	if err != nil {
		return err
	}
	err = u.run(`UPDATE indexed SET words = ?1, upto = coalesce((SELECT max(number) FROM (SELECT number FROM messages
		WHERE number > (SELECT upto FROM indexed) ORDER BY number LIMIT ?2)), upto)`, nil, wordsVersion, limit)
	if err != nil {
		return err
	}
	u.s.unindexed, err = u.countUnindexed()
	return err
}

func (v *View) countUnindexed() (n int, err error) {
	err = v.one("SELECT count(*) FROM messages WHERE number > (SELECT upto FROM indexed)", func(stmt *sqlite3.Stmt) error {
		n = stmt.ColumnInt(0)
		return nil
	})
	return n, err
}

// checkIndex sees to it that the index has the words that this version makes.
func (s *Store) checkIndex(ctx context.Context) error {
	old := false
	err := s.View(ctx, func(tx *View) (err error) {
		err = tx.run("SELECT 1 FROM indexed WHERE words <> ? AND upto > 0", func(*sqlite3.Stmt) error {
			old = true
			return nil
		}, wordsVersion)
		if err == nil {
			s.unindexed, err = tx.countUnindexed()
		}
		return err
	})
	if err != nil {
		return err
	}
	if old {
		err := s.Update(ctx, func(tx *Update) error {
			if err := tx.run("INSERT INTO search (search) VALUES ('delete-all')", nil); err != nil {
				return err
			}
			if err := tx.run("DELETE FROM unlisted", nil); err != nil {
				return err
			}
			if err := tx.run("UPDATE indexed SET upto = 0, words = ''", nil); err != nil {
				return err
			}
			s.unindexed, err = tx.countUnindexed()
			return err
		})
		if err != nil {
			return err
		}
	}
	for s.unindexed > indexBatch {
		if err := s.Update(ctx, func(tx *Update) error { return tx.index(rebuildBatch) }); err != nil {
			return err
		}
	}
	return nil
}
