package dialqueue_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/internal/dialqueue"
)

const benchWaiters = 10_000

// fill lets n dials wait, each under a key of its own, behind those that hold all
// places of the background.
func fill(b *testing.B, q *dialqueue.Queue, n int) {
	b.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var tasks sync.WaitGroup
	for i := range n {
		tasks.Go(func() {
			if p, err := q.Acquire(ctx, fmt.Sprint("dead ", i)); err == nil {
				<-ctx.Done()
				p.Release()
			}
		})
	}
	b.Cleanup(func() {
		cancel()
		tasks.Wait()
	})
	for held, waiting := q.Count(); held+waiting < n; held, waiting = q.Count() {
		time.Sleep(time.Millisecond)
	}
}

// BenchmarkUrgent is an urgent dial while ten thousand wait.
func BenchmarkUrgent(b *testing.B) {
	q := dialqueue.New(dialqueue.Limits{Places: 16, Reserved: 4})
	fill(b, q, benchWaiters)
	for b.Loop() {
		done := q.Hurry("alive")
		acquire(b, q, "alive").Release()
		done()
	}
}

// BenchmarkHurry makes the last of ten thousand urgent, and takes it back. All
// places are held, so that it stays in line.
func BenchmarkHurry(b *testing.B) {
	q := dialqueue.New(dialqueue.Limits{Places: 16})
	fill(b, q, benchWaiters)
	for b.Loop() {
		q.Hurry(fmt.Sprint("dead ", benchWaiters-1))()
	}
}

// BenchmarkCrowd lets ten thousand dials through, one after the other; the memory
// is the queue's alone.
func BenchmarkCrowd(b *testing.B) {
	for b.Loop() {
		q := dialqueue.New(dialqueue.Limits{Places: 16, Reserved: 4})
		var tasks sync.WaitGroup
		for i := range benchWaiters {
			tasks.Go(func() {
				p := acquire(b, q, fmt.Sprint("dead ", i))
				runtime.Gosched()
				p.Release()
			})
		}
		tasks.Wait()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchWaiters, "ns/dial")
}
