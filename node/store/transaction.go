package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ncruces/go-sqlite3"
)

// errOver is what a transaction gives after its function has returned.
var errOver = errors.New("store: transaction is over")

// View reads. What its methods return belongs to the caller. It must not be used by
// two goroutines at once, nor after the function that it was given to has returned.
type View struct {
	s   *Store
	ctx context.Context //nolint:containedctx // it lives as long as the transaction
}

// Update reads and writes.
type Update struct {
	View
	failed  error // of Apply
	deleted bool  // whether something was deleted that is to be nowhere any more
}

// View runs f, which sees one state of the database throughout. It returns the error
// of f, of ctx, ErrClosed or ErrDisk. Calling the store from within f would wait
// for ever: there is one connection, and f has it.
//
// Nothing is written meanwhile, so f should take milliseconds: what takes longer reads
// page by page. Updates that wait go first.
func (s *Store) View(ctx context.Context, f func(*View) error) error {
	return s.view(ctx, false, f)
}

// ViewFirst is View for whom others wait: it goes before other views, as an update does.
func (s *Store) ViewFirst(ctx context.Context, f func(*View) error) error {
	return s.view(ctx, true, f)
}

func (s *Store) view(ctx context.Context, urgent bool, f func(*View) error) error {
	if err := s.take(ctx, urgent); err != nil {
		return err
	}
	defer s.turn.give()
	tx := &View{s: s, ctx: ctx}
	defer tx.end()
	if err := tx.begin("BEGIN"); err != nil {
		return err
	}
	return f(tx)
}

// Update runs f, and makes what it has written durable if f returns nil: it is on the
// disk when Update returns nil, and none of it is otherwise (but see ErrFull). It
// returns the error of f, of ctx, ErrClosed, ErrFull or ErrDisk. The other rules are
// View's.
func (s *Store) Update(ctx context.Context, f func(*Update) error) error {
	if err := s.take(ctx, true); err != nil {
		return err
	}
	defer s.turn.give()
	return s.transact(ctx, f)
}

// transact is Update for who has the turn.
func (s *Store) transact(ctx context.Context, f func(*Update) error) error {
	tx := &Update{View: View{s: s, ctx: ctx}}
	defer tx.end()
	if err := tx.begin("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return err
	}
	return tx.commit()
}

func (v *View) begin(sql string) error {
	if err := v.run(sql, nil); err != nil {
		return err
	}
	v.s.conn.SetInterrupt(v.ctx)
	return nil
}

// commit ends the transaction for good. A context that is done by now ends it
// otherwise; one that is done later does not, so that there is no doubt.
func (u *Update) commit() error {
	if u.failed != nil {
		return u.failed
	}
	if _, err := u.unlist(unlistBatch); err != nil {
		return err
	}
	if u.s.unindexed >= indexBatch {
		if err := u.index(u.s.unindexed); err != nil {
			return err
		}
	}
	if u.deleted && !u.s.uncleared {
		if err := u.setSetting(unclearedName, nil); err != nil {
			return err
		}
	}
	if err := context.Cause(u.ctx); err != nil {
		return err
	}
	u.s.conn.SetInterrupt(context.Background())
	if err := u.run("COMMIT", nil); err != nil {
		return err
	}
	u.s.uncleared = u.s.uncleared || u.deleted
	return nil
}

// end takes back what is not committed, after a panic as well.
func (v *View) end() {
	s := v.s
	v.s = nil
	s.conn.SetInterrupt(context.Background())
	if s.conn.GetAutocommit() {
		return
	}
	if err := s.conn.Exec("ROLLBACK"); err != nil && s.err == nil {
		s.err = fmt.Errorf("%w: %w", ErrDisk, err)
	}
}

// run executes a statement, and hands each row to the function, if there is one.
// What the function is given is only good until it returns.
func (v *View) run(sql string, row func(*sqlite3.Stmt) error, args ...any) error {
	if v.s == nil {
		return errOver
	}
	stmt, err := v.s.statement(sql)
	if err != nil {
		return v.s.explain(v.ctx, err)
	}
	defer func() {
		_ = stmt.Reset() // says the same again
		_ = stmt.ClearBindings()
	}()
	for i, arg := range args {
		if err := bind(stmt, i+1, arg); err != nil {
			return v.s.explain(v.ctx, err)
		}
	}
	for stmt.Step() {
		if row == nil {
			continue
		}
		if err := row(stmt); err != nil {
			return err
		}
	}
	return v.s.explain(v.ctx, stmt.Err())
}

// one is run for a statement that gives one row, or else ErrNotFound.
func (v *View) one(sql string, row func(*sqlite3.Stmt) error, args ...any) error {
	found := false
	err := v.run(sql, func(stmt *sqlite3.Stmt) error {
		found = true
		return row(stmt)
	}, args...)
	if err == nil && !found {
		return ErrNotFound
	}
	return err
}

// change is run for a statement that must change something, or else ErrNotFound.
func (u *Update) change(sql string, args ...any) error {
	if err := u.run(sql, nil, args...); err != nil {
		return err
	}
	if u.s.conn.Changes() == 0 {
		return ErrNotFound
	}
	return nil
}

// statement returns the compiled form of sql, which it keeps. All of them are
// constants in this package, so that there is an end of them.
func (s *Store) statement(sql string) (*sqlite3.Stmt, error) {
	if stmt := s.statements[sql]; stmt != nil {
		return stmt, nil
	}
	stmt, _, err := s.conn.PrepareFlags(sql, sqlite3.PREPARE_PERSISTENT)
	if err != nil {
		return nil, err
	}
	s.statements[sql] = stmt
	return stmt, nil
}

// bind gives a statement its i-th argument.
func bind(stmt *sqlite3.Stmt, i int, arg any) error {
	switch a := arg.(type) {
	case nil:
		return stmt.BindNull(i)
	case bool:
		return stmt.BindBool(i, a)
	case int:
		return stmt.BindInt(i, a)
	case int64:
		return stmt.BindInt64(i, a)
	case uint64:
		return stmt.BindInt64(i, int64(a))
	case string:
		return stmt.BindText(i, a)
	case []byte:
		return stmt.BindBlob(i, a)
	case time.Time:
		if a.IsZero() {
			return stmt.BindNull(i)
		}
		return stmt.BindInt64(i, a.UnixMilli())
	}
	return fmt.Errorf("store: cannot bind a %T", arg)
}

// moment returns a column that was bound as a time, in milliseconds.
func moment(stmt *sqlite3.Stmt, i int) time.Time {
	if stmt.ColumnType(i) == sqlite3.NULL {
		return time.Time{}
	}
	return time.UnixMilli(stmt.ColumnInt64(i)).UTC()
}

// seconds returns a column that is a duration in seconds.
func seconds(stmt *sqlite3.Stmt, i int) time.Duration {
	return time.Duration(stmt.ColumnInt64(i)) * time.Second
}

// unsigned returns a column that was bound as a number without a sign.
func unsigned(stmt *sqlite3.Stmt, i int) uint64 {
	return uint64(stmt.ColumnInt64(i))
}

// blob returns a copy of a column: the statement's own is gone with the next row.
func blob(stmt *sqlite3.Stmt, i int) []byte { return bytes.Clone(stmt.ColumnRawBlob(i)) }
