package memory

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
)

// table has rows, and notes how each change of them is taken back.
type table[K comparable, V any] struct {
	rows map[K]V
	undo *[]func()
}

type anyTable interface {
	reset(undo *[]func())
	detach(undo *[]func())
}

func (t *table[K, V]) reset(undo *[]func()) { t.rows, t.undo = make(map[K]V), undo }

// detach gives a copy of a table rows of its own. Rows are never changed where they
// are, so that they can be shared.
func (t *table[K, V]) detach(undo *[]func()) { t.rows, t.undo = maps.Clone(t.rows), undo }

func (t *table[K, V]) has(key K) bool {
	_, ok := t.rows[key]
	return ok
}

// get returns a row, or ErrNotFound.
func (t *table[K, V]) get(key K) (V, error) {
	row, ok := t.rows[key]
	if !ok {
		return row, ledger.ErrNotFound
	}
	return row, nil
}

// put adds a row, or replaces it.
func (t *table[K, V]) put(key K, row V) {
	rows := t.rows
	old, ok := rows[key]
	*t.undo = append(*t.undo, func() {
		if ok {
			rows[key] = old
		} else {
			delete(rows, key)
		}
	})
	rows[key] = row
}

// change replaces a row by a changed one, or fails with ErrNotFound.
func (t *table[K, V]) change(key K, f func(row *V)) error {
	row, err := t.get(key)
	if err != nil {
		return err
	}
	f(&row)
	t.put(key, row)
	return nil
}

// drop removes a row, or fails with ErrNotFound.
func (t *table[K, V]) drop(key K) error {
	rows := t.rows
	old, ok := rows[key]
	if !ok {
		return ledger.ErrNotFound
	}
	*t.undo = append(*t.undo, func() { rows[key] = old })
	delete(rows, key)
	return nil
}

// dropAll removes the rows that the function chooses.
func (t *table[K, V]) dropAll(which func(key K, row V) bool) {
	for key, row := range t.rows {
		if which(key, row) {
			_ = t.drop(key) // it is there
		}
	}
}

// find returns the rows that the function chooses, or nil, in order.
func (t *table[K, V]) find(which func(row V) bool, order func(a, b V) int) (all []V) {
	for _, row := range t.rows {
		if which(row) {
			all = append(all, row)
		}
	}
	slices.SortFunc(all, order)
	return all
}

// some reports whether there is a row that the function chooses.
func (t *table[K, V]) some(which func(row V) bool) bool {
	for _, row := range t.rows {
		if which(row) {
			return true
		}
	}
	return false
}

func every[V any](V) bool { return true }

// first returns up to so many rows.
func first[V any](rows []V, limit int) []V {
	if rows = rows[:min(len(rows), max(limit, 0))]; len(rows) == 0 {
		return nil
	}
	return rows
}

// millis is a time as it is kept.
func millis(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.UnixMilli(t.UnixMilli()).UTC()
}

// copied returns a copy of bytes, nil if there are none.
func copied(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return bytes.Clone(b)
}
