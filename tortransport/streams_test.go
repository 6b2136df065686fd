package tortransport_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"sync"
	"testing"
)

func TestStreams(t *testing.T) {
	t.Parallel()
	a, b := sharedTors(t)
	k := newKey(t)
	server := newParty(t, a, k)
	addr := server.serve(t, k)
	c := newParty(t, b).mustDial(t, addr, server.id)
	defer c.Close()
	t.Run("1 MiB comes back whole", func(t *testing.T) {
		sent := make([]byte, 1<<20)
		rand.Read(sent)
		got, err := echo(c, sent)
		if err != nil || !bytes.Equal(got, sent) {
			t.Errorf("%d of %d bytes came back (%v), or not the same", len(got), len(sent), err)
		}
	})
	t.Run("many at once", func(t *testing.T) {
		var streams sync.WaitGroup
		for i := range 200 {
			streams.Go(func() {
				sent := bytes.Repeat(fmt.Appendf(nil, "%d ", i), 1000)
				if got, err := echo(c, sent); err != nil || !bytes.Equal(got, sent) {
					t.Errorf("stream %d: %d of %d bytes came back (%v), or not the same", i, len(got), len(sent), err)
				}
			})
		}
		streams.Wait()
	})
}
