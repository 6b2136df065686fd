package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/config"
)

// file writes a file and returns its path.
func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// load reads what has to be right.
func load(t *testing.T, files config.Files, environ ...string) *config.Config {
	t.Helper()
	c, err := config.Load(files, environ)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	dir := t.TempDir()
	c := load(t, config.Files{Global: filepath.Join(dir, "none"), Profile: filepath.Join(dir, "nor this")})
	if c.Theme != config.AutoTheme || !c.Mouse || c.Notifications != "desktop" || c.LockAfter != 0 || c.LogLevel != "warn" {
		t.Errorf("the defaults are %+v", c)
	}
	if c.Source("theme") != config.Default {
		t.Errorf("the theme comes from %s", c.Source("theme"))
	}
}

// What is nearer to the user goes before what is farther away.
func TestOrder(t *testing.T) {
	files := config.Files{
		Global:  file(t, "theme = 'light'\nmouse = false\neditor = 'a'\nlog_level = 'info'\n[tor]\npath = '/opt/tor'\nbridges = ['192.0.2.1:1', '192.0.2.2:2']\n"),
		Profile: file(t, "log_level = 'error'\nlock_after = '1h30m'\ntor.bridges = []\nkeys.go-to = 'ctrl+k'\nkeys.quit = ['f10', 'ctrl+q']\nkeys.help = []\n"),
	}
	c := load(t, files, "HOME=/nowhere", "ONIONWIRE_THEME=plain", "ONIONWIRE_TOR_TRANSPORTS=obfs4=a b\nsnowflake=c", "ONIONWIRE_EDITOR=")
	if c.Theme != "plain" || c.Mouse || c.LogLevel != "error" || c.LockAfter != 90*time.Minute {
		t.Errorf("it is %+v", c)
	}
	if c.Tor.Path != "/opt/tor" || len(c.Tor.Bridges) != 0 || !slices.Equal(c.Tor.Transports, []string{"obfs4=a b", "snowflake=c"}) {
		t.Errorf("Tor is %+v", c.Tor)
	}
	if none, ok := c.Bindings["help"]; !ok || len(none) != 0 {
		t.Error("an action does not lose its keys")
	}
	if !slices.Equal(c.Bindings["go-to"], []string{"ctrl+k"}) || !slices.Equal(c.Bindings["quit"], []string{"f10", "ctrl+q"}) {
		t.Errorf("the keys are %q", c.Bindings)
	}
	for name, want := range map[string]config.Source{
		"theme": config.Environment, "mouse": config.Global, "tor.bridges": config.Profile,
		"keys.go-to": config.Profile, "notifications": config.Default, "editor": config.Global, "log_level": config.Profile,
	} {
		if got := c.Source(name); got != want {
			t.Errorf("%s comes from %s, want %s", name, got, want)
		}
	}
	for name, want := range map[string]string{
		"lock_after": "1h30m", "mouse": "false", "log_level": "error", "tor.transports": "obfs4=a b\nsnowflake=c", "keys.quit": "f10\nctrl+q", "nothing": "",
	} {
		if got := c.Value(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, tc := range []struct {
		content string
		line    int
		matches error
		hint    string
	}{
		{"# a comment\n\ntheem = 'dark'\n", 3, config.ErrUnknown, "did you mean theme?"},
		{"path = '/usr/bin/tor'\n", 1, config.ErrUnknown, "did you mean tor.path?"},
		{"mouse = true\n[tor]\nbridge = []\n", 3, config.ErrUnknown, "did you mean tor.bridges?"},
		{"[keys]\n'Ctrl K' = 'help'\n", 2, config.ErrUnknown, "docs/configuration.md"},
		{"[keys]\ngoto = 'ctrl+k'\n", 2, config.ErrUnknown, "did you mean keys.go-to?"},
		{"[keys]\nhelp = 'hyper+k'\n", 2, config.ErrValue, "ctrl+k"},
		{"[keys]\nhelp = 'f1'\nsend = ['enter', 'a']\n", 3, config.ErrValue, "a writes a character"},
		{"keys.lock = 'shift+a'\n", 1, config.ErrValue, "writes a character"},
		{"keys.same-number = 's x'\n", 1, config.ErrValue, "writes a character"},
		{"[colours]\nred = 1\n", 1, config.ErrUnknown, "docs/configuration.md"},
		{"tor = { path = '/usr/bin/tor', sock = '127.0.0.1:9050' }\n", 1, config.ErrUnknown, "did you mean tor.socks?"},
		{"mouse = 'yes'\n", 1, config.ErrValue, "true or false"},
		{"mouse = true\ntheme = 'drak'\n", 2, config.ErrValue, "one of auto, dark, light, 16, plain"},
		{"lock_after = 900\n", 1, config.ErrValue, `duration such as "15m"`},
		{"lock_after = '1s'\n", 1, config.ErrValue, "duration"},
		{"metrics = 'unix:socket'\n", 1, config.ErrValue, "127.0.0.1:9464"},
		{"metrics = '0.0.0.0:9464'\n", 1, config.ErrValue, "127.0.0.1:9464"},
		{"metrics = 'localhost:9464'\n", 1, config.ErrValue, "127.0.0.1:9464"},
		{"tor.control = 'nowhere'\n", 1, config.ErrValue, "127.0.0.1:9051"},
		{"[tor]\nbridges = ['192.0.2.1:1', 7]\n", 2, config.ErrValue, "list"},
		{"[tor]\nbridges = [\"192.0.2.1:1\\nSocksPort 0.0.0.0:1\"]\n", 2, config.ErrValue, "list"},
		{"tor.transports = ['obfs4proxy']\n", 1, config.ErrValue, "obfs4=/usr/bin/obfs4proxy"},
		{"tor = 'yes'\n", 1, config.ErrValue, "[tor]"},
		{"mouse = true\nkeys = 5\n", 2, config.ErrValue, "[keys]"},
		{"theme = 'dark'\nmouse = maybe\n", 2, config.ErrSyntax, "a value"},
		{"theme = 'dark'\ntheme = 'light'\n", 2, config.ErrSyntax, "a value"},
		{"theme 'dark'\n", 1, config.ErrSyntax, "a value"},
	} {
		path := file(t, tc.content)
		_, err := config.Load(config.Files{Profile: path}, nil)
		var e *config.Error
		if !errors.As(err, &e) || !errors.Is(err, tc.matches) {
			t.Errorf("%q: %v", tc.content, err)
			continue
		}
		if e.Line != tc.line || e.Where != path || !strings.Contains(e.Hint, tc.hint) {
			t.Errorf("%q: line %d, %q, hint %q", tc.content, e.Line, e, e.Hint)
		}
	}
}

func TestRefusedVariables(t *testing.T) {
	for _, tc := range []struct{ variable, hint string }{
		{"ONIONWIRE_THEM=dark", "did you mean ONIONWIRE_THEME?"},
		{"ONIONWIRE_PASSPHRASE=secret", "unset it"},
		{"ONIONWIRE_MOUSE=perhaps", "true or false"},
		{"ONIONWIRE_LOCK_AFTER=later", "duration"},
		{"ONIONWIRE_TOR_BRIDGES=[1]", "list"},
		{"ONIONWIRE_TOR_BRIDGES=['a'", "list"},
	} {
		_, err := config.Load(config.Files{}, []string{tc.variable})
		var e *config.Error
		if !errors.As(err, &e) || !strings.Contains(e.Hint, tc.hint) {
			t.Errorf("%s: %v", tc.variable, err)
			continue
		}
		if strings.Contains(err.Error(), "secret") {
			t.Error("the error repeats the value")
		}
	}
}

// A variable that is empty is as good as none: an environment is often made of a list
// of names.
func TestEmptyVariables(t *testing.T) {
	files := config.Files{Global: file(t, "theme = 'light'\nmouse = false\ntor.bridges = ['192.0.2.1:1']\n")}
	c := load(t, files, "ONIONWIRE_THEME=", "ONIONWIRE_MOUSE=", "ONIONWIRE_LOCK_AFTER=", "ONIONWIRE_TOR_BRIDGES=",
		"ONIONWIRE_TOR_CONTROL=", "ONIONWIRE_NO_SUCH_KEY=")
	if c.Theme != "light" || c.Mouse || c.LockAfter != 0 || len(c.Tor.Bridges) != 1 {
		t.Errorf("it is %+v", c)
	}
	if got := c.Source("theme"); got != config.Global {
		t.Errorf("the theme comes from the %s", got)
	}
	if c := load(t, files, "ONIONWIRE_TOR_BRIDGES=[]"); len(c.Tor.Bridges) != 0 {
		t.Error("a list cannot be emptied by a variable")
	}
}

// Everything that can be set is listed by its name, with what it is if nobody sets it.
func TestNames(t *testing.T) {
	c := load(t, config.Files{})
	for _, name := range config.Names() {
		k, ok := config.Lookup(name)
		if !ok || k.Doc == "" {
			t.Errorf("%s is not there, or has no text", name)
		}
		if c.Value(name) != k.Default() {
			t.Errorf("%s is %q, and by default %q", name, c.Value(name), k.Default())
		}
	}
	for name, list := range map[string]bool{"tor.bridges": true, "keys.go-to": true, "theme": false, "mouse": false} {
		if k, _ := config.Lookup(name); k.List() != list {
			t.Errorf("%s is a list: %t", name, k.List())
		}
	}
	if _, ok := config.Lookup("keys.fly"); ok {
		t.Error("there are keys for what there is not")
	}
}

func TestTooLarge(t *testing.T) {
	path := file(t, strings.Repeat("# comment\n", 1<<17))
	if _, err := config.Load(config.Files{Global: path}, nil); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("a file of more than 1 MiB: %v", err)
	}
}
