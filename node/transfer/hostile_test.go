package transfer_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/transfer"
)

// frame is a chunk on the wire, as docs/protocol.md has it.
func frame(t testing.TB, file []byte, index uint64) []byte {
	t.Helper()
	from := newSource(t, file)
	data, err := from.ReadChunk(nil, index)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := newCipher(t, len(file)).SealTo(nil, index, data)
	if err != nil {
		t.Fatal(err)
	}
	return append(binary.BigEndian.AppendUint64([]byte{1}, index), sealed...)
}

func wantAnswer(t *testing.T, s io.Reader, want []byte) {
	t.Helper()
	if got, err := io.ReadAll(s); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the answer is %x, %v; want %x", got, err, want)
	}
}

// What a sender may do wrong. The receiver has at most written what was in order.
func TestAHostileSender(t *testing.T) {
	file := content(3 * chunkSize)
	forged := frame(t, file, 0)
	forged[5000] ^= 1
	moved := frame(t, file, 1)
	moved[8] = 0
	for name, test := range map[string]struct {
		sends  []byte
		chunks uint64 // that are good
		err    error
	}{
		"nothing":         {nil, 0, io.ErrUnexpectedEOF},
		"half a frame":    {frame(t, file, 0)[:50000], 0, io.ErrUnexpectedEOF},
		"only a kind":     {[]byte{1}, 0, io.ErrUnexpectedEOF},
		"no reason":       {[]byte{2}, 0, io.ErrUnexpectedEOF},
		"a wrong reason":  {[]byte{2, 0}, 0, transfer.ErrProtocol},
		"a later reason":  {[]byte{2, 5}, 0, transfer.ErrProtocol},
		"a wrong kind":    {[]byte{0}, 0, transfer.ErrProtocol},
		"noise":           {bytes.Repeat([]byte{0xff}, 1<<20), 0, transfer.ErrProtocol},
		"another index":   {frame(t, file, 1), 0, transfer.ErrProtocol},
		"one twice":       {bytes.Repeat(frame(t, file, 0), 2), 1, transfer.ErrProtocol},
		"one is missing":  {append(frame(t, file, 0), frame(t, file, 2)...), 1, transfer.ErrProtocol},
		"a forged one":    {forged, 0, filecrypt.ErrDecrypt},
		"a moved one":     {moved, 0, filecrypt.ErrDecrypt},
		"another file's":  {frame(t, content(4*chunkSize), 0), 0, filecrypt.ErrDecrypt},
		"stopped halfway": {append(frame(t, file, 0), 2, 2), 1, transfer.ErrPaused},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				receiver, sender := newPath(0, time.Millisecond).stream()
				go func() {
					_, _ = sender.Write(test.sends)
					_ = sender.Close()
				}()
				var got sink
				wantErr(t, transfer.Fetch(t.Context(), receiver, got.config(t, len(file))), test.err)
				if got.next != test.chunks {
					t.Errorf("%d chunks were written, want %d", got.next, test.chunks)
				}
				if !receiver.wasReset() {
					t.Error("the stream was not reset")
				}
				time.Sleep(time.Second)
			})
		})
	}
}

// A sender goes on after the last chunk: nobody reads that.
func TestAFileThatIsLongerThanItSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		receiver, sender := newPath(0, time.Millisecond).stream()
		file := content(2 * chunkSize)
		written := make(chan error, 1)
		go func() {
			b := append(frame(t, file, 0), frame(t, file, 1)...)
			_, err := sender.Write(append(b, make([]byte, 100<<20)...))
			written <- err
		}()
		var got sink
		if err := transfer.Fetch(t.Context(), receiver, got.config(t, len(file))); err != nil {
			t.Error(err)
		}
		got.want(t, file)
		<-written
	})
}

func TestASilentSender(t *testing.T) {
	for name, sends := range map[string]func(s *end){
		"silent": func(*end) {},
		"a byte a minute": func(s *end) {
			for {
				if _, err := s.Write([]byte{1}); err != nil {
					return
				}
				time.Sleep(time.Minute)
			}
		},
		"does not even read": func(s *end) { s.in.change(func() { s.in.size = flowWindow }) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				receiver, sender := newPath(0, time.Millisecond).stream()
				go sends(sender)
				began := time.Now()
				var got sink
				err := transfer.Fetch(t.Context(), receiver, got.config(t, 10*chunkSize))
				if name != "a byte a minute" {
					wantErr(t, err, transfer.ErrStalled)
				} else if err == nil {
					t.Error("nothing is wrong")
				}
				if took := time.Since(began); took > transfer.Patience+time.Minute {
					t.Errorf("it took %v", took)
				}
				_ = sender.Reset()
				time.Sleep(2 * time.Minute)
			})
		})
	}
}

// What a receiver may do wrong. A good one asks for what is there, in order, once.
func TestAHostileReceiver(t *testing.T) {
	file := content(3 * chunkSize)
	ask := func(indexes ...uint64) []byte {
		b := fileID[:]
		for _, i := range indexes {
			b = binary.BigEndian.AppendUint64(b, i)
		}
		return b
	}
	for name, test := range map[string]struct {
		asks []byte
		sent int
		err  error
	}{
		"nothing":            {nil, 0, io.ErrUnexpectedEOF},
		"half an ID":         {fileID[:8], 0, io.ErrUnexpectedEOF},
		"only the ID":        {ask(), 0, nil},
		"half a request":     {append(ask(), 0), 0, io.ErrUnexpectedEOF},
		"in order":           {ask(0, 1, 2), 3, nil},
		"from the middle":    {ask(1, 2), 2, nil},
		"one is left out":    {ask(0, 2), 2, nil},
		"beyond the end":     {ask(0, 3), 1, transfer.ErrProtocol},
		"far beyond the end": {ask(1<<64 - 1), 0, transfer.ErrProtocol},
		"one twice":          {ask(0, 0), 1, transfer.ErrProtocol},
		"backwards":          {ask(1, 0), 1, transfer.ErrProtocol},
		"noise":              {append(ask(), bytes.Repeat([]byte{0xff}, 1<<16)...), 0, transfer.ErrProtocol},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				receiver, sender := newPath(0, time.Millisecond).stream()
				from := newSource(t, file)
				served := serve(t.Context(), t, sender, from, nil)
				_, _ = receiver.Write(test.asks)
				receiver.out.change(func() { receiver.out.closed = true })
				err := <-served
				if test.err == nil && err != nil {
					t.Error(err)
				} else {
					wantErr(t, err, test.err)
				}
				if got := len(from.read()); got != test.sent {
					t.Errorf("%d chunks were read, want %d", got, test.sent)
				}
				if (err != nil) != sender.wasReset() {
					t.Errorf("the stream was reset: %v", sender.wasReset())
				}
			})
		})
	}
}

// It asks for everything at once, and does not read.
func TestAReceiverThatDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		receiver, sender := newPath(0, time.Millisecond).stream()
		file := content(100 * chunkSize)
		from := newSource(t, file)
		served := serve(t.Context(), t, sender, from, nil)
		asks := fileID[:]
		for i := range uint64(100) {
			asks = binary.BigEndian.AppendUint64(asks, i)
		}
		began := time.Now()
		_, _ = receiver.Write(asks)
		wantErr(t, <-served, transfer.ErrStalled)
		if took := time.Since(began); took > transfer.Patience+time.Minute {
			t.Errorf("it took %v", took)
		}
		if got := len(from.read()); got > flowWindow/chunkSize+1 {
			t.Errorf("%d chunks were read ahead", got)
		}
	})
}

func TestASilentReceiver(t *testing.T) {
	for name, asks := range map[string][]byte{"nothing": nil, "an ID": fileID[:], "half a request": append(fileID[:len(fileID):len(fileID)], 0)} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				receiver, sender := newPath(0, time.Millisecond).stream()
				served := serve(t.Context(), t, sender, newSource(t, content(1)), nil)
				_, _ = receiver.Write(asks)
				began := time.Now()
				wantErr(t, <-served, transfer.ErrStalled)
				if took := time.Since(began); took > transfer.Patience+time.Minute {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}
