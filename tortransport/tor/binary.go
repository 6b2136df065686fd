package tor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// MinVersion is the oldest tor that is supported: the first series with
// proof-of-work defences for onion services, and the oldest that still gets
// security fixes.
var MinVersion = Version{0, 4, 8, 0}

var (
	// ErrNoBinary means that there is no tor program to start.
	ErrNoBinary = errors.New("tor program not found")
	// ErrOldVersion means that tor is older than MinVersion.
	ErrOldVersion = errors.New("tor is too old")
)

const (
	// versionTimeout bounds `tor --version`, which needs milliseconds.
	versionTimeout = 10 * time.Second
	// maxVersionOutput bounds what it says, in bytes; tor says about 700.
	maxVersionOutput = 64 << 10
)

// Version is a version of tor as in its version-spec: four numbers. What
// follows them, such as "-alpha" or a commit, is not kept.
type Version [4]int

// ParseVersion reads the first version number in s, for instance from
// "Tor version 0.4.9.11 (git-0123456789abcdef)." or "0.4.8.12".
func ParseVersion(s string) (Version, error) {
	for word := range strings.FieldsSeq(s) {
		core, _, _ := strings.Cut(strings.TrimRight(word, ".,"), "-")
		parts := strings.Split(core, ".")
		if len(parts) != len(Version{}) {
			continue
		}
		var v Version
		ok := true
		for i, part := range parts {
			n, err := strconv.ParseUint(part, 10, 16)
			ok = ok && err == nil
			v[i] = int(n)
		}
		if ok {
			return v, nil
		}
	}
	return Version{}, fmt.Errorf("no tor version in %.64q", s)
}

// Less reports whether v is older than w.
func (v Version) Less(w Version) bool {
	for i := range v {
		if v[i] != w[i] {
			return v[i] < w[i]
		}
	}
	return false
}

func (v Version) String() string {
	return fmt.Sprintf("%d.%d.%d.%d", v[0], v[1], v[2], v[3])
}

func (v Version) check() error {
	if v.Less(MinVersion) {
		return fmt.Errorf("%w: version %s, needed is %s or newer", ErrOldVersion, v, MinVersion)
	}
	return nil
}

// Binary is a tor program that can be started.
type Binary struct {
	Path    string
	Version Version
}

// LookupBinary finds the tor program and asks it for its version. With an
// empty path it looks in PATH and then where package managers put it.
//
// Errors match ErrNoBinary or ErrOldVersion where they apply.
func LookupBinary(ctx context.Context, path string) (Binary, error) {
	found, err := findBinary(path)
	if err != nil {
		return Binary{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, versionTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, found, "--version")
	cmd.WaitDelay = time.Second
	out := versionOutput{tooMuch: cancel}
	cmd.Stdout = &out
	err = cmd.Run()
	if out.full {
		return Binary{}, fmt.Errorf("%w: %s does not seem to be tor", ErrNoBinary, found)
	}
	if ctx.Err() != nil {
		return Binary{}, fmt.Errorf("asking %s for its version: %w", found, ctx.Err())
	}
	if err != nil {
		return Binary{}, fmt.Errorf("%w: %s --version: %w", ErrNoBinary, found, err)
	}
	v, err := ParseVersion(out.text.String())
	if err != nil {
		return Binary{}, fmt.Errorf("%w: %s does not seem to be tor: %w", ErrNoBinary, found, err)
	}
	if err := v.check(); err != nil {
		return Binary{}, fmt.Errorf("%s: %w", found, err)
	}
	return Binary{Path: found, Version: v}, nil
}

// versionOutput bounds what a program that is not tor may answer.
type versionOutput struct {
	text    strings.Builder
	full    bool
	tooMuch func()
}

func (o *versionOutput) Write(b []byte) (int, error) {
	if o.text.Len()+len(b) > maxVersionOutput {
		o.full = true
		o.tooMuch()
		return len(b), nil
	}
	return o.text.Write(b)
}

func findBinary(path string) (string, error) {
	if path != "" {
		found, err := exec.LookPath(path)
		if err != nil {
			return "", fmt.Errorf("%w: %w", ErrNoBinary, err)
		}
		return filepath.Abs(found)
	}
	if found, err := exec.LookPath("tor"); err == nil {
		return found, nil
	}
	for _, p := range usualPlaces[runtime.GOOS] {
		if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() {
			return p, nil
		}
	}
	return "", fmt.Errorf("%w in PATH or the usual places", ErrNoBinary)
}

// usualPlaces lists where tor is installed outside the PATH of a program that
// a desktop or a service manager starts.
var usualPlaces = map[string][]string{
	"darwin":  {"/opt/homebrew/bin/tor", "/usr/local/bin/tor", "/opt/local/bin/tor"},
	"windows": {`C:\Program Files\Tor\tor.exe`, `C:\Tor\tor.exe`},
	"linux":   {"/usr/bin/tor", "/usr/sbin/tor", "/usr/local/bin/tor", "/snap/bin/tor"},
	"freebsd": {"/usr/local/bin/tor"},
	"openbsd": {"/usr/local/bin/tor"},
}
