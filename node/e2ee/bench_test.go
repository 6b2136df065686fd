package e2ee_test

import (
	"fmt"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

// These are for profiles. What the figures mean beside the bare primitives is for
// internal/figures to tell.

// BenchmarkHandshake measures both sides together.
func BenchmarkHandshake(b *testing.B) {
	b.ReportAllocs()
	alice, bob := newPerson(b, "alice"), newPerson(b, "bob")
	first, second := alice.expecting(bob), bob.expecting(alice)
	for b.Loop() {
		i, r := start(b, first, second)
		carry(b, i, r)
		carry(b, r, i)
		carry(b, i, r)
	}
}

// BenchmarkStep measures a full step of the ratchet: to open the first cell of a
// chain and to seal the first of the next.
func BenchmarkStep(b *testing.B) {
	b.ReportAllocs()
	here, there := newSessions(b)
	cell := seal(b, here, nil)
	for b.Loop() {
		here, there = there, here
		wantOpens(b, here, cell, nil)
		cell = seal(b, here, nil)
	}
}

var benchmarkSizes = []int{100, e2ee.OneCell, 16 << 10, 64 << 10}

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

// BenchmarkSealOpen measures both, because no cell opens twice.
func BenchmarkSealOpen(b *testing.B) {
	for _, n := range benchmarkSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			from, to := newSessions(b)
			content := make([]byte, n)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				wantOpens(b, to, seal(b, from, content), content)
			}
		})
	}
}

// BenchmarkJump opens a cell that skips as many as it may.
func BenchmarkJump(b *testing.B) {
	b.ReportAllocs()
	from, to := newSessions(b)
	for b.Loop() {
		b.StopTimer()
		var cell []byte
		for range e2ee.MaxJump + 1 {
			cell = seal(b, from, nil)
		}
		b.StartTimer()
		wantOpens(b, to, cell, nil)
	}
}
