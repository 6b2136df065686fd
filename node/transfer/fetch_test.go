package transfer_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onionwire/onionwire/node/transfer"
)

func TestAFileIsFetched(t *testing.T) {
	for _, size := range []int{0, 1, chunkSize, chunkSize + 1, 201 * chunkSize} {
		synctest.Test(t, func(t *testing.T) {
			receiver, sender := newPath(0, 0).stream()
			file := content(size)
			from := newSource(t, file)
			served := serve(t.Context(), t, sender, from, nil)
			var got sink
			if err := transfer.Fetch(t.Context(), receiver, got.config(t, size)); err != nil {
				t.Error(err)
			}
			if err := <-served; err != nil {
				t.Errorf("serving: %v", err)
			}
			got.want(t, file)
			if !from.closed {
				t.Error("the source is left open")
			}
			if got, want := uint64(len(from.read())), chunks(t, size); got != want {
				t.Errorf("%d chunks were sent, want %d", got, want)
			}
		})
	}
}

// The connection is lost again and again: no chunk that has arrived is sent twice.
func TestAFileOverManyConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := content(80*chunkSize - 5)
		var got sink
		from := newSource(t, file)
		for round := 1; got.next < chunks(t, len(file)); round++ {
			receiver, sender := newPath(800<<10, 142*time.Millisecond).stream()
			begin := got.next
			before := len(from.read())
			served := serve(t.Context(), t, sender, from, nil)
			config := got.config(t, len(file))
			config.Write = func(index uint64, data []byte) error {
				if got.next == begin+15 {
					_ = sender.Reset()
				}
				return got.write(index, data)
			}
			err := transfer.Fetch(t.Context(), receiver, config)
			<-served
			if (err == nil) != (got.next == chunks(t, len(file))) {
				t.Fatalf("round %d ended with %v", round, err)
			}
			for i, index := range from.read()[before:] {
				if index != begin+uint64(i) {
					t.Fatalf("round %d, which began with chunk %d, asked for chunk %d", round, begin, index)
				}
			}
			if round > 10 {
				t.Fatal("it does not get on")
			}
		}
		got.want(t, file)
	})
}

func TestNothingIsLeftToFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		receiver, sender := newPath(0, 0).stream()
		from := newSource(t, content(100))
		served := serve(t.Context(), t, sender, from, nil)
		got := sink{next: 1}
		if err := transfer.Fetch(t.Context(), receiver, got.config(t, 100)); err != nil {
			t.Error(err)
		}
		<-served
		if len(from.read()) != 0 {
			t.Error("a chunk was sent that nobody needs")
		}
	})
}

func TestTheReceiverStops(t *testing.T) {
	for name, stop := range map[string]func(cancel func(error)) error{
		"context": func(cancel func(error)) error { cancel(errStop); return nil },
		"write":   func(func(error)) error { return errStop },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				receiver, sender := newPath(800<<10, 142*time.Millisecond).stream()
				file := content(50 * chunkSize)
				served := serve(t.Context(), t, sender, newSource(t, file), nil)
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				var got sink
				config := got.config(t, len(file))
				var limiter transfer.Limiter
				config.Limiter = &limiter
				config.Write = func(index uint64, data []byte) error {
					if index == 10 {
						return stop(cancel)
					}
					return got.write(index, data)
				}
				wantErr(t, transfer.Fetch(ctx, receiver, config), errStop)
				wantErr(t, <-served, errReset)
				if under := limiter.Under(); under != 0 {
					t.Errorf("%d chunks are still counted as under way", under)
				}
			})
		})
	}
}

var errStop = errors.New("stop")

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rate, size = 400 << 10, 201 * chunkSize // and 3 chunks of padding
		receiver, sender := newPath(rate, 142*time.Millisecond).stream()
		file := content(size)
		var sent, received []transfer.Progress
		served := serve(t.Context(), t, sender, newSource(t, file), func(p transfer.Progress) { sent = append(sent, p) })
		var got sink
		config := got.config(t, size)
		config.Progress = func(p transfer.Progress) { received = append(received, p) }
		if err := transfer.Fetch(t.Context(), receiver, config); err != nil {
			t.Fatal(err)
		}
		<-served
		for name, all := range map[string][]transfer.Progress{"sender": sent, "receiver": received} {
			if len(all) != 204 {
				t.Fatalf("%s: %d reports", name, len(all))
			}
			middle, end := all[99], all[203]
			if middle.Chunks != 100 || middle.Bytes != 100*chunkSize {
				t.Errorf("%s: in the middle %+v", name, middle)
			}
			if middle.Rate < 0.9*rate || middle.Rate > 1.1*rate {
				t.Errorf("%s: rate is %.0f, want %d", name, middle.Rate, rate)
			}
			left := time.Duration(101 * chunkSize * float64(time.Second) / rate)
			if d := middle.Left - left; d.Abs() > left/10 {
				t.Errorf("%s: %v are left, want %v", name, middle.Left, left)
			}
			if end.Chunks != 204 || end.Bytes != size || end.Left != 0 {
				t.Errorf("%s: at the end %+v", name, end)
			}
			if !slices.IsSortedFunc(all, func(a, b transfer.Progress) int { return int(a.Chunks) - int(b.Chunks) }) {
				t.Errorf("%s: it went backwards", name)
			}
		}
	})
}
