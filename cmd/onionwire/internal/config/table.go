package config

import (
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// Bounds of what can be set.
const (
	// maxBridges bounds the bridges and the transports. Tor uses a few of them at a time.
	maxBridges = 64
	// maxChords is how many keys an action has at most.
	maxChords = 8
)

// Key is something that can be set.
type Key struct {
	// Name is what it is called in files, with a point between the name of a table and
	// that of a key in it. If it ends with an asterisk, names of many keys begin like
	// that.
	Name string
	// Type says what a value is, for people.
	Type string
	// Choices are the values that there are, if they are words of a list.
	Choices []string
	// Doc says what it is for, in Markdown.
	Doc string
	// Example is a value as in a file, if the default does not show what it looks like.
	Example string

	flag  string // the flag of the same meaning, or empty
	field func(*Config) field
}

// Flag returns the name of the flag that goes before the key, or nothing.
func (k Key) Flag() string { return k.flag }

// List reports whether a value is a list, which people type with one element a line.
func (k Key) List() bool {
	if k.many() {
		return true
	}
	_, list := k.field(new(Config)).(listField)
	return list
}

// Values returns the values that there are, if they are few: those of a list of words, or
// true and false.
func (k Key) Values() []string {
	if k.many() {
		return nil
	}
	if _, ok := k.field(new(Config)).(switchField); ok {
		return []string{"true", "false"}
	}
	return k.Choices
}

// Default returns what holds if nothing is set, as people type it. For the keys of an
// action it is nothing: those that it comes with are not known here.
func (k Key) Default() string {
	if k.many() {
		return ""
	}
	return k.field(defaults()).text()
}

// many reports whether the row stands for many keys.
func (k Key) many() bool { return strings.HasSuffix(k.Name, "*") }

// Keys returns all that can be set, in the order in which people are told of it.
func Keys() []Key { return slices.Clone(table) }

// Names returns the names of all keys, those of the actions one by one at the end.
func Names() (all []string) {
	for _, k := range table {
		if !k.many() {
			all = append(all, k.Name)
		}
	}
	for _, action := range actions {
		all = append(all, keysTable+action)
	}
	return all
}

// Lookup returns the row of a key by its name, such as "theme" or "keys.go-to".
func Lookup(name string) (Key, bool) { return lookup(name) }

// keysTable begins the names of the keys of actions.
const keysTable = "keys."

// AutoTheme is the theme that fits the terminal.
const AutoTheme = "auto"

var (
	themes        = []string{AutoTheme, "dark", "light", "16", "plain"}
	notifications = []string{"off", "bell", "desktop", "text"}
	levels        = []string{"debug", "info", "warn", "error"}
)

// table is all that can be set.
var table = []Key{
	{
		Name: "theme", Type: "a word", Choices: themes,
		Doc: "Colours of the interface: `dark` and `light` are for terminals of that background, `16` uses the sixteen " +
			"colours that the terminal chooses, `plain` uses none, `auto` is the one that fits the terminal. The variable " +
			"`NO_COLOR` has the effect of `plain`.",
		field: func(c *Config) field { return textField{&c.Theme, AutoTheme, among(themes)} },
	},
	{
		Name: "mouse", Type: "true or false",
		Doc: "Whether the interface uses the mouse. Without it, the terminal selects text with the mouse as " +
			"it does elsewhere.",
		field: func(c *Config) field { return switchField{&c.Mouse, true} },
	},
	{
		Name: "editor", Type: "a text", Example: `"vim"`,
		Doc:   "Program for writing long messages, with its arguments. If it is empty, `VISUAL` and `EDITOR` say which.",
		field: func(c *Config) field { return textField{p: &c.Editor} },
	},
	{
		Name: "notifications", Type: "a word", Choices: notifications,
		Doc: "How a message is announced that nobody looks at: `off` not at all, `bell` by the bell of the terminal, " +
			"`desktop` by the bell and a notification that says only that there is a message, `text` by the bell and a " +
			"notification with the name and the message, which everybody can read who sees the screen.",
		field: func(c *Config) field { return textField{&c.Notifications, "desktop", among(notifications)} },
	},
	{
		Name: "lock_after", Type: "a duration", Example: `"15m"`,
		Doc: "After how long without a key the interface locks itself, from `10s` to `24h`; `0s` is never. It then asks " +
			"for the passphrase, so a profile without one is not locked.",
		field: func(c *Config) field {
			return durationField{&c.LockAfter, 0, 10 * time.Second, 24 * time.Hour}
		},
	},
	{
		Name: "metrics", Type: "an address", Example: `"127.0.0.1:9464"`, flag: "metrics",
		Doc: "Where `serve` tells figures to Prometheus: a port of a loopback address, or `unix:` and the path of a " +
			"socket. If it is empty, nowhere. Any user of this machine can read a loopback port.",
		field: func(c *Config) field { return textField{p: &c.Metrics, check: CheckMetrics} },
	},
	{
		Name: "log_level", Type: "a word", Choices: levels, flag: "log-level",
		Doc: "What is logged on standard error. Names and addresses are not, at no level.",
		field: func(c *Config) field {
			return textField{&c.LogLevel, "warn", among(levels)}
		},
	},
	{
		Name: "tor.path", Type: "a text", Example: `"/usr/local/bin/tor"`, flag: "tor-binary",
		Doc:   "The tor program to start. If it is empty, it is looked for.",
		field: func(c *Config) field { return textField{p: &c.Tor.Path} },
	},
	{
		Name: "tor.bridges", Type: "a list of texts", Example: `["obfs4 192.0.2.7:443 0123456789ABCDEF0123456789ABCDEF01234567 cert=… iat-mode=0"]`,
		flag: "tor-bridge",
		Doc: "Bridges for the tor to start, where Tor is blocked. If there are any, Tor connects through them only. " +
			"<https://bridges.torproject.org> and `@GetBridgesBot` in Telegram give lines.",
		field: func(c *Config) field {
			return listField{func() []string { return c.Tor.Bridges }, func(l []string) { c.Tor.Bridges = l }, bridge, maxBridges}
		},
	},
	{
		Name: "tor.transports", Type: "a list of texts", Example: `["obfs4=/usr/bin/obfs4proxy"]`, flag: "tor-transport",
		Doc: "Programs for bridges that need one, each as `NAME=PROGRAM`, with arguments behind the program.",
		field: func(c *Config) field {
			return listField{func() []string { return c.Tor.Transports }, func(l []string) { c.Tor.Transports = l }, transport, maxBridges}
		},
	},
	{
		Name: "tor.control", Type: "an address", Example: `"127.0.0.1:9051"`, flag: "tor-control",
		Doc: "Control port of a tor that runs already, which is used instead of starting one: `HOST:PORT`, or `unix:` " +
			"and the path of a socket. Bridges are that tor's own matter then.",
		field: func(c *Config) field { return textField{p: &c.Tor.Control, check: torAddress} },
	},
	{
		Name: "tor.socks", Type: "an address", Example: `"127.0.0.1:9050"`, flag: "tor-socks",
		Doc:   "SOCKS port of that tor. If it is empty, the control port tells.",
		field: func(c *Config) field { return textField{p: &c.Tor.SOCKS, check: torAddress} },
	},
	{
		Name: "tor.password_file", Type: "a text", Example: `"/home/alice/.tor-password"`, flag: "tor-password-file",
		Doc:   "File with the password of the control port. If it is empty, the cookie is used.",
		field: func(c *Config) field { return textField{p: &c.Tor.PasswordFile} },
	},
	{
		Name: "keys.*", Type: "a text, or a list of texts", Example: `["ctrl+k", "f2"]`,
		Doc: "Keys of the interface, by the name of the action that they are for: one key or several, such as `ctrl+k`, " +
			"`alt+enter` or `f2`, or some after another as in `ctrl+x ctrl+e`. An empty list takes its keys away from an action.",
	},
}

// byName is the table by names.
var byName = func() map[string]Key {
	m := make(map[string]Key, len(table))
	for _, k := range table {
		m[k.Name] = k
	}
	return m
}()

// standard are the keys that the interface comes with, and actions what they are for.
var (
	standard = keys.Default()
	actions  = func() []string {
		var all []string
		for _, b := range standard.Bindings() {
			all = append(all, string(b.Action))
		}
		return all
	}()
)

// lookup returns the row of a key.
func lookup(name string) (Key, bool) {
	if action, ok := strings.CutPrefix(name, keysTable); ok {
		return byName[keysTable+"*"], slices.Contains(actions, action)
	}
	k, ok := byName[name]
	return k, ok && !k.many()
}

// fieldOf returns the place of a key in a Config. The name is one for which the row was
// found.
func (k Key) fieldOf(c *Config, name string) field {
	if !k.many() {
		return k.field(c)
	}
	action := strings.TrimPrefix(name, keysTable)
	return listField{
		get:   func() []string { return c.Bindings[action] },
		set:   func(l []string) { c.Bindings[action] = l },
		check: chord(keys.Action(action)),
		most:  maxChords,
	}
}

// hint says what a value is.
func (k Key) hint() string {
	switch {
	case len(k.Choices) > 0:
		return "it is one of " + strings.Join(k.Choices, ", ")
	case k.Example != "":
		return "it is " + k.Type + " such as " + k.Example
	}
	return "it is " + k.Type
}

func absolute(s string) error {
	if s != "" && !filepath.IsAbs(s) {
		return errKind
	}
	return nil
}

func torAddress(s string) error {
	if s == "" {
		return nil
	}
	_, err := tor.ParseAddr(s)
	return err
}

// CheckMetrics refuses what figures cannot be told at: neither a socket nor a port of a
// loopback address. Empty is nowhere.
func CheckMetrics(s string) error {
	if s == "" {
		return nil
	}
	if path, ok := strings.CutPrefix(s, "unix:"); ok {
		return absolute(path)
	}
	host, _, err := net.SplitHostPort(s)
	if err != nil {
		return err
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return errKind
	}
	return nil
}

// bridge takes what may be a line of a bridge: tor says more when it starts. A torrc has
// a bridge a line, so nothing in it may begin another.
func bridge(s string) error {
	if strings.TrimSpace(s) == "" || strings.ContainsAny(s, "#\"\\") {
		return errKind
	}
	return nil
}

// chord returns a check for the name of a key, or of several after another, that an action
// can have.
func chord(action keys.Action) func(string) error {
	return func(s string) error {
		b, _ := standard.Binding(action)
		_, err := b.Take(s)
		return err
	}
}

func transport(s string) error {
	if name, program, ok := strings.Cut(s, "="); !ok || name == "" || strings.TrimSpace(program) == "" {
		return errKind
	}
	return nil
}
