package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/config"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/notify"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// tuiOptions are those of onionwire without a command.
type tuiOptions struct {
	tor     *cli.TorFlags
	profile lockedFlags
}

// addInterface makes the program itself show the interface, on a terminal. Elsewhere it
// shows help.
func addInterface(root *cobra.Command, tor *cli.TorFlags) {
	o := tuiOptions{tor: tor}
	o.profile.register(root.Flags())
	root.RunE = func(c *cobra.Command, _ []string) error {
		stdio := stdioOf(c)
		if !cli.IsTerminal(stdio.in) || !cli.IsTerminal(stdio.out) || stdio.json {
			return c.Help()
		}
		return o.run(c, stdio)
	}
}

func (o *tuiOptions) run(c *cobra.Command, stdio stdio) error {
	files := config.Files{Global: config.GlobalFile(), Profile: config.ProfileFile(o.profile.root, o.profile.name)}
	set, err := config.Load(files, os.Environ())
	if err != nil {
		return err
	}
	// What is logged would be written over the screen. Who redirects it gets it.
	logs := stdio.err
	if cli.IsTerminal(logs) {
		logs = noLog{}
	}
	log, err := o.tor.Logger(logs)
	if err != nil {
		return err
	}
	return plain(tui.Run(c.Context(), o.options(set, files, &backend{options: o, stdio: stdio, log: log}),
		tea.WithInput(stdio.in), tea.WithOutput(stdio.out), tea.WithoutSignalHandler()))
}

// noLog is where nothing is kept.
type noLog struct{}

func (noLog) Write(p []byte) (int, error) { return len(p), nil }

func (o *tuiOptions) options(set *config.Config, files config.Files, b *backend) tui.Options {
	theme := set.Theme
	if theme == config.AutoTheme {
		theme = "" // the one that fits the terminal
	}
	return tui.Options{
		Profile: o.profile.name, Backend: b,
		Setup: firstRun{o}, Trouble: b.Trouble,
		Theme: theme, Mouse: set.Mouse, Keys: set.Bindings, Editor: set.Editor,
		LockAfter: set.LockAfter, Notifications: set.Notifications, Notify: notify.Desktop,
		Downloads:   xdg.UserDirs.Download,
		Preferences: &preferences{files}, Hint: newProgram().HintFor, Getenv: os.Getenv,
	}
}

// preferences are what the files say that the interface is set up with.
type preferences struct{ files config.Files }

// All reads the files: what was set a moment ago is in them.
func (p *preferences) All() []tui.Preference {
	set, err := config.Load(p.files, os.Environ())
	if err != nil {
		return nil // it was right when the interface began, and whoever has edited it is told the next time
	}
	var all []tui.Preference
	for _, k := range config.Keys() {
		if k.Name[len(k.Name)-1] == '*' {
			continue // keys are listed in the help
		}
		all = append(all, tui.Preference{Name: k.Name, Value: set.Value(k.Name), Doc: k.Doc, Choices: k.Choices})
	}
	return all
}

// Set writes to the file of the profile. A bridge that is none would keep tor from
// starting the next time.
func (p *preferences) Set(_ context.Context, name, value string) error {
	if name == "tor.bridges" {
		for line := range strings.Lines(value) {
			if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "@") {
				continue
			}
			if err := tor.CheckBridge(line); err != nil {
				return err
			}
		}
	}
	err := config.Set(p.files.Profile, name, value)
	var wrong *config.Error
	if errors.As(err, &wrong) && wrong.Hint != "" {
		err = fmt.Errorf("%w: %s", wrong.Unwrap(), wrong.Hint)
	}
	return err
}
