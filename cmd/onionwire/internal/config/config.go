package config

import (
	"errors"
	"path/filepath"
	"time"

	"github.com/adrg/xdg"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
)

// fileName is that of both files.
const fileName = "config.toml"

// Config is what is set. [Keys] says what each of it is for.
type Config struct {
	Theme         string
	Mouse         bool
	Editor        string
	Notifications string
	LockAfter     time.Duration // 0 is never
	Metrics       string
	LogLevel      string
	Tor           Tor
	// Bindings are keys by the name of the action that they are for, of those actions
	// that have others than they come with. No keys means that it has none.
	Bindings map[string][]string

	sources map[string]Source
}

// Tor is which Tor is used.
type Tor struct {
	Path         string
	Bridges      []string
	Transports   []string
	Control      string
	SOCKS        string
	PasswordFile string
}

// Source is where a value comes from.
type Source int

// Sources, each of which goes before those above it.
const (
	Default Source = iota
	Global
	Profile
	Environment
)

// String returns a word for the source, for people.
func (s Source) String() string {
	switch s {
	case Global:
		return "file for all profiles"
	case Profile:
		return "file of the profile"
	case Environment:
		return "environment"
	}
	return "default"
}

// Files are the files to read. An empty path is none.
type Files struct {
	Global  string
	Profile string
}

// GlobalFile returns the path of the file for all profiles of the user.
func GlobalFile() string { return filepath.Join(xdg.ConfigHome, "onionwire", fileName) }

// ProfileFile returns the path of the file of a profile, root being the folder of all
// profiles.
func ProfileFile(root, profile string) string { return filepath.Join(root, profile, fileName) }

// Load reads the files, which need not be there, and the variables among environ, whose
// form is that of os.Environ. An error in one of them is an *Error, all others are those
// of the system.
func Load(files Files, environ []string) (*Config, error) {
	c := defaults()
	for _, f := range []struct {
		path   string
		source Source
	}{{files.Global, Global}, {files.Profile, Profile}} {
		if f.path == "" {
			continue
		}
		content, err := read(f.path)
		if err != nil {
			return nil, err
		}
		if err := c.takeFile(content, f.source); err != nil {
			return nil, at(err, f.path)
		}
	}
	if err := c.takeEnvironment(environ); err != nil {
		return nil, err
	}
	return c, nil
}

// defaults returns what holds if nothing is set.
func defaults() *Config {
	c := &Config{Bindings: make(map[string][]string), sources: make(map[string]Source)}
	for _, k := range table {
		if !k.many() {
			k.field(c).reset()
		}
	}
	return c
}

// Value returns the value of a key as people type it, or nothing if there is no such key.
func (c *Config) Value(name string) string {
	k, ok := lookup(name)
	if !ok {
		return ""
	}
	return k.fieldOf(c, name).text()
}

// Source returns where the value of a key comes from.
func (c *Config) Source(name string) Source { return c.sources[name] }

// take sets a key to a value as TOML has it.
func (c *Config) take(name string, value any, source Source) error {
	k, ok := lookup(name)
	if !ok {
		return unknown(name)
	}
	switch err := k.fieldOf(c, name).take(value); {
	case errors.Is(err, keys.ErrWrites):
		return wrong(name, err.Error())
	case err != nil:
		return wrong(name, k.hint())
	}
	c.sources[name] = source
	return nil
}
