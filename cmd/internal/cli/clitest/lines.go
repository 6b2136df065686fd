package clitest

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Lines are what a program has written, line by line. All methods may be called
// concurrently.
type Lines struct {
	mu      sync.Mutex
	partial []byte
	all     []string
	next    int // the first that Await has not passed
	ended   bool
	changed chan struct{} // closed and replaced with every change
}

func newLines() *Lines { return &Lines{changed: make(chan struct{})} }

// Write takes what the program writes.
func (l *Lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.partial = append(l.partial, b...)
	for {
		line, rest, ok := bytes.Cut(l.partial, []byte("\n"))
		if !ok {
			break
		}
		l.all, l.partial = append(l.all, string(line)), rest
	}
	l.wake()
	return len(b), nil
}

// end notes that the program has ended.
func (l *Lines) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.partial) > 0 {
		l.all, l.partial = append(l.all, string(l.partial)), nil
	}
	l.ended = true
	l.wake()
}

func (l *Lines) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// Await waits for a line that contains all of parts and returns it. The next
// call looks behind it.
func (l *Lines) Await(t *testing.T, parts ...string) string {
	t.Helper()
	timeout := time.After(Soon)
	for {
		l.mu.Lock()
		changed, ended := l.changed, l.ended
		for l.next < len(l.all) {
			line := l.all[l.next]
			l.next++
			if !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(line, p) }) {
				l.mu.Unlock()
				return line
			}
		}
		l.mu.Unlock()
		if ended {
			t.Fatalf("the program has ended without a line with %q", parts)
		}
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("no line with %q after %s", parts, Soon)
		}
	}
}

// AwaitPrompt waits for the beginning of a line that contains text, which nothing has
// ended yet, and returns it.
func (l *Lines) AwaitPrompt(t *testing.T, text string) string {
	t.Helper()
	timeout := time.After(Soon)
	for {
		l.mu.Lock()
		changed, ended := l.changed, l.ended
		line := string(l.partial)
		l.mu.Unlock()
		if strings.Contains(line, text) {
			return line
		}
		if ended {
			t.Fatalf("the program has ended without asking for %q", text)
		}
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("it does not ask for %q after %s", text, Soon)
		}
	}
}

// All returns the lines until now.
func (l *Lines) All() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.all)
}

func (l *Lines) String() string { return strings.Join(l.All(), "\n") }
