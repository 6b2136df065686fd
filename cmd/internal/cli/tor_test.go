package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// noTorInEnvironment makes the test start from an environment that names no tor.
func noTorInEnvironment(t *testing.T) {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "TOR_") {
			t.Setenv(name, "")
		}
	}
}

func flags(t *testing.T, args ...string) *cli.TorFlags {
	t.Helper()
	var f cli.TorFlags
	set := pflag.NewFlagSet("test", pflag.ContinueOnError)
	f.Register(set)
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	return &f
}

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAttached(t *testing.T) {
	noTorInEnvironment(t)
	password := write(t, "from a file\r\n")
	tcp := func(port string) tor.Addr { return tor.Addr{Network: "tcp", Address: "127.0.0.1:" + port} }
	type env = map[string]string
	for _, tc := range []struct {
		name  string
		env   env
		args  []string
		found bool
		want  tor.AttachConfig
	}{
		{name: "nothing"},
		{
			name:  "flag",
			args:  []string{"--tor-control", "127.0.0.1:9051"},
			found: true, want: tor.AttachConfig{Control: tcp("9051")},
		},
		{
			name:  "all flags",
			args:  []string{"--tor-control", "unix:/run/control", "--tor-socks", "127.0.0.1:9050", "--tor-password-file", password},
			found: true, want: tor.AttachConfig{
				Control: tor.Addr{Network: "unix", Address: "/run/control"}, SOCKS: tcp("9050"), Password: "from a file",
			},
		},
		{
			name:  "environment",
			env:   env{"TOR_CONTROL_PORT": "9151", "TOR_SOCKS_PORT": "9150", "TOR_CONTROL_PASSWD": "of the environment"},
			found: true, want: tor.AttachConfig{Control: tcp("9151"), SOCKS: tcp("9150"), Password: "of the environment"},
		},
		{
			name:  "details of the tor in the environment",
			env:   env{"TOR_CONTROL_PORT": "9151", "TOR_SOCKS_PORT": "9150", "TOR_CONTROL_PASSWD": "of the environment"},
			args:  []string{"--tor-socks", "127.0.0.1:1", "--tor-password-file", password},
			found: true, want: tor.AttachConfig{Control: tcp("9151"), SOCKS: tcp("1"), Password: "from a file"},
		},
		{
			// Another tor's SOCKS port and password are of no use.
			name:  "flag before environment",
			env:   env{"TOR_CONTROL_PORT": "9151", "TOR_SOCKS_PORT": "9150", "TOR_CONTROL_PASSWD": "of the environment"},
			args:  []string{"--tor-control", "127.0.0.1:9051"},
			found: true, want: tor.AttachConfig{Control: tcp("9051")},
		},
		{
			name:  "flag before a broken environment",
			env:   env{"TOR_CONTROL_PORT": "nonsense"},
			args:  []string{"--tor-control", "127.0.0.1:9051"},
			found: true, want: tor.AttachConfig{Control: tcp("9051")},
		},
		{name: "a tor to start", env: env{"TOR_CONTROL_PORT": "9151"}, args: []string{"--tor-binary", "tor"}},
		{name: "a network to join", env: env{"TOR_CONTROL_PORT": "nonsense"}, args: []string{"--tor-network", "file"}},
		{name: "bridges", env: env{"TOR_CONTROL_PORT": "9151"}, args: []string{"--tor-bridge", "192.0.2.1:443"}},
		{name: "transports", env: env{"TOR_CONTROL_PORT": "9151"}, args: []string{"--tor-transport", "obfs4=obfs4proxy"}},
		{name: "a SOCKS port alone", env: env{"TOR_SOCKS_PORT": "9150"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for name, value := range tc.env {
				t.Setenv(name, value)
			}
			got, found, err := flags(t, tc.args...).Attached()
			if err != nil {
				t.Fatal(err)
			}
			if found != tc.found || got != tc.want {
				t.Errorf("got %+v, %t; want %+v, %t", got, found, tc.want, tc.found)
			}
		})
	}
}

func TestAttachedMistakes(t *testing.T) {
	noTorInEnvironment(t)
	const usage, failure = 2, 1
	for _, tc := range []struct {
		name   string
		env    string // TOR_CONTROL_PORT
		args   []string
		status int
		want   string
	}{
		{"both", "", []string{"--tor-control", "127.0.0.1:1", "--tor-binary", "tor"}, usage, "--tor-control"},
		{"both, with a network", "", []string{"--tor-control", "127.0.0.1:1", "--tor-network", "file"}, usage, "--tor-control"},
		{"both, with a bridge", "", []string{"--tor-control", "127.0.0.1:1", "--tor-bridge", "192.0.2.1:443"}, usage, "--tor-bridge"},
		{"both, with a transport", "", []string{"--tor-control", "127.0.0.1:1", "--tor-transport", "a=b"}, usage, "--tor-transport"},
		{"SOCKS of a tor to start", "", []string{"--tor-network", "file", "--tor-socks", "127.0.0.1:1"}, usage, "--tor-socks"},
		{"password of a tor to start", "9051", []string{"--tor-binary", "tor", "--tor-password-file", "file"}, usage, "--tor-password-file"},
		{"SOCKS of which tor", "", []string{"--tor-socks", "127.0.0.1:1"}, usage, "need --tor-control"},
		{"control", "", []string{"--tor-control", "nonsense"}, usage, "--tor-control"},
		{"SOCKS", "", []string{"--tor-control", "127.0.0.1:1", "--tor-socks", "unix:relative"}, usage, "--tor-socks"},
		{"environment", "nonsense", nil, usage, "TOR_CONTROL_PORT"},
		{"no password file", "9051", []string{"--tor-password-file", "/does/not/exist"}, failure, "--tor-password-file"},
		{"a large password file", "9051", []string{"--tor-password-file", write(t, strings.Repeat("x", 1<<20+1))}, failure, "too large"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Setenv("TOR_CONTROL_PORT", tc.env)
			_, found, err := flags(t, tc.args...).Attached()
			if err == nil || found {
				t.Fatalf("got %t and no error", found)
			}
			var w strings.Builder
			if status := cli.Report(&w, "prog", err); status != tc.status || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("status %d, want %d with %q:\n%s", status, tc.status, tc.want, w.String())
			}
		})
	}
}

func TestBinaryOnly(t *testing.T) {
	if err := flags(t, "--tor-binary", "tor", "--log-level", "debug").BinaryOnly(); err != nil {
		t.Error(err)
	}
	for _, flag := range []string{"--tor-network", "--tor-bridge", "--tor-transport", "--tor-control", "--tor-socks", "--tor-password-file"} {
		if err := flags(t, flag, "value").BinaryOnly(); err == nil {
			t.Errorf("%s is taken", flag)
		}
	}
}

func TestLogger(t *testing.T) {
	for level, want := range map[string]string{
		"debug": "debug info warn ", "info": "info warn ", "warn": "warn ", "ERROR": "",
	} {
		var w strings.Builder
		log, err := flags(t, "--log-level", level).Logger(&w)
		if err != nil {
			t.Fatal(err)
		}
		log.Debug("debug")
		log.Info("info")
		log.Warn("warn")
		var got strings.Builder
		for line := range strings.Lines(w.String()) {
			_, msg, _ := strings.Cut(strings.TrimSpace(line), "msg=")
			got.WriteString(msg + " ")
		}
		if got.String() != want {
			t.Errorf("at level %s it logs %q, want %q", level, got.String(), want)
		}
	}
	if _, err := flags(t, "--log-level", "loud").Logger(nil); err == nil {
		t.Error("a level that does not exist is taken")
	}
}
