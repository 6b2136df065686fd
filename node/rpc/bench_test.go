package rpc_test

import (
	"testing"

	"github.com/onionwire/onionwire/node/rpc"
)

// BenchmarkRemote is what the socket costs: a call that the node answers at once.
func BenchmarkRemote(b *testing.B) {
	r := remote(b, &parrot{})
	for b.Loop() {
		if _, err := r.Status(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDialRemote is what a command pays before its first call.
func BenchmarkDialRemote(b *testing.B) {
	s := start(b)
	secret := s.secret(b)
	for b.Loop() {
		r, err := rpc.DialRemote(b.Context(), s.path, secret)
		if err != nil {
			b.Fatal(err)
		}
		r.Close()
	}
}
