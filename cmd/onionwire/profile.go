package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"github.com/adrg/xdg"
	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/profile"
)

const defaultProfile = "default"

// profileFlags say which profile a command is about.
type profileFlags struct {
	root string
	name string
}

func (f *profileFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.name, "profile", defaultProfile, "name of the profile")
	fs.StringVar(&f.root, "dir", filepath.Join(xdg.DataHome, "onionwire"), "folder of all profiles")
}

// explain says how the profile that is missing is made.
func (f *profileFlags) explain(err error) error {
	if errors.Is(err, profile.ErrNotFound) && f.name != defaultProfile {
		return cli.Hint(err, "make it with 'onionwire init --profile "+f.name+"'; --dir says in which folder")
	}
	return err
}

// lockedFlags say which profile a command is about, and what opens it.
type lockedFlags struct {
	profileFlags
	passphrase secretFlag
}

func (f *lockedFlags) register(fs *pflag.FlagSet) {
	f.profileFlags.register(fs)
	f.passphrase.register(fs, "", "the passphrase of the profile")
}

// unlock calls use with the passphrase, which is empty if the profile has none.
func (f *lockedFlags) unlock(ctx context.Context, s secrets, use func(passphrase []byte) error) error {
	protected, err := profile.Protected(f.root, f.name)
	if err != nil {
		return f.explain(err)
	}
	var passphrase []byte
	if protected || f.passphrase.given() {
		if passphrase, err = s.existing(ctx, &f.passphrase); err != nil {
			return err
		}
		defer clear(passphrase)
	}
	return f.explain(use(passphrase))
}

// finish closes what was opened. If that fails, so does what it was opened for.
func finish(err *error, c io.Closer) { *err = errors.Join(*err, c.Close()) }
