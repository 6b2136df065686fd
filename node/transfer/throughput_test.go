package transfer_test

import (
	"fmt"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onionwire/onionwire/node/transfer"
)

// rawTime is how long a file takes on a path if it is asked for at once and sent as
// it is.
func rawTime(t *testing.T, p *path, file []byte) time.Duration {
	t.Helper()
	began := time.Now()
	receiver, sender := p.stream()
	go func() {
		_, _ = sender.Read(make([]byte, 1))
		_, _ = sender.Write(file)
		_ = sender.Close()
	}()
	_, _ = receiver.Write([]byte{1})
	if n, err := io.Copy(io.Discard, receiver); err != nil || n != int64(len(file)) {
		t.Fatalf("%d bytes, %v", n, err)
	}
	return time.Since(began)
}

// fetchTime is how long it takes us, and how long messages would have waited in the
// sender's queue at most, from the third second on.
func fetchTime(t *testing.T, p *path, limiter *transfer.Limiter, file []byte) (took, queue time.Duration) {
	t.Helper()
	began := time.Now()
	receiver, sender := p.stream()
	served := serve(t.Context(), t, sender, newSource(t, file), nil)
	var got sink
	config := got.config(t, len(file))
	config.Limiter = limiter
	config.Write = func(index uint64, data []byte) error {
		if time.Since(began) > 3*time.Second {
			queue = max(queue, p.down.queue())
		}
		return got.write(index, data)
	}
	if err := transfer.Fetch(t.Context(), receiver, config); err != nil {
		t.Fatal(err)
	}
	took = time.Since(began)
	<-served
	got.want(t, file)
	return took, queue
}

// long is the size of a file beside which it is little what the beginning takes.
func long() int {
	if soak {
		return 32 << 20
	}
	return 16 << 20
}

// A file is nearly as fast as the path, and leaves room for messages in front.
func TestThroughput(t *testing.T) {
	for _, on := range []struct {
		rate  float64 // MiB a second
		delay time.Duration
		size  int
		least float64 // of the raw stream's speed
	}{
		{0.8, 142 * time.Millisecond, long(), 0.93}, // as over Tor
		{0.8, 142 * time.Millisecond, 4 << 20, 0.93},
		{0.8, 30 * time.Millisecond, long(), 0.93},
		{0.2, 142 * time.Millisecond, long(), 0.93},
		{0.2, 500 * time.Millisecond, long(), 0.93},
		{2, 142 * time.Millisecond, 32 << 20, 0.93},
		{0.8, 500 * time.Millisecond, 32 << 20, 0.88}, // it takes long until the window is open
	} {
		t.Run(fmt.Sprintf("%d MiB at %v MiB/s, %v", on.size>>20, on.rate, on.delay), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				file := content(on.size)
				raw := rawTime(t, newPath(on.rate*(1<<20), on.delay), file)
				took, queue := fetchTime(t, newPath(on.rate*(1<<20), on.delay), new(transfer.Limiter), file)
				ratio := raw.Seconds() / took.Seconds()
				t.Logf("%.3f of a raw stream, messages wait for up to %v", ratio, queue)
				if ratio < on.least {
					t.Errorf("it is %.3f as fast as a raw stream", ratio)
				}
				chunk := time.Duration(float64(chunkSize) / on.rate / (1 << 20) * float64(time.Second))
				if limit := 200*time.Millisecond + 3*chunk; queue > limit {
					t.Errorf("messages wait for %v, want %v at most", queue, limit)
				}
			})
		})
	}
}

// The path becomes slow and far, and good again.
func TestThePathChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPath(0.8*(1<<20), 142*time.Millisecond)
		var limiter transfer.Limiter
		file := content(8 << 20)
		fast, _ := fetchTime(t, p, &limiter, file)
		p.up.set(0.2*(1<<20), 600*time.Millisecond)
		p.down.set(0.2*(1<<20), 600*time.Millisecond)
		slow, _ := fetchTime(t, p, &limiter, content(32<<20))
		if ratio := 32 / 0.2 / slow.Seconds(); ratio < 0.8 {
			t.Errorf("on a path that has become slow it is %.3f as fast as a raw stream", ratio)
		}
		p.up.set(0.8*(1<<20), 142*time.Millisecond)
		p.down.set(0.8*(1<<20), 142*time.Millisecond)
		if again, queue := fetchTime(t, p, &limiter, file); again > fast*11/10 || queue > 400*time.Millisecond {
			t.Errorf("afterwards it takes %v and not %v, messages wait for %v", again, fast, queue)
		}
	})
}

// Several files have the window of one, and equal parts of it.
func TestSeveralFilesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const count, size = 5, 4 << 20
		p := newPath(0.8*(1<<20), 142*time.Millisecond)
		var limiter transfer.Limiter
		times, queues := make([]time.Duration, count), make([]time.Duration, count)
		var fetching sync.WaitGroup
		for i := range count {
			fetching.Go(func() { times[i], queues[i] = fetchTime(t, p, &limiter, content(size)) })
		}
		fetching.Wait()
		whole := count * size / (0.8 * (1 << 20))
		for i := range count {
			if s := times[i].Seconds(); s > whole/0.93 || s < whole*0.95 {
				t.Errorf("file %d took %.1f s, all of them take %.1f", i, s, whole)
			}
			if queues[i] > 400*time.Millisecond {
				t.Errorf("messages wait for %v", queues[i])
			}
		}
		if limiter.Under() != 0 {
			t.Error("chunks are still counted as under way")
		}
	})
}

// What is sent beside the file is hardly more than the file.
func TestOverhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPath(0, time.Millisecond)
		file := content(64 * chunkSize)
		fetchTime(t, p, nil, file)
		if down := float64(p.down.total()) / float64(len(file)); down > 1.001 {
			t.Errorf("%.4f times the file was sent", down)
		}
		if up := p.up.total(); up != 16+64*8 {
			t.Errorf("%d bytes were sent to ask for 64 chunks", up)
		}
	})
}
