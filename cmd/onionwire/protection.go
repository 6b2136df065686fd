package main

import (
	"context"
	"errors"

	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/vault"
)

// protectionFlags say how the keys of a profile are sealed from now on.
type protectionFlags struct {
	passphrase secretFlag
	without    bool
}

func (f *protectionFlags) register(fs *pflag.FlagSet, flag string) {
	f.passphrase.register(fs, flag, "the new passphrase")
	fs.BoolVar(&f.without, "no-passphrase", false, "have none: whoever can read the profile's folder has everything in it")
}

// check finds what does not go together, before somebody is asked.
func (f *protectionFlags) check() error {
	if f.without && f.passphrase.file != "" {
		return cli.Hint(cli.Usage(errors.New("a passphrase and --no-passphrase do not go together")), "choose one or the other")
	}
	return nil
}

// choose returns how, after asking if need be. The caller wipes it.
func (f *protectionFlags) choose(ctx context.Context, s secrets) (vault.Protection, error) {
	if err := f.check(); err != nil {
		return vault.Protection{}, err
	}
	if f.without {
		return vault.WithoutPassphrase(), nil
	}
	if f.passphrase.file == "" && !cli.IsTerminal(s.in) {
		return vault.Protection{}, cli.Hint(cli.Usage(errors.New("nobody is there to be asked for a passphrase")),
			"give one with --"+f.passphrase.flag+" FILE, or go without by --no-passphrase")
	}
	passphrase, err := s.fresh(ctx, &f.passphrase)
	if err != nil {
		return vault.Protection{}, err
	}
	defer clear(passphrase)
	return vault.WithPassphrase(passphrase, vault.DefaultCost)
}
