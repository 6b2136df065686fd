package store

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/node/internal/xchacha"
)

// labelSeal opens the associated data of a sealed column.
const labelSeal = "onionwire-store-1 column"

// sealOverhead is what a sealed value has beside the value, in bytes.
const sealOverhead = xchacha.NonceSize + xchacha.Overhead

// column names a column that is sealed.
type column struct{ table, name string }

// sealer seals secret columns: what reads a page without the right to, or puts one
// back where it was, has neither the content nor a way to move it to another row.
type sealer struct{ key *redact.Secret } // the store's, which wipes it

// seal returns nonce and ciphertext of a value in the row with that key.
func (s sealer) seal(c column, key, value []byte) ([]byte, error) {
	nonce := make([]byte, xchacha.NonceSize, xchacha.NonceSize+len(value)+xchacha.Overhead)
	_, _ = rand.Read(nonce)
	return xchacha.Seal(nonce, s.key.Bytes(), nonce, value, c.data(key))
}

// sealColumn is seal for a value that can be missing: then the column is NULL.
func (v *View) sealColumn(c column, key, value []byte) (any, error) {
	if len(value) == 0 {
		return nil, nil
	}
	return v.s.sealer.seal(c, key, value)
}

// openColumn returns the value of a column, nil if it is NULL or empty, or ErrSealed.
func (v *View) openColumn(stmt *sqlite3.Stmt, i int, c column, key []byte) ([]byte, error) {
	if stmt.ColumnType(i) == sqlite3.NULL {
		return nil, nil
	}
	value, err := v.s.sealer.open(c, key, stmt.ColumnRawBlob(i))
	if len(value) == 0 {
		return nil, err
	}
	return value, err
}

// open returns the value in the row with that key, or ErrSealed.
func (s sealer) open(c column, key, sealed []byte) ([]byte, error) {
	if len(sealed) < xchacha.NonceSize {
		return nil, fmt.Errorf("%w: %s.%s", ErrSealed, c.table, c.name)
	}
	nonce, ciphertext := sealed[:xchacha.NonceSize], sealed[xchacha.NonceSize:]
	value, err := xchacha.Open(nil, s.key.Bytes(), nonce, ciphertext, c.data(key))
	if err != nil {
		return nil, fmt.Errorf("%w: %s.%s", ErrSealed, c.table, c.name)
	}
	return value, nil
}

// data binds a sealed value to where it is. No two places have the same.
func (c column) data(key []byte) []byte {
	b := make([]byte, 0, len(labelSeal)+len(c.table)+len(c.name)+len(key)+6)
	b = append(b, labelSeal...)
	for _, part := range []string{c.table, c.name, string(key)} {
		b = binary.BigEndian.AppendUint16(b, uint16(len(part)))
		b = append(b, part...)
	}
	return b
}

// rowKey is the key of a row that has a number.
func rowKey(id int64, more ...byte) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(id)), more...)
}
