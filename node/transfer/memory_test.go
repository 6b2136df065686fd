package transfer_test

import (
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/transfer"
)

// pipe is a stream that keeps nothing.
type pipe struct{ net.Conn }

func (p pipe) Reset() error { return p.Close() }

// SetReadDeadline does not mind that the other side has left: Read says so.
func (p pipe) SetReadDeadline(t time.Time) error {
	_ = p.Conn.SetReadDeadline(t)
	return nil
}

// zeros is a file without contents, which takes no memory.
type zeros struct{ layout filecrypt.Layout }

func (zeros) Close() error { return nil }

func (z zeros) ReadChunk(dst []byte, index uint64) ([]byte, error) {
	chunk, err := z.layout.Chunk(index)
	clear(dst[:chunk.Data])
	return dst[:chunk.Data], err
}

// A file of 64 MiB passes through a few hundred KiB.
func TestMemoryIsConstant(t *testing.T) {
	const size = 64 << 20
	a, b := net.Pipe()
	cipher := newCipher(t, size)
	served := make(chan error, 1)
	go func() {
		served <- transfer.Serve(t.Context(), pipe{b}, func(filecrypt.ID) (transfer.Offer, error) {
			return transfer.Offer{Source: zeros{cipher.Layout()}, Cipher: cipher}, nil
		})
	}()
	var got uint64
	config := transfer.FetchConfig{ID: fileID, Cipher: newCipher(t, size), Write: func(_ uint64, data []byte) error {
		got += uint64(len(data))
		return nil
	}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := transfer.Fetch(t.Context(), pipe{a}, config); err != nil {
		t.Fatal(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	runtime.ReadMemStats(&after)
	if got != size {
		t.Errorf("received %d bytes", got)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 8<<20 {
		t.Errorf("%d KiB were allocated", allocated>>10)
	} else {
		t.Logf("%d KiB were allocated", allocated>>10)
	}
}
