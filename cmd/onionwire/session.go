package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/access"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/lookup"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// nodeFlags say which node a command uses: the one that runs on the profile, or one of
// its own.
type nodeFlags struct {
	tor     *cli.TorFlags
	profile lockedFlags
	// known calls its argument with the passphrase, if somebody has asked for it.
	known func(use func([]byte) error) error
}

func (f *nodeFlags) register(fs *pflag.FlagSet) { f.profile.register(fs) }

// session is a node for as long as a command uses it.
type session struct {
	*access.Session
	stdio stdio
	out   output.Writer
	log   *slog.Logger
}

// offline lets use read and queue.
func (f *nodeFlags) offline(ctx context.Context, stdio stdio, use func(context.Context, *session) error) error {
	return f.open(ctx, stdio, access.Open, false, use)
}

// online lets use reach contacts as well. Its context ends with Tor.
func (f *nodeFlags) online(ctx context.Context, stdio stdio, use func(context.Context, *session) error) error {
	return f.open(ctx, stdio, access.Open, true, use)
}

// own lets use be the node that runs on the profile. Its context ends with Tor.
func (f *nodeFlags) own(ctx context.Context, stdio stdio, use func(context.Context, *session) error) error {
	return f.open(ctx, stdio, access.Own, true, use)
}

func (f *nodeFlags) open(
	ctx context.Context, stdio stdio, open func(context.Context, access.Config) (*access.Session, error), network bool,
	use func(context.Context, *session) error,
) (err error) {
	log, err := f.tor.Logger(stdio.err)
	if err != nil {
		return err
	}
	s, err := open(ctx, f.config(stdio, log, network))
	if err != nil {
		return plain(f.profile.explain(cli.Cause(ctx, err)))
	}
	defer finish(&err, s)
	if n := s.Node(); n != nil && n.Daemon() != nil {
		var cancel context.CancelFunc
		ctx, cancel = cli.WhileRunning(ctx, n.Daemon(), stdio.notes())
		defer cancel()
	}
	err = use(ctx, &session{s, stdio, stdio.results(), log})
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause // it says more than that of the call that it has ended
	}
	return plain(err)
}

// withPassphrase lets use do what the passphrase is asked for even if a node runs. It is
// right, or empty if there is none.
func (f *nodeFlags) withPassphrase(ctx context.Context, stdio stdio, use func(ctx context.Context, s *session, passphrase []byte) error) error {
	return f.profile.unlock(ctx, stdio.secrets(), func(passphrase []byte) error {
		if _, err := profile.Read(f.profile.root, f.profile.name, passphrase); err != nil {
			return err
		}
		known := *f
		known.known = func(use func([]byte) error) error { return use(passphrase) }
		return known.offline(ctx, stdio, func(ctx context.Context, s *session) error { return use(ctx, s, passphrase) })
	})
}

func (f *nodeFlags) config(stdio stdio, log *slog.Logger, network bool) access.Config {
	cfg := access.Config{
		Root: f.profile.root, Name: f.profile.name, Version: cli.Version(), Log: log,
		Unlock: func(ctx context.Context, use func([]byte) error) error {
			if f.known != nil {
				return f.known(use)
			}
			return f.profile.unlock(ctx, stdio.secrets(), use)
		},
	}
	if network {
		cfg.StartTor = func(ctx context.Context, dataDir string) (*tor.Daemon, error) {
			return f.tor.StartTor(ctx, dataDir, log, stdio.notes())
		}
	}
	return cfg
}

// connect waits until Tor is connected, if it is ours to wait for.
func (s *session) connect(ctx context.Context) error {
	if n := s.Node(); n != nil {
		return cli.WaitReady(ctx, n.Daemon(), s.stdio.notes(), "")
	}
	return nil
}

// later says that something waits for a node to run, if none does.
func (s *session) later() {
	if n := s.Node(); n != nil && n.Daemon() == nil {
		fmt.Fprintln(s.stdio.notes(), "no node runs on the profile; it goes on when one does: 'onionwire serve'")
	}
}

// contact returns who is meant: somebody in one of the states, which are those of people
// whom we know if none is given, or else anybody.
func (s *session) contact(ctx context.Context, given string, states ...rpc.ContactState) (rpc.Contact, error) {
	all, err := s.Contacts(ctx)
	if err != nil {
		return rpc.Contact{}, err
	}
	if len(states) == 0 {
		states = []rpc.ContactState{rpc.AcceptedContact, rpc.RequestedContact}
	}
	c, err := lookup.Among(all, given, states...)
	return c, whom(err)
}

// whom says what to do if a contact was not found.
func whom(err error) error {
	var e *lookup.Error
	switch {
	case !errors.As(err, &e):
		return err
	case len(e.Several) > 0:
		return cli.Hint(err, "say which one by its number: "+strings.Join(e.Several, ", "))
	case len(e.Near) > 0:
		var near []string
		for _, name := range e.Near {
			near = append(near, fmt.Sprintf("'%s'", output.Line(name)))
		}
		return cli.Hint(err, "did you mean "+strings.Join(near, " or ")+"?")
	}
	return cli.Hint(err, "'onionwire contacts --all' lists all of them")
}

// noContact says why something cannot be done to somebody, as in "write to", if that is
// because they are no contact.
func noContact(what string, err error) error {
	if errors.Is(err, rpc.ErrNotFound) || errors.Is(err, rpc.ErrState) {
		return cli.Hint(fmt.Errorf("cannot %s somebody who is no contact: %w", what, rpc.ErrState), "'onionwire contacts --all' says how things are with them")
	}
	return err
}

// plain takes out of an error what the node says could be done: it speaks of methods,
// and the table of hints of commands.
func plain(err error) error {
	var refused *rpc.Error
	if errors.As(err, &refused) {
		refused.Data.Hint = ""
	}
	return err
}

// errTimeout means that the time is over that the user has given.
var errTimeout = errors.New("timed out")

// within bounds what a command waits for, unless limit is 0.
func within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, limit, errTimeout)
}

// overdue says how things are when the time of a context is over that within has made,
// and what to do then.
func overdue(ctx context.Context, err error, what, todo string) error {
	if err != nil && errors.Is(context.Cause(ctx), errTimeout) {
		return cli.Hint(fmt.Errorf("%w: %s", errTimeout, what), todo)
	}
	return err
}
