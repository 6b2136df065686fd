package holdback_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/tortransport/internal/holdback"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// writes records each write.
type writes []string

func (w *writes) Write(b []byte) (int, error) {
	*w = append(*w, string(b))
	return len(b), nil
}

func TestOneWrite(t *testing.T) {
	var got writes
	w := holdback.New(&got)
	w.Hold([]byte("a"))
	w.Hold([]byte("b"))
	if len(got) != 0 {
		t.Fatalf("written at once: %q", got)
	}
	for _, s := range []string{"cd", "e"} {
		if n, err := w.Write([]byte(s)); n != len(s) || err != nil {
			t.Errorf("Write = %d, %v", n, err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Error(err)
	}
	w.Hold([]byte("f"))
	if err := errors.Join(w.Flush(), w.Flush()); err != nil {
		t.Error(err)
	}
	if len(got) != 3 || got[0] != "abcd" || got[1] != "e" || got[2] != "f" {
		t.Errorf("written %q", got)
	}
}

// cut takes so many bytes.
type cut int

func (c cut) Write(b []byte) (int, error) { return min(len(b), int(c)), io.ErrShortWrite }

func TestShortWrite(t *testing.T) {
	for taken, want := range []int{0, 0, 0, 1, 2} {
		w := holdback.New(cut(taken))
		w.Hold([]byte("ab"))
		if n, err := w.Write([]byte("cde")); n != want || !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("of %d bytes: Write = %d, %v, want %d", taken, n, err, want)
		}
	}
}

// TestFlushDoesNotWait for who is stuck.
func TestFlushDoesNotWait(t *testing.T) {
	r, to := io.Pipe()
	w := holdback.New(to)
	w.Hold([]byte("ab"))
	done := make(chan error, 1)
	go func() {
		_, err := w.Write([]byte("cd"))
		done <- err
	}()
	first := make([]byte, 1)
	if _, err := io.ReadFull(r, first); err != nil {
		t.Fatal(err)
	}
	flushed := make(chan error, 1)
	go func() { flushed <- w.Flush() }()
	select {
	case err := <-flushed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("Flush waits for a writer that waits for a reader")
	}
	rest := make([]byte, 3)
	if _, err := io.ReadFull(r, rest); err != nil || !bytes.Equal(append(first, rest...), []byte("abcd")) {
		t.Errorf("read %q%q, %v", first, rest, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
