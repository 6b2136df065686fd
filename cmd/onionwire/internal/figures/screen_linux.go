package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/onionwire/onionwire/cmd/internal/pseudo"
	"github.com/onionwire/onionwire/internal/report"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

const (
	// starts is how often the interface is started.
	starts = 15
	// presses is how often each key is pressed.
	presses = 40
	// pause is what is between two frames at least: they come every sixtieth of a
	// second. The bytes of one come together.
	pause = 8 * time.Millisecond
	// still is how long nothing comes when no more frames follow.
	still = 30 * time.Millisecond
	// untilLoaded is how long a conversation may take until there is something to page
	// in it: a key that changes nothing has no frame.
	untilLoaded = 100 * time.Millisecond
	// patience is how long a frame is waited for.
	patience = 20 * time.Second
	columns  = 120
	rows     = 40
)

// Goals.
const (
	maxFirstFrame = 150 * time.Millisecond
	maxKey        = 16 * time.Millisecond
	maxSlowKey    = 50 * time.Millisecond
)

// keys are pressed in turn. What they do shows at once.
var keys = []struct{ name, bytes string }{
	{"a letter", "x"},
	{"the next conversation", "\x1b[1;3B"},
	{"a page up", "\x1b[5~"},
	{"the next unread one", "\x1bu"},
}

// measureInterface measures the interface at a terminal, with a large profile.
func measureInterface(ctx context.Context, b *bench) ([]report.Figure, error) {
	root := filepath.Join(b.dir, "large")
	progress("writing %d messages", texts)
	if err := writeLarge(ctx, root, "large"); err != nil {
		return nil, err
	}
	first, err := b.firstFrames(ctx, "--profile", "default")
	if err != nil {
		return nil, err
	}
	all, err := b.firstFrames(ctx, inLarge(root)...)
	if err != nil {
		return nil, err
	}
	found := []report.Figure{
		within("start to first frame with a contact, median", percentile(first, 50), maxFirstFrame),
		took("start to first frame with the contacts of a large profile, median", percentile(all, 50)),
	}
	pressed, err := b.press(ctx, root)
	if err != nil {
		return nil, err
	}
	all = nil
	for i, k := range keys {
		progress("%s: median %v, slowest %v", k.name, percentile(pressed[i], 50), percentile(pressed[i], 100))
		all = append(all, pressed[i]...)
	}
	what := fmt.Sprintf("key to frame, of %d keys, ", len(all))
	return append(found,
		within(what+"median", percentile(all, 50), maxKey),
		within(what+"95 of 100", percentile(all, 95), maxSlowKey),
		within(what+"slowest", percentile(all, 100), maxSlowKey)), nil
}

// inLarge are the flags for the large profile.
func inLarge(root string) []string { return []string{"--dir", root, "--profile", "large"} }

// firstFrames starts the interface so many times.
func (b *bench) firstFrames(ctx context.Context, profile ...string) (first []time.Duration, err error) {
	for i := range warmUp + starts {
		took, err := b.firstFrame(ctx, profile)
		if err != nil {
			return nil, err
		}
		if i >= warmUp {
			first = append(first, took)
		}
	}
	return first, nil
}

// firstFrame starts the interface, and ends it when it has shown a contact.
func (b *bench) firstFrame(ctx context.Context, profile []string) (took time.Duration, err error) {
	began := time.Now()
	s, err := b.open(ctx, profile)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	last, err := s.frame(ctx, "Person", pause)
	return last.Sub(began), err
}

// press presses keys, each when the one before has been shown.
func (b *bench) press(ctx context.Context, root string) (took [][]time.Duration, err error) {
	s, err := b.open(ctx, inLarge(root))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if _, err := s.frame(ctx, "Person", still); err != nil {
		return nil, err
	}
	s.settle(2 * time.Second)
	took = make([][]time.Duration, len(keys))
	for i := range presses + 1 {
		for k, key := range keys {
			began := time.Now()
			if _, err := s.screen.WriteString(key.bytes); err != nil {
				return nil, err
			}
			last, err := s.frame(ctx, "", still)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key.name, err)
			}
			if i > 0 {
				took[k] = append(took[k], last.Sub(began))
			}
			s.settle(untilLoaded)
		}
	}
	return took, nil
}

// terminal is one at which the interface runs.
type terminal struct {
	screen  *os.File
	program *exec.Cmd
	fake    *tortest.Fake
	written chan piece
}

// piece is what has come at a time.
type piece struct {
	at    time.Time
	bytes []byte
}

// open starts the interface at a terminal of its own.
func (b *bench) open(ctx context.Context, profile []string) (*terminal, error) {
	fake, err := tortest.StartFake()
	if err != nil {
		return nil, err
	}
	screen, keyboard, err := pseudo.Open()
	if err != nil {
		fake.Close()
		return nil, err
	}
	defer keyboard.Close() // with the program's copy the screen ends
	s := &terminal{screen, b.command(ctx, append(profile, "--tor-control", fake.ControlAddr())...), fake, make(chan piece, 1000)}
	pseudo.Attach(s.program, keyboard)
	if err = pseudo.Resize(keyboard, columns, rows); err == nil {
		err = s.program.Start()
	}
	if err != nil {
		fake.Close()
		return nil, errors.Join(err, screen.Close())
	}
	go s.read()
	return s, nil
}

// read takes what the program writes until it ends.
func (s *terminal) read() {
	defer close(s.written)
	for {
		b := make([]byte, 64<<10)
		n, err := s.screen.Read(b)
		if n > 0 {
			s.written <- piece{time.Now(), b[:n]}
		}
		if err != nil {
			return
		}
	}
}

// frame returns when the last byte has come before a gap, once there was a text.
func (s *terminal) frame(ctx context.Context, text string, gap time.Duration) (last time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var seen []byte
	for {
		var quiet <-chan time.Time
		if !last.IsZero() && bytes.Contains(seen, []byte(text)) {
			quiet = time.After(gap)
		}
		select {
		case p, ok := <-s.written:
			if !ok {
				return last, fmt.Errorf("the interface has ended: %q", seen)
			}
			last = p.at
			seen = append(seen, p.bytes...)
		case <-quiet:
			return last, nil
		case <-ctx.Done():
			return last, fmt.Errorf("nothing is shown: %w", ctx.Err())
		}
	}
}

// settle takes what comes, until nothing has for a while.
func (s *terminal) settle(d time.Duration) {
	for {
		select {
		case <-s.written:
		case <-time.After(d + still):
			return
		}
	}
}

// close ends the interface.
func (s *terminal) close() error {
	defer s.fake.Close()
	defer s.screen.Close()
	if err := s.program.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	go func() {
		for range s.written { // until it has ended
		}
	}()
	var exit *exec.ExitError
	if err := s.program.Wait(); err != nil && !errors.As(err, &exit) { // it may say that it was interrupted
		return err
	}
	return nil
}
