package cli_test

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// attach attaches to a fake tor that has got as far as percent.
func attach(t *testing.T, percent int) (*tor.Daemon, *tortest.Fake) {
	t.Helper()
	fake := tortest.NewFake(t)
	fake.SetBootstrap(percent, "phase", "Reading the newspaper")
	control, err := tor.ParseAddr(fake.ControlAddr())
	if err != nil {
		t.Fatal(err)
	}
	d, err := tor.Attach(t.Context(), tor.AttachConfig{Control: control})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, fake
}

// lineWriter takes lines and lets them be waited for.
type lineWriter chan string

func (w lineWriter) Write(b []byte) (int, error) {
	w <- string(b)
	return len(b), nil
}

func TestWaitReady(t *testing.T) {
	d, fake := attach(t, 10)
	lines := make(lineWriter, 10)
	done := make(chan error, 1)
	go func() { done <- cli.WaitReady(t.Context(), d, lines, "alice") }()
	want := func(line string) {
		t.Helper()
		select {
		case got := <-lines:
			if got != line {
				t.Errorf("printed %q, want %q", got, line)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%q is not printed", line)
		}
	}
	want("alice: tor 10% Reading the newspaper\n")
	fake.SetBootstrap(50, "phase", "Having breakfast")
	want("alice: tor 50% Having breakfast\n")
	fake.SetBootstrap(100, "done", "Done")
	want("alice: tor 100% Done\n")
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestWaitReadyCancelled(t *testing.T) {
	d, _ := attach(t, 10)
	ctx, cancel := context.WithCancel(t.Context())
	lines := make(lineWriter, 10)
	done := make(chan error, 1)
	go func() { done <- cli.WaitReady(ctx, d, lines, "") }()
	if got := <-lines; got != "tor 10% Reading the newspaper\n" {
		t.Errorf("printed %q", got)
	}
	cancel()
	if err := <-done; !errors.Is(err, tor.ErrNotReady) || !errors.Is(err, context.Canceled) {
		t.Errorf("WaitReady = %v", err)
	}
}

// TestWaitReadyLost: a tor that is lost meanwhile is waited for.
func TestWaitReadyLost(t *testing.T) {
	d, fake := attach(t, 10)
	lines := make(lineWriter, 100)
	done := make(chan error, 1)
	go func() { done <- cli.WaitReady(t.Context(), d, lines, "") }()
	<-lines
	fake.DropControl()
	for d.Reconnects() == 0 {
		time.Sleep(time.Millisecond)
	}
	fake.SetBootstrap(100, "done", "Done")
	if err := <-done; err != nil {
		t.Errorf("WaitReady = %v", err)
	}
}

func TestWhileRunning(t *testing.T) {
	t.Run("daemon ends", func(t *testing.T) {
		d, _ := attach(t, 100)
		ctx, cancel := cli.WhileRunning(t.Context(), d, io.Discard)
		defer cancel()
		if err := cli.Cause(ctx, io.EOF); !errors.Is(err, io.EOF) {
			t.Errorf("Cause = %v while the daemon runs", err)
		}
		d.Close()
		<-ctx.Done()
		if err := cli.Cause(ctx, ctx.Err()); !errors.Is(err, tor.ErrClosed) {
			t.Errorf("Cause = %v, want ErrClosed", err)
		}
		if err := cli.Cause(ctx, nil); err != nil {
			t.Errorf("Cause makes an error of success: %v", err)
		}
	})
	t.Run("daemon is lost", func(t *testing.T) {
		d, fake := attach(t, 100)
		lines := make(lineWriter, 100)
		ctx, cancel := cli.WhileRunning(t.Context(), d, lines)
		defer cancel()
		// Until it is back it does not let anybody in.
		fake.OnCommand(func(string) tortest.FakeReply { return tortest.FakeReply{Drop: true} })
		fake.DropControl()
		if got := <-lines; got != "the connection to tor is lost; trying to get it back\n" {
			t.Errorf("printed %q", got)
		}
		fake.OnCommand(nil)
		if got := <-lines; got != "tor is back\n" {
			t.Errorf("printed %q", got)
		}
		if ctx.Err() != nil {
			t.Error("the context has ended")
		}
	})
	t.Run("work ends", func(t *testing.T) {
		d, _ := attach(t, 100)
		ctx, cancel := cli.WhileRunning(t.Context(), d, io.Discard)
		cancel()
		if ctx.Err() == nil {
			t.Error("the context is not cancelled")
		}
	})
}

func TestFollowService(t *testing.T) {
	gone := errors.New("gone")
	var out strings.Builder
	err := cli.FollowService(t.Context(), &out, slices.Values([]tor.ServiceStatus{
		{Phase: tor.Starting},
		{Phase: tor.Degraded}, // it could not be reached before
		{Phase: tor.Reachable},
		{Phase: tor.Degraded},
		{Phase: tor.Degraded},
		{Phase: tor.Uploading},
		{Phase: tor.Reachable},
		{Phase: tor.Gone, Err: gone},
	}))
	want := "your address cannot be reached for now; that is being mended\nyour address can be reached again\n"
	if out.String() != want || !errors.Is(err, gone) {
		t.Errorf("printed %q, error %v", out.String(), err)
	}
}

// TestBar shows the bar where there is no terminal to ask for its width.
func TestBar(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cli.ShowBar(w, "alice: tor: ",
		tor.Progress{Percent: 0, Summary: "Starting"},
		tor.Progress{Percent: 45, Summary: "Asking for relay descriptors"},
		tor.Progress{Percent: 75, Summary: "Loaded enough directory info to build circuits"},
	)
	w.Close()
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	text := string(out)
	for _, want := range []string{"alice: tor: Starting ", "  0% |", "relay descriptors ", " 45% |", "Loaded enough directory info ", " 75% |"} {
		if !strings.Contains(text, want) {
			t.Errorf("the bar does not show %q: %q", want, text)
		}
	}
	if !strings.HasSuffix(text, "\x1b[2K\r") {
		t.Errorf("the line is not cleared at the end: %q", text)
	}
	for frame := range strings.SplitSeq(text, "\r") {
		frame = strings.NewReplacer("\x1b[2K", "", "\x1b[0K", "").Replace(frame)
		if n := utf8.RuneCountInString(frame); n >= 80 {
			t.Errorf("a line has %d columns: %q", n, frame)
		}
	}
}

func TestLayout(t *testing.T) {
	for columns := range 200 {
		phase, width := cli.Layout(columns)
		if phase < 0 || width < 0 || phase+width > max(0, columns-cli.BarFrame) {
			t.Errorf("in %d columns there is no room for %d and %d", columns, phase, width)
		}
	}
	if phase, width := cli.Layout(80); phase != 36 || width != 24 {
		t.Errorf("in 80 columns %d and %d are used", phase, width)
	}
	if phase, width := cli.Layout(35); phase < 12 || width < 6 {
		t.Errorf("in 35 columns %d and %d are used", phase, width)
	}
}
