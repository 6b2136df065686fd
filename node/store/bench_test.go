package store_test

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/ledger"
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
		perSecond(b, 1)
	})
	// What the engine does for a text whose contact is not there.
	b.Run("queued send", func(b *testing.B) {
		s := populated(b)
		n := 0
		for b.Loop() {
			apply(b, s, queued(n)...)
			n++
		}
		perSecond(b, 1)
	})
	// The same for texts that come in quick succession.
	b.Run("16 queued sends", func(b *testing.B) {
		s := populated(b)
		n := 0
		for b.Loop() {
			var changes []ledger.Change
			for range 16 {
				changes = append(changes, queued(n)...)
				n++
			}
			apply(b, s, changes...)
		}
		perSecond(b, 16)
	})
	// What it does before a cell leaves.
	b.Run("sealed cell", func(b *testing.B) {
		s := populated(b)
		apply(b, s, added(numbered(0)))
		session := ledger.Session{Saved: make([]byte, 5000)}
		cell := ledger.Cell{Contact: 1, Count: 1, Cell: make([]byte, 4200)}
		for b.Loop() {
			apply(b, s,
				ledger.PutSession{Contact: 1, Session: session},
				ledger.PutCell{Cell: cell},
				ledger.PutDelivery{Delivery: ledger.Delivery{Message: 1, Contact: 1, State: ledger.Sent, Changed: noon}},
				ledger.PutStreams{Contact: 1, Streams: ledger.Streams{Out: 1, Sent: cell.First}},
			)
			cell.First++
		}
		perSecond(b, 1)
	})
	// A text from a contact, and what confirms it.
	b.Run("received", func(b *testing.B) {
		s := populated(b)
		session := ledger.Session{Saved: make([]byte, 5000)}
		n := 0
		for b.Loop() {
			m := numbered(n)
			m.Sender = 1
			apply(b, s,
				ledger.PutSession{Contact: 1, Session: session},
				ledger.PutStreams{Contact: 1, Streams: ledger.Streams{In: 1, Next: uint64(n)}},
				added(m),
			)
			n++
		}
		perSecond(b, 1)
	})
}

// queued are the changes for the n-th text that is to be sent.
func queued(n int) []ledger.Change {
	m := numbered(n)
	return []ledger.Change{
		added(m),
		ledger.PutDelivery{Delivery: ledger.Delivery{Message: m.Number, Contact: 1, State: ledger.Queued, Changed: noon}},
		ledger.PutItem{Item: ledger.Item{
			ID: ledger.ItemID(m.Number), Contact: 1, Message: m.Number, Kind: ledger.Ordinary, Content: make([]byte, 60),
		}},
	}
}

// perSecond reports how many were made durable in a second.
func perSecond(b *testing.B, each int) {
	b.Helper()
	b.ReportMetric(float64(b.N*each)/b.Elapsed().Seconds(), "durable/s")
}
