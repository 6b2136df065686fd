package tor

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// ErrNoTransport means that bridges need a pluggable transport for which no program
// was named, or whose program is not there.
var ErrNoTransport = errors.New("pluggable transport not available")

// PluggableTransport is a program that disguises the traffic to bridges, such as
// obfs4proxy or snowflake-client. Tor starts it, and it ends with tor.
type PluggableTransport struct {
	// Names are those that bridge lines have for it, such as "obfs4".
	Names []string
	// Path is the program; one without a slash is looked up on PATH. Tor cannot
	// start a program whose path has spaces.
	Path string
	// Args are arguments for the program, none of them with spaces.
	Args []string
}

// resolve returns the transport with the absolute path of its program, once all is
// found to be possible.
func (t PluggableTransport) resolve() (PluggableTransport, error) {
	if len(t.Names) == 0 {
		return t, fmt.Errorf("%w: a program without the name of a transport", ErrNoTransport)
	}
	for _, name := range t.Names {
		if !transportName.MatchString(name) {
			return t, fmt.Errorf("%w: %q is no name of a transport", ErrNoTransport, name)
		}
	}
	path, err := exec.LookPath(t.Path)
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return t, fmt.Errorf("%w: no program for %s: %w", ErrNoTransport, t.Names[0], err)
	}
	path = filepath.ToSlash(path) // a backslash at the end of a line would go on with it
	for _, word := range append([]string{path}, t.Args...) {
		if word == "" || strings.HasSuffix(word, `\`) || strings.ContainsFunc(word, notInProgram) {
			return t, fmt.Errorf("%w: tor cannot start a program for %s whose path or arguments have spaces, quotes or the like",
				ErrNoTransport, t.Names[0])
		}
	}
	t.Path = path
	return t, nil
}

// notInProgram tells the characters that tor has no way of giving to a program: it
// divides the words at spaces and knows no quotes.
func notInProgram(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == '#' || r == '"'
}

// detour is how a managed tor gets into its network where it is blocked.
type detour struct {
	bridges    []bridge
	transports []PluggableTransport
}

// plan checks the bridges and transports of a configuration.
func plan(cfg Config) (detour, error) {
	var d detour
	var err error
	if d.bridges, err = parseBridges(cfg.Bridges); err != nil {
		return d, err
	}
	var names []string
	for _, t := range cfg.PluggableTransports {
		if t, err = t.resolve(); err != nil {
			return d, err
		}
		for _, name := range t.Names {
			if slices.Contains(names, name) {
				return d, fmt.Errorf("%w: two programs for %s", ErrNoTransport, name)
			}
			names = append(names, name)
		}
		d.transports = append(d.transports, t)
	}
	for i, b := range d.bridges {
		if b.transport != "" && !slices.Contains(names, b.transport) {
			return d, fmt.Errorf("%w: bridge %d of %d needs %s, and no program was named for it",
				ErrNoTransport, i+1, len(d.bridges), b.transport)
		}
	}
	return d, nil
}

// torrc is the part of the configuration that is about bridges.
func (d detour) torrc() string {
	var b strings.Builder
	for _, t := range d.transports {
		words := append([]string{"ClientTransportPlugin", strings.Join(t.Names, ","), "exec", t.Path}, t.Args...)
		b.WriteString(strings.Join(words, " ") + "\n")
	}
	if len(d.bridges) > 0 {
		b.WriteString("UseBridges 1\n")
	}
	for _, bridge := range d.bridges {
		fmt.Fprintf(&b, "Bridge %s\n", bridge)
	}
	return b.String()
}
