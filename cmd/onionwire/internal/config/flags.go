package config

import "github.com/spf13/pflag"

// Flags that say which Tor is used, by what they are about.
var (
	networkFlag = "tor-network"
	startFlags  = []string{"tor-binary", "tor-bridge", "tor-transport"}
	attachFlags = []string{"tor-control", "tor-socks", "tor-password-file"}
)

// Apply gives flags the values of the keys of the same meaning. A flag that was given on
// the command line keeps its value. So do others that do not go together with it: who
// names the control port of a tor that runs starts none, and the other way round. On a
// private network (--tor-network) nothing that is set about Tor holds but the program to
// start.
func (c *Config) Apply(flags *pflag.FlagSet) error {
	given := func(names ...string) bool {
		for _, name := range names {
			if flags.Changed(name) {
				return true
			}
		}
		return false
	}
	private, starts, attaches := given(networkFlag), given(startFlags...), given(attachFlags...)
	// What somebody has asked for in this command decides; if nothing, what is set.
	attach := !private && !starts && (attaches || c.Tor.Control != "")
	for _, k := range table {
		flag := flags.Lookup(k.flag)
		if k.flag == "" || flag == nil || flag.Changed || c.sources[k.Name] == Default {
			continue
		}
		switch k.flag {
		case "tor-binary":
			if attach {
				continue
			}
		case "tor-bridge", "tor-transport":
			if attach || private {
				continue
			}
		case "tor-control", "tor-socks", "tor-password-file":
			if !attach {
				continue
			}
		}
		if err := set(flag, k.field(c)); err != nil {
			return at(wrong(k.Name, k.hint()), c.sources[k.Name].String())
		}
	}
	return nil
}

// set gives a flag the value of a key. It does not count as given.
func set(flag *pflag.Flag, value field) error {
	list, ok := value.(listField)
	if !ok {
		return flag.Value.Set(value.text())
	}
	several, ok := flag.Value.(pflag.SliceValue)
	if !ok {
		return errKind
	}
	return several.Replace(list.get())
}
