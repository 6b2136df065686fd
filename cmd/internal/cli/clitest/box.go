package clitest

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// raceOptions spare the program the second that the race detector else sleeps
// at its end.
const raceOptions = "atexit_sleep_ms=0"

// Box is a place to run the program in: a home folder and a folder for temporary
// files of its own, and an environment that names no tor.
type Box struct {
	t    *testing.T
	dir  string
	Home string
	Temp string
	env  []string
}

// NewBox makes a place to run the program in, which is removed when the test
// ends. That the program has left nothing behind is checked then.
func NewBox(t *testing.T) *Box {
	t.Helper()
	// The paths of t.TempDir are too long for unix sockets.
	dir, err := os.MkdirTemp("", "ow-")
	if err != nil {
		t.Fatal(err)
	}
	b := &Box{t: t, dir: dir, Home: filepath.Join(dir, "home"), Temp: filepath.Join(dir, "tmp")}
	for _, d := range []string{b.Home, b.Temp} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "TOR_") && !strings.HasPrefix(v, "XDG_") {
			b.env = append(b.env, v)
		}
	}
	b.Setenv("GORACE", raceOptions)
	b.Setenv("HOME", b.Home)
	b.Setenv("XDG_DATA_HOME", b.Data())
	b.Setenv("TMPDIR", b.Temp)
	t.Cleanup(func() {
		b.WantClean()
		os.RemoveAll(dir)
	})
	return b
}

// Data is where the program keeps its data unless it is told otherwise, on every
// platform.
func (b *Box) Data() string { return filepath.Join(b.Home, "data") }

// Setenv sets a variable for the programs that are started from now on.
func (b *Box) Setenv(name, value string) { b.env = append(b.env, name+"="+value) }

// Environ is the environment that programs get.
func (b *Box) Environ() []string { return slices.Clone(b.env) }

// File writes a file for the program to read and returns its path.
func (b *Box) File(name, content string) string {
	b.t.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// Offline is the path of a torrc fragment with which tor starts, and then waits
// for ever before it does anything on a network.
func (b *Box) Offline() string {
	b.t.Helper()
	return b.File("offline.torrc", "DisableNetwork 1\n")
}

// WantClean fails the test if a program that ran here has left a process, a
// socket or a temporary file.
func (b *Box) WantClean() {
	b.t.Helper()
	if left := b.Processes(); len(left) > 0 {
		b.t.Errorf("processes are left: %q", left)
	}
	err := filepath.WalkDir(b.dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.Type()&fs.ModeSocket != 0:
			b.t.Errorf("a socket is left: %s", path)
		case strings.HasPrefix(path, b.Temp+string(filepath.Separator)):
			b.t.Errorf("a temporary file is left: %s", path)
		}
		return nil
	})
	if err != nil {
		b.t.Error(err)
	}
}

// Processes returns the command lines that name a path in the box, those of the
// program apart: they are of the tor processes that it has started.
func (b *Box) Processes() []string {
	b.t.Helper()
	var found []string
	for _, line := range b.processes() {
		found = append(found, line)
	}
	return found
}

// KillProcesses kills the tor processes that the program has started.
func (b *Box) KillProcesses() {
	b.t.Helper()
	for pid := range b.processes() {
		p, err := os.FindProcess(pid)
		if err == nil {
			err = p.Kill()
		}
		if err != nil {
			b.t.Errorf("killing %d: %v", pid, err)
		}
	}
}

// processes returns command lines by process id.
func (b *Box) processes() map[int]string {
	b.t.Helper()
	out, err := exec.Command("ps", "-A", "-o", "pid=,args=").Output()
	if err != nil {
		b.t.Fatalf("ps: %v", err)
	}
	found := make(map[int]string)
	for line := range strings.Lines(string(out)) {
		number, args, _ := strings.Cut(strings.TrimSpace(line), " ")
		pid, err := strconv.Atoi(number)
		if err == nil && strings.Contains(args, b.dir) && !strings.HasPrefix(strings.TrimSpace(args), program) {
			found[pid] = strings.TrimSpace(args)
		}
	}
	return found
}
