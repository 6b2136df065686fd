package main

import (
	"errors"
	"os"
	"path/filepath"

	tea "charm.land/bubbletea/v2"
	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/config"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/handover"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/notify"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
)

// tuiOptions are those of onionwire without a command.
type tuiOptions struct {
	tor     *cli.TorFlags
	profile lockedFlags
	screen  screen
}

// addInterface makes the program itself show the interface, on a terminal. Elsewhere it
// shows help.
func addInterface(root *cobra.Command, tor *cli.TorFlags) {
	o := tuiOptions{tor: tor}
	o.profile.register(root.Flags())
	o.screen.register(root.Flags())
	configure := root.PersistentPreRunE
	root.PersistentPreRunE = func(c *cobra.Command, args []string) error {
		err := configure(c, args)
		if err != nil {
			err = errors.Join(err, o.screen.release())
		}
		return err
	}
	root.RunE = func(c *cobra.Command, _ []string) error {
		stdio := stdioOf(c)
		if !cli.IsTerminal(stdio.in) || !cli.IsTerminal(stdio.out) || stdio.json {
			return c.Help()
		}
		if err := checkTerminal(os.Getenv("TERM")); err != nil {
			return err
		}
		return o.run(c, stdio)
	}
}

func (o *tuiOptions) run(c *cobra.Command, stdio stdio) (err error) {
	defer func() { err = errors.Join(err, o.screen.release()) }()
	set, err := config.Load(o.files(), os.Environ())
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
	options := o.options(set, c.Flags(), &backend{options: o, stdio: stdio, log: log})
	options.Locked = o.screen.locked
	for {
		if err := o.screen.release(); err != nil {
			return err
		}
		err := tui.Run(c.Context(), options, tea.WithInput(tui.Input(stdio.in)), tea.WithOutput(stdio.out), tea.WithoutSignalHandler())
		if !errors.Is(err, tui.ErrLocked) {
			return plain(err)
		}
		err = o.screen.renew(o.profile.name)
		log.Info("locked in the same process, whose memory may have been read before it is reused", "err", err)
		options.Locked, options.Profile = true, o.profile.name
	}
}

// noLog is where nothing is kept.
type noLog struct{}

func (noLog) Write(p []byte) (int, error) { return len(p), nil }

// folder is that of the profile.
func (o *tuiOptions) folder() string { return filepath.Join(o.profile.root, o.profile.name) }

// files are those of the profile, which the first run may give another name.
func (o *tuiOptions) files() config.Files {
	return config.Files{Global: config.GlobalFile(), Profile: config.ProfileFile(o.profile.root, o.profile.name)}
}

func (o *tuiOptions) options(set *config.Config, flags *pflag.FlagSet, b *backend) tui.Options {
	theme := set.Theme
	if theme == config.AutoTheme {
		theme = "" // the one that fits the terminal
	}
	return tui.Options{
		Profile: o.profile.name, Backend: b,
		Locking: o.screen.hold, Suspendable: handover.Suspendable,
		Setup: &firstRun{options: o, named: flags.Changed("profile")}, Trouble: b.Trouble,
		Theme: theme, Mouse: set.Mouse, Keys: set.Bindings, Editor: set.Editor,
		LockAfter: set.LockAfter, Notifications: set.Notifications, Notify: notify.Desktop,
		Downloads: xdg.UserDirs.Download, Folder: o.folder,
		Preferences: &preferences{o.files, flags}, Hint: newProgram().HintFor, Getenv: os.Getenv,
	}
}
