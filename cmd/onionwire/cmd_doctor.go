package main

import (
	"context"
	"errors"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/doctor"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/duration"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/tortransport/tor"
)

type doctorOptions struct {
	tor     *cli.TorFlags
	profile profileFlags
	offline bool
	timeout time.Duration
	// wrong is what is wrong with what is set, if anything is.
	wrong error
}

func newDoctor(tor *cli.TorFlags) *cobra.Command {
	o := doctorOptions{tor: tor}
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Find out what is wrong, and what to do about it",
		Long: `doctor looks at the clock, at the files for configuration, at the profile and its folder,
at the disk, at the node if one runs, at the tor program, and whether Tor connects to its
network. Of each it says how it is, and what to do if something is wrong; what cannot be
looked at without something that is missing is left out. It needs no passphrase, and
changes nothing.

If no node runs, it starts a tor for the last of these, which takes up to --timeout;
--offline leaves that out. The exit status is 1 if something has failed.

With --json, each line is an object {"check":…,"outcome":…,"found":…,"todo":…}; the
outcome is ok, warn or fail.`,
		Args: cli.NoArgs,
		// In place of that of the root: what is set wrong is a finding, and no end.
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			if err := chooseProfile(c.Flags()); err != nil {
				return err
			}
			o.wrong = setFlags(c.Flags())
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context(), stdioOf(c)) },
	}
	o.profile.register(c.Flags())
	c.Flags().BoolVar(&o.offline, "offline", false, "do not try to connect")
	o.timeout = time.Minute
	c.Flags().Var(duration.Flag(&o.timeout, 0), "timeout", "how long Tor is given to connect")
	return c
}

// errUnwell means that a check has failed.
var errUnwell = errors.New("not everything is well")

func (o *doctorOptions) run(ctx context.Context, stdio stdio) error {
	if err := profile.CheckName(o.profile.name); err != nil {
		return err
	}
	log, err := o.tor.Logger(stdio.err)
	if err != nil {
		return err
	}
	attach, attached, err := o.tor.Attached()
	if err != nil {
		return err
	}
	cfg := doctor.Config{
		Root: o.profile.root, Name: o.profile.name, Now: time.Now(), Built: built(), Misconfigured: o.wrong, Binary: o.tor.Binary,
		Patience: o.timeout, Hint: cli.Program{Known: known}.HintFor,
	}
	if attached {
		cfg.Attached = attach.Control.String()
	}
	if !o.offline {
		cfg.StartTor = func(ctx context.Context, dataDir string) (*tor.Daemon, error) {
			return o.tor.StartTor(ctx, dataDir, log, stdio.notes())
		}
	}
	worst, err := doctor.Run(ctx, cfg, func(r doctor.Result) error {
		if stdio.json {
			return stdio.results().Object(r)
		}
		return stdio.results().Show(nil, "%-4s  %-9s  %s%s", r.Outcome, r.Check, output.Line(oneLineOf(r.Found)), todo(r.Todo))
	})
	if err == nil && worst == doctor.Fail {
		err = cli.Hint(errUnwell, "what to do is said above")
	}
	return err
}

// todo is a second line, under what was found.
func todo(text string) string {
	if text == "" {
		return ""
	}
	return "\n                 -> " + output.Line(oneLineOf(text))
}

func oneLineOf(text string) string { return strings.Join(strings.Fields(text), " ") }

// built is when the commit was made that the program was built from, or zero if nobody
// knows.
func built() time.Time {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Time{}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			at, _ := time.Parse(time.RFC3339, s.Value) // zero if it is none
			return at
		}
	}
	return time.Time{}
}
