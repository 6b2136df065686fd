package e2ee_test

import (
	"slices"

	"github.com/onionwire/onionwire/node/e2ee"
)

// wantEvicted checks who had to go when a session joined: one if there are too
// many, none on which either side may rely, and nobody who was used less long ago
// than one who stayed.
func (m *model) wantEvicted(k *memory, added e2ee.SessionID, gone []e2ee.SessionID) {
	m.tb.Helper()
	if len(gone) != max(len(k.ledgers)-e2ee.MaxSessions, 0) {
		m.tb.Fatalf("of %d sessions %d had to go", len(k.ledgers), len(gone))
	}
	if len(gone) == 0 {
		return
	}
	m.seen["evicted"]++
	inUse, _ := k.inUse()
	fallback, _ := k.best(func(l *ledger) bool { return l.confirmed })
	settled, _ := k.best((*ledger).settled)
	mayGo := slices.DeleteFunc(k.order(), func(id e2ee.SessionID) bool {
		return id == added || id == inUse || id == fallback || id == settled || id == k.order()[0]
	})
	if len(mayGo) == 0 {
		mayGo = append(mayGo, settled)
	}
	if !slices.Contains(mayGo, gone[0]) {
		m.tb.Fatal("a session had to go on which somebody relies")
	}
	out := k.ledgers[gone[0]]
	for _, id := range mayGo {
		if l := k.ledgers[id]; l.used < out.used || l.used == out.used && k.better(gone[0], id) {
			m.tb.Fatal("a session had to go though another was used longer ago, or as long and is worse")
		}
	}
}

// wantExpired checks that exactly those went that are worse than the best
// confirmed one and were not used for too long.
func (m *model) wantExpired(k *memory, gone []e2ee.SessionID) {
	m.tb.Helper()
	fallback, l := k.best(func(l *ledger) bool { return l.confirmed })
	for id, other := range k.ledgers {
		worse := l != nil && k.better(fallback, id)
		old := m.unix()-other.used > int64(e2ee.MaxSessionAge.Seconds())
		if slices.Contains(gone, id) != (worse && old) {
			m.tb.Fatalf("a session that is worse: %t, and old: %t, has gone or not", worse, old)
		}
	}
}

// tidy erases old sessions and keys. Whoever could seal before can do so after,
// and under the same session.
func (m *model) tidy(p *party, b byte) {
	m.change(p, fateOf(b), func(all *e2ee.Sessions, k *memory) {
		before, _ := k.inUse()
		gone := all.Expire(m.now)
		m.seen["expired"] += len(gone)
		m.wantExpired(k, gone)
		k.forget(gone)
		for _, l := range k.ledgers {
			l.expire(m.unix())
		}
		if after, _ := k.inUse(); after != before {
			m.tb.Fatal("the session in use was erased")
		}
	})
}
