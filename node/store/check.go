package store

import (
	"context"
	"fmt"

	"github.com/ncruces/go-sqlite3"
)

// Check reads the whole database and fails with ErrDamaged if something in it does
// not fit together. It takes time in proportion to the size of the database, during
// which nothing else is done.
func (s *Store) Check(ctx context.Context) error {
	// The index for the search is checked by a command to it, which is a write.
	return s.Update(ctx, func(tx *Update) error {
		err := tx.run("PRAGMA integrity_check(1)", func(stmt *sqlite3.Stmt) error {
			if got := stmt.ColumnText(0); got != "ok" {
				return fmt.Errorf("%w: %s", ErrDamaged, got)
			}
			return nil
		})
		if err != nil {
			return err
		}
		err = tx.run("PRAGMA foreign_key_check", func(stmt *sqlite3.Stmt) error {
			return fmt.Errorf("%w: a row of %s refers to nothing", ErrDamaged, stmt.ColumnText(0))
		})
		if err != nil {
			return err
		}
		return tx.run("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)", nil)
	})
}
