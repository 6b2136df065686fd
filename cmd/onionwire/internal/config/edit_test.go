package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/config"
)

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSet(t *testing.T) {
	for _, tc := range []struct{ before, name, value, after string }{
		{"", "theme", "light", "theme = 'light'\n"},
		{"", "tor.path", "/opt/tor", "[tor]\npath = '/opt/tor'\n"},
		{
			"# mine\ntheme = \"dark\" # at night\nmouse = false\n", "theme", "light",
			"# mine\ntheme = 'light' # at night\nmouse = false\n",
		},
		{"theme = 'dark'", "mouse", "off", "theme = 'dark'\nmouse = false\n"},
		{
			"theme = 'dark'\n\n# Where Tor is.\n[tor]\npath = 'a'\n\n[keys]\nquit = 'f10'\n", "tor.bridges", "192.0.2.1:1\n192.0.2.2:2",
			"theme = 'dark'\n\n# Where Tor is.\n[tor]\npath = 'a'\nbridges = ['192.0.2.1:1', '192.0.2.2:2']\n\n[keys]\nquit = 'f10'\n",
		},
		{"# Where Tor is.\n[tor]\npath = 'a'\n", "log_level", "info", "log_level = 'info'\n# Where Tor is.\n[tor]\npath = 'a'\n"},
		{"# About me.\n\n# Where Tor is.\n[tor]\n", "log_level", "info", "# About me.\n\nlog_level = 'info'\n# Where Tor is.\n[tor]\n"},
		{"# theme = \"dark\"\n\n# mouse = true\n\n[tor]\n# path = \"\"\n\n# socks = \"\"\n", "tor.path", "b", "# theme = \"dark\"\n\n# mouse = true\n\n[tor]\n# path = \"\"\npath = 'b'\n\n# socks = \"\"\n"},
		{"tor.path = 'a'\nmouse = true\n", "tor.socks", "127.0.0.1:1", "tor.path = 'a'\nmouse = true\ntor.socks = '127.0.0.1:1'\n"},
		{
			"tor.bridges = [ # from a friend\n  '192.0.2.1:1',\n] # two\nmouse = true\n", "tor.bridges", "192.0.2.2:2",
			"tor.bridges = ['192.0.2.2:2'] # two\nmouse = true\n",
		},
		{"[keys]\n\"a=b\" = 'x'\n", "theme", "light", ""}, // no action is called that
		{"'theme' = 'dark'\r\nmouse = true\r\n", "theme", "16", "'theme' = '16'\r\nmouse = true\r\n"},
		{"editor = \"\"\"\nvi\nm\"\"\"\n", "editor", "nano", ""}, // no editor is called that
		{"editor = 'vim'\n", "editor", `it's "mine"`, "editor = \"it's \\\"mine\\\"\"\n"},
		{"", "keys.go-to", "ctrl+k\nf2", "[keys]\ngo-to = ['ctrl+k', 'f2']\n"},
		{"", "keys.go-to", "", "[keys]\ngo-to = []\n"},
		{"", "lock_after", "15m", "lock_after = '15m'\n"},
	} {
		path := file(t, tc.before)
		err := config.Set(path, tc.name, tc.value)
		if tc.after == "" {
			if err == nil || content(t, path) != tc.before {
				t.Errorf("%q was changed, %v", tc.before, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", tc.before, err)
			continue
		}
		if got := content(t, path); got != tc.after {
			t.Errorf("%s in %q:\n%s\nwant:\n%s", tc.name, tc.before, got, tc.after)
		}
		if got := load(t, config.Files{Profile: path}).Value(tc.name); got != tc.value && tc.name != "mouse" {
			t.Errorf("%s is %q", tc.name, got)
		}
	}
}

func TestUnset(t *testing.T) {
	for _, tc := range []struct{ before, name, after string }{
		{"theme = 'dark' # at night\nmouse = false\n", "theme", "mouse = false\n"},
		{"mouse = false\n  theme = 'dark'", "theme", "mouse = false\n"},
		{"[tor]\nbridges = [\n 'a',\n]\npath = 'b'\n", "tor.bridges", "[tor]\npath = 'b'\n"},
		{"mouse = false\n", "theme", "mouse = false\n"},
	} {
		path := file(t, tc.before)
		if err := config.Unset(path, tc.name); err != nil {
			t.Errorf("%q: %v", tc.before, err)
		}
		if got := content(t, path); got != tc.after {
			t.Errorf("%q becomes %q, want %q", tc.before, got, tc.after)
		}
	}
	if err := config.Unset(file(t, ""), "theem"); !errors.Is(err, config.ErrUnknown) {
		t.Errorf("an unknown key: %v", err)
	}
}

// What cannot be changed stays, and why is said.
func TestNotChanged(t *testing.T) {
	for _, tc := range []struct {
		before, name, value string
		matches             error
	}{
		{"tor = { path = 'a' }\n", "tor.path", "b", config.ErrShape},
		{"tor = { path = 'a' }\n", "tor.socks", "127.0.0.1:1", config.ErrShape},
		{"theem = 'a'\n", "theme", "light", config.ErrUnknown},
		{"theme = \n", "theme", "light", config.ErrSyntax},
		{"theme = 'dark'\n", "theme", "drak", config.ErrValue},
		{"theme = 'dark'\n", "theem", "dark", config.ErrUnknown},
		{"", "tor.bridges", "192.0.2.1:1\n#", config.ErrValue},
		{"", "keys.*", "f1", config.ErrUnknown},
	} {
		path := file(t, tc.before)
		if err := config.Set(path, tc.name, tc.value); !errors.Is(err, tc.matches) {
			t.Errorf("%s in %q: %v, want %v", tc.name, tc.before, err, tc.matches)
		}
		if got := content(t, path); got != tc.before {
			t.Errorf("%q was changed to %q", tc.before, got)
		}
	}
}

// Every key can be set in the file that shows them all, one after the other.
func TestSetInSample(t *testing.T) {
	path := file(t, config.Sample())
	before := load(t, config.Files{Global: path})
	values := map[string]string{
		"theme": "16", "mouse": "false", "editor": "vim -n", "notifications": "off", "lock_after": "5m",
		"metrics": "unix:/run/onionwire.sock", "log_level": "debug", "tor.path": "tor",
		"tor.bridges": "192.0.2.1:1", "tor.transports": "obfs4=obfs4proxy", "tor.control": "127.0.0.1:9051",
		"tor.socks": "unix:/run/socks", "tor.password_file": "/x", "keys.go-to": "f2",
	}
	for _, k := range config.Keys() {
		name := k.Name
		if name == "keys.*" {
			name = "keys.go-to"
		} else if before.Source(name) != config.Default {
			t.Errorf("%s is set in the sample", name)
		}
		if err := config.Set(path, name, values[name]); err != nil {
			t.Fatal(err)
		}
	}
	after := load(t, config.Files{Global: path})
	for name, want := range values {
		if got := after.Value(name); got != want || after.Source(name) != config.Global {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for name := range values {
		if err := config.Unset(path, name); err != nil {
			t.Fatal(err)
		}
	}
	if got := content(t, path); got != config.Sample()+"\n[keys]\n" && got != config.Sample() {
		t.Errorf("setting and taking back all leaves\n%s", got)
	}
}

// A file is made with its folder, for nobody else to read, and keeps the mode that it
// has and the place that a link to it names.
func TestModes(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "new", "config.toml")
	if err := config.Set(path, "theme", "light"); err != nil {
		t.Fatal(err)
	}
	wantMode := func(path string, want os.FileMode) {
		t.Helper()
		if info, err := os.Lstat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("it is %v, %v", info, err)
		}
	}
	wantMode(path, 0o600)
	wantMode(filepath.Dir(path), 0o700)
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link.toml")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if err := config.Set(link, "mouse", "no"); err != nil {
		t.Fatal(err)
	}
	wantMode(path, 0o640)
	if content(t, path) != "theme = 'light'\nmouse = false\n" {
		t.Error("a link was replaced by a file")
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("in the folder are %v, %v", left, err)
	}
}
