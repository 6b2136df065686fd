package store_test

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/ledger"
)

// BenchmarkDurable measures durable transactions: each is followed by the insertion
// of a row with the same library used bare, with the same encryption, so that both
// see the same disk and the same load.
func BenchmarkDurable(b *testing.B) {
	// What the engine does for a text whose contact is not there.
	b.Run("queued send", func(b *testing.B) {
		s := populated(b)
		besideBare(b, 1, func(n int) { apply(b, s, queued(n)...) })
	})
	// The same for texts that come in quick succession.
	b.Run("16 queued sends", func(b *testing.B) {
		s := populated(b)
		besideBare(b, 16, func(n int) {
			var changes []ledger.Change
			for i := range 16 {
				changes = append(changes, queued(16*n+i)...)
			}
			apply(b, s, changes...)
		})
	})
	// What it does before a cell leaves.
	b.Run("sealed cell", func(b *testing.B) {
		s := populated(b)
		apply(b, s, added(numbered(0)))
		session, cell := make([]byte, 5000), make([]byte, 4200)
		besideBare(b, 1, func(n int) {
			apply(b, s,
				ledger.PutSession{Contact: 1, Session: ledger.Session{Saved: session}},
				ledger.PutCell{Cell: ledger.Cell{Contact: 1, First: uint64(n), Count: 1, Cell: cell}},
				ledger.PutDelivery{Delivery: ledger.Delivery{Message: 1, Contact: 1, State: ledger.Sent, Changed: noon}},
				ledger.PutStreams{Contact: 1, Streams: ledger.Streams{Out: 1, Sent: uint64(n)}},
			)
		})
	})
	// A text from a contact, before it is confirmed.
	b.Run("received", func(b *testing.B) {
		s := populated(b)
		session := make([]byte, 5000)
		besideBare(b, 1, func(n int) {
			m := numbered(n)
			m.Sender = 1
			apply(b, s,
				ledger.PutSession{Contact: 1, Session: ledger.Session{Saved: session}},
				ledger.PutStreams{Contact: 1, Streams: ledger.Streams{In: 1, Next: uint64(n)}},
				added(m),
			)
		})
	})
}

// besideBare runs a function, with numbers from 0, and a bare insertion in turns. It
// reports how many of the things that the function does so many of are durable in a
// second, and how many times as many that is as bare rows.
func besideBare(b *testing.B, each int, ours func(n int)) {
	b.Helper()
	insert := bare(b)
	var took, tookBare time.Duration
	n := 0
	for b.Loop() {
		start := time.Now()
		ours(n)
		between := time.Now()
		insert(n)
		took += between.Sub(start)
		tookBare += time.Since(between)
		n++
	}
	b.ReportMetric(float64(each*n)/took.Seconds(), "durable/s")
	b.ReportMetric(float64(n)/tookBare.Seconds(), "bare/s")
	b.ReportMetric(float64(each)*tookBare.Seconds()/took.Seconds(), "of-bare")
}

// bare returns what inserts a row, durably.
func bare(b *testing.B) func(n int) {
	b.Helper()
	u := url.URL{
		Scheme: "file", OmitHost: true, Path: filepath.Join(b.TempDir(), "bare.db"),
		RawQuery: "vfs=adiantum&hexkey=" + hex.EncodeToString(key(1)),
	}
	conn, err := sqlite3.Open(u.String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	if err := conn.Exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
		CREATE TABLE rows (id INTEGER PRIMARY KEY, body TEXT)`); err != nil {
		b.Fatal(err)
	}
	stmt, _, err := conn.Prepare("INSERT INTO rows (body) VALUES (?)")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = stmt.Close() }) // before the connection
	return func(n int) {
		if err := stmt.BindText(1, fmt.Sprintf("message number%d", n)); err != nil {
			b.Fatal(err)
		}
		if err := stmt.Exec(); err != nil {
			b.Fatal(err)
		}
	}
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
