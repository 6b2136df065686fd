package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/ncruces/go-sqlite3"
	_ "github.com/ncruces/go-sqlite3/vfs/adiantum"

	"github.com/onionwire/onionwire/internal/report"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/profile"
)

const (
	sendRounds = 25
	sendsEach  = 64 // messages of a round, and bare rows
	crowd      = 16 // callers at once
	sendLimit  = 0.5
)

// measureSends measures how many messages a second a node takes, each of them on the disk
// when Send returns, beside bare rows of SQLite.
func measureSends(ctx context.Context, _ *bed) ([]report.Figure, error) {
	root, err := os.MkdirTemp("", "figures-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(root)
	f, err := child(ctx, "sends", root)
	if err != nil {
		return nil, err
	}
	beside := func(measure string, sends float64) report.Figure {
		return report.Figure{
			Measure: measure, Base: fmt.Sprintf("%.0f bare rows", f.Rows), Ours: fmt.Sprintf("%.0f", sends),
			Value: sends / f.Rows, Limit: sendLimit, AtLeast: true,
		}
	}
	return []report.Figure{
		beside("durable sends a second, one caller", f.Sends),
		beside(fmt.Sprintf("durable sends a second, %d callers", crowd), f.Crowd),
	}, nil
}

// send measures messages to somebody who cannot be reached, from one caller and from
// several, and bare rows, by turns.
func send(ctx context.Context, root string) (f found, err error) {
	n, err := openQuiet(ctx, root, func(p *profile.Profile) error { return meet(ctx, p, time.Now()) })
	if err != nil {
		return f, err
	}
	defer n.Close()
	rows, err := openBare(filepath.Join(n.profile.Dir(), "bare.db"))
	if err != nil {
		return f, err
	}
	defer rows.Close()
	var one, many, bare []time.Duration
	for range sendRounds {
		for _, m := range []struct {
			all *[]time.Duration
			run func() error
		}{
			{&one, func() error { return sendAll(ctx, n.Node, 1) }},
			{&bare, func() error { return insertAll(rows) }},
			{&many, func() error { return sendAll(ctx, n.Node, crowd) }},
		} {
			began := time.Now()
			if err := m.run(); err != nil {
				return f, err
			}
			*m.all = append(*m.all, time.Since(began))
		}
	}
	rate := func(all []time.Duration) float64 { return sendsEach / median(all).Seconds() }
	f.Sends, f.Crowd, f.Rows = rate(one), rate(many), rate(bare)
	return f, nil
}

// sendAll sends the messages of a round from some callers at once.
func sendAll(ctx context.Context, n *node.Node, callers int) error {
	failed := make([]error, callers)
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			for range sendsEach / callers {
				if _, err := n.Send(ctx, 1, "How are you?", node.SendOptions{}); err != nil {
					failed[i] = err
					return
				}
			}
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

// insertAll inserts as many rows, each durably.
func insertAll(rows *sqlite3.Conn) error {
	insert, _, err := rows.Prepare("INSERT INTO rows (body) VALUES ('How are you?')")
	for range sendsEach {
		if err == nil {
			err = insert.Exec()
		}
	}
	return errors.Join(err, insert.Close())
}

// openBare makes a database with a table, encrypted and flushed as that of a profile is.
func openBare(path string) (*sqlite3.Conn, error) {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: "vfs=adiantum&hexkey=" + hex.EncodeToString(key)}
	conn, err := sqlite3.Open(u.String())
	if err != nil {
		return nil, err
	}
	err = conn.Exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
		CREATE TABLE rows (id INTEGER PRIMARY KEY, body TEXT)`)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}
