package transfer_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/transfer"
)

// script is a stream whose other side says what it says whatever it hears.
type script struct {
	io.Reader
	io.Writer
}

func (script) Close() error                     { return nil }
func (script) Reset() error                     { return nil }
func (script) SetReadDeadline(time.Time) error  { return nil }
func (script) SetWriteDeadline(time.Time) error { return nil }

// Short files: the fuzzer gets on faster.
const fuzzSize = chunkSize + 1000

// FuzzFetch has a sender say anything.
func FuzzFetch(f *testing.F) {
	file := content(fuzzSize)
	genuine := append(frame(f, file, 0), frame(f, file, 1)...)
	f.Add(genuine, uint64(0))
	f.Add(frame(f, file, 1), uint64(1))
	f.Add([]byte{}, uint64(2))
	f.Add([]byte{2, 1}, uint64(0))
	f.Add([]byte{2, 9}, uint64(0))
	f.Add(genuine[:len(genuine)-1], uint64(1))
	f.Fuzz(func(t *testing.T, sends []byte, from uint64) {
		var asked bytes.Buffer
		got := sink{next: from}
		err := transfer.Fetch(t.Context(), script{bytes.NewReader(sends), &asked}, got.config(t, fuzzSize))
		if err == nil && got.next < 2 || err != nil && got.next >= 2 && from < 2 {
			t.Errorf("%d chunks were written, and the result is %v", got.next, err)
		}
		if want := file[min(from, 2)*chunkSize%uint64(len(file)):]; !bytes.HasPrefix(want, got.data) {
			t.Error("something else was written")
		}
		if n := asked.Len(); n > 16+2*8 {
			t.Errorf("%d bytes were sent to ask for two chunks", n)
		}
	})
}

// FuzzServe has a receiver say anything.
func FuzzServe(f *testing.F) {
	ask := func(indexes ...uint64) []byte {
		b := fileID[:]
		for _, i := range indexes {
			b = binary.BigEndian.AppendUint64(b, i)
		}
		return b
	}
	f.Add(ask(0, 1))
	f.Add(ask(1))
	f.Add(ask(1, 1))
	f.Add(ask(2))
	f.Add(make([]byte, 40))
	f.Add([]byte{})
	file := content(fuzzSize)
	f.Fuzz(func(t *testing.T, asks []byte) {
		from := newSource(t, file)
		cipher := newCipher(t, fuzzSize)
		var sent bytes.Buffer
		known := false
		err := transfer.Serve(t.Context(), script{bytes.NewReader(asks), &sent}, func(id filecrypt.ID) (transfer.Offer, error) {
			if known = id == fileID; !known {
				return transfer.Offer{}, transfer.ErrUnknown
			}
			return transfer.Offer{Source: from, Cipher: cipher}, nil
		})
		if !known && len(asks) >= 16 && !bytes.Equal(sent.Bytes(), []byte{2, 1}) {
			t.Errorf("a stranger to the file was answered %d bytes", sent.Len())
		}
		if known && !from.closed {
			t.Error("the source is left open")
		}
		if n := len(from.read()); n > 2 || n > max(0, len(asks)-16)/8 {
			t.Errorf("%d chunks were sent", n)
		}
		if err == nil && (!known || (len(asks)-16)%8 != 0) {
			t.Error("nothing is wrong with it")
		}
	})
}
