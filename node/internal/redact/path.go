package redact

import (
	"io/fs"
	"net"
	"os"
	"strings"
)

// Path returns an error for a log: its text is without the paths that errors of the
// system in it are about. Where somebody keeps their files, and what those are called,
// is nobody else's business. It matches whatever err does.
func Path(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, path := range pathsIn(err) {
		if strings.Trim(path, "./\\") != "" {
			text = strings.ReplaceAll(text, path, "…")
		}
	}
	return pathless{err, text}
}

// pathless is an error with another text.
type pathless struct {
	err  error
	text string
}

func (p pathless) Error() string { return p.text }
func (p pathless) Unwrap() error { return p.err }

// pathsIn returns the paths in an error, and in all that it wraps.
func pathsIn(err error) (all []string) {
	switch e := err.(type) { //nolint:errorlint // each is looked at by itself
	case *fs.PathError:
		all = append(all, e.Path)
	case *os.LinkError:
		all = append(all, e.Old, e.New)
	case *net.OpError:
		for _, a := range []net.Addr{e.Source, e.Addr} {
			if a != nil {
				all = append(all, a.String())
			}
		}
	}
	switch e := err.(type) { //nolint:errorlint // as above
	case interface{ Unwrap() error }:
		all = append(all, pathsIn(e.Unwrap())...)
	case interface{ Unwrap() []error }:
		for _, wrapped := range e.Unwrap() {
			all = append(all, pathsIn(wrapped)...)
		}
	}
	return all
}
