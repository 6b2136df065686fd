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

func (f *protectionFlags) register(fs *pflag.FlagSet, prefix string) {
	f.passphrase.register(fs, prefix, "the new passphrase")
	fs.BoolVar(&f.without, "no-passphrase", false, "have none: whoever can read the profile's folder has everything in it")
}

// check finds what does not go together, before somebody is asked.
func (f *protectionFlags) check() error {
	if f.without && f.passphrase.given() {
		return cli.Hint(cli.Usage(errors.New("a passphrase and --no-passphrase do not go together")), "choose one or the other")
	}
	return f.passphrase.check()
}

// choose returns how, after asking if need be. The caller wipes it.
func (f *protectionFlags) choose(ctx context.Context, s secrets) (vault.Protection, error) {
	passphrase, err := f.chosen(ctx, s)
	if err != nil {
		return vault.WithoutPassphrase(), err
	}
	defer clear(passphrase)
	return protectedBy(passphrase)
}

// protectedBy returns how keys are sealed under a passphrase, or without one if it is empty.
// The caller wipes it.
func protectedBy(passphrase []byte) (vault.Protection, error) {
	if len(passphrase) == 0 {
		return vault.WithoutPassphrase(), nil
	}
	return vault.WithPassphrase(passphrase, vault.DefaultCost)
}

// chosen returns the passphrase, after asking if need be, or none if that was chosen. The
// caller clears it.
func (f *protectionFlags) chosen(ctx context.Context, s secrets) ([]byte, error) {
	if err := f.check(); err != nil || f.without {
		return nil, err
	}
	if !f.passphrase.given() && !cli.IsTerminal(s.in) {
		return nil, cli.Hint(cli.Usage(errors.New("nobody is there to be asked for a passphrase")),
			"give one with --"+f.passphrase.flag+"-file FILE, or go without by --no-passphrase")
	}
	return s.fresh(ctx, &f.passphrase)
}
