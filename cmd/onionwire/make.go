package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
)

// makeOptions are those of the commands that make a profile.
type makeOptions struct {
	profile    profileFlags
	protection protectionFlags
	name       string
}

func (o *makeOptions) register(fs *pflag.FlagSet) {
	o.profile.register(fs)
	fs.Lookup("profile").Annotations = map[string][]string{newProfile: nil}
	o.protection.register(fs, "")
	fs.StringVar(&o.name, "name", "", "what contacts are told to call you")
}

// checkName finds out whether somebody can be called so, or by no name.
func checkName(what, name string) error {
	if err := contactlink.CheckName(name); name != "" && err != nil {
		return cli.Hint(cli.Usage(fmt.Errorf("%s: %w", what, err)), "up to 64 bytes of text that can be seen")
	}
	return nil
}

// check finds out what cannot be, before somebody is asked for anything.
func (o *makeOptions) check() error {
	if err := checkName("--name", o.name); err != nil {
		return err
	}
	if err := o.vacant(); err != nil {
		return err
	}
	return o.protection.check()
}

// run asks for a passphrase, makes the profile, and prints its link.
func (o *makeOptions) run(
	ctx context.Context, stdio stdio, create func(context.Context, vault.Protection) (*profile.Profile, error),
) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	protection, err := o.protection.choose(ctx, stdio.secrets())
	if err != nil {
		return err
	}
	defer protection.Wipe()
	p, err := create(ctx, protection)
	if err != nil {
		return err
	}
	defer finish(&err, p)
	if err := o.introduce(ctx, p); err != nil {
		return err
	}
	fmt.Fprintf(stdio.notes(), "profile %q is made; ", p.Name())
	return o.show(stdio, p)
}

// vacant finds out whether a profile can be made by its name.
func (o *makeOptions) vacant() error {
	if err := profile.CheckName(o.profile.name); err != nil {
		return err
	}
	if _, err := profile.Protected(o.profile.root, o.profile.name); !errors.Is(err, profile.ErrNotFound) {
		return fmt.Errorf("%w: %s", profile.ErrExists, o.profile.name)
	}
	return nil
}

// introduce keeps what contacts are told to call the owner of a profile.
func (o *makeOptions) introduce(ctx context.Context, p *profile.Profile) error {
	if o.name == "" {
		return nil
	}
	_, err := node.Configure(ctx, p, node.SettingsUpdate{Name: &o.name})
	return err
}

// show prints the link of a profile that was made, with that name.
func (o *makeOptions) show(stdio stdio, p *profile.Profile) error {
	link := p.Link()
	link.Name = o.name
	fmt.Fprintln(stdio.notes(), "give one of these to your contacts:")
	return printLink(stdio, p.Name(), link)
}
