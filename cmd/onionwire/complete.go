package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/access"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/lookup"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
)

// completeWithin bounds what somebody waits for who has pressed Tab.
const completeWithin = 2 * time.Second

// errWouldAsk means that names cannot be had without a passphrase.
var errWouldAsk = errors.New("the profile has a passphrase")

// completeContacts completes the first argument to a contact in one of some states, or
// in any. It asks the node that runs, or opens a profile without a passphrase: a shell
// that completes asks nobody for one.
func (f *nodeFlags) completeContacts(states ...rpc.ContactState) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx := c.Context()
		if ctx == nil { // cobra completes without
			ctx = context.Background()
		}
		ctx, cancel := context.WithTimeout(ctx, completeWithin)
		defer cancel()
		err := chooseProfile(c.Flags())
		var all []rpc.Contact
		if err == nil {
			all, err = f.profile.contacts(ctx)
		}
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		all = slices.DeleteFunc(all, func(c rpc.Contact) bool { return len(states) > 0 && !slices.Contains(states, c.State) })
		references := lookup.References(all)
		var found []cobra.Completion
		for i, one := range all {
			reference := references[i]
			if !strings.HasPrefix(strings.ToLower(reference), strings.ToLower(begun)) {
				if reference = numberOf(one); !strings.HasPrefix(reference, begun) {
					continue
				}
			}
			found = append(found, cobra.CompletionWithDesc(reference, stateText(one.State)))
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

// contacts returns those of the profile without asking anybody for anything.
func (f *lockedFlags) contacts(ctx context.Context) (_ []rpc.Contact, err error) {
	s, err := access.Open(ctx, access.Config{
		Root: f.root, Name: f.name,
		Unlock: func(_ context.Context, use func([]byte) error) error {
			if protected, err := profile.Protected(f.root, f.name); err != nil || protected {
				return errors.Join(err, errWouldAsk)
			}
			return use(nil)
		},
	})
	if err != nil {
		return nil, err
	}
	defer finish(&err, s)
	return s.Contacts(ctx)
}
