package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/onionwire/onionwire/node/profile"
)

// maxAhead is how far the time of a file may be ahead of the clock: some systems are
// inexact about either.
const maxAhead = time.Minute

// clock looks whether the clock can be right. Tor needs it to be, within hours: it
// refuses a network whose documents are of another time.
func clock(_ context.Context, cfg *Config) Result {
	const todo = "set the clock, and have it kept right by NTP; Tor does not work with a wrong one"
	now := cfg.Now.UTC().Format("2006-01-02 15:04:05 MST")
	if cfg.Now.Before(cfg.Built) {
		return Result{Outcome: Fail, Found: "it is " + now + " by the clock, which is before this program was made", Todo: todo}
	}
	newest := newestFile(filepath.Join(cfg.Root, cfg.Name))
	if newest.After(cfg.Now.Add(maxAhead)) {
		return Result{
			Outcome: Warn, Todo: todo,
			Found: "it is " + now + " by the clock, and files of the profile are from later, " + newest.UTC().Format("2006-01-02 15:04:05 MST"),
		}
	}
	return well(now)
}

// newestFile returns when the last of the files in a folder was changed.
func newestFile(dir string) (newest time.Time) {
	entries, _ := os.ReadDir(dir) // another check tells
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	return newest
}

// configuration looks whether what is set can be used.
func configuration(_ context.Context, cfg *Config) Result {
	if cfg.Misconfigured != nil {
		return cfg.failed(cfg.Misconfigured)
	}
	return well("what is set can be used")
}

// profileFolder looks whether the profile is there, whole, and closed to others.
func profileFolder(_ context.Context, cfg *Config) Result {
	protected, err := profile.Protected(cfg.Root, cfg.Name)
	if cfg.noProfile = errors.Is(err, profile.ErrNotFound); cfg.noProfile {
		if all, err := profile.Names(cfg.Root); err == nil && len(all) == 0 {
			return Result{Outcome: Warn, Found: "there is none yet", Todo: "onionwire makes one when it starts; so does 'onionwire init'"}
		}
	}
	if err != nil {
		return cfg.failed(err)
	}
	dir := filepath.Join(cfg.Root, cfg.Name)
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return cfg.failed(err)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return Result{
			Outcome: Fail, Found: fmt.Sprintf("other users can enter its folder (mode %04o)", info.Mode().Perm()),
			Todo: "close it: chmod go= " + dir + "; if somebody else can have read the keys, make a new profile",
		}
	case !protected:
		return Result{
			Outcome: Warn, Found: "it is whole, and has no passphrase",
			Todo: "if others can get at this disk, give it one: onionwire passphrase",
		}
	}
	return well("it is whole, and has a passphrase")
}

// disk looks whether files can be made in the folder of the profile.
func disk(_ context.Context, cfg *Config) Result {
	if cfg.noProfile {
		return Result{}
	}
	f, err := os.CreateTemp(filepath.Join(cfg.Root, cfg.Name), ".doctor-*")
	if err == nil {
		// A block at least, or a full disk would not be noticed.
		_, err = f.Write(make([]byte, 64<<10))
		err = errors.Join(err, f.Sync(), f.Close(), os.Remove(f.Name()))
	}
	if err != nil {
		return Result{Outcome: Fail, Found: reason(err), Todo: "make room on the disk, or give this user access to it"}
	}
	return well("the profile's folder can be written to")
}

// reason is an error without the path.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return err.Error()
}
