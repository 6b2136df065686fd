package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
)

// Source is a file that is sent. *download.Source is one.
type Source interface {
	// ReadChunk appends the file's part in the chunk at index to dst. It fails with
	// ErrChanged if the file is not the one any more that was offered.
	ReadChunk(dst []byte, index uint64) ([]byte, error)
	io.Closer
}

// Offer is a file that somebody may have.
type Offer struct {
	Source Source
	Cipher *filecrypt.Cipher
	// Progress, unless it is nil, is called when a chunk was handed to the stream, and
	// must not block.
	Progress func(Progress)
}

// Serve answers a stream that a contact has opened, and ends it. find returns what the
// contact may have by an ID, which may be anything, or ErrPaused, ErrWithdrawn or
// ErrChanged; every other error is told as ErrUnknown. Serve closes source and cipher.
//
// Nothing is sent that was not asked for, and nothing twice on a stream. Who ends the
// context with ErrPaused, ErrWithdrawn or ErrChanged as its cause, has that told to the
// receiver.
//
// Serve returns nil when the receiver has left in good order, whether or not it has
// everything. Errors match ErrProtocol, ErrStalled, what find or the source has
// returned, the context's cause, or are the stream's.
func Serve(ctx context.Context, s Stream, find func(filecrypt.ID) (Offer, error)) error {
	stop := whenDone(ctx, func() {
		if reason(context.Cause(ctx)) == 0 {
			_ = s.Reset()
			return
		}
		_ = s.SetReadDeadline(time.Unix(1, 0)) // now
		_ = s.SetWriteDeadline(time.Now().Add(farewellTime))
	})
	err := serve(ctx, s, find)
	stop()
	if err == nil {
		_ = s.Close()
		return nil
	}
	if told := (*refusal)(nil); errors.As(err, &told) {
		farewell(s, told.reason)
		err = told.why
	} else {
		_ = s.Reset()
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// refusal is an error that comes between two frames, and that the receiver is told.
type refusal struct {
	reason byte
	why    error
}

func (r *refusal) Error() string { return r.why.Error() }

// refuse makes a refusal of an error that there is a reason for.
func refuse(err error) error {
	if r := reason(err); r != 0 {
		return &refusal{r, err}
	}
	return err
}

// farewell tells the receiver why the file does not go on.
func farewell(s Stream, reason byte) {
	err := s.SetWriteDeadline(time.Now().Add(farewellTime))
	if err == nil {
		_, err = s.Write([]byte{kindFailed, reason})
	}
	if err != nil {
		_ = s.Reset()
		return
	}
	_ = s.Close()
}

// serve answers until the receiver has left, which is when it returns nil.
func serve(ctx context.Context, s Stream, find func(filecrypt.ID) (Offer, error)) error {
	var id filecrypt.ID
	if err := read(ctx, s, func() error {
		_, err := io.ReadFull(s, id[:])
		return unexpected(err)
	}); err != nil {
		return err
	}
	offer, err := find(id)
	if err != nil {
		return &refusal{max(reason(err), reason(ErrUnknown)), err}
	}
	defer offer.Source.Close()
	defer offer.Cipher.Close()
	v := server{Offer: offer, stream: s, meter: NewMeter(time.Now())}
	for {
		var index uint64
		err := read(ctx, s, func() (err error) {
			index, err = readWant(s)
			return err
		})
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := v.answer(ctx, index); err != nil {
			return err
		}
	}
}

// read does what waits for the receiver.
func read(ctx context.Context, s Stream, f func() error) error {
	if err := s.SetReadDeadline(time.Now().Add(Patience)); err != nil {
		return lost(err)
	}
	// Whoever ends the context now sets another deadline, after ours.
	if ctx.Err() != nil {
		return refuse(context.Cause(ctx))
	}
	err := f()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return refuse(context.Cause(ctx))
	}
	return lost(err)
}

// server is a Serve at work.
type server struct {
	Offer
	stream Stream
	next   uint64 // the lowest index that may be asked for
	plain  []byte
	frame  []byte
	meter  *Meter
}

// answer sends the chunk at index.
func (v *server) answer(ctx context.Context, index uint64) error {
	chunk, err := v.Cipher.Layout().Chunk(index)
	if err != nil || index < v.next {
		return fmt.Errorf("%w: it asks for a chunk that there is not, or that it has asked for", ErrProtocol)
	}
	v.next = index + 1
	if v.plain == nil {
		v.plain = make([]byte, 0, filecrypt.ChunkSize)
		v.frame = make([]byte, 0, headSize+maxChunk)
	}
	if v.plain, err = v.Source.ReadChunk(v.plain[:0], index); err != nil {
		return refuse(err)
	}
	if v.frame, err = v.Cipher.SealTo(appendHead(v.frame[:0], index), index, v.plain); err != nil {
		return err
	}
	if err := v.stream.SetWriteDeadline(time.Now().Add(Patience)); err != nil {
		return lost(err)
	}
	if ctx.Err() != nil {
		return refuse(context.Cause(ctx))
	}
	if _, err := v.stream.Write(v.frame); err != nil {
		return lost(err) // it may be within the frame: nothing more can be said
	}
	if v.Progress != nil {
		now := time.Now()
		v.meter.Add(now, chunk.Data)
		v.Progress(v.meter.progress(now, chunk, v.Cipher.Layout().Size()))
	}
	return nil
}
