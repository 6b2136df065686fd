package transfer_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/transfer"
)

// The sender stops between chunks, and the receiver learns why.
func TestTheSenderStops(t *testing.T) {
	for _, reason := range []error{transfer.ErrPaused, transfer.ErrWithdrawn, transfer.ErrChanged} {
		synctest.Test(t, func(t *testing.T) {
			receiver, sender := newPath(800<<10, 142*time.Millisecond).stream()
			file := content(50 * chunkSize)
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			served := serve(ctx, t, sender, newSource(t, file), nil)
			var got sink
			time.AfterFunc(2*time.Second, func() { cancel(reason) })
			wantErr(t, transfer.Fetch(t.Context(), receiver, got.config(t, len(file))), reason)
			wantErr(t, <-served, reason)
			got.want(t, file[:len(got.data)])
			if len(got.data) == 0 {
				t.Error("nothing has come before")
			}
		})
	}
}

// Nothing is under way: the sender waits to be asked.
func TestTheSenderStopsWhileNobodyAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		receiver, sender := newPath(0, 0).stream()
		ctx, cancel := context.WithCancelCause(t.Context())
		served := serve(ctx, t, sender, newSource(t, content(1)), nil)
		_, _ = receiver.Write(fileID[:])
		synctest.Wait()
		cancel(transfer.ErrPaused)
		wantErr(t, <-served, transfer.ErrPaused)
		wantAnswer(t, receiver, []byte{2, 2})
	})
}

// The receiver does not read, so that it cannot be told.
func TestTheSenderStopsWithinAChunk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		receiver, sender := newPath(0, 0).stream()
		ctx, cancel := context.WithCancelCause(t.Context())
		file := content(50 * chunkSize)
		served := serve(ctx, t, sender, newSource(t, file), nil)
		_, _ = receiver.Write(fileID[:])
		for i := range byte(50) {
			_, _ = receiver.Write([]byte{0, 0, 0, 0, 0, 0, 0, i})
		}
		synctest.Wait()
		began := time.Now()
		cancel(transfer.ErrWithdrawn)
		wantErr(t, <-served, transfer.ErrWithdrawn)
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
		if !sender.wasReset() {
			t.Error("the stream ended in good order, within a chunk")
		}
	})
}

// A context that ends for another reason is none of the receiver's business.
func TestTheSenderLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, sender := newPath(0, 0).stream()
		ctx, cancel := context.WithCancel(t.Context())
		served := serve(ctx, t, sender, newSource(t, content(1)), nil)
		synctest.Wait()
		cancel()
		wantErr(t, <-served, context.Canceled)
		if !sender.wasReset() {
			t.Error("the stream was not reset")
		}
	})
}

func TestTheSourceFails(t *testing.T) {
	for name, test := range map[string]struct{ source, receiver error }{
		"changed": {transfer.ErrChanged, transfer.ErrChanged},
		"disk":    {fs.ErrPermission, errReset},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				receiver, sender := newPath(0, time.Millisecond).stream()
				file := content(50 * chunkSize)
				from := newSource(t, file)
				from.fail = func(index uint64) error {
					if index == 20 {
						return test.source
					}
					return nil
				}
				served := serve(t.Context(), t, sender, from, nil)
				var got sink
				wantErr(t, transfer.Fetch(t.Context(), receiver, got.config(t, len(file))), test.receiver)
				wantErr(t, <-served, test.source)
				if !from.closed {
					t.Error("the source is left open")
				}
			})
		})
	}
}

// What the receiver may not have looks like what there is not.
func TestRefused(t *testing.T) {
	for _, test := range []struct{ find, receiver error }{
		{fs.ErrNotExist, transfer.ErrUnknown},
		{errors.New("it is somebody else's"), transfer.ErrUnknown},
		{transfer.ErrUnknown, transfer.ErrUnknown},
		{transfer.ErrPaused, transfer.ErrPaused},
		{transfer.ErrWithdrawn, transfer.ErrWithdrawn},
		{transfer.ErrChanged, transfer.ErrChanged},
	} {
		synctest.Test(t, func(t *testing.T) {
			receiver, sender := newPath(0, time.Millisecond).stream()
			served := make(chan error, 1)
			go func() {
				served <- transfer.Serve(t.Context(), sender, func(filecrypt.ID) (transfer.Offer, error) {
					return transfer.Offer{}, test.find
				})
			}()
			var got sink
			wantErr(t, transfer.Fetch(t.Context(), receiver, got.config(t, 1)), test.receiver)
			wantErr(t, <-served, test.find)
		})
	}
}
