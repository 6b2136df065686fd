//go:build unix

package tor_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"github.com/onionwire/onionwire/tortransport/tor"
)

func TestWrongTorrc(t *testing.T) {
	root := shortDir(t)
	t.Setenv("XDG_RUNTIME_DIR", "")
	t.Setenv("TMPDIR", root)
	for name, c := range map[string]struct{ line, reason string }{
		"unknown option": {"NoSuchOption 1", "Unknown option 'NoSuchOption'"},
		"wrong value":    {"SocksPort many", "SocksPort"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tor.Start(t.Context(), tor.Config{Torrc: isolated + c.line})
			wantErr(t, err, tor.ErrExited)
			wantText(t, err, c.reason)
			if left := list(t, root); len(left) != 0 {
				t.Errorf("there are %v", left)
			}
		})
	}
}

// fakeTor writes a program that says it is tor when asked for its version, and
// otherwise does something else.
func fakeTor(t *testing.T, body string) string {
	t.Helper()
	return script(t, `if [ "$1" = --version ]; then echo "Tor version 0.4.9.11."; exit; fi; `+body)
}

func TestCancelledStart(t *testing.T) {
	for name, body := range map[string]string{
		"polite":   `echo started; exec sleep 3600`,
		"stubborn": `trap "" TERM; echo started; while :; do sleep 0.1; done`,
	} {
		t.Run(name, func(t *testing.T) {
			pid, root := filepath.Join(t.TempDir(), "pid"), shortDir(t)
			binary := fakeTor(t, `echo $$ >`+pid+`; `+body)
			t.Setenv("XDG_RUNTIME_DIR", "")
			t.Setenv("TMPDIR", root)
			_, err := tor.Start(within(t, 500*time.Millisecond), tor.Config{Binary: binary})
			wantErr(t, err, context.DeadlineExceeded)
			wantGone(t, pid) // the polite one would have lived for an hour
			if left := list(t, root); len(left) != 0 {
				t.Errorf("there are %v", left)
			}
		})
	}
}

func TestTorThatFailsAtOnce(t *testing.T) {
	_, err := tor.Start(testContext(t), tor.Config{Binary: fakeTor(t, `echo "the disk is full" >&2; exit 1`)})
	wantErr(t, err, tor.ErrExited)
	wantText(t, err, "exit status 1", "the disk is full")
}

func TestLogOfTor(t *testing.T) {
	var log strings.Builder
	d := start(t, tor.Config{Torrc: isolated, Log: debugLog(&log)})
	d.Close()
	if !strings.Contains(log.String(), "Bootstrapped 0%") {
		t.Errorf("the log lacks what tor says:\n%s", log.String())
	}
}

// TestStartCancelledAnywhere ends the context at different moments of the start
// of a real tor, of which none may be left: it would hold the data folder.
func TestStartCancelledAnywhere(t *testing.T) {
	dir := shortDir(t)
	for limit := time.Millisecond; limit < 64*time.Millisecond; limit += 3 * time.Millisecond {
		d, err := tor.Start(within(t, limit), tor.Config{DataDir: dir, Torrc: isolated})
		if err == nil {
			d.Close()
		} else {
			wantErr(t, err, context.DeadlineExceeded)
		}
		if locked(t, filepath.Join(dir, "lock")) {
			t.Fatalf("after %s a tor is left", limit)
		}
	}
	start(t, tor.Config{DataDir: dir, Torrc: isolated})
	if !locked(t, filepath.Join(dir, "lock")) {
		t.Error("a tor that runs does not lock its folder: this test proves nothing")
	}
}

// locked reports whether a tor holds the lock of its data folder.
func locked(t *testing.T, path string) bool {
	t.Helper()
	lock := flock.New(path)
	held, err := lock.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	return !held
}
