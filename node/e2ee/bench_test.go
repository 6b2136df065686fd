package e2ee_test

import (
	"fmt"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

// BenchmarkHandshake measures both sides together.
func BenchmarkHandshake(b *testing.B) {
	alice, bob := newPerson(b, "alice"), newPerson(b, "bob")
	first, second := alice.expecting(bob), bob.expecting(alice)
	b.ReportAllocs()
	for b.Loop() {
		i, r := start(b, first, second)
		carry(b, i, r)
		carry(b, r, i)
		carry(b, i, r)
	}
}

var benchmarkSizes = []int{100, oneCell, 16 << 10, e2ee.MaxContent}

func BenchmarkSeal(b *testing.B) {
	for _, n := range benchmarkSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s, _ := newSessions(b)
			content := make([]byte, n)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				seal(b, s, content)
			}
		})
	}
}

// BenchmarkOpen opens the same cell again and again, on a session set back each
// time.
func BenchmarkOpen(b *testing.B) {
	for _, n := range benchmarkSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			from, to := newSessions(b)
			cell := seal(b, from, make([]byte, n))
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e2ee.CloneSession(to).Open(cell); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
