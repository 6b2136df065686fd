package tor

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// ErrInUse means that another program has a daemon with the same data folder.
var ErrInUse = errors.New("tor data folder is in use")

const (
	tempPrefix = "onionwire-tor-"
	// tempName stands for the longest name of a temporary folder: os.MkdirTemp
	// adds a number of 32 bits.
	tempName = tempPrefix + "4294967295"
	lockName = "onionwire.lock"
	// tempAge is how old a temporary folder must be before it can be taken for
	// one that a crash left. A younger one may not have its lock yet.
	tempAge = time.Minute
	// maxSocketPath is the longest path of a unix socket in bytes that every
	// platform takes: sun_path has 104 on BSD and macOS, with the final zero.
	maxSocketPath = 103
	// longestSocket stands for the longest name of a socket in the folder.
	longestSocket = "onion-999999"
)

// plainPath holds what tor takes in an address without quoting, everywhere.
var plainPath = regexp.MustCompile(`^[A-Za-z0-9/._+-]+$`)

// folder is where a managed tor keeps its state and its sockets. It is locked
// for as long as the daemon lives.
type folder struct {
	data    string // DataDirectory
	sockets string // 0700; empty where unix sockets cannot be used
	temp    []string
	locks   []*flock.Flock

	removeOnce sync.Once
}

// openFolder makes and locks the folder of a managed daemon and removes the
// sockets that a crash left there. An empty dir stands for a temporary folder
// that remove takes away.
func openFolder(dir string) (_ *folder, err error) {
	f := &folder{data: dir}
	defer func() {
		if err != nil {
			f.remove()
		}
	}()
	if dir == "" {
		sweepTemp()
		if f.data, err = f.mkdirTemp(); err != nil {
			return nil, err
		}
	} else if f.data, err = filepath.Abs(dir); err != nil {
		return nil, err
	} else if err = os.MkdirAll(f.data, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the tor data folder: %w", err)
	}
	held, err := f.take(f.data)
	if err != nil {
		return nil, fmt.Errorf("cannot lock the tor data folder: %w", err)
	}
	if !held {
		return nil, fmt.Errorf("%w: %s", ErrInUse, f.data)
	}
	if f.sockets, err = f.socketFolder(); err != nil {
		return nil, err
	}
	return f, nil
}

// socketFolder makes the folder of the sockets: within the data folder if
// their paths fit there, else in a temporary one, or none at all where there
// is no room or the platform has no unix sockets that tor could use.
func (f *folder) socketFolder() (string, error) {
	if runtime.GOOS == "windows" {
		return "", nil
	}
	dir := filepath.Join(f.data, "sockets")
	if fits(dir) {
		if err := os.RemoveAll(dir); err != nil {
			return "", fmt.Errorf("cannot remove old sockets: %w", err)
		}
		if err := os.Mkdir(dir, 0o700); err != nil {
			return "", fmt.Errorf("cannot make the folder of the sockets: %w", err)
		}
		return dir, nil
	}
	if !fits(filepath.Join(tempRoot(), tempName)) {
		return "", nil
	}
	sweepTemp()
	dir, err := f.mkdirTemp()
	if err != nil {
		return "", nil //nolint:nilerr // loopback ports are the way out
	}
	// Locked like the data folder, so that a sweep knows it is in use.
	if held, err := f.take(dir); err != nil || !held {
		return "", nil //nolint:nilerr // as above
	}
	return dir, nil
}

// take locks a folder for as long as f is open. The lock goes with the process.
func (f *folder) take(dir string) (bool, error) {
	lock := flock.New(filepath.Join(dir, lockName), flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if held {
		f.locks = append(f.locks, lock)
	}
	return held, err
}

func fits(dir string) bool {
	return plainPath.MatchString(dir) && len(filepath.Join(dir, longestSocket)) <= maxSocketPath
}

func (f *folder) mkdirTemp() (string, error) {
	dir, err := os.MkdirTemp(tempRoot(), tempPrefix) // 0700
	if err != nil {
		return "", fmt.Errorf("cannot make a temporary folder: %w", err)
	}
	f.temp = append(f.temp, dir)
	return dir, nil
}

// tempRoot prefers the user's own runtime folder, which nobody else can write
// to and which does not outlive the session.
func tempRoot() string {
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" && fits(filepath.Join(dir, tempName)) {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	return os.TempDir()
}

// sweepTemp removes the temporary folders of programs that were killed.
func sweepTemp() {
	root := tempRoot()
	entries, err := os.ReadDir(root)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), tempPrefix) {
			continue
		}
		info, err := entry.Info()
		if err != nil || !info.IsDir() || !ownedByUs(info) || time.Since(info.ModTime()) < tempAge {
			continue
		}
		dir := filepath.Join(root, entry.Name())
		lock := flock.New(filepath.Join(dir, lockName))
		if held, err := lock.TryLock(); err == nil && held {
			_ = os.RemoveAll(dir) // the next sweep tries again
			_ = lock.Close()
		}
	}
}

// listen opens a socket for the target of an onion service.
func (f *folder) listen(n int) (net.Listener, error) {
	if f.sockets == "" {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	return net.Listen("unix", filepath.Join(f.sockets, fmt.Sprintf("onion-%d", n)))
}

// remove takes away what the daemon needed only while it ran. A second call does
// nothing: the folder may have its next user by then.
func (f *folder) remove() {
	f.removeOnce.Do(func() {
		if f.sockets != "" {
			_ = os.RemoveAll(f.sockets)
		}
		for _, dir := range f.temp {
			_ = os.RemoveAll(dir)
		}
		for _, lock := range f.locks {
			_ = lock.Close()
		}
	})
}
