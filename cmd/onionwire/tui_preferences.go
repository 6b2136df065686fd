package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/config"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
)

// preferences are what the files say that the interface is set up with. Flags of the
// command line, and the environment, go before them.
type preferences struct {
	files func() config.Files
	flags *pflag.FlagSet
}

// All reads the files: what was set a moment ago is in them.
func (p *preferences) All() ([]tui.Preference, error) {
	set, err := config.Load(p.files(), os.Environ())
	if err != nil {
		return nil, hinted(err)
	}
	var all []tui.Preference
	for _, name := range config.Names() {
		all = append(all, p.one(set, name))
	}
	return all, nil
}

// one is a key that there is.
func (p *preferences) one(set *config.Config, name string) tui.Preference {
	k, _ := config.Lookup(name)
	one := tui.Preference{
		Name: name, Value: set.Value(name), Default: k.Default(), Doc: k.Doc, Choices: k.Values(), List: k.List(),
	}
	switch source := set.Source(name); source {
	case config.Default:
	case config.Environment:
		one.Source = source.String()
		one.Decider = "the environment variable " + config.Variable(name)
	default:
		one.Source = source.String()
	}
	if flag := p.flags.Lookup(k.Flag()); k.Flag() != "" && flag != nil && flag.Changed {
		one.Source, one.Decider, one.Value = "command line", "the command line (--"+flag.Name+")", flag.Value.String()
		if several, ok := flag.Value.(pflag.SliceValue); ok {
			one.Value = strings.Join(several.GetSlice(), "\n")
		}
	}
	return one
}

// Set writes to the file of the profile.
func (p *preferences) Set(_ context.Context, name, value string) (tui.Preference, error) {
	return p.change(name, func(path string, set *config.Config) error {
		if name == bridgesKey {
			return setBridges(path, set, value)
		}
		return config.Set(path, name, value)
	})
}

// Reset takes it out of that file.
func (p *preferences) Reset(_ context.Context, name string) (tui.Preference, error) {
	return p.change(name, func(path string, _ *config.Config) error { return config.Unset(path, name) })
}

// change changes the file of the profile if all files can be read, and returns what holds
// then.
func (p *preferences) change(name string, do func(path string, set *config.Config) error) (tui.Preference, error) {
	files := p.files()
	set, err := config.Load(files, os.Environ())
	if err == nil {
		err = do(files.Profile, set)
	}
	if err != nil {
		return tui.Preference{}, hinted(err)
	}
	set, err = config.Load(files, os.Environ())
	if err != nil {
		return tui.Preference{}, hinted(err)
	}
	return p.one(set, name), nil
}

// hinted says what is wrong with a file or a value, where, and what to do about it, in one
// line.
func hinted(err error) error {
	var wrong *config.Error
	if errors.As(err, &wrong) && wrong.Hint != "" {
		return fmt.Errorf("%w: %s", err, wrong.Hint)
	}
	return err
}
