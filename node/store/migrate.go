package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/onionwire/onionwire/node/internal/durable"
)

// applicationID says in the header that a database is one of ours ("oniw").
const applicationID = 0x6f6e6977

// The row that tells whether the key of sealed columns is right.
const (
	checkName  = ownSettings + "check"
	checkValue = "onionwire-store-1"
)

// number returns what a statement says that gives one number.
func (s *Store) number(sql string) (n int64, err error) {
	stmt, _, err := s.conn.Prepare(sql)
	if err != nil {
		return 0, err
	}
	defer stmt.Close()
	if stmt.Step() {
		n = stmt.ColumnInt64(0)
	}
	return n, stmt.Err()
}

// version returns the version of the schema, or ErrDamaged or ErrNewer.
func (s *Store) version(newest int) (int, error) {
	id, err := s.number("PRAGMA application_id")
	if err != nil {
		return 0, err
	}
	version, err := s.number("PRAGMA user_version")
	switch {
	case err != nil:
		return 0, err
	case id != applicationID || version <= 0:
		return 0, fmt.Errorf("%w: it is something else", ErrDamaged)
	case version > int64(newest):
		return 0, fmt.Errorf("%w: schema %d, this version knows %d", ErrNewer, version, newest)
	}
	return int(version), nil
}

// checkRows fails with ErrKey if the key of sealed columns is another one.
func (s *Store) checkRows(ctx context.Context) error {
	return s.View(ctx, func(tx *View) error {
		_, err := tx.Setting(checkName)
		switch {
		case errors.Is(err, ErrSealed):
			return ErrKey
		case errors.Is(err, ErrNotFound):
			return fmt.Errorf("%w: it is not whole", ErrDamaged)
		}
		return err
	})
}

// format is what stays as it is once there are tables.
const format = `
PRAGMA page_size = 4096;
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
`

// prepare makes the tables in a database that has none.
func (s *Store) prepare(ctx context.Context, schema []string) error {
	if err := s.conn.Exec(format); err != nil {
		return explain(ctx, err)
	}
	if err := s.upgrade(ctx, 0, schema); err != nil {
		return err
	}
	return s.Update(ctx, func(tx *Update) error { return tx.setSetting(checkName, []byte(checkValue)) })
}

// upgrade runs the steps of the schema after version, all of them or none.
func (s *Store) upgrade(ctx context.Context, version int, schema []string) error {
	return s.Update(ctx, func(tx *Update) error {
		// A step may remake a table that others refer to.
		if err := tx.run("PRAGMA defer_foreign_keys = ON", nil); err != nil {
			return err
		}
		for _, step := range schema[version:] {
			if err := s.conn.Exec(step); err != nil {
				return s.explain(ctx, err)
			}
		}
		return s.explain(ctx, s.conn.Exec(fmt.Sprintf(
			"PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(schema))))
	})
}

// migrate brings an older database to the newest schema. A backup of it stays until
// the new one has been opened once more.
func (s *Store) migrate(ctx context.Context, path string, version int, schema []string) error {
	// All of the log into the file, which is what is copied.
	if err := s.checkpoint(); err != nil {
		return err
	}
	if err := backUp(path, fmt.Sprintf("%s.backup-%d", path, version)); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return s.upgrade(ctx, version, schema)
}

// backUp copies a database as it is, encrypted, so that there is a whole copy or
// none.
func backUp(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	draft := to + ".new"
	if err := durable.Remove(draft); err != nil {
		return err
	}
	out, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return durable.Explain(err)
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(draft, to)
	}
	if err != nil {
		_ = os.Remove(draft)
		return durable.Explain(err)
	}
	return durable.SyncFolder(filepath.Dir(to))
}

// removeBackups removes the backups of a database: they hold what has been deleted
// since.
func removeBackups(path string) error {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), filepath.Base(path)+".backup-") {
			if err := durable.Remove(filepath.Join(filepath.Dir(path), entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
