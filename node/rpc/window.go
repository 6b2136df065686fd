package rpc

import "sync"

// window is what of a connection is being answered. It bounds the number of lines,
// and their length in all unless it is one.
type window struct {
	mu    sync.Mutex
	less  sync.Cond
	lines int
	bytes int
}

func newWindow() *window {
	w := &window{}
	w.less.L = &w.mu
	return w
}

// enter waits until there is room. It is for one goroutine; the others leave.
func (w *window) enter(bytes int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.lines >= MaxInFlight || w.lines > 0 && w.bytes+bytes > MaxLine {
		w.less.Wait()
	}
	w.lines++
	w.bytes += bytes
}

func (w *window) leave(bytes int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines--
	w.bytes -= bytes
	w.less.Signal()
}
