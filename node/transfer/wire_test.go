package transfer_test

import (
	"bytes"
	"encoding/hex"
	"testing"
	"testing/synctest"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/node/download"
	"github.com/onionwire/onionwire/node/transfer"
)

var (
	_ transfer.Stream = network.Stream(nil)
	_ transfer.Source = (*download.Source)(nil)
)

// The bytes of docs/protocol.md, "Moving files".
func TestOnTheWire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := content(chunkSize + 1)
		receiver, sender := newPath(0, 0).stream()
		served := serve(t.Context(), t, sender, newSource(t, file), nil)
		asks := "01020300000000000000000000000000" + "0000000000000000" + "0000000000000001"
		b, err := hex.DecodeString(asks)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = receiver.Write(b)
		receiver.out.change(func() { receiver.out.closed = true })
		if err := <-served; err != nil {
			t.Error(err)
		}
		cipher := newCipher(t, len(file))
		var got []byte
		for index := range cipher.Layout().Chunks() {
			chunk, err := cipher.Layout().Chunk(index)
			if err != nil {
				t.Fatal(err)
			}
			head, sealed := make([]byte, 9), make([]byte, chunk.Sealed())
			_, _ = receiver.Read(head)
			if !bytes.Equal(head, []byte{1, 0, 0, 0, 0, 0, 0, 0, byte(index)}) {
				t.Errorf("the chunk begins with %x", head)
			}
			for n := 0; n < len(sealed); {
				read, err := receiver.Read(sealed[n:])
				if err != nil {
					t.Fatal(err)
				}
				n += read
			}
			if got, err = cipher.OpenTo(got, index, sealed); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(got, file) {
			t.Error("it is another file")
		}
		wantAnswer(t, receiver, nil)
	})
}
