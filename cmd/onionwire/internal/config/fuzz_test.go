package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/config"
)

// FuzzSet changes whatever is a file: the key has the value then, and everything else
// the one that it had; or nothing is changed.
func FuzzSet(f *testing.F) {
	for _, seed := range []string{
		"", everything, "theme = 'dark' # x\r\n", "# theme = 'dark'\n[tor]\n# path = ''\n", "tor = { path = 'a' }\n",
		"[tor]\n[keys]\nquit = [ # a\n'f10', # b\n]", "'theme'='dark'\n\"mouse\"=true", "editor = '''\n[tor]\npath='x' '''\n",
	} {
		f.Add([]byte(seed), "theme", "light")
		f.Add([]byte(seed), "tor.path", "/opt/tor")
	}
	f.Fuzz(func(t *testing.T, before []byte, name, value string) {
		path := filepath.Join(t.TempDir(), "config.toml")
		if err := os.WriteFile(path, before, 0o600); err != nil {
			t.Fatal(err)
		}
		was, loadErr := config.Load(config.Files{Global: path}, nil)
		if err := config.Set(path, name, value); err != nil {
			if content(t, path) != string(before) {
				t.Fatalf("it failed, and has changed the file: %v", err)
			}
			return
		}
		if loadErr != nil {
			t.Fatalf("a file that cannot be read was changed: %v", loadErr)
		}
		is := load(t, config.Files{Global: path})
		for _, k := range config.Keys() {
			if k.Name != name && is.Value(k.Name) != was.Value(k.Name) {
				t.Errorf("%s was changed too", k.Name)
			}
		}
		if is.Source(name) != config.Global {
			t.Error("it is not set")
		}
	})
}
