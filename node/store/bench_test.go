package store_test

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/store"
)

// BenchmarkDurable measures durable transactions a second: ours beside the same
// library used bare, with the same encryption, in the same run.
func BenchmarkDurable(b *testing.B) {
	b.Run("bare row", func(b *testing.B) {
		u := url.URL{
			Scheme: "file", OmitHost: true, Path: filepath.Join(b.TempDir(), "bare.db"),
			RawQuery: "vfs=adiantum&hexkey=" + hex.EncodeToString(key(1)),
		}
		conn, err := sqlite3.Open(u.String())
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		if err := conn.Exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
			CREATE TABLE rows (id INTEGER PRIMARY KEY, body TEXT)`); err != nil {
			b.Fatal(err)
		}
		stmt, _, err := conn.Prepare("INSERT INTO rows (body) VALUES (?)")
		if err != nil {
			b.Fatal(err)
		}
		defer stmt.Close()
		n := 0
		for b.Loop() {
			if err := stmt.BindText(1, fmt.Sprintf("message number%d", n)); err != nil {
				b.Fatal(err)
			}
			if err := stmt.Exec(); err != nil {
				b.Fatal(err)
			}
			n++
		}
		perSecond(b)
	})
	b.Run("event", func(b *testing.B) {
		s := create(b, newFolder(b))
		for b.Loop() {
			update(b, s, func(tx *store.Update) error {
				_, err := tx.AddEvent(store.Event{Happened: noon, Kind: "kind", Body: []byte("message number")})
				return err
			})
		}
		perSecond(b)
	})
	b.Run("message", func(b *testing.B) {
		s := create(b, newFolder(b))
		_, c := populate(b, s)
		n := 0
		for b.Loop() {
			update(b, s, func(tx *store.Update) error {
				_, err := tx.AddMessage(numbered(c, n))
				return err
			})
			n++
		}
		perSecond(b)
	})
	b.Run("message to send", func(b *testing.B) {
		s := create(b, newFolder(b))
		contact, c := populate(b, s)
		n := 0
		saved, cell := make([]byte, 6000), make([]byte, 4096)
		for b.Loop() {
			update(b, s, func(tx *store.Update) error {
				number, err := tx.AddMessage(numbered(c, n))
				if err != nil {
					return err
				}
				if err := tx.SetDelivery(store.Delivery{Message: number, Contact: contact, State: store.Queued, Changed: noon}); err != nil {
					return err
				}
				if err := tx.SaveSession(contact, store.Session{Saved: saved}); err != nil {
					return err
				}
				_, err = tx.Enqueue(store.Cell{Contact: contact, Message: number, Cell: cell, Added: noon})
				return err
			})
			n++
		}
		perSecond(b)
	})
}

func perSecond(b *testing.B) {
	b.Helper()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "transactions/s")
}
