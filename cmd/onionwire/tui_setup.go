package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// firstRun makes the profile that the interface is to show.
type firstRun struct {
	options *tuiOptions
	named   bool   // whether the command line names it
	begun   string // the profile that was made, perhaps not to the end
}

// Missing reports whether there is none.
func (r *firstRun) Missing(context.Context) (bool, error) {
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

// Named reports whether the command line names the profile.
func (r *firstRun) Named() bool { return r.named }

// Check finds out whether a profile can have a name.
func (r *firstRun) Check(name string) error {
	if profile.CheckName(name) != nil {
		return errors.New("the name of a profile has letters, digits, - and _, up to 64, and no spaces; it is that of a folder")
	}
	if _, err := profile.Protected(r.options.profile.root, name); !errors.Is(err, profile.ErrNotFound) && name != r.begun {
		return errors.New("there is a profile of this name already; choose another name")
	}
	return nil
}

// Tor says how tor is installed here, if it has to be.
func (r *firstRun) Tor(ctx context.Context) string {
	if _, attached, err := r.options.tor.Attached(); err != nil || attached {
		return "" // one that runs is used
	}
	_, err := tor.LookupBinary(ctx, r.options.tor.Binary)
	switch {
	case errors.Is(err, tor.ErrNoBinary):
		return "Tor is not installed, and without it nobody can be reached. Install it with: " + cli.InstallTor() +
			". You can go on here meanwhile."
	case errors.Is(err, tor.ErrOldVersion):
		return fmt.Sprintf("Tor is too old here: version %s or newer is needed. Install it with: %s", tor.MinVersion, cli.InstallTor())
	case err != nil:
		return "Tor does not work here; 'onionwire doctor' finds out why."
	}
	return ""
}

// Make makes it, or goes on with what a try before has made.
func (r *firstRun) Make(ctx context.Context, is tui.NewProfile) (made tui.Made, err error) {
	f := &r.options.profile
	p, err := r.create(ctx, f.root, is)
	if err != nil {
		return made, plain(err)
	}
	defer finish(&err, p)
	r.begun, f.name = is.Profile, is.Profile
	if is.Name != "" {
		if _, err := node.Configure(ctx, p, node.SettingsUpdate{Name: &is.Name}); err != nil {
			made.Trouble = "the profile is made, but your name could not be kept; the settings set it once more"
		}
	}
	made.Words, err = p.Words(is.Passphrase)
	return made, err
}

func (r *firstRun) create(ctx context.Context, root string, is tui.NewProfile) (*profile.Profile, error) {
	protection, err := protectedBy(is.Passphrase)
	if err != nil {
		return nil, err
	}
	defer protection.Wipe()
	p, err := profile.Create(ctx, root, is.Profile, protection)
	if errors.Is(err, profile.ErrExists) && r.begun == is.Profile {
		return profile.Open(ctx, root, is.Profile, is.Passphrase)
	}
	return p, err
}
