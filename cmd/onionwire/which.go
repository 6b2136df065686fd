package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/profile"
)

// newProfile marks the flag of a profile that is to be made, so that it is not one of those
// that there are.
const newProfile = "onionwire_new_profile"

// chooseProfile has a command that names no profile mean the only one there is, if none has
// the name that is meant otherwise. If there are several, it says so.
func chooseProfile(flags *pflag.FlagSet) error {
	name, root := flags.Lookup("profile"), flags.Lookup("dir")
	if name == nil || root == nil || name.Changed {
		return nil
	}
	if _, made := name.Annotations[newProfile]; made {
		return nil
	}
	all, err := profile.Names(root.Value.String())
	switch {
	case err != nil:
		return err
	case len(all) == 0 || slices.Contains(all, name.DefValue):
		return nil // whoever opens it says what is wrong
	case len(all) == 1:
		return name.Value.Set(all[0])
	}
	return cli.Hint(cli.Usage(fmt.Errorf("there are several profiles: %s", strings.Join(all, ", "))), "say which one, for example --profile "+all[0])
}
