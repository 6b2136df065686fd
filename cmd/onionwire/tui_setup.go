package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// firstRun makes the profile that the interface is to show.
type firstRun struct{ options *tuiOptions }

// Missing reports whether there is none.
func (r firstRun) Missing(context.Context) (bool, error) {
	f := &r.options.profile
	if err := profile.CheckName(f.name); err != nil {
		return false, err
	}
	_, err := profile.Protected(f.root, f.name)
	if errors.Is(err, profile.ErrNotFound) {
		return true, nil
	}
	return false, plain(err)
}

// Tor says how tor is installed here, if it has to be.
func (r firstRun) Tor(ctx context.Context) string {
	if _, attached, err := r.options.tor.Attached(); err != nil || attached {
		return "" // one that runs is used
	}
	_, err := tor.LookupBinary(ctx, r.options.tor.Binary)
	switch {
	case errors.Is(err, tor.ErrNoBinary):
		return "Tor is not installed, and without it nobody can be reached. Install it with: " + cli.InstallTor()
	case errors.Is(err, tor.ErrOldVersion):
		return fmt.Sprintf("Tor is too old here: version %s or newer is needed. Install it with: %s", tor.MinVersion, cli.InstallTor())
	case err != nil:
		return "Tor does not work here; 'onionwire doctor' finds out why."
	}
	return ""
}

// Make makes it.
func (r firstRun) Make(ctx context.Context, name string, passphrase []byte) (words []string, err error) {
	protection := vault.WithoutPassphrase()
	if len(passphrase) > 0 {
		if protection, err = vault.WithPassphrase(passphrase, vault.DefaultCost); err != nil {
			return nil, err
		}
	}
	defer protection.Wipe()
	f := &r.options.profile
	p, err := profile.Create(ctx, f.root, f.name, protection)
	if err != nil {
		return nil, plain(err)
	}
	defer finish(&err, p)
	if name != "" {
		if _, err := node.Configure(ctx, p, node.SettingsUpdate{Name: &name}); err != nil {
			return nil, err
		}
	}
	return p.Words(passphrase)
}
