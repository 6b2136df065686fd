// Package holdback holds bytes back until others follow them, so that both leave in
// one write.
package holdback

import (
	"io"
	"runtime"
	"sync"
)

// Writer writes to another one. It may be used by several goroutines at once.
type Writer struct {
	to io.Writer

	writing sync.Mutex // for the order of what is written
	holding sync.Mutex // for held alone, and never held for long
	held    []byte
}

// New makes a Writer that holds nothing back.
func New(to io.Writer) *Writer { return &Writer{to: to} }

// Hold has b go before what is written next, behind what is held already.
func (w *Writer) Hold(b []byte) {
	w.holding.Lock()
	defer w.holding.Unlock()
	w.held = append(w.held, b...)
}

// Write writes what is held back, and b. It returns how much of b was written.
func (w *Writer) Write(b []byte) (int, error) {
	w.writing.Lock()
	defer w.writing.Unlock()
	return w.write(b)
}

// write is called with the lock on writing.
func (w *Writer) write(b []byte) (int, error) {
	w.holding.Lock()
	held := w.held
	w.held = nil
	w.holding.Unlock()
	if held == nil {
		return w.to.Write(b)
	}
	n, err := w.to.Write(append(held, b...))
	return max(0, n-len(held)), err
}

// Flush writes what is held back, if nobody else has begun to. Who writes may be
// stuck until somebody reads, and is not waited for: it writes that by itself.
func (w *Writer) Flush() error {
	for w.holds() {
		if !w.writing.TryLock() {
			runtime.Gosched() // somebody is about to write it
			continue
		}
		defer w.writing.Unlock()
		_, err := w.write(nil)
		return err
	}
	return nil
}

func (w *Writer) holds() bool {
	w.holding.Lock()
	defer w.holding.Unlock()
	return w.held != nil
}
