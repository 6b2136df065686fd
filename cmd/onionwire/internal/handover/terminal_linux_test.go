package handover_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/handover"
)

// pair opens both ends of a new pseudo-terminal.
func pair(t *testing.T) (screen, terminal *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { screen.Close() })
	if err := unix.IoctlSetPointerInt(int(screen.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(screen.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminal.Close() })
	return screen, terminal
}

func state(t *testing.T, f *os.File) unix.Termios {
	t.Helper()
	s, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return *s
}

// TestTerminal: what is typed while a terminal is held is not shown, does nothing, and can be
// read afterwards, and the terminal is then what it was.
func TestTerminal(t *testing.T) {
	const typed = "secret\x03\r"
	screen, terminal := pair(t)
	before := state(t, terminal)
	held, err := handover.Hold(terminal)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := screen.WriteString(typed); err != nil {
		t.Fatal(err)
	}
	shown, keys := int(screen.Fd()), int(terminal.Fd())
	if err := errors.Join(unix.SetNonblock(shown, true), unix.SetNonblock(keys, true)); err != nil {
		t.Fatal(err)
	}
	time.Sleep(10 * time.Millisecond) // an echo would come at once
	if n, err := unix.Read(shown, make([]byte, 100)); err == nil {
		t.Errorf("%d bytes are shown", n)
	}
	next, err := handover.Take(terminal, held.String())
	if err != nil {
		t.Fatal(err)
	}
	if err := next.Release(); err != nil {
		t.Fatal(err)
	}
	if now, err := unix.IoctlGetTermios(keys, unix.TCGETS); err != nil || *now != before {
		t.Errorf("the terminal was %+v and is %+v, %v", before, now, err)
	}
	if _, err := handover.Hold(terminal); err != nil { // an interface that reads key by key
		t.Fatal(err)
	}
	got := make([]byte, 100)
	n, err := unix.Read(keys, got)
	if err != nil || string(got[:n]) != typed {
		t.Errorf("read %q, %v", got[:n], err)
	}
}

func TestNoTerminal(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := handover.Hold(f); err == nil {
		t.Error("a file is held as a terminal")
	}
}

func TestMalformedState(t *testing.T) {
	_, terminal := pair(t)
	for _, given := range []string{"", "x", "====", "AAAA", string(make([]byte, 1000))} {
		if _, err := handover.Take(terminal, given); err == nil {
			t.Errorf("%q is taken for a state", given)
		}
	}
}
