package transfer

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
)

// FetchConfig says what to fetch.
type FetchConfig struct {
	// ID names the file. Nobody but sender and receiver knows it.
	ID filecrypt.ID
	// Cipher opens its chunks. Fetch does not close it.
	Cipher *filecrypt.Cipher
	// From is the first chunk to ask for: all before it are there.
	From uint64
	// Limiter is that of the connection. Without one the file has one of its own.
	Limiter *Limiter
	// Write takes the file's part in a chunk, which is valid until it returns. It is
	// called for each chunk from From to the last, once and in their order. Its error
	// ends the fetching. While it takes its time, little more comes.
	Write func(index uint64, data []byte) error
	// Progress, unless it is nil, is called after Write, and must not block.
	Progress func(Progress)
}

// Fetch fetches the rest of a file on a stream that was opened for that, and ends the
// stream. It returns nil when all of it was written; whether it is the file that was
// offered has to be seen from its hash. Errors match ErrProtocol (ErrDecrypt or
// ErrMalformed of package filecrypt as well, if a chunk does not open), ErrStalled,
// one of the sender's reasons, Write's, the context's cause, or are the stream's.
func Fetch(ctx context.Context, s Stream, c FetchConfig) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := whenDone(ctx, func() { _ = s.Reset() })
	if c.Limiter == nil {
		c.Limiter = new(Limiter)
	}
	f := fetch{FetchConfig: c, stream: s, share: c.Limiter.join(), asked: make(chan time.Time, MaxWindow), meter: NewMeter(time.Now())}
	defer f.share.leave()
	var asking sync.WaitGroup
	asking.Go(func() { f.ask(ctx) })
	err := f.take()
	if err != nil {
		cancel(err) // which ends asking
		err = context.Cause(ctx)
	}
	asking.Wait()
	stop()
	if err != nil {
		return err
	}
	// All is here. That the other side does not hear of it is no harm.
	_ = s.Close()
	return nil
}

// fetch is a Fetch at work: one goroutine asks, another takes.
type fetch struct {
	FetchConfig
	stream Stream
	share  *share
	asked  chan time.Time // when each chunk was asked for, in their order
	failed error          // why asking ended early; set before asked is closed
	meter  *Meter
}

// ask asks for one chunk after the other, as the limiter allows.
func (f *fetch) ask(ctx context.Context) {
	defer close(f.asked)
	want := append(make([]byte, 0, idSize+wantSize), f.ID[:]...)
	for index := f.From; index < f.Cipher.Layout().Chunks(); index++ {
		if f.failed = f.share.acquire(ctx); f.failed != nil {
			return
		}
		now := time.Now()
		f.asked <- now // there is room: the limiter allows no more
		want = binary.BigEndian.AppendUint64(want, index)
		if f.failed = f.stream.SetWriteDeadline(now.Add(Patience)); f.failed == nil {
			_, f.failed = f.stream.Write(want)
		}
		if f.failed != nil {
			f.failed = lost(f.failed)
			return
		}
		want = want[:0]
	}
}

// take takes what comes.
func (f *fetch) take() error {
	layout := f.Cipher.Layout()
	room := make([]byte, headSize+maxChunk)
	data := make([]byte, 0, filecrypt.ChunkSize)
	var last time.Time
	for index := f.From; index < layout.Chunks(); index++ {
		chunk, err := layout.Chunk(index)
		if err != nil {
			return err
		}
		asked, ok := <-f.asked
		if !ok {
			return f.failed
		}
		if last.Before(asked) {
			last = asked
		}
		sealed, err := f.receive(chunk, room, last.Add(Patience))
		if err != nil {
			return err
		}
		last = time.Now()
		f.share.arrived(asked, last, chunk.Plain == filecrypt.ChunkSize)
		if data, err = f.Cipher.OpenTo(data[:0], index, sealed); err != nil {
			return fmt.Errorf("%w: %w", ErrProtocol, err)
		}
		if err := f.Write(index, data); err != nil {
			return err
		}
		f.report(chunk, layout.Size())
	}
	return nil
}

func (f *fetch) receive(chunk filecrypt.Chunk, room []byte, deadline time.Time) ([]byte, error) {
	if err := f.stream.SetReadDeadline(deadline); err != nil {
		return nil, lost(err)
	}
	sealed, err := readAnswer(f.stream, chunk, room)
	if err != nil && reason(err) == 0 && !errors.Is(err, ErrProtocol) {
		err = lost(err)
	}
	return sealed, err
}

func (f *fetch) report(chunk filecrypt.Chunk, size uint64) {
	now := time.Now()
	f.meter.Add(now, chunk.Data)
	if f.Progress != nil {
		f.Progress(f.meter.progress(now, chunk, size))
	}
}
